"""`demo`: a synthetic institution, recorded, verified, audited, decided on, and reported."""

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click
import msgspec

from partyrules.answers.verdicts import Decision, Finding, encode
from partyrules.cli.options import FILE, lang_option
from partyrules.cli.output import screen, show
from partyrules.demo import DECISION_DAY, SPOTLIGHT, synthetic_institution
from partyrules.demo.folder import MARK, demonstration_folder
from partyrules.errors import LedgerError
from partyrules.facts.codec import fact_from_wire
from partyrules.facts.vocabulary import Fact
from partyrules.facts.writing import new_file
from partyrules.ledger.base import Verification
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.document import Text
from partyrules.packs.pack import adopt
from partyrules.questions.decide import decide
from partyrules.questions.sources import projected
from partyrules.report.content import Report, report_on
from partyrules.report.decisions import funnel_wire
from partyrules.report.files import report_files
from partyrules.report.summary import summary
from partyrules.report.terminal import Lang, say

__all__ = ["demo"]

_PACKS: Final = ("lzwl2017", "lzcu2012")
_SINCE: Final = date(2019, 5, 31)
_LEDGER: Final = "institution.db"
_FILES: Final = (
    MARK,
    _LEDGER,
    "facts.jsonl",
    "findings.jsonl",
    "decisions.jsonl",
    "funnel.json",
    "report.html",
    "report.xlsx",
    "report.md",
    "due.ics",
)
_CASES: Final = {
    "opposing opinion": Text(zh="指导部反对", en="opposing opinion"),
    "poor evaluation": Text(zh="公寓表现评为“差”", en="poor evaluation"),
    "awaiting the opinion": Text(zh="尚待指导部出具意见", en="awaiting the opinion"),
    "everything in order": Text(zh="条件齐备", en="everything in order"),
}
_HEADING: Final = Text(
    zh="虚构数据：其中的人员、单位和处所均不存在。",
    en="SYNTHETIC DATA: no such person, unit or place exists.",
)


@click.command()
@click.option(
    "--out", type=FILE, default="demo-output", show_default=True, metavar="DIR", help="Where the files are put."
)
@click.option("--seed", type=int, default=2017, show_default=True, help="Another seed, another institution.")
@click.option("--students", type=int, default=600, show_default=True, help="How many students it has.")
@lang_option
def demo(out: Path, seed: int, students: int, lang: Lang) -> None:
    """Make a synthetic institution with two years of facts, and show what can be asked of it.

    DIR gets the facts, the ledger they are recorded in, the findings, four decisions, the funnel and a report.
    An earlier demo there is made anew; any other directory that is not empty is left alone.
    """
    began = time.perf_counter()
    raw = synthetic_institution(seed=seed, students=students)
    facts = [fact_from_wire(dict(each), where=f"fact {number}") for number, each in enumerate(raw, start=1)]
    with demonstration_folder(out, heading=f"{_HEADING.zh}\n{_HEADING.en}") as folder:
        _write(folder / "facts.jsonl", (msgspec.json.encode(each) for each in raw))
        sound, recorded = _recorded(folder / _LEDGER, facts)
        report, cases, findings = _answers(recorded, sound.backdated, lang)
        _write(folder / "findings.jsonl", map(encode, findings))
        _write(folder / "decisions.jsonl", (encode(found) for _, found in cases))
        _write(folder / "funnel.json", [msgspec.json.encode(funnel_wire(report.funnel))])
        for name, data in report_files(
            report, lang=lang, formats=("html", "xlsx", "md", "ics"), source=str(out / _LEDGER)
        ).items():
            if name in _FILES:
                with new_file(folder / name) as file:
                    file.write(data)
    told = {
        "zh": f"{out / _LEDGER}：记录 {sound.checked} 条，核对完好，末端 {sound.head}",
        "en": f"{out / _LEDGER}: {sound.checked} facts recorded and verified, head {sound.head}",
    }
    show(say(_HEADING, lang))
    show(told[lang])
    for part in summary(report, cases, screen=screen(), lang=lang):
        show(part)
    for line in _next_steps(out, report, time.perf_counter() - began, lang):
        show(line)


def _recorded(path: Path, facts: Sequence[Fact]) -> tuple[Verification, tuple[Fact, ...]]:
    """Record the facts in a new ledger, and return how it was verified and what it has."""
    with open_ledger(path) as ledger:
        ledger.append(facts, recorded_at=datetime.now(UTC))
        sound = ledger.verify()
        if not sound.ok:
            raise LedgerError(f"{path}: position {sound.position}: {sound.problem}")
        return sound, ledger.snapshot().facts


def _answers(
    facts: tuple[Fact, ...], backdated: int | None, lang: Lang
) -> tuple[Report, Sequence[tuple[str, Decision]], Iterable[Finding]]:
    """Return the report on the institution, compared with what was recorded by the end of May; decisions; findings."""
    adoption = adopt(_PACKS)
    columns = projected(facts)
    report = report_on(
        columns,
        adoption,
        as_of=DECISION_DAY,
        since=_SINCE,
        known_since=datetime.combine(_SINCE, time_of_day.max, tzinfo=ZoneInfo(adoption.time_zone)),
        notice=_HEADING,
        backdated=backdated,
    )
    cases = [
        (say(_CASES[case.case], lang), decide(columns, adoption, person=case.person, to=case.to, on=case.on))
        for case in SPOTLIGHT
    ]
    return report, cases, report.asked.walk()


def _write(path: Path, lines: Iterable[bytes]) -> None:
    with new_file(path) as file:
        file.writelines(line + b"\n" for line in lines)


def _next_steps(out: Path, report: Report, seconds: float, lang: Lang) -> list[str]:
    packs = " ".join(f"--pack {name}" for name in _PACKS)
    source = f"{out / _LEDGER} {packs}"
    breached = next((row for row in report.table.where(status="breached").rows() if row.period), None)
    vetoed = SPOTLIGHT[0]
    day = DECISION_DAY
    commands = [f"partyrules audit {source} --as-of {day} --status breached"]
    if breached is not None:
        about = f"--rule {breached.rule} --subject {breached.subject}"
        commands.append(f"partyrules explain {source} --as-of {day} {about}")
    commands.append(f"partyrules decide {source} --person {vetoed.person} --to {vetoed.to} --on {vetoed.on} --why")
    commands.append(f"partyrules report {source} --as-of {day} --unit branch-01 --out {out / 'branch-01'}")
    zh = lang == "zh"
    files = ", ".join(_FILES)
    return [
        f"用时 {seconds:.1f} 秒。{out}：{files}" if zh else f"Took {seconds:.1f} s. In {out}: {files}",
        f"请用浏览器打开 {out / 'report.html'}" if zh else f"Open {out / 'report.html'} in a browser",
        "接下来可以试：" if zh else "What to type next:",
        *(f"  {command}" for command in commands),
    ]
