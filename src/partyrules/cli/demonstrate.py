"""`demo`: a synthetic institution, recorded, verified, audited, decided on, and reported."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
import msgspec

from partyrules.audit import audit
from partyrules.clauses import Text
from partyrules.cli.options import FILE, lang_option, screen, show
from partyrules.codec import fact_from_wire
from partyrules.decisions import decide
from partyrules.demo import DECISION_DAY, SPOTLIGHT, synthetic_institution
from partyrules.errors import LedgerError, QueryError
from partyrules.evaluators.inference import engine_named
from partyrules.facts import Fact
from partyrules.funnels import funnel
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs import adopt
from partyrules.report.decisions import funnel_wire
from partyrules.report.institution import InstitutionReport, markdown, summary
from partyrules.report.terminal import Lang, say
from partyrules.sources import facts_of
from partyrules.verdicts import encode

__all__ = ["demo"]

_PACKS: Final = ("lzwl2017", "lzcu2012")
_BATCH: Final = 2000
# The file by which a directory is known for the output of an earlier demo, so that it may be made anew.
_MARK: Final = "SYNTHETIC.txt"
_LEDGER: Final = "institution.db"
_FILES: Final = (
    _MARK, _LEDGER, f"{_LEDGER}-wal", f"{_LEDGER}-shm",
    "facts.jsonl", "findings.jsonl", "decisions.jsonl", "funnel.json", "report.md",
)  # fmt: skip
_CASES: Final = {
    "opposing opinion": "指导部反对",
    "poor evaluation": "公寓评价为差",
    "awaiting the opinion": "尚待指导部答复",
    "everything in order": "条件齐备",
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
    _make_room(out)
    facts = [fact_from_wire(dict(each), where=f"fact {number}") for number, each in enumerate(raw, start=1)]
    _write(out / "facts.jsonl", (msgspec.json.encode(each) for each in raw))
    adoption = adopt(_PACKS)
    with open_ledger(out / _LEDGER) as ledger:
        for start in range(0, len(facts), _BATCH):
            ledger.append(facts[start : start + _BATCH], recorded_at=datetime.now(UTC))
        sound = ledger.verify()
        if not sound.ok:
            raise LedgerError(f"{out / _LEDGER}: position {sound.position}: {sound.problem}")
        head = ledger.head()
        recorded: tuple[Fact, ...] = tuple(facts_of(ledger))
    told = {
        "zh": f"{out / _LEDGER}：记录 {sound.checked} 条，核对完好，末端哈希 {head.hash[:16]}…",
        "en": f"{out / _LEDGER}: {sound.checked} facts recorded and verified, head {head.hash[:16]}…",
    }
    show(say(_HEADING, lang))
    show(told[lang])
    asked = audit(recorded, adoption, as_of=DECISION_DAY)
    table = asked.table()
    pipeline = funnel(recorded, adoption, on=DECISION_DAY)
    cases = tuple(
        (_case(case.case, lang), decide(recorded, adoption, person=case.person, to=case.to, on=case.on))
        for case in SPOTLIGHT
    )
    report = InstitutionReport(
        heading=_HEADING,
        adoption=adoption,
        history=asked.history,
        table=table,
        funnel=pipeline,
        cases=cases,
        engine=engine_named(),
    )
    _write(out / "findings.jsonl", map(encode, asked.walk()))
    _write(out / "decisions.jsonl", (encode(found) for _, found in cases))
    _write(out / "funnel.json", [msgspec.json.encode(funnel_wire(pipeline))])
    _write(out / "report.md", [markdown(report, lang).rstrip("\n").encode()])
    for part in summary(report, screen=screen(), lang=lang):
        show(part)
    for line in _next_steps(out, report, time.perf_counter() - began, lang):
        show(line)


def _case(case: str, lang: Lang) -> str:
    return _CASES.get(case, case) if lang == "zh" else case


def _make_room(out: Path) -> None:
    """Make the directory, or clear it of an earlier demo; raise QueryError where it is anything else."""
    try:
        if out.exists() and not out.is_dir():
            raise QueryError(f"--out {out}: found a file; allowed: a directory")
        if out.is_dir() and any(out.iterdir()) and not (out / _MARK).is_file():
            raise QueryError(f"--out {out}: it is not empty and no earlier demo; allowed: a new directory")
        for name in _FILES:
            (out / name).unlink(missing_ok=True)
        out.mkdir(parents=True, exist_ok=True)
        (out / _MARK).write_text(f"{_HEADING.zh}\n{_HEADING.en}\n", encoding="utf-8")
    except OSError as error:
        raise QueryError(f"--out {out}: cannot be written: {error.strerror or error}") from None


def _write(path: Path, lines: Iterable[bytes]) -> None:
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def _next_steps(out: Path, report: InstitutionReport, seconds: float, lang: Lang) -> list[str]:
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
    commands.append(f"partyrules audit {source} --as-of {day} --contested")
    zh = lang == "zh"
    files = ", ".join(name for name in _FILES if not name.startswith(f"{_LEDGER}-"))
    return [
        f"用时 {seconds:.1f} 秒。{out}：{files}" if zh else f"Took {seconds:.1f} s. In {out}: {files}",
        "接下来可以试：" if zh else "What to type next:",
        *(f"  {command}" for command in commands),
    ]
