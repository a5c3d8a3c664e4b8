"""`audit`: the facts against the adopted packs as of a day."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Final

import click

from partyrules.answers.lines import JSON_LINES, Lines
from partyrules.answers.tables import FindingTable, Summary, write_parquet
from partyrules.answers.verdicts import STATUSES, Status, encode
from partyrules.answers.wire import OnTheWire
from partyrules.cli import options as o
from partyrules.cli.output import OUTPUT, data_out, lines_out, note, screen, show, stream_out
from partyrules.errors import QueryError
from partyrules.language.text import Lang
from partyrules.packs.document import Text
from partyrules.questions.audit import Audit
from partyrules.questions.audit import audit as audited
from partyrules.questions.contested import Contested
from partyrules.questions.contested import contested as contested_in
from partyrules.report import findings
from partyrules.report.contested import contested_csv, contested_table
from partyrules.report.terminal import notice_line
from partyrules.store.projection import Projection
from partyrules.time.calendar import time_in
from partyrules.wide.outofcore import write_in_parts
from partyrules.wide.parts import AskedOfParts

_SOME_BREACHED: Final = 1
# The formats that show all of a finding, its evidence and message too.
_EVENTS: Final = ("cloudevents", "cloudevents-batch")
_OBJECTS: Final = ("jsonl", "json", "csv", *_EVENTS)


@click.command()
@o.source_argument
@o.adoption_options
@o.day_option("--as-of")
@o.known_at_option
@o.selection_options
@click.option("--period", metavar="NAME", help="Only what is about 2018, 2018-H1, 2018-Q2, 2018-04 or a term.")
@click.option("--since", type=o.DATE, metavar="DATE", help="Only what ended, was due or happened on this day or later.")
@click.option("--due-by", type=o.DATE, metavar="DATE", help="Only what is still to be done by this day.")
@click.option("--responsible", metavar="ID", help="Only findings on which this person or unit has to act.")
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice(STATUSES), help="Only findings of this status; repeatable."
)
@click.option("--contested", is_flag=True, help="List the findings whose status another reading would change.")
@click.option("--judgements", is_flag=True, help="Add a row for each clause that only a recorded judgement answers.")
@click.option("--irregular", is_flag=True, help="List the records that count for nothing instead, and why.")
@o.columns_options
@click.option(
    "--format", "form", type=click.Choice(["table", *_OBJECTS, "parquet"]), default="table", show_default=True
)
@o.limit_option("Rows of the table of findings; 0 for all. The other formats always have all.")
@click.option(
    "--partitions",
    type=click.IntRange(min=1),
    metavar="N",
    help="Audit a ledger in N parts, each in memory by itself; with --format parquet and -o.",
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if a finding listed is breached; unknown is not.")
@o.output_option
@o.lang_option
@click.pass_context
@o.asking
def audit(  # noqa: PLR0913 - one argument for each option
    ctx: click.Context,
    *,
    inquiry: o.Inquiry,
    as_of: date | None,
    rule: str,
    subject: str | None,
    unit: str | None,
    period: str | None,
    since: date | None,
    due_by: date | None,
    responsible: str | None,
    statuses: tuple[str, ...],
    contested: bool,
    judgements: bool,
    irregular: bool,
    form: str,
    limit: int,
    partitions: int | None,
    exit_code: bool,
) -> None:
    """Hold the facts of SOURCE against the adopted packs, as of the end of a day.

    The table counts the findings of each rule, then lists the breached, the unknown, and those due within 30
    days, the newest first; with --status, --period, --since or --due-by it lists what was asked for. Exit code 1 comes
    with --exit-code alone.
    """
    timed = bool(period or since or due_by)
    narrowed = bool(statuses or subject or unit or responsible or timed or rule != "*")
    for clash, refused in (
        (
            irregular and (contested or judgements or exit_code or narrowed),
            "--irregular lists records, not findings; it goes with none of the options for findings",
        ),
        (
            form == "parquet" and (contested or irregular),
            "--format parquet is for findings; it goes with neither --contested nor --irregular",
        ),
        (
            form == "parquet" and OUTPUT.seen,
            "--format parquet is no text; send it to a file: -o findings.parquet",
        ),
        (
            contested and responsible,
            "--contested and --responsible: who has to act hangs on no reading; give one of them",
        ),
        (
            form in _EVENTS and (contested or irregular),
            f"--format {form} is for findings; it goes with neither --contested nor --irregular",
        ),
        (contested and timed, "--contested and a stretch of time: a reading may move the periods; give one of them"),
        (contested and judgements, "--contested and --judgements: a judgement rests on no reading; give one of them"),
        (subject and unit, "--subject and --unit: give one of them"),
        (due_by and statuses, "--due-by and --status: what is still to be done is pending; give one of them"),
        (
            partitions and (form != "parquet" or OUTPUT.path is None),
            "--partitions writes a file of all findings; give --format parquet and -o findings.parquet",
        ),
        (
            partitions and (narrowed or judgements or inquiry.by_ledger_time or inquiry.projection or inquiry.no_cache),
            "--partitions is for all findings; it goes with no option that chooses among them or keeps columns",
        ),
    ):
        if clash:
            raise click.UsageError(refused)
    adoption, known_at, lang = inquiry.adoption, inquiry.known_at, inquiry.lang
    day = inquiry.day(as_of)
    if partitions:
        summary = _in_parts(inquiry, AskedOfParts(adoption=adoption, as_of=day, known_at=known_at), partitions)
        if exit_code and summary.statuses["breached"]:
            ctx.exit(_SOME_BREACHED)
        return
    with inquiry.columns() as facts:
        asked = audited(facts, adoption, as_of=day, known_at=known_at)
        if irregular or contested or form != "table":
            o.notices_beside(asked.notices, lang)
        if irregular:
            _irregular_out(asked, form, lang)
            return
        about = subject if unit is None else asked.under(unit)
        within = _within(asked, period, since, due_by)
        statuses = ("pending",) if due_by else statuses
        if form in _OBJECTS and not contested:
            written = asked.lines(
                findings.csv_lines(asked.units) if form == "csv" else JSON_LINES,
                rule=rule,
                subject=about,
                status=statuses,
                responsible=responsible,
                within=within,
                judgements=judgements,
            )
            found = _findings_out(written, form, day)
            number, breached = found.total(), found["breached"] > 0
        elif form == "parquet":
            if responsible is not None:
                asked.check_subject(responsible)
            found = _parquet_out(
                table.where(status=statuses, responsible=responsible, within=within)
                for table in asked.tables(rule=rule, subject=about, judgements=judgements)
            )
            number, breached = found.total(), found["breached"] > 0
        else:
            if responsible is not None:
                asked.check_subject(responsible)
            table = asked.table(rule=rule, subject=about, judgements=judgements)
            table = table.where(status=statuses, responsible=responsible, within=within)
            number, breached = len(table), table.summary().statuses["breached"] > 0
            if contested:
                differing = [
                    each
                    for each in contested_in(facts, adoption, as_of=day, known_at=known_at, rule=rule, subject=subject)
                    if (not statuses or each.status in statuses) and (unit is None or each.subject in (about or ()))
                ]
                _contested_out(differing, asked, form, lang)
            else:
                _fallbacks_noted(table)
                own = inquiry.by_ledger_time
                _table_out(asked, table, kept=own, everything=bool(statuses) or timed, limit=limit, lang=lang)
    if subject is not None and not number:
        _nothing_noted(subject, lang)
    if exit_code and breached:
        ctx.exit(_SOME_BREACHED)


def _in_parts(inquiry: o.Inquiry, question: AskedOfParts, parts: int) -> Summary:
    """Write the findings of a ledger as Parquet, worked out part by part, and return how many there are."""
    file, path, source = OUTPUT.file, OUTPUT.path, inquiry.source
    assert file is not None and path is not None  # noqa: S101, PT018 - it was asked for
    with o.opened(source, inquiry.adoption.vocabulary) as ledger:
        if isinstance(ledger, Projection):
            raise QueryError(
                f"--partitions: found {source}, a file of facts; allowed: a ledger; record the facts first"
            )
        if not ledger.head().position:
            raise QueryError(f"{source}: there are no facts in it; record some, or name another source")
        found = write_in_parts(ledger, question, file, beside=path, parts=parts)
    over_all = [
        Text(f"{rule} 就全体核定：{why.zh}", f"{rule} was judged over the whole: {why.en}")
        for rule, why in found.whole.items()
    ]
    o.notices_beside([*found.notices, *over_all], inquiry.lang)
    return found.summary


def _within(asked: Audit, period: str | None, since: date | None, due_by: date | None) -> tuple[date, date] | None:
    """Return the first and the last day of what is asked about, None for any."""
    if not (period or since or due_by):
        return None
    named = None if period is None else asked.period(period)
    first, last = (date.min, date.max) if named is None else (named.start, named.end)
    return max(first, since or first), min(last, due_by or last)


def _nothing_noted(subject: str, lang: Lang) -> None:
    """Write to standard error that somebody whom facts name has none of the findings asked for."""
    told = f"没有关于 {subject} 的此类结论，但有记录提及", f"no such finding is about {subject}, whom facts name"
    o.notices_beside([Text(*told)], lang)


def _findings_out(written: Iterable[Lines], form: str, as_of: date) -> Counter[Status]:
    """Write the lines of findings as JSON Lines, JSON, CSV or events, and return how many there are of each status."""
    statuses: Counter[Status] = Counter()

    def seen() -> Iterator[Lines]:
        for some in written:
            statuses.update(some.statuses)
            yield some

    if form in ("csv", "jsonl"):
        head = [findings.csv_head() + b"\n"] if form == "csv" else []
        data_out(chain(head, (some.data for some in seen())))
    else:
        each = chain.from_iterable(some.lines for some in seen())
        lines = findings.as_events(each, as_of=as_of) if form in _EVENTS else each
        lines_out(lines if form == "cloudevents" else findings.as_json(lines))
    return statuses


def _parquet_out(tables: Iterable[FindingTable]) -> Counter[Status]:
    """Write the findings of some tables as one Parquet file, and return how many there are of each status."""
    statuses: Counter[Status] = Counter()

    def seen() -> Iterator[FindingTable]:
        for table in tables:
            _fallbacks_noted(table)
            statuses.update(table.summary().statuses)
            yield table

    write_parquet(seen(), stream_out())
    return statuses


def _fallbacks_noted(table: FindingTable) -> None:
    """Write to standard error which rules were judged by the slower evaluator as a whole, and why."""
    for block in table.blocks:
        if block.evaluator == "reference" and block.fallback:
            why = ", ".join(reason for reason, _ in block.fallback)
            note(f"Note: {block.bound.id} was judged by the reference evaluator, which takes longer: {why}")


def _basis(asked: Audit, table: FindingTable, *, kept: bool, lang: Lang) -> str:
    """Return what was asked of how much; `kept` tells that the time is the ledger's own and not the writers' claim."""
    packs = ", ".join(f"{pack.id} {pack.version}" for pack in asked.adoption.packs)
    as_of, facts = asked.history.as_of, len(asked.history.by_id)
    zh = en = ""
    if asked.history.known_at is not None:
        known = time_in(asked.adoption.time_zone, asked.history.known_at)
        zh = f"，以台账在 {known} 前收到的为准" if kept else f"，以 {known} 前的登记为准"
        en = f", as the ledger kept it by {known}" if kept else f", as recorded by {known}"
    return {
        "zh": f"截至 {as_of}{zh}；规则包 {packs}；记录 {facts} 条，结论 {len(table)} 条",
        "en": f"As of {as_of}{en}; packs {packs}; {facts} facts, {len(table)} findings",
    }[lang]


def _table_out(asked: Audit, table: FindingTable, *, kept: bool, everything: bool, limit: int, lang: Lang) -> None:
    show(_basis(asked, table, kept=kept, lang=lang))
    for notice in asked.notices:
        show(notice_line(notice, lang))
    if not table:
        return
    for part in findings.findings_report(
        table, asked.adoption, as_of=asked.history.as_of, everything=everything, limit=limit, screen=screen(), lang=lang
    ):
        show(part)


def _irregular_out(asked: Audit, form: str, lang: Lang) -> None:
    records = asked.irregular_about()
    if form == "table":
        show(findings.irregular_table(records, asked.units, screen=screen(), lang=lang))
    else:
        _listed_out((record for record, _ in records), form, lambda: findings.irregular_csv(records, asked.units))


def _contested_out(contested: Sequence[Contested], asked: Audit, form: str, lang: Lang) -> None:
    if form == "table":
        show(contested_table(contested, asked.adoption, asked.units, screen=screen(), lang=lang))
    else:
        _listed_out(contested, form, lambda: contested_csv(contested, asked.units))


def _listed_out(answers: Iterable[OnTheWire], form: str, csv: Callable[[], str]) -> None:
    encoded = map(encode, answers)
    lines_out([csv()] if form == "csv" else encoded if form == "jsonl" else findings.as_json(encoded))
