"""`demo`: a synthetic institution, recorded, verified, audited, decided on, and reported."""

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from importlib.resources import files
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click
import msgspec

from partyrules.answers.verdicts import Decision, encode
from partyrules.cli.options import FILE, lang_option
from partyrules.cli.output import screen, show
from partyrules.demo import DECISION_DAY, SPOTLIGHT, synthetic_institution
from partyrules.demo.folder import MARK, demonstration_folder
from partyrules.demo.registers import registers_of
from partyrules.errors import LedgerError
from partyrules.facts.codec import fact_from_wire
from partyrules.facts.vocabulary import Fact
from partyrules.facts.writing import new_file
from partyrules.importers.mapping import ready_mapping, ready_names
from partyrules.importers.recorded import import_into
from partyrules.importers.registers import read_registers
from partyrules.importers.workbooks import register_workbook
from partyrules.language.text import Lang, say
from partyrules.ledger.base import Verification
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.adoption_file import read_adoption
from partyrules.packs.document import Text
from partyrules.packs.pack import Adoption
from partyrules.questions.decide import decide
from partyrules.questions.sources import projected
from partyrules.report.content import Report, report_on
from partyrules.report.files import Format, report_files
from partyrules.report.funnels import funnel_wire
from partyrules.report.summary import summary
from partyrules.store.projection import Projection

_SINCE: Final = date(2019, 5, 31)
_LEDGER: Final = "institution.db"
_FACTS: Final = "facts.jsonl"
_REGISTERS: Final = "registers.xlsx"
# What the registers alone give, without what nobody keeps in a register.
_FROM_REGISTERS: Final = "from-registers.db"
_REGISTERS_REPORT: Final = "from-registers-report.html"
_PAGE: Final[tuple[Format, ...]] = ("html",)
# A paper binds the school that issued it, and these are of two schools: the institution adopts one, with choices of its
# own, and then, as if it were the other school, the other.
_PACKS: Final = ("lzwl2017", "lzcu2012")
# The files that each adoption gives, behind the id of its pack.
_FILES: Final = (
    ".toml",
    "-findings.jsonl",
    "-decisions.jsonl",
    "-funnel.json",
    "-report.html",
    "-report.xlsx",
    "-report.md",
    "-due.ics",
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
@click.option(
    "--seed", type=int, metavar="N", default=2017, show_default=True, help="Another seed, another institution."
)
@click.option("--students", type=int, metavar="N", default=600, show_default=True, help="How many students it has.")
@lang_option
def demo(out: Path, seed: int, students: int, lang: Lang) -> None:
    """Make a synthetic institution with two years of facts, and show what can be asked of it.

    It adopts each of the two packs by itself, with choices of its own: they are papers of two schools. DIR gets the
    facts, registers such as people keep of them, the ledger they are recorded in and, for each pack, the adoption file,
    the findings, four decisions, the funnel and a report; then a ledger and a report of the registers alone. An earlier
    demo there is made anew; any other directory that
    is not empty is left alone.
    """
    began = time.perf_counter()
    raw = synthetic_institution(seed=seed, students=students)
    facts = [fact_from_wire(dict(each), where=f"fact {number}") for number, each in enumerate(raw, start=1)]
    shown = []
    with demonstration_folder(out, heading=f"{_HEADING.zh}\n{_HEADING.en}") as folder:
        _write(folder / _FACTS, (msgspec.json.encode(each) for each in raw))
        with new_file(folder / _REGISTERS) as file:
            register_workbook(file, registers_of(raw))
        sound, recorded = _recorded(folder / _LEDGER, facts)
        columns = projected(recorded)
        for pack in _PACKS:
            with new_file(folder / f"{pack}.toml") as file:
                file.write(files("partyrules.demo").joinpath("adoptions", f"{pack}.toml").read_bytes())
            adoption = read_adoption(folder / f"{pack}.toml")
            report, cases = _answers(columns, adoption, sound.backdated, lang)
            with new_file(folder / f"{pack}-findings.jsonl") as file:
                file.writelines(some.data for some in report.asked.lines())
            _write(folder / f"{pack}-decisions.jsonl", (encode(found) for _, found in cases))
            _write(folder / f"{pack}-funnel.json", [msgspec.json.encode(funnel_wire(report.funnel))])
            made = report_files(report, lang=lang, formats=("html", "xlsx", "md", "ics"), source=str(out / _LEDGER))
            for name, data in made.items():
                if f"-{name}" in _FILES:
                    with new_file(folder / f"{pack}-{name}") as file:
                        file.write(data)
            shown.append((pack, report, cases))
        rows, imported = _imported(folder / _REGISTERS, folder / _FROM_REGISTERS)
        adoption = read_adoption(folder / f"{shown[0][0]}.toml")
        report = report_on(projected(imported), adoption, as_of=DECISION_DAY, notice=_HEADING)
        page = report_files(report, lang=lang, formats=_PAGE, source=str(out / _FROM_REGISTERS))
        with new_file(folder / _REGISTERS_REPORT) as file:
            file.writelines(page.values())
    told = {
        "zh": f"{out / _LEDGER}：记录 {sound.checked} 条，核对完好，末端 {sound.head}",
        "en": f"{out / _LEDGER}: {sound.checked} facts recorded and verified, head {sound.head}",
    }
    show(say(_HEADING, lang))
    show(told[lang])
    from_registers = {
        "zh": f"{out / _REGISTERS}：导入登记 {rows} 行，得记录 {len(imported)} 条，报告见 {out / _REGISTERS_REPORT}",
        "en": f"{out / _REGISTERS}: {rows} rows imported, {len(imported)} facts, report in {out / _REGISTERS_REPORT}",
    }
    show(from_registers[lang])
    for number, (pack, report, cases) in enumerate(shown):
        show("")
        show(screen().styled(say(_adopted(pack, again=number > 0), lang), "bold"))
        show(*summary(report, cases, screen=screen(), lang=lang))
    show("")
    show(*_next_steps(out, shown[0][1], time.perf_counter() - began, lang))


def _adopted(pack: str, *, again: bool) -> Text:
    """Return the line that says which paper the institution goes by from here on."""
    file = f"{pack}.toml"
    if again:
        return Text(
            zh=f"同一学院改为采用 {pack}（本单位的选择见 {file}）：另一所学校的文件，不与前者并用",
            en=f"The same college adopts {pack} instead, with its own choices in {file}: another school's paper",
        )
    return Text(
        zh=f"一所虚构学院采用 {pack}（本单位的选择见 {file}）",
        en=f"A synthetic college adopts {pack}, with its own choices in {file}",
    )


def _imported(registers: Path, ledger: Path) -> tuple[int, tuple[Fact, ...]]:
    """Import registers into a new ledger, and return how many rows they have, and the facts.

    Raise LedgerError where a cell of them is refused.
    """
    reading = read_registers([registers], [ready_mapping(name) for name in ready_names().values()])
    refused = import_into(ledger, reading).refusals
    if refused:
        raise LedgerError(f"{registers}: {len(refused)} cells are refused: please report it")
    with open_ledger(ledger, read_only=True) as opened:
        return reading.rows, opened.snapshot().facts


def _recorded(path: Path, facts: Sequence[Fact]) -> tuple[Verification, tuple[Fact, ...]]:
    """Record the facts in a new ledger, and return how it was verified and what it has."""
    with open_ledger(path) as ledger:
        ledger.append(facts, recorded_at=datetime.now(UTC))
        sound = ledger.verify()
        if not sound.ok:
            raise LedgerError(f"{path}: position {sound.position}: {sound.problem}")
        return sound, ledger.snapshot().facts


def _answers(
    columns: Projection, adoption: Adoption, backdated: int | None, lang: Lang
) -> tuple[Report, Sequence[tuple[str, Decision]]]:
    """Return the report on the institution, compared with what was recorded by the end of May, and four decisions."""
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
    return report, cases


def _write(path: Path, lines: Iterable[bytes]) -> None:
    with new_file(path) as file:
        file.writelines(line + b"\n" for line in lines)


def _next_steps(out: Path, report: Report, seconds: float, lang: Lang) -> list[str]:
    first, second = _PACKS
    source = f"{out / _LEDGER} --adoption {out / first}.toml"
    breached = next((row for row in report.table.where(status="breached").rows() if row.period), None)
    vetoed = SPOTLIGHT[0]
    day = DECISION_DAY
    commands = [f"partyrules audit {source} --as-of {day} --status breached"]
    if breached is not None:
        about = f"--rule {breached.rule} --subject {breached.subject}"
        commands.append(f"partyrules explain {source} --as-of {day} {about}")
    step = f"--person {vetoed.person} --to {vetoed.to} --on {vetoed.on}"
    commands.append(f"partyrules decide {out / _LEDGER} --adoption {out / second}.toml {step} --why")
    commands.append(f"partyrules report {source} --as-of {day} --unit branch-01 --out {out / 'branch-01'}")
    commands.append(f"partyrules import {out / 'new.db'} {out / _REGISTERS}")
    zh = lang == "zh"
    there = ", ".join([MARK, _LEDGER, _FACTS, _REGISTERS, *(f"{pack}{end}" for pack in _PACKS for end in _FILES)])
    pages = [str(out / f"{pack}-report.html") for pack in _PACKS]
    return [
        f"用时 {seconds:.1f} 秒。{out}：{there}" if zh else f"Took {seconds:.1f} s. In {out}: {there}",
        f"请用浏览器打开 {'、'.join(pages)}" if zh else f"Open {' and '.join(pages)} in a browser",
        "接下来可以试：" if zh else "What to type next:",
        *(f"  {command}" for command in commands),
    ]
