"""The report on an institution: its numbers are those of the audits, and each of its files says them."""

import base64
import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import vobject
from attrs import evolve, fields
from python_calamine import CalamineWorkbook

from partyrules.answers.verdicts import STATUSES, Finding, finding_order
from partyrules.demo import DECISION_DAY, SPOTLIGHT, synthetic_institution
from partyrules.errors import OutputError, QueryError
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.facts.codec import decode_fact, fact_from_wire
from partyrules.facts.vocabulary import Fact
from partyrules.importers.directory import read_directory
from partyrules.language.rules import Duty
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs.pack import Bound, adopt
from partyrules.questions.audit import audit
from partyrules.questions.contested import contested, single_changes
from partyrules.questions.decide import decide
from partyrules.questions.differing import NONE
from partyrules.questions.funnel import funnel
from partyrules.questions.sources import history_from
from partyrules.report import page as page_of
from partyrules.report import sections
from partyrules.report import workbook as book_of
from partyrules.report.agenda import calendars
from partyrules.report.closing import closing_text
from partyrules.report.content import Report, report_on
from partyrules.report.decisions import decision_lines
from partyrules.report.files import FORMATS, report_files, write_report
from partyrules.report.findings import soon
from partyrules.report.letter import letter
from partyrules.report.mail import mail
from partyrules.report.page import page
from partyrules.report.payload import PackedColumn, packed
from partyrules.report.sections import sheets_of
from partyrules.report.workbook import workbook
from partyrules.time.calendar import add_months
from tests.commands import AS_OF, BOTH, FACTS, PACK, refused, run, written

SINCE: Final = date(2019, 5, 31)
KNOWN: Final = datetime(2019, 5, 31, 16, tzinfo=UTC)
ADOPTION: Final = adopt(["lzwl2017", "lzcu2012"])


@pytest.fixture(scope="module")
def facts() -> tuple[Fact, ...]:
    """Return the facts of a small synthetic institution."""
    return tuple(fact_from_wire(dict(each), where="demo") for each in synthetic_institution(students=120))


@pytest.fixture(scope="module")
def report(facts: tuple[Fact, ...]) -> Report:
    """Return the report on it, compared with what was known a month before."""
    return report_on(facts, ADOPTION, as_of=DECISION_DAY, since=SINCE, known_since=KNOWN)


Key = tuple[Any, ...]


def key(finding: Finding) -> Key:
    """Return what tells one finding from another."""
    return finding.rule, finding.subject, finding.period, finding.occasion


# Numbers -----------------------------------------------------------------------------------------------------------


def test_the_tiles_are_the_findings_of_the_two_audits(report: Report, facts: tuple[Fact, ...]) -> None:
    """Each of the six numbers, and its change, is what the findings of both days come to, one by one."""
    now = audit(facts, ADOPTION, as_of=DECISION_DAY).findings()
    then = audit(facts, ADOPTION, as_of=SINCE, known_at=KNOWN).findings()

    def among(findings: Sequence[Finding], status: str, by: date | None = None) -> set[Key]:
        return {key(f) for f in findings if f.status == status and (by is None or (f.due is not None and f.due <= by))}

    def ready(on: date, known_at: datetime | None = None) -> int:
        steps = funnel(facts, ADOPTION, on=on, known_at=known_at).steps
        return sum(step.outcomes["permitted"] for step in steps)

    breached, was = among(now, "breached"), among(then, "breached")
    # As long before the earlier day as that is before the day of the report.
    past = audit(facts, ADOPTION, as_of=date(2019, 5, 1), known_at=KNOWN).findings()
    long_ago = among(past, "breached")
    due = (among(now, "pending", soon(DECISION_DAY)), among(then, "pending", soon(SINCE)))
    unknown = (among(now, "unknown"), among(then, "unknown"))
    steps = (ready(DECISION_DAY), ready(SINCE, KNOWN))
    assert {tile.name: (tile.number, tile.change) for tile in report.tiles} == {
        "breached": (len(breached), len(breached) - len(was)),
        "due_soon": (len(due[0]), len(due[0]) - len(due[1])),
        "unknown": (len(unknown[0]), len(unknown[0]) - len(unknown[1])),
        "new": (len(breached - was), len(breached - was) - len(was - long_ago)),
        "resolved": (len(was - breached), len(was - breached) - len(long_ago - was)),
        "ready": (steps[0], steps[0] - steps[1]),
    }
    assert breached - was
    assert was - breached


def test_each_semester_has_what_fell_due_in_it_or_until_the_next(report: Report) -> None:
    """Of each semester the satisfied, breached and unknown findings due by the day are counted, none twice."""
    terms = [semester.term for semester in report.trend]
    ends = [*(term.first - timedelta(days=1) for term in terms[1:]), date.max]
    for semester, term, end in zip(report.trend, terms, ends, strict=True):
        due = Counter(
            row.status
            for row in report.table.rows()
            if row.due is not None and term.first <= row.due <= min(end, DECISION_DAY)
        )
        assert (semester.satisfied, semester.breached, semester.unknown) == tuple(
            due[status] for status in ("satisfied", "breached", "unknown")
        )
        assert semester.rate == pytest.approx(due["satisfied"] / semester.all)
    assert len(report.trend) == 4


def test_the_map_counts_every_breach_once(report: Report) -> None:
    """The cells of a rule sum up to its breaches, and each is of the unit to which its subjects belong."""
    breached = report.table.where(status="breached")
    counted = Counter((report.units.of(row.subject), row.rule) for row in breached.rows())
    heat = report.heat
    shown = {
        (unit, bound.id): int(heat.breached[row, column])
        for row, unit in enumerate(heat.units)
        for column, bound in enumerate(heat.rules)
        if heat.breached[row, column]
    }
    assert shown == counted
    assert (heat.decided >= heat.breached).all()


def test_what_another_reading_changes_is_what_the_reference_says(facts: tuple[Fact, ...], report: Report) -> None:
    """Every change of a finding by one single option, in columns, is one that the reference finds, and the reverse."""
    strings, ids = report.table.names.strings.texts, report.table.names.ids

    def status(code: int) -> str | None:
        return None if code == NONE else STATUSES[code]

    swung = {
        (
            swing.bound.id,
            strings[subject],
            start and date.fromordinal(start),
            end and date.fromordinal(end),
            None if occasion < 0 else ids[occasion],
            swing.reading,
            swing.option,
            status(was),
            status(now),
        )
        for swing in report.at_stake
        for subject, start, end, occasion, was, now in zip(
            *(getattr(swing, name).tolist() for name in ("subject", "start", "end", "occasion", "was", "now")),
            strict=True,
        )
    }
    evaluator = ReferenceEvaluator(ADOPTION, history_from(facts, ADOPTION, as_of=DECISION_DAY))

    def said(bound: Bound[Duty]) -> dict[tuple[object, ...], str]:
        return {
            (
                each.subject,
                each.period and each.period.start,
                each.period and each.period.end,
                each.occasion,
            ): each.status
            for each in evaluator.findings(bound)
        }

    found = set()
    for bound in ADOPTION.duties:
        adopted = said(bound)
        for reading, option, changed in single_changes(ADOPTION, bound):
            others = said(changed)
            found |= {
                (bound.id, key[0], key[1] or 0, key[2] or 0, key[3], reading, option, adopted.get(key), others.get(key))
                for key in adopted.keys() | others.keys()
                if adopted.get(key) != others.get(key)
            }
    assert swung == found
    assert len(found) > 500
    listed = contested(facts, ADOPTION, as_of=DECISION_DAY)
    assert {
        (
            each.rule,
            each.subject,
            each.period.start if each.period else 0,
            each.period.end if each.period else 0,
            each.occasion,
            change.reading,
            change.option,
            each.status,
            change.status,
        )
        for each in listed
        for change in each.changes
    } == found
    assert list(listed) == sorted(listed, key=finding_order)


def test_who_acts_is_who_a_finding_names_or_else_its_subject(report: Report) -> None:
    """The list of who acts goes with the findings, row by row, and the sums by who acts are theirs."""
    rows = list(report.table.where(status=["breached", "unknown", "pending"]).rows())
    who, which = report.acting
    assert [who[place] for place in which] == [row.responsible or (row.subject,) for row in rows]
    agents = sheets_of(report)["agents"]
    overdue = Counter(row.responsible or (row.subject,) for row in rows if row.status == "breached")
    assert sum(value for value in agents.column("breached").cells() if isinstance(value, int)) == overdue.total()


def test_what_cannot_be_told_is_told_by_what_is_missing(report: Report) -> None:
    """Each need has the number of unknown findings that wait for it."""
    needs = Counter(need for row in report.table.where(status="unknown").rows() for need in row.needs)
    assert {need: number for need, (number, _) in report.missing.items()} == needs


def test_a_report_on_a_unit_has_those_under_it_alone(facts: tuple[Fact, ...], report: Report) -> None:
    """All that it counts and lists is about the unit, units under it, or who belongs to them."""
    unit = report_on(facts, ADOPTION, as_of=DECISION_DAY, since=SINCE, unit="branch-01")
    under = audit(facts, ADOPTION, as_of=DECISION_DAY).under("branch-01")
    assert {row.subject for row in unit.table.rows()} <= under
    assert {one.person for one in unit.standing} <= under
    strings = unit.table.names.strings.texts
    assert {strings[code] for swing in unit.at_stake for code in swing.subject.tolist()} <= under
    assert 0 < unit.tiles[0].number < report.tiles[0].number
    with pytest.raises(QueryError, match="branch-01"):
        report_on(facts, ADOPTION, as_of=DECISION_DAY, unit="branch-1")


def test_the_earlier_day_is_before_the_day_of_the_report(facts: tuple[Fact, ...]) -> None:
    """Without one it is a month before; a day that is not before is refused."""
    assert report_on(facts[:50], ADOPTION, as_of=DECISION_DAY).since == add_months(DECISION_DAY, -1)
    with pytest.raises(QueryError, match="since: found 2019-06-30; allowed: a day before 2019-06-30"):
        report_on(facts[:50], ADOPTION, as_of=DECISION_DAY, since=DECISION_DAY)


def test_there_may_be_nothing_to_report(facts: tuple[Fact, ...]) -> None:
    """Before anything is known or in force every file is made all the same, and says so."""
    for some, day in ((facts[:3], date(2017, 9, 2)), (facts, date(1990, 1, 1))):
        empty = report_on(some, ADOPTION, as_of=day)
        files = report_files(empty, lang="zh", formats=FORMATS)
        assert {"report.html", "report.xlsx", "report.md", "due.ics"} <= set(files)


# The page ----------------------------------------------------------------------------------------------------------


def unpacked(text: str) -> tuple[dict[str, Any], bytes]:
    """Return the JSON and the numbers that a page carries."""
    [data] = re.findall(r'id="data">([^<]*)</script>', text)
    whole = gzip.decompress(base64.b64decode(data))
    size = int(whole[:8])
    return json.loads(whole[8 : 8 + size]), whole[8 + size :]


def column_of(head: dict[str, Any], body: bytes, key: str) -> list[Any]:
    """Return the cells of a column of a page's table."""
    column = head["columns"][key]
    codes = np.frombuffer(body, f"<u{column['bytes']}", head["rows"], column["at"])
    return [column["texts"][code] for code in codes.tolist()]


def test_the_page_carries_the_rows_of_the_audit(report: Report) -> None:
    """Out of the packed columns come rule, subject and day of each finding that wants attention."""
    data, body = unpacked(page(report, lang="en"))
    table = data["tables"]["findings"]
    rows = list(report.table.where(status=["breached", "unknown", "pending"]).rows())
    assert column_of(table, body, "rule") == [row.rule for row in rows]
    assert column_of(table, body, "id") == [row.subject for row in rows]
    due = [str(row.due) if row.due else ["现时", "now"] for row in rows]
    assert column_of(table, body, "due") == due
    assert len(data["details"]) == min(300, len(rows))


@pytest.mark.parametrize("sizes", [(1, 255), (256, 257), (70000, 3)])
def test_what_is_packed_is_found_again(sizes: tuple[int, int]) -> None:
    """Columns of one, two and four bytes lie one after the other, each where its kind may be read."""
    columns = {
        str(size): PackedColumn(np.arange(70000) % size, [f"t{number}" for number in range(size)]) for size in sizes
    }
    data, body = unpacked(f'<script id="data">{packed({"t": columns}, more=1)}</script>')
    for size in sizes:
        column = data["tables"]["t"]["columns"][str(size)]
        assert column["at"] % 4 == 0
        assert column_of(data["tables"]["t"], body, str(size)) == [f"t{number % size}" for number in range(70000)]
    assert data["more"] == 1


def test_the_same_report_is_the_same_page(facts: tuple[Fact, ...], report: Report) -> None:
    """A report made again of the same facts gives the same bytes."""
    again = report_on(facts, ADOPTION, as_of=DECISION_DAY, since=SINCE, known_since=KNOWN)
    for form in ("html", "md", "ics"):
        assert report_files(report, lang="zh", formats=[form]) == report_files(again, lang="zh", formats=[form])


HOSTILE: Final = ("</script><script>alert(1)</script>", "=HYPERLINK(1)", "<img src=x onerror=alert(1)>", "a|b*c*\u202e")


@pytest.fixture(scope="module")
def hostile(facts: tuple[Fact, ...]) -> Report:
    """Return a report of which people and units have names that are code."""
    made = [
        {"fact": "stage_entered", "on": "2018-01-10", "stage": "full_member", "id": f"h{n}", "person": name}
        for n, name in enumerate(HOSTILE)
    ]
    unit = {"fact": "unit_established", "id": "hu", "on": "2018-01-01", "unit": HOSTILE[0], "kind": "branch"}
    inside = {"fact": "membership_started", "id": "hm", "on": "2018-01-10", "unit": HOSTILE[0], "person": HOSTILE[1]}
    lines = [decode_fact(json.dumps(each)) for each in (*made, unit, inside)]
    names = {HOSTILE[2]: HOSTILE[0]}
    return report_on((*facts, *lines), ADOPTION, as_of=DECISION_DAY, names=names)


def test_a_name_is_never_code(hostile: Report, report: Report) -> None:
    """Neither in the page, nor in the workbook, nor in Markdown does a name become what it looks like."""
    text = page(hostile, lang="zh", source=HOSTILE[0])
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert text.count("</script>") == page(report, lang="zh").count("</script>")
    cells = [cell for sheet in sheets_in(hostile).values() for row in sheet for cell in row]
    assert HOSTILE[1] in cells
    told = mail(hostile, lang="zh")
    assert "<script>" not in told.replace("\\<script", "")
    assert "\u202e" not in text + told


def test_there_are_no_names_but_those_of_a_directory(facts: tuple[Fact, ...]) -> None:
    """What facts call people and units stands in no file; what a directory calls them stands beside their ids."""
    plain = report_on(facts, ADOPTION, as_of=DECISION_DAY, since=SINCE)
    recorded = {name for each in facts if (name := getattr(each, "name", None))}
    recorded |= {number for each in facts if (number := getattr(each, "student_no", None))}
    assert len(recorded) > 100
    for told in (*texts_of(plain), letter_of(facts, SPOTLIGHT[0].person)):
        assert not {name for name in recorded if name in told}
    person = plain.standing[0].person
    named = report_on(facts, ADOPTION, as_of=DECISION_DAY, since=SINCE, names={person: "甲同学"})
    assert all("甲同学" in told for told in texts_of(named))
    assert "甲同学" in letter_of(facts, person, names={person: "甲同学"})


def texts_of(report: Report) -> list[str]:
    """Return what the files of a report say, unpacked."""
    text = page(report, lang="zh")
    data, _ = unpacked(text)
    book = "\n".join(str(cell) for sheet in sheets_in(report).values() for row in sheet for cell in row)
    return [text + json.dumps(data, ensure_ascii=False), book]


def letter_of(facts: tuple[Fact, ...], person: str, **named: Any) -> str:
    """Return the letter on a person's step to full membership."""
    found = decide(facts, ADOPTION, person=person, to="full_member", on=DECISION_DAY)
    return letter(facts, ADOPTION, found, lang="zh", **named)


# The workbook ------------------------------------------------------------------------------------------------------


def sheets_in(report: Report) -> dict[str, list[list[Any]]]:
    """Return the sheets of the workbook as another library reads them."""
    book = CalamineWorkbook.from_filelike(BytesIO(workbook(report, lang="zh")))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_workbook_has_a_sheet_for_each_section(report: Report) -> None:
    """Heads are Chinese, dates are dates, numbers are numbers, and the rows are those of the report."""
    found = sheets_in(report)
    assert list(found) == [
        "概况", "待办清单", "暂无法核定", "未来一个月到期", "分学期落实率", "单位与条款", "发展党员",
        "随条文理解（口径）而变的结论", "不计入的记录", "逐条汇总",
    ]  # fmt: skip
    head, *rows = found["待办清单"]
    status = report.findings.of_status("breached", "pending")
    assert len(rows) == int(status.sum())
    assert head[:3] == ["责任方", "所在单位", "事项"]
    days = [row[head.index("期限")] for row in rows]
    assert all(isinstance(day, date) or day == "现时" for day in days)
    assert sum(isinstance(day, date) for day in days) == int((report.findings.due[status] > 0).sum())
    assert [row[-1] for row in found["分学期落实率"][1:]] == [pytest.approx(one.rate) for one in report.trend]
    assert len(found["发展党员"]) == 1 + len(report.standing)
    assert "联系帮助有困难的学生（lzwl2017:8.4.2）" in "".join(found["单位与条款"][0])


def test_the_workbook_filters_and_freezes_its_heads(report: Report) -> None:
    """Every sheet of rows has a filter over all its columns and keeps its head in sight; no hour of making is told."""
    from zipfile import ZipFile  # noqa: PLC0415 - the file as it is, for this test alone

    with ZipFile(BytesIO(workbook(report, lang="en"))) as parts:
        sheets = [parts.read(name).decode() for name in sorted(parts.namelist()) if "worksheets/sheet" in name]
        assert f"{DECISION_DAY}T00:00:00Z" in parts.read("docProps/core.xml").decode()
    tables = [sheet for sheet in sheets if "<autoFilter" in sheet]
    assert len(tables) == len(sheets) - 1
    assert all('ySplit="1"' in sheet and 'state="frozen"' in sheet for sheet in tables)
    assert not any("<f>" in sheet for sheet in sheets)


def test_what_closes_a_duty_is_what_it_counts() -> None:
    """A record that only makes more of them necessary closes nothing: of each general branch one review is filed."""
    (review,) = (bound for bound in ADOPTION.duties if bound.id == "lzwl2017:1.3.3")
    assert closing_text(review).zh == "提交材料（发展党员工作审核）"


# The calendars -----------------------------------------------------------------------------------------------------


def events(data: bytes) -> dict[str, Any]:
    """Return the events of a calendar by their ids, as another library parses them."""
    parsed = vobject.readOne(data.decode())
    return {event.uid.value: event for event in getattr(parsed, "vevent_list", [])}


def test_a_calendar_has_what_falls_due_on_its_days(report: Report) -> None:
    """Each rule with something due on a day is one event of that whole day, which names how many."""
    pending = Counter((row.rule, row.due) for row in report.table.where(status="pending").rows() if row.due)
    found = [
        event for event in events(calendars(report, lang="zh")["due.ics"]).values() if event.status.value == "CONFIRMED"
    ]
    assert len(found) == len(pending)
    assert sorted(event.dtstart.value for event in found) == sorted(day for _, day in pending)
    assert all(event.dtend.value == event.dtstart.value + timedelta(days=1) for event in found)


def test_a_calendar_is_read_as_it_was_meant(report: Report) -> None:
    """No line is longer than 75 bytes or ends within a character, and marks that structure a calendar are escaped."""
    name = "甲,乙;丙\\丁" * 9
    data = calendars(evolve(report, names={"branch-01": name}), lang="zh")["due-unit-branch-01.ics"]
    assert all(len(line) <= 75 and line.decode() for line in data.split(b"\r\n")[:-1])
    told = [event.description.value for event in events(data).values()]
    assert any(f"对象：{name} branch-01" in each for each in told)


def test_a_later_calendar_replaces_the_earlier_one(facts: tuple[Fact, ...], report: Report) -> None:
    """The same duty has the same id with a higher sequence, and what is settled is cancelled by that id."""
    later = report_on(facts, ADOPTION, as_of=date(2019, 7, 10), since=DECISION_DAY)
    first, second = (calendars(each, lang="zh") for each in (report, later))
    assert "due-unit-branch-01.ics" in first
    both = [(events(first[name]), events(second[name])) for name in first.keys() & second.keys()]
    shared = [(before[uid], after[uid]) for before, after in both for uid in before.keys() & after.keys()]
    assert shared
    assert all(int(old.sequence.value) < int(new.sequence.value) for old, new in shared)
    assert all(old.dtstart.value == new.dtstart.value for old, new in shared)
    settled = fact_from_wire(
        {
            "fact": "meeting_held", "id": "x1", "on": "2019-06-20", "meeting": "democratic_life_meeting",
            "unit": "branch-01",
            "attended": [row.subject for row in report.table.where(rule="lzwl2017:8.1.1", status="pending").rows()],
        },
        where="test",
    )  # fmt: skip
    done = report_on((*facts, settled), ADOPTION, as_of=DECISION_DAY, since=SINCE, known_since=KNOWN)
    gone = [
        e for e in events(calendars(done, lang="zh")["due.ics"]).values() if "lzwl2017:8.1.1" in e.description.value
    ]
    assert {event.status.value for event in gone} == {"CANCELLED"}


# Files and the command ---------------------------------------------------------------------------------------------


def test_a_report_is_written_over_an_earlier_one_and_over_nothing_else(report: Report, tmp_path: Path) -> None:
    """The files of a report take the place of such files; where another is in the way nothing is written."""
    out = tmp_path / "out"
    first = write_report(report, out, lang="zh", formats=FORMATS)
    assert {path.name for path in out.iterdir()} == {path.name for path in first}
    assert write_report(report, out, lang="en", formats=FORMATS) == first
    (out / "report.md").write_text("mine", encoding="utf-8")
    before = {path: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(OutputError, match="another kind"):
        write_report(report, out, lang="zh", formats=FORMATS)
    assert {path: path.read_bytes() for path in out.iterdir()} == before
    with pytest.raises(OutputError, match="cannot be made a folder"):
        write_report(report, out / "report.md", lang="zh")


def test_nothing_of_an_earlier_report_passes_for_new(report: Report, tmp_path: Path) -> None:
    """A calendar in which nothing is due any more is an empty one, a list that fits the page again is gone.

    What is not ours stays as it is.
    """
    out = tmp_path / "out"
    write_report(report, out, lang="zh")
    settled, mine = out / "due-unit-settled.ics", out / "due-mine.ics"
    settled.write_bytes((out / "due.ics").read_bytes())
    mine.write_bytes(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//another//\r\nEND:VCALENDAR\r\n")
    (out / "findings.csv").write_text("\ufeffpartyrules,status\r\n", encoding="utf-8")
    (out / "clauses.csv").write_text("mine", encoding="utf-8")
    kept = mine.read_bytes()
    assert events((out / "due.ics").read_bytes())
    write_report(report, out, lang="zh")
    assert events((out / "due.ics").read_bytes())
    assert events(settled.read_bytes()) == {}
    assert not (out / "findings.csv").exists()
    assert ((out / "clauses.csv").read_text(encoding="utf-8"), mine.read_bytes()) == ("mine", kept)


def test_a_list_that_is_cut_stands_whole_in_a_file_beside(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says how many rows it leaves out and links to the file in which all are; so does the workbook."""
    for module in (sections, page_of, book_of):
        monkeypatch.setattr(module, "MOST_IN_A_WORKBOOK", 40)
    monkeypatch.setattr(book_of, "FEW_OF_MANY", 20)
    monkeypatch.setattr(sections, "MOST_ROWS", 60)
    monkeypatch.setattr(sections, "_MOST_AT_STAKE", 40)
    files = report_files(evolve(report), lang="zh", formats=["html", "xlsx"])
    assert set(files) == {"report.html", "report.xlsx", "findings.csv", "at_stake.csv", "pipeline.csv", "clauses.csv"}
    text = files["report.html"].decode()
    left = len(report.findings) - 60
    assert f"另有 {left:,} 条较早的未列入本页" in text
    assert 'href="findings.csv" download' in text
    data, body = unpacked(text)
    listed = data["tables"]["findings"]
    assert len(column_of(listed, body, "rule")) == 60
    rows = list(csv.DictReader(StringIO(files["findings.csv"].decode("utf-8-sig"))))
    told = list(report.table.where(status=["breached", "unknown", "pending"]).rows())
    assert [(row["规则"], row["编号"]) for row in rows] == [(row.rule, row.subject) for row in told]
    assert [row["partyrules"] for row in rows] == [str(number) for number in range(1, len(told) + 1)]
    at_stake = list(csv.DictReader(StringIO(files["at_stake.csv"].decode("utf-8-sig"))))
    assert len(at_stake) == sum(map(len, report.at_stake))
    book = CalamineWorkbook.from_filelike(BytesIO(files["report.xlsx"]))
    todo = book.get_sheet_by_name("待办清单").to_python()
    assert len(todo) == 1 + 20 + 1
    assert "全部见 findings.csv" in str(todo[-1][0])


@pytest.mark.parametrize("form", ["html", "md"])
def test_of_a_decision_too_they_have_their_unit(report: Report, facts: tuple[Fact, ...], form: Any) -> None:
    """Where a decision, and the letter about it, list such records, the units of the person stand beside them."""
    about = next(about for _, about in report.irregular if report.asked.units(about))
    found = decide(facts, ADOPTION, person=about, to="full_member", on=DECISION_DAY)
    assert found.irregular
    units = report.asked.units(about)
    (line,) = (
        line
        for line in decision_lines(found, ADOPTION, engine=None, lang="en", units=units)
        if line.startswith("Records that count")
    )
    assert line.endswith(f", unit {', '.join(units)}")
    assert f"unit: {', '.join(units)}" in letter(facts, ADOPTION, found, lang="en", form=form)


def test_records_that_count_for_nothing_say_whose_they_are(report: Report, facts: tuple[Fact, ...]) -> None:
    """Each has whom it is about and their unit; a report on a unit lists those about its own alone."""
    by_id = {fact.id: fact for fact in facts}
    assert report.irregular
    for record, about in report.irregular:
        assert about in vars_of(by_id[record.id])
    table = sheets_of(report)["irregular"]
    said = [sections.said(cell, "zh") for cell in table.column("unit").cells()]
    units = [report.units.of(about) for _, about in report.irregular]
    assert said == ["（不属任何单位）" if unit is None else unit for unit in units]
    assert {unit for unit in units if unit is not None}
    [unit, *_] = sorted({unit for unit in units if unit is not None})
    within = report_on(facts, ADOPTION, as_of=DECISION_DAY, unit=unit)
    under = report.asked.under(unit)
    assert within.irregular == tuple(pair for pair in report.irregular if pair[1] in under)


def vars_of(fact: Fact) -> set[str]:
    """Return the texts that a fact says."""
    return {value for value in (getattr(fact, each.name) for each in fields(type(fact))) if isinstance(value, str)}


def test_the_command_reports_on_a_ledger(facts: tuple[Fact, ...], tmp_path: Path) -> None:
    """It writes the files asked for, says which, and names the ledger's head in them."""
    path = tmp_path / "l.db"
    with open_ledger(path) as ledger:
        ledger.append(facts, recorded_at=datetime(2026, 1, 1, tzinfo=UTC))
        head = str(ledger.head())
    asked = ("report", path, *BOTH, "--as-of", DECISION_DAY, "--since", f"{SINCE}@{KNOWN.isoformat()}")
    found = run(*asked, "--out", tmp_path / "out", "--lang", "zh", "--unit", "branch-01")
    assert found.exit_code == 0, found.output
    assert "report.html、report.xlsx、日历" in found.stdout
    assert head in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert run(*asked, "--out", tmp_path / "out", "--format", "md").stdout == f"{tmp_path / 'out'}: report.md\n"


def test_what_the_command_refuses_it_refuses_in_a_line(tmp_path: Path) -> None:
    """A day that is no day, a unit nobody established, a directory that is none: each is told, and nothing written."""
    source = written(tmp_path / "facts.jsonl")
    asked = ("report", source, *PACK, *AS_OF, "--out", tmp_path / "out")
    assert "since: found 2018-07-08; allowed: a day before" in refused(*asked, "--since", "2018-07-08")
    assert "is not a date" in refused(*asked, "--since", "yesterday")
    assert "offset" in refused(*asked, "--since", "2018-06-01@noon")
    assert "did you mean `支部甲`?" in refused(*asked, "--unit", "支部用")
    bad = {"id,what\n": "no ids and names", "id,name\np1\n": "no ids and names", "id,name\na,b\na,c\n": "has two names"}
    for text, told in bad.items():
        (tmp_path / "names.csv").write_text(text, encoding="utf-8")
        assert told in refused(*asked, "--directory", tmp_path / "names.csv")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["id,name\np1,甲\n", "\ufeff编号\t姓名\np1\t甲\n\n", "name;ID\n甲;p1\n"])
def test_a_directory_is_read_as_it_comes(tmp_path: Path, text: str) -> None:
    """Its columns may be in either order and language, parted by comma, tab or semicolon."""
    path = tmp_path / "names.csv"
    path.write_text(text, encoding="utf-8")
    assert read_directory([path]).names_by_id() == {"p1": "甲"}


# The letter --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["html", "md"])
@pytest.mark.parametrize("case", SPOTLIGHT, ids=lambda case: case.outcome)
def test_the_letter_says_all_that_was_decided(facts: tuple[Fact, ...], case: Any, form: Any) -> None:
    """Outcome, each condition in words, document, number and clause, how to object, and whose decision it is."""
    found = decide(facts, ADOPTION, person=case.person, to=case.to, on=case.on)
    told = letter(facts, ADOPTION, found, lang="zh", form=form)
    plain: Callable[[str], str] = (lambda text: text) if form == "html" else (lambda text: text.replace("\\", ""))
    said = plain(told.replace("&#34;", '"').replace("&#39;", "'"))
    for name in ("vetoes", "unmet", "unknown", "met", "not_applicable", "advisory"):
        for item in getattr(found, name):
            assert plain(item.message.zh) in said
            assert all(f"［{known}］" in said for known in item.evidence)
    assert {pack.document.number in said for pack in ADOPTION.packs} == {True}
    assert "书面提出" in said
    assert "不是审批" in said
    if case.outcome == "vetoed":
        assert "解除办法" in said
        assert "synthetic: repeated disturbance at night" in said


def test_the_command_writes_the_letter(tmp_path: Path) -> None:
    """As HTML and as Markdown, on standard output, with the name of the directory that was given."""
    source = written(tmp_path / "facts.jsonl", FACTS)
    (tmp_path / "names.csv").write_text("id,name\n学生丙,丙同学\n", encoding="utf-8")
    asked = ("decide", source, *BOTH, "--person", "学生丙", "--to", "probationary_member", "--on", "2018-04-01")
    html = run(*asked, "--format", "html", "--directory", tmp_path / "names.csv", "--lang", "zh").stdout
    assert html.startswith("<!DOCTYPE html><!-- partyrules letter -->")
    assert "丙同学（学生丙）" in html
    assert run(*asked, "--format", "md").stdout.startswith("# Check of conditions\n\n学生丙,\n")
    assert "only a letter has names" in refused(*asked, "--directory", tmp_path / "names.csv")
    assert "a letter is of one decision" in refused(*asked, "--format", "md", "--contested")
    assert "go with --format text" in refused(*asked, "--format", "html", "--why")
