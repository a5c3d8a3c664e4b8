"""Findings as columns: the same as the objects, row by row, and none of the objects before they are asked for."""

import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from attrs import evolve
from hypothesis import given, settings

import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.answers.arrow import COLUMNS, decimals
from partyrules.answers.blocks import REASONS, About, Block, FindingRow, Names, block_of
from partyrules.answers.tables import FindingTable, Judge, TableSetting, table_of
from partyrules.answers.verdicts import STATUSES, Finding, finding_order
from partyrules.errors import EngineError, OutputError, QueryError
from partyrules.packs.document import Text
from partyrules.packs.pack import adopt
from partyrules.questions.audit import Audit, audit
from partyrules.time.calendar import Period
from tests import toy
from tests.strategies import ASKED_DAYS, REAL, TOY, chances, institution, question, seeded
from tests.sweeps import examples

BOTH: Final = adopt([partyrules_lzwl2017.pack, partyrules_lzcu2012.pack])
SAID: Final = Text("已", "done")
DUTY: Final = toy.adopted().duties[0]
_LISTS: Final = ("needs", "responsible")
SETTING: Final = TableSetting(as_of=date(2020, 6, 30), days=lambda: np.empty(0, np.int64), units=lambda: lambda _: ())


def invented(chance: Random) -> Audit:
    """Return the audit of an invented institution, under the toy pack or those of both documents."""
    adoption, cast = ((toy.adopted(), TOY), (BOTH, REAL))[chance.randrange(2)]
    asked = question(chance)
    return audit(institution(chance, cast, months=25), adoption, as_of=asked.as_of, known_at=asked.known_at)


def one(subject: str = "p1", **said: Any) -> Finding:
    """Return a finding on the first duty of the toy pack."""
    plain: dict[str, Any] = {"status": "satisfied", "modality": DUTY.rule.modality, "message": SAID}
    return Finding(rule=DUTY.id, clause=DUTY.clause.citation, subject=subject, **plain | said)


def judging(*findings: Finding, asked: list[set[str]] | None = None) -> Callable[[], Judge]:
    """Return what judges from a list of findings, and notes the subjects it is asked for."""

    def found(_: About, subjects: Collection[str]) -> Iterator[Finding]:
        if asked is not None:
            asked.append(set(subjects))
        return (finding for finding in findings if finding.subject in subjects)

    return lambda: found


def tabled(*findings: Finding) -> FindingTable:
    """Return the table of some findings on the first duty of the toy pack."""
    names = Names()
    return table_of([block_of(DUTY, findings, names)], names, judging(*findings), setting=SETTING)


def never() -> Judge:
    """Refuse to judge."""
    raise AssertionError("asked for objects")


def of_finding(finding: Finding) -> FindingRow:
    """Return what a row says of a finding."""
    return FindingRow(*(getattr(finding, name) for name in FindingRow._fields))


# The same as the objects -------------------------------------------------------------------------------------------


@settings(max_examples=examples(40))
@given(chance=chances())
def test_a_table_is_the_findings(chance: Random) -> None:
    """Walked, a table gives the findings of the audit, and its rows say of each what it says itself."""
    asked = invented(chance)
    expected = asked.findings(judgements=True)
    table = asked.table(judgements=True)
    assert list(table) == list(expected)
    assert list(table.rows()) == [of_finding(finding) for finding in expected]
    assert len(table) == len(expected)


@settings(max_examples=examples(40))
@given(chance=chances())
def test_the_summary_counts_the_findings(chance: Random) -> None:
    """The summary says how many findings there are of each rule in each status."""
    asked = invented(chance)
    summary = asked.table(judgements=True).summary()
    counted = Counter((finding.rule, finding.status) for finding in asked.findings(judgements=True))
    said = {(rule, status): count for rule, counts in summary.rules.items() for status, count in counts.items()}
    assert Counter(said) == counted
    assert all(sum(counts.values()) for counts in summary.rules.values())
    assert Counter(summary.statuses) == Counter(
        {s: sum(n for (_, o), n in counted.items() if o == s) for s in STATUSES}
    )
    assert summary.findings == counted.total()


@settings(max_examples=examples(50))
@given(chance=chances())
def test_a_table_filters_as_python_does(chance: Random) -> None:
    """Whichever filters follow each other, what is left are the findings that pass all of them."""
    table = invented(chance).table(judgements=True)
    left = list(table.rows())
    narrowed = table
    for _ in range(1 + chance.randrange(3)):
        day = date.fromisoformat(ASKED_DAYS[chance.randrange(len(ASKED_DAYS))])
        which = chance.randrange(5)
        if which == 0:
            glob = ("*", "*:1.*", "*8.2*", "toy:2.4", "lzwl2017:*")[chance.randrange(5)]
            if not any(fnmatchcase(block.bound.id, glob) for block in table.blocks):
                continue
            narrowed = narrowed.where(rule=glob)
            left = [row for row in left if fnmatchcase(row.rule, glob)]
        elif which == 1:
            subject = ("p1", "B1", "nobody")[chance.randrange(3)]
            narrowed = narrowed.where(subject=subject)
            left = [row for row in left if row.subject == subject]
        elif which == 2:
            statuses = [status for status in STATUSES if chance.randrange(2)] or ["unknown"]
            narrowed = narrowed.where(status=statuses)
            left = [row for row in left if row.status in statuses]
        elif which == 3:
            narrowed = narrowed.where(on=day)
            left = [row for row in left if row.period and day in row.period]
        else:
            narrowed = narrowed.where(due_by=day)
            left = [row for row in left if row.due and row.due <= day]
    assert list(narrowed.rows()) == left
    assert len(narrowed) == len(left)
    assert [of_finding(finding) for finding in narrowed] == left


@settings(max_examples=examples(25))
@given(chance=chances())
def test_rows_of_arrow_are_the_rows(chance: Random) -> None:
    """Each column of the Arrow table says of each finding what its row says, filtered or not."""
    table = invented(chance).table(judgements=True)
    for asked in (table, table.where(status=("unknown", "breached", "pending"))):
        assert as_rows(asked.to_arrow()) == list(asked.rows())


def as_rows(found: Any) -> list[FindingRow]:
    """Return the rows of an Arrow table of findings."""
    return [
        FindingRow(
            period=Period(said["start"], said["end"], said["grain"]) if said["grain"] else None,
            needs=tuple(said["needs"]),
            responsible=tuple(said["responsible"]),
            **{name: said[name] for name in FindingRow._fields if name not in ("period", *_LISTS)},
        )
        for said in found.to_pylist()
    ]


# Out of the library ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table() -> FindingTable:
    """Return the table of some invented institution that has every kind of column entry."""
    facts = institution(seeded(5), REAL, size=60)
    return audit(facts, BOTH, as_of=date(2020, 9, 15)).table(judgements=True)


def test_the_columns_have_documented_types(table: FindingTable) -> None:
    """Texts are dictionaries, dates are days, numbers exact decimals, units, needs and who has to act lists."""
    word = pa.dictionary(pa.int32(), pa.string())
    other = {
        **dict.fromkeys(("start", "end", "due"), pa.date32()),
        **dict.fromkeys(("required", "actual"), pa.decimal128(38, 9)),
        "occasion": pa.string(),
        **dict.fromkeys(("unit", *_LISTS), pa.list_(word)),
    }
    expected = pa.schema([(name, other.get(name, word)) for name in COLUMNS])
    assert table.to_arrow().schema == expected
    assert table.where(subject="nobody").to_arrow().schema == expected
    assert not table.where(subject="nobody").to_arrow()


def test_polars_has_the_rows(table: FindingTable) -> None:
    """The Polars frame has the columns in order and the same values."""
    frame = table.to_polars()
    assert frame.columns == list(COLUMNS)
    assert frame.schema["start"] == pl.Date()
    lists = [pl.col(name).cast(pl.List(pl.String)) for name in _LISTS]
    assert frame.with_columns(lists).rows(named=True) == table.to_arrow().to_pylist()


def test_pandas_has_the_rows(table: FindingTable) -> None:
    """The pandas frame has the columns in order, categories and dates among them, and the same values."""
    frame = table.to_pandas()
    assert list(frame.columns) == list(COLUMNS)
    assert frame.dtypes["rule"] == "category"
    assert frame.dtypes["start"].kind == "M"
    back = pa.Table.from_pandas(frame, schema=table.to_arrow().schema, preserve_index=False)
    assert back.to_pylist() == table.to_arrow().to_pylist()


def test_parquet_has_the_rows(table: FindingTable, tmp_path: Path) -> None:
    """A Parquet file, and a stream, give back the table with its types."""
    table.to_parquet(tmp_path / "findings.parquet")
    found, expected = pq.read_table(tmp_path / "findings.parquet"), table.to_arrow()
    assert (found.schema, found.to_pylist()) == (expected.schema, expected.to_pylist())
    stream = BytesIO()
    table.to_parquet(stream)
    assert stream.getvalue() == (tmp_path / "findings.parquet").read_bytes()


def test_a_file_that_cannot_be_written_is_refused(table: FindingTable, tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(OutputError, match=r"nowhere.*cannot be written"):
        table.to_parquet(tmp_path / "nowhere" / "findings.parquet")


@pytest.mark.parametrize(
    ("library", "extra", "asked"),
    [
        ("pyarrow", "arrow", FindingTable.to_arrow),
        ("pyarrow.parquet", "arrow", lambda table: table.to_parquet(BytesIO())),
        ("pandas", "pandas", FindingTable.to_pandas),
        ("polars", "polars", FindingTable.to_polars),
    ],
)
def test_a_missing_library_is_named_with_its_extra(
    table: FindingTable,
    monkeypatch: pytest.MonkeyPatch,
    library: str,
    extra: str,
    asked: Callable[[FindingTable], object],
) -> None:
    """Without the library there is one line that says how to get it."""
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(QueryError, match=rf"partyrules\[{extra}\]") as refused:
        asked(table)
    assert "\n" not in str(refused.value)


# No object before it is asked for ----------------------------------------------------------------------------------


def test_no_object_is_made_for_counting_or_columns(table: FindingTable) -> None:
    """Nothing but walking the table asks for a finding."""
    idle = evolve(table, judge=never)
    breached = idle.where(status="breached", rule="lzwl2017:*", on=date(2020, 3, 2))
    for each in (idle, breached, idle.where(subject="p1", due_by=date(2020, 12, 31))):
        assert len(list(each.rows())) == len(each) == each.summary().findings == each.to_arrow().num_rows
        assert str(len(each)) in repr(each)
    with pytest.raises(AssertionError, match="asked for objects"):
        next(iter(idle))


def test_the_columns_are_small(table: FindingTable) -> None:
    """A finding takes no more than 64 bytes of columns, none of them objects."""
    columns = [value for block in table.blocks for value in (getattr(block, name) for name in Block.__annotations__)
               if isinstance(value, np.ndarray)]  # fmt: skip
    assert sum(column.nbytes for column in columns) <= 64 * len(table)
    assert not any(column.dtype == np.object_ for column in columns)


def test_the_head_of_a_table_is_made_from_few_subjects() -> None:
    """Whoever takes the first finding has those of a few subjects made, not of everybody."""
    findings = [one(f"p{number:03}") for number in range(500)]
    names, asked = Names(), list[set[str]]()
    table = table_of(
        [block_of(DUTY, reversed(findings), names)], names, judging(*findings, asked=asked), setting=SETTING
    )
    assert next(iter(table)) == findings[0]
    assert len(asked) == 1
    assert len(asked[0]) <= 16
    assert list(table) == findings
    assert len(asked) < 10


# What columns can hold ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("required", "actual"),
    [
        (24, Decimal("9.5")),
        (Decimal("0.1"), Decimal("0.000000001")),
        (1, Decimal(999_999_999 * 40) + Decimal("0.000000001")),
        (10**30, 3),
        (None, None),
    ],
)
def test_numbers_are_exact(required: int | Decimal | None, actual: int | Decimal | None) -> None:
    """A number comes out of the columns, and of Arrow, as it went in, however large or fine it is."""
    finding = one(required=required, actual=actual)
    table = tabled(finding, one("p2"))
    assert [(row.required, row.actual) for row in table.rows()] == [(required, actual), (None, None)]
    assert next(iter(table)) == finding
    if required != 10**30:
        found = table.to_arrow()
        assert found["required"].to_pylist() == [required, None]
        assert found["actual"].to_pylist() == [actual, None]


def test_a_number_finer_than_the_columns_is_refused() -> None:
    """Rather than rounded, a number with more than nine decimals is refused."""
    with pytest.raises(EngineError, match="more decimals than 9"):
        tabled(one(actual=Decimal("0.0000000001")))


def test_any_number_of_needs_fits() -> None:
    """Needs beyond those that fit in 64 bits are kept too, sorted as in the finding."""
    findings = [one(f"p{n:02}", status="unknown", needs=(f"need{n:02}", "register_closed")) for n in range(80)]
    table = tabled(*findings)
    assert [row.needs for row in table.rows()] == [finding.needs for finding in findings]
    assert [tuple(needs) for needs in table.to_arrow()["needs"].to_pylist()] == [each.needs for each in findings]


def test_a_column_may_be_one_value_for_all_rows() -> None:
    """A value that is broadcast to all rows reads as that value in each."""
    findings = [one(f"p{number}", required=2) for number in range(5)]
    table = tabled(*findings)
    (block,) = table.blocks
    wide = evolve(block, required=np.broadcast_to(np.int64(2), 5), status=np.broadcast_to(np.int8(0), 5))
    same = evolve(table, blocks=(wide,))
    assert list(same) == findings
    assert same.to_arrow().to_pylist() == table.to_arrow().to_pylist()
    assert same.summary() == table.summary()


def test_rows_stand_in_the_order_of_findings() -> None:
    """Within a duty the rows are sorted by the subject's text, the period's start and the occasion's id."""
    periods = [None, Period(date(2020, 1, 1), date(2020, 1, 31), "month"), Period(date(2020, 2, 1), date(2020, 2, 29), "month")]  # noqa: E501  # fmt: skip
    findings = [
        one(subject, period=period, occasion=occasion)
        for subject in ("学生乙", "p10", "p9", "学生甲")
        for period in reversed(periods)
        for occasion in ("f2", None, "f10")
    ]
    assert list(tabled(*findings)) == sorted(findings, key=finding_order)


def test_a_block_has_periods_of_one_grain() -> None:
    """Findings in months and in quarters cannot be one block."""
    days = date(2020, 1, 1), date(2020, 1, 31)
    with pytest.raises(EngineError, match="several grains: month, quarter"):
        tabled(one(period=Period(*days, "month")), one("p2", period=Period(*days, "quarter")))


def test_every_reason_has_a_number() -> None:
    """A finding's reason comes out of its column as it went in."""
    findings = [one(f"p{number}", reason=reason) for number, reason in enumerate(REASONS)]
    assert [row.reason for row in tabled(*findings).rows()] == list(REASONS)
    assert tabled(*findings).to_arrow()["reason"].to_pylist() == list(REASONS)


# What is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "unknown"},
        {"actual": 2},
        {"reason": "on_leave"},
        {"due": date(2020, 6, 30)},
        {"needs": ("hours",)},
        {"occasion": "f1"},
    ],
)
def test_a_row_that_the_reference_does_not_confirm_is_an_error(changed: dict[str, Any]) -> None:
    """Where the finding made is not what its row says, there is an error and no finding."""
    names = Names()
    table = table_of(
        [block_of(DUTY, [one(actual=1)], names)], names, judging(evolve(one(actual=1), **changed)), setting=SETTING
    )
    with pytest.raises(EngineError, match=r"subject `p1`"):
        next(iter(table))


def test_a_finding_that_the_table_lacks_is_an_error() -> None:
    """Where the reference finds more about a subject than the table has, there is an error."""
    names = Names()
    table = table_of([block_of(DUTY, [one()], names)], names, judging(one(), one(occasion="f1")), setting=SETTING)
    with pytest.raises(EngineError, match="the table has 1 findings where the reference has 2, about p1"):
        next(iter(table))


def test_what_does_not_exist_is_refused_with_what_is_near(table: FindingTable) -> None:
    """A rule or a status that there is not is an error that names the nearest; an unknown subject has no findings."""
    with pytest.raises(QueryError, match=r"did you mean `lzwl2017:8.1.3`"):
        table.where(rule="lzwl2017:8.1.33")
    with pytest.raises(QueryError, match="did you mean `breached`"):
        table.where(status="breach")
    with pytest.raises(QueryError, match="did you mean `unknown`"):
        table.where(status=["breached", "unknwon"])
    assert not table.where(subject="nobody")


def test_a_summary_reads_as_text_and_as_json(table: FindingTable) -> None:
    """The summary has a line for each rule and the totals, and the same numbers as a JSON object."""
    summary = table.summary()
    lines = str(summary).splitlines()
    assert lines[0].split() == list(STATUSES)
    assert [line.split()[0] for line in lines[1:]] == [*summary.rules, "total"]
    assert [int(cell) for cell in lines[-1].split()[1:]] == list(summary.statuses.values())
    wire = summary.to_wire()
    assert wire["findings"] == sum(wire["statuses"].values()) == len(table)
    assert {rule: sum(counts.values()) for rule, counts in wire["rules"].items()} == Counter(
        row.rule for row in table.rows()
    )


def test_decimals_take_what_is_absent_as_null() -> None:
    """Numbers below nought, large and absent ones pass through 128 bits."""
    units = np.asarray([-1, 7, 2**62, np.iinfo(np.int64).min], np.int64)
    found = decimals(units, scale=10).to_pylist()
    assert found == [Decimal("-0.1"), Decimal("0.7"), Decimal(2**62) / 10, None]
