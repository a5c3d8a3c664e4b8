"""Slips of a rule author: each is refused when the rule or its part is built, with place, found, allowed, nearest."""

# What a type checker would tell an author who has one is what these tests are about.
# mypy: disable-error-code="arg-type, call-arg, comparison-overlap, dict-item, operator, redundant-expr, unreachable"

import pickle
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar, Final, Literal

import pytest
from attrs import evolve, field, frozen, validators

from partyrules.errors import PackError
from partyrules.facts.vocabulary import Fact, Name, Person, Unit
from partyrules.history import Relation
from partyrules.language.kernel import (
    ASKED_STEP,
    SUBJECT,
    AllOf,
    Always,
    Compare,
    Condition,
    Count,
    CountAfterEarly,
    Events,
    Given,
    Holds,
    LatestIs,
    MostCovered,
    Not,
    Share,
    Sum,
    Undecided,
    at_least,
    at_most,
    between,
    by_reading,
    count,
    count_findings,
    events,
    exactly,
    holdings,
    holds,
    is_in,
    its,
    latest,
    portion,
    trigger,
)
from partyrules.language.rules import (
    Ahead,
    Bearer,
    Duty,
    Lift,
    Occasion,
    Parameter,
    PerPeriod,
    Reading,
    Requirement,
    Rolling,
    Stage,
    Standing,
    Triggered,
    Veto,
    Within,
    WithinDays,
    WithinWorkingDays,
    all_readings,
)
from partyrules.language.standing import RecordStanding
from partyrules.language.sugar import Attends, HeldFor, InTerm, Recent, Since, held_for
from partyrules.packs.document import Clause, Document, Sentence, Text, fingerprint
from partyrules.packs.pack import Pack, adopt
from partyrules.questions.audit import audit
from partyrules.time.calendar import CivilDate, Span

SAID: Final = Text(zh="虚构", en="invented")
# As an author of little Python would have it: nothing here has a type.
FILED: Any = events("document_filed", document="report", author=SUBJECT)
TALKS: Any = events("talk_held", person=SUBJECT)
MEMBER: Any = holds("membership", person=SUBJECT)
ENOUGH: Any = at_least(1, FILED)
PEOPLE: Any = Bearer("person", MEMBER)
MONTH: Any = Span(months=1)


class Kind(StrEnum):
    """Kinds as an author may list them."""

    CLUB = "club"


def duty(**more: Any) -> Duty:
    """Return an invented duty."""
    said: dict[str, Any] = {
        "id": "d",
        "clause": "1",
        "title": SAID,
        "counted": SAID,
        "bearer": PEOPLE,
        "per": PerPeriod("year"),
        "requires": ENOUGH,
    }
    return Duty(**{**said, **more})


def requirement(**more: Any) -> Requirement:
    """Return an invented requirement."""
    said: dict[str, Any] = {"id": "r", "clause": "1", "title": SAID, "steps": ("b",), "requires": MEMBER}
    return Requirement(**{**said, **more})


def veto(**more: Any) -> Veto:
    """Return an invented veto."""
    said: dict[str, Any] = {"id": "v", "clause": "1", "title": SAID, "steps": ("b",), "vetoes": MEMBER, "lifts": SAID}
    return Veto(**{**said, **more})


def refused(make: Callable[[], Any]) -> str:
    """Return the one line with which what an author wrote is refused."""
    with pytest.raises(PackError) as caught:
        make()
    assert "\n" not in str(caught.value)
    return str(caught.value)


Slip = tuple[Callable[[], Any], tuple[str, ...]]


def slips(**cases: Slip) -> pytest.MarkDecorator:
    """Return the test's parameters: what an author writes, and the words of the refusal, each case by its name."""
    return pytest.mark.parametrize(("make", "words"), cases.values(), ids=[name.replace("_", " ") for name in cases])


def check(make: Callable[[], Any], words: tuple[str, ...]) -> None:
    """Check that what an author wrote is refused in these words."""
    said = refused(make)
    assert [word for word in words if word not in said] == [], said


# Python's own logic and comparisons ----------------------------------------------------------------------------------

WRITE: Final = "allowed: & for and, | for or, ~ for not"
LIMITS: Final = "at_least(1, …), at_most(3, …) or between(1, 3, …)"


@slips(
    conditions_and=(lambda: ENOUGH and MEMBER, ("found at_least(…), a condition, in `and`", WRITE)),
    conditions_or=(lambda: MEMBER or ENOUGH, ("found holds('membership', …), a condition", WRITE)),
    condition_not=(lambda: not ENOUGH, (WRITE,)),
    condition_if=(lambda: ENOUGH if MEMBER else MEMBER, (WRITE,)),
    condition_all=(lambda: all([ENOUGH, MEMBER]), (WRITE,)),
    condition_bool=(lambda: bool(Always()), (WRITE,)),
    selections_and=(lambda: FILED and TALKS, ("found events('document_filed', …)", WRITE)),
    selections_or=(lambda: FILED or TALKS, (WRITE,)),
    tally_not=(lambda: not count(FILED), ("found count(…), a tally", WRITE)),
    term_and=(lambda: SUBJECT and its("unit"), ("found Subject()", WRITE)),
    term_or=(lambda: its("by") or "x", ("found its('by')", WRITE)),
    reading_not=(lambda: not by_reading("r", a=ENOUGH, b=MEMBER), ("found by_reading('r', …)", WRITE)),
    portion_not=(lambda: not portion(1, 2, FILED), ("found portion(…)", WRITE)),
    chain=(lambda: 1 <= counted() <= 3, ("found count(…), a tally, compared with 1", LIMITS)),
    less=(lambda: counted() < 3, (LIMITS,)),
    more=(lambda: FILED > 3, ("found events('document_filed', …), a selection", LIMITS)),
    field_more=(lambda: its("hours") >= 2, ("found its('hours'), a term", LIMITS)),
    condition_more=(lambda: ENOUGH >= 1, (LIMITS,)),
    tallies_added=(lambda: count(FILED) + count(TALKS), ("found count(…), a tally, in arithmetic", "Sum(…)")),
    tally_doubled=(lambda: 2 * count(FILED), ("in arithmetic",)),
    one_of_field=(lambda: "club" in its("kinds"), ("found its('kinds'), a term, in arithmetic or `in`", "is_in(…)")),
    either_or=(lambda: ENOUGH ^ MEMBER, ("found at_least(…), a condition, in arithmetic",)),
    selections_joined=(lambda: FILED & TALKS, ("found events('document_filed', …), a selection, joined by &",)),
    selection_before=(lambda: FILED & ENOUGH, ("joined by &, | or ~; allowed: a condition",)),
    selection_after=(lambda: ENOUGH & FILED, ("field `parts[1]`", "did you mean at_least(1, events(…))?")),
    selection_inverted=(lambda: ~FILED, ("a selection, joined by",)),
    tallies_joined=(lambda: count(FILED) | count(TALKS), ("found count(…), a tally, joined by",)),
    true_after=(lambda: ENOUGH & True, ("field `parts[1]`: found True", "give True or False at once; write &")),
    true_before=(lambda: (its("unit") == "c") & ENOUGH, ("field `parts[0]`: found False", "is_in(…)")),
    false_or=(lambda: (its("unit") == "c") | ENOUGH, ("field `parts[0]`: found False",)),
    text_joined=(lambda: ENOUGH & "membership", ("field `parts[1]`: found 'membership'", "allowed: a condition")),
)
def test_python_logic(make: Callable[[], Any], words: tuple[str, ...]) -> None:
    """Python's logic and comparisons, which would decide a part of a rule at once, are refused with what to write."""
    check(make, words)


def counted() -> Any:
    """Return a tally."""
    return count(FILED)


# One sort of part where another belongs ------------------------------------------------------------------------------

CONDITION: Final = "allowed: a condition, such as at_least(1, events(…)) or holds(…), joined with &, | and ~"
COUNTED: Final = "allowed: a tally, such as count(…) or Sum(…), or a selection, events(…) or holdings(…)"


@slips(
    events_required=(
        lambda: duty(requires=FILED),
        ("rule `d`, field `requires`: found events(", CONDITION, "at_least(1, events(…))?"),
    ),
    holdings_required=(lambda: duty(requires=holdings("stage")), ("did you mean at_least(1, holdings(…))?",)),
    tally_required=(
        lambda: duty(requires=count(FILED)),
        ("found count(…), a tally", "did you mean at_least(1, count(…))?"),
    ),
    false_required=(lambda: duty(requires=False), ("found False", CONDITION, "`and`, `or`, `not`, `==` and `in`")),
    none_required=(lambda: duty(requires=None), ("rule `d`, field `requires`: found None", CONDITION)),
    text_required=(lambda: duty(requires="one report"), ("found 'one report'", CONDITION)),
    class_required=(lambda: duty(requires=Attends), ("found the class Attends", CONDITION, "write Attends()")),
    function_required=(lambda: duty(requires=at_least), ("found the function at_least", CONDITION)),
    term_required=(lambda: duty(requires=SUBJECT), ("found Subject(), a term", CONDITION)),
    tuple_required=(lambda: duty(requires=(ENOUGH,)), ("a tuple; allowed: a condition",)),
    reading_of_selections=(
        lambda: duty(requires=by_reading("r", a=ENOUGH, b=FILED)),
        ("field `requires.b`: found events(",),
    ),
    nested_reading=(
        lambda: duty(requires=by_reading("r", a=ENOUGH, b=by_reading("s", c=1, d=MEMBER))),
        ("field `requires.b.c`: found 1", CONDITION),
    ),
    selection_in_scope=(lambda: Bearer("person", holdings("membership")), ("`Bearer('person', …)`, field `scope`",)),
    condition_for_bearer=(
        lambda: duty(bearer=MEMBER),
        ("field `bearer`: found holds('membership', …)", "allowed: Bearer(kind=…, scope=…)"),
    ),
    text_for_bearer=(lambda: duty(bearer="person"), ("field `bearer`: found 'person'", "Bearer(kind=…, scope=…)")),
    kind_for_scope=(
        lambda: Bearer(MEMBER, "person"),
        ("`Bearer(…)`, field `kind`: found holds(", "building, named, person, unit"),
    ),
    holds_counted=(
        lambda: at_least(1, MEMBER),
        ("`at_least(1, …)`, field `of`: found holds(", COUNTED, "did you mean holdings('membership', …)?"),
    ),
    condition_counted=(lambda: at_least(1, ENOUGH), ("field `of`: found at_least(…), a condition", COUNTED)),
    holds_tallied=(lambda: count(MEMBER), ("`count(…)`, field `of`", "did you mean holdings('membership', …)?")),
    tally_tallied=(lambda: count(count(FILED)), ("`count(…)`, field `of`: found count(…), a tally", "a selection")),
    text_counted=(lambda: at_least(1, "talk_held"), ("field `of`: found 'talk_held'", COUNTED)),
    nothing_counted=(lambda: at_least(1, None), ("field `of`: found None",)),
    tuple_counted=(lambda: at_least(1, (FILED, TALKS)), ("field `of`", "a tuple; allowed: a tally")),
    swapped=(lambda: at_least(FILED, 1), ("field `least`: found events(", "the number comes first")),
    swapped_tally=(lambda: at_most(count(FILED), 1), ("`at_most(…)`, field `of`: found 1", "the number comes first")),
    swapped_between=(lambda: between(FILED, 1, 3), ("`between(…)`, field `least`: found events(",)),
    swapped_exactly=(lambda: exactly(FILED, 1), ("field `number`: found events(", "the number comes first")),
    swapped_portion=(lambda: portion(FILED, 1, 2), ("`portion(…)`, field `numerator`: found events(",)),
    swapped_is_in=(
        lambda: is_in("club", its("kind")),
        ("`is_in('club', …)`, field `term`: found 'club'", "a term", "did you mean its('club')?"),
    ),
    bounds_swapped=(lambda: between(4, 2, FILED), ("`between(4, 2, …)`", "the smaller comes first")),
    no_bound=(lambda: Compare(count(FILED)), ("neither `least` nor `most`",)),
    selection_compared=(lambda: Compare(FILED, least=1), ("`Compare(…)`, field `tally`", "count(events(…))")),
    holdings_summed=(lambda: Sum("hours", (holdings("unit"),)), ("`Sum('hours', …)`, field `of[0]`: found holdings(",)),
    events_summed=(
        lambda: Sum("hours", FILED),
        ("field `of`: found events(", "write (events('document_filed', …),), with the comma"),
    ),
    latest_of_holdings=(
        lambda: latest(holdings("stage"), "stage", "a", adverse=()),
        ("`latest(…)`, field `of`: found holdings(", "events(…)"),
    ),
    latest_swapped=(lambda: latest("rating", FILED, "poor", adverse=("poor",)), ("`latest('rating', …)`, field `of`",)),
    where_selection=(lambda: events("talk_held", where=holdings("unit")), ("`events('talk_held', …)`, field `where`",)),
    where_false=(lambda: events("talk_held", where=False), ("field `where`: found False", "is_in(…)")),
    where_none_of_it=(
        lambda: holds("unit", where=its("kind") == "club"),
        ("`holds('unit', …)`, field `where`: found False",),
    ),
    if_sole_selection=(lambda: count(FILED, if_sole=TALKS), ("field `if_sole`: found events(",)),
    extended_by_condition=(
        lambda: held_for("stage", most=MONTH, extended_by=ENOUGH, extension=MONTH),
        ("field `extended_by`: found at_least(",),
    ),
    each_condition=(
        lambda: Bearer("person", MEMBER, each=holds("link")),
        ("field `each`: found holds('link', …)", "did you mean holdings('link', …)?"),
    ),
    part_not_condition=(lambda: AllOf((ENOUGH, 1)), ("`AllOf(…)`, field `parts[1]`: found 1",)),
    parts_not_tuple=(lambda: AllOf([ENOUGH, MEMBER]), ("field `parts`", "a list", "write a tuple")),
    parts_alone=(lambda: AllOf(ENOUGH), ("field `parts`", "write (at_least(…),), with the comma")),
    not_of_selection=(lambda: Not(FILED), ("`Not(…)`, field `part`", "at_least(1, events(…))")),
)
def test_another_part(make: Callable[[], Any], words: tuple[str, ...]) -> None:
    """A selection or tally where a condition belongs, the reverse, and swapped arguments are refused by field."""
    check(make, words)


# Numbers, spans, days and texts --------------------------------------------------------------------------------------


@slips(
    negative=(lambda: at_least(-1, FILED), ("`at_least(-1, …)`, field `least`: found -1", "a whole number from 0 on")),
    true_number=(lambda: at_least(True, FILED), ("field `least`: found True", "a whole number")),
    text_number=(lambda: at_most("3", FILED), ("field `most`: found '3'", "write 3, without quotes")),
    float_number=(lambda: at_least(1.0, FILED), ("field `least`: found 1.0, a float",)),
    huge_number=(lambda: at_least(10**30, FILED), ("field `least`",)),
    none_number=(lambda: at_least(None, FILED), ("field `least`: found None",)),
    parameter_number=(lambda: at_least(Given("n"), FILED), ("found Given('n')",)),
    half=(lambda: portion(0.5, 1, FILED), ("`portion(…)`, field `numerator`: found 0.5",)),
    part_of_none=(lambda: portion(1, 0, FILED), ("field `denominator`: found 0", "from 1 on")),
    more_than_all=(lambda: portion(3, 2, FILED), ("found 3 of 2",)),
    portion_as_text=(lambda: Share("present", "entitled", above="1/2"), ("field `above`: found '1/2'", "a tuple of")),
    share_of_three=(lambda: Share("present", "entitled", above=(1, 2, 3)), ("field `above`: found (1, 2, 3)",)),
    share_swapped=(lambda: Share("present", "entitled", above=(2, 1)), ("share of `entitled`: found above=(2, 1)",)),
    days_for_span=(lambda: Within(30), ("`Within(30)`, field `span`: found 30", "did you mean Span(days=30)?")),
    days_for_recent=(lambda: Recent(365), ("`Recent(365)`", "did you mean Span(days=365)?")),
    days_for_rolling=(lambda: Rolling(180), ("`Rolling(180)`, field `every`", "did you mean Span(days=180)?")),
    days_for_ahead=(lambda: Ahead(5), ("`Ahead(5)`",)),
    months_for_held=(lambda: held_for("stage", person=SUBJECT, least=12), ("field `least`: found 12", "Span(")),
    span_for_days=(lambda: WithinDays(Span(days=30)), ("`WithinDays(…)`, field `days`: found Span(", "a whole number")),
    span_for_working_days=(lambda: WithinWorkingDays(MONTH), ("field `days`: found Span(",)),
    text_for_days=(
        lambda: WithinDays("30"),
        ("`WithinDays('30')`, field `days`: found '30'", "write 30, without quotes"),
    ),
    true_days=(lambda: WithinDays(True), ("field `days`: found True",)),
    negative_days=(lambda: WithinWorkingDays(-1), ("field `days`: found -1", "from 0 on")),
    text_in_span=(lambda: Span(months="6"), ("`Span(…)`, field `months`: found '6'", "write 6, without quotes")),
    number_in_span=(
        lambda: Span(30),
        ("`Span(30)`, argument 1: found 30", "by name: years, months, days", "did you mean Span(days=30)?"),
    ),
    true_in_span=(lambda: Span(True), ("`Span(…)`, argument 1: found True", "by name: years, months, days")),
    half_in_span=(lambda: Span(years=0.5), ("field `years`: found 0.5",)),
    weeks_in_span=(
        lambda: Span(weeks=2),
        ("field `weeks`: argument 'weeks' is not known", "allowed: days, months, years"),
    ),
    month_in_span=(lambda: Span(month=2), ("did you mean `months`?",)),
    span_of_text=(lambda: Within("a month"), ("field `span`: found 'a month'", "Span(years=…, months=…, days=…)")),
    held_back=(lambda: held_for("stage", least=Span(days=-1)), ("held_for(stage): found Span(",)),
    held_swapped=(lambda: held_for("stage", least=Span(years=1), most=MONTH), ("the longer is `most`",)),
    recent_back=(lambda: Recent(Span(months=-1)), ("Recent, field `span`", "a span onward")),
    within_back=(lambda: Within(Span(days=-3)), ("Within, field `span`", "a span onward")),
    ahead_back=(lambda: Ahead(Span(days=-3)), ("Ahead, field `span`", "a span onward")),
    rolling_back=(lambda: Rolling(Span(days=-1)), ("field `every`", "a span of at least one day")),
    day_as_text=(lambda: Since("2020-03-01"), ("`Since('2020-03-01')`, field `day`", "date(year, month, day)")),
    day_as_time=(lambda: Since(datetime(2020, 3, 1)), ("`Since(…)`, field `day`: found datetime",)),  # noqa: DTZ001 - the slip
    in_force_as_text=(
        lambda: document(in_force_from="2020-01-01"),
        ("document `club`, field `in_force_from`: found '2020-01-01'",),
    ),
    until_as_time=(lambda: document(in_force_until=datetime(2021, 1, 1)), ("field `in_force_until`",)),  # noqa: DTZ001
    title_plain=(
        lambda: duty(title="a report"),
        ("rule `d`, field `title`: found 'a report'", "allowed: Text(zh=…, en=…)"),
    ),
    counted_tuple=(
        lambda: duty(counted=("份", "reports")),
        ("field `counted`: found ('份', 'reports')", "Text(zh=…, en=…)"),
    ),
    title_one_language=(
        lambda: Text("报告"),
        ("`Text('报告')`, field `en`: it is missing", "a text that is not blank"),
    ),
    title_blank=(lambda: Text(zh="报告", en="  "), ("field `en`: found '  '", "a text that is not blank")),
    title_none=(lambda: Text(zh="报告", en=None), ("field `en`: found None",)),
    title_of_stage=(
        lambda: Stage("a", "Applicant"),
        ("stage `a`, field `title`: found 'Applicant'", "Text(zh=…, en=…)"),
    ),
    why_plain=(lambda: reading(why="unclear"), ("reading `x`, field `why`: found 'unclear'", "Text(zh=…, en=…)")),
    summary_plain=(lambda: Clause(id="1", citation="1", summary="x"), ("clause `1`, field `summary`: found 'x'",)),
    reason_plain=(
        lambda: Sentence("S1", fingerprint("x"), "heading", reason="the title"),
        ("sentence `S1`, field `reason`",),
    ),
    lifts_plain=(
        lambda: veto(lifts="a later review"),
        ("rule `v`, field `lifts`: found 'a later review'", "Text(zh=…, en=…)"),
    ),
    by_plain=(lambda: Lift(MEMBER, "a later review"), ("`Lift(…)`, field `by`", "Text(zh=…, en=…)")),
    lift_alone=(lambda: veto(lifts=Lift(MEMBER, SAID)), ("field `lifts`: found Lift(", "with the comma")),
    no_lifts=(lambda: veto(lifts=()), ("field `lifts`: found ()",)),
    text_for_id=(lambda: duty(id=SAID), ("`Duty(…)`, field `id`: found Text(", "a text that is not blank")),
    number_for_id=(lambda: duty(id=1), ("`Duty(…)`, field `id`: found 1",)),
    blank_id=(lambda: duty(id=""), ("field `id`: found ''",)),
    blank_clause=(lambda: duty(clause=" "), ("rule `d`, field `clause`: found ' '",)),
    clause_number=(lambda: duty(clause=3.1), ("field `clause`: found 3.1, a float",)),
    blank_need=(lambda: Undecided(""), ("`Undecided('')`, field `need`",)),
    text_flag=(lambda: duty(vacation_months="no"), ("field `vacation_months`: found 'no'", "wholly")),
    number_flag=(lambda: requirement(advisory=1), ("field `advisory`: found 1", "True or False")),
    judges_list=(
        lambda: Clause(id="1", citation="1", summary=SAID, judges=["branch"]),
        ("clause `1`, field `judges`",),
    ),
    otherwise_text=(lambda: requirement(otherwise=SAID), ("rule `r`, field `otherwise`: found Text(",)),
)
def test_values(make: Callable[[], Any], words: tuple[str, ...]) -> None:
    """A number where a span belongs, a flag for a number, plain text for a `Text`, and blanks are refused."""
    check(make, words)


def document(**more: Any) -> Document:
    """Return an invented document."""
    said: dict[str, Any] = {
        "id": "club",
        "title": SAID,
        "number": "1",
        "institution": SAID,
        "in_force_from": date(2020, 1, 1),
        "clauses": (),
        "sentences": (),
    }
    return Document(**{**said, **more})


def reading(**more: Any) -> Reading:
    """Return an invented reading."""
    said: dict[str, Any] = {"name": "x", "options": ("a", "b"), "default": "a", "why": SAID}
    return Reading(**{**said, **more})


# Words of which there are only a few ---------------------------------------------------------------------------------


@slips(
    modality=(
        lambda: duty(modality="should"),
        ("rule `d`, field `modality`: found 'should'", "may, must, normally, shall", "did you mean `shall`?"),
    ),
    modality_case=(lambda: duty(modality="Must"), ("did you mean `must`?",)),
    modality_chinese=(lambda: duty(modality="应当"), ("found '应当'", "allowed: encouraged, exploratory, may")),
    modality_reading=(
        lambda: duty(modality=by_reading("x", a="must", b="may")),
        ("field `modality`: found by_reading('x', …)",),
    ),
    grain=(lambda: PerPeriod("yearly"), ("`PerPeriod('yearly')`, field `grain`", "did you mean `year`?")),
    grain_months=(lambda: PerPeriod("months"), ("did you mean `month`?",)),
    grain_interval=(
        lambda: PerPeriod("interval"),
        ("field `grain`: found 'interval'", "academic_year, half_year, month"),
    ),
    grain_span=(lambda: PerPeriod(Span(years=1)), ("field `grain`: found Span(",)),
    grain_number=(lambda: PerPeriod(12), ("field `grain`: found 12",)),
    per_text=(lambda: duty(per="year"), ("rule `d`, field `per`: found 'year'", "did you mean PerPeriod('year')?")),
    per_class=(lambda: duty(per=Standing), ("found the class Standing", "write Standing()")),
    per_events=(
        lambda: duty(per=FILED),
        ("field `per`: found events(", "did you mean Occasion(events('document_filed', …)) or Triggered("),
    ),
    per_span=(lambda: duty(per=Span(months=6)), ("field `per`: found Span(", "did you mean Rolling(Span(…))?")),
    bearer_kind=(lambda: Bearer("persons", MEMBER), ("`Bearer('persons', …)`, field `kind`", "did you mean `person`?")),
    bearer_kind_case=(lambda: Bearer("Unit", MEMBER), ("did you mean `unit`?",)),
    bearer_kind_list=(lambda: Bearer(["person", "unit"], MEMBER), ("field `kind`: found ['person', 'unit'], a list",)),
    window=(
        lambda: events("talk_held", window="in_period"),
        ("`events('talk_held', …)`, field `window`", "did you mean `period`?"),
    ),
    window_grain=(
        lambda: events("talk_held", window="year"),
        ("field `window`: found 'year'", "by_deadline, by_trigger, ever, period"),
    ),
    window_reading=(
        lambda: events("talk_held", window=by_reading("x", a="ever", b="evr")),
        ("field `window.b`: found 'evr'", "did you mean `ever`?"),
    ),
    window_findings=(
        lambda: count_findings("d", window="since_entry"),
        ("`count_findings('d', …)`, field `window`", "allowed: ever, period"),
    ),
    status=(
        lambda: count_findings("d", statuses=("breach",)),
        ("field `statuses[0]`: found 'breach'", "did you mean `breached`?"),
    ),
    status_text=(
        lambda: count_findings("d", statuses="breached"),
        ("field `statuses`: found 'breached'", "write ('breached',), with the comma"),
    ),
    status_none=(lambda: count_findings("d", statuses=()), ("field `statuses`",)),
    term=(
        lambda: InTerm(("holiday",)),
        ("field `kinds[0]`: found 'holiday'", "semester, summer_vacation, winter_vacation"),
    ),
    term_text=(lambda: InTerm("semester"), ("field `kinds`: found 'semester'", "with the comma")),
    no_term=(lambda: InTerm(()), ("field `kinds`: found ()", "at least one")),
    absent=(
        lambda: is_in(its("hours"), 2, absent="unknwon"),
        ("field `absent`: found 'unknwon'", "did you mean `unknown`?"),
    ),
    absent_none=(lambda: is_in(its("hours"), 2, absent=None), ("field `absent`: found None", "false, unknown, usual")),
    takes=(
        lambda: Parameter(name="n", takes="number", why=SAID),
        ("parameter `n`, field `takes`: found 'number'", "days, grain, name"),
    ),
    treatment=(
        lambda: Sentence("S1", fingerprint("x"), "encode"),
        ("sentence `S1`, field `treatment`", "did you mean `encoded`?"),
    ),
    deadline_days=(
        lambda: Triggered(by=FILED, deadline=30),
        ("`Triggered(…)`, field `deadline`: found 30", "did you mean WithinDays(30) or WithinWorkingDays(30)?"),
    ),
    deadline_span=(
        lambda: Triggered(by=FILED, deadline=MONTH),
        ("found Span(", "did you mean Within(Span(…)) or Ahead(Span(…))?"),
    ),
    deadline_class=(
        lambda: Triggered(FILED, end_of_semester()),
        ("found the class EndOfSemester", "write EndOfSemester()"),
    ),
    deadline_text=(lambda: Triggered(FILED, "end_of_semester"), ("field `deadline`: found 'end_of_semester'",)),
    by_type=(lambda: Triggered(by="document_filed"), ("`Triggered(…)`, field `by`: found 'document_filed'",)),
    of_condition=(lambda: Occasion(of=ENOUGH), ("`Occasion(…)`, field `of`: found at_least(",)),
)
def test_few_words(make: Callable[[], Any], words: tuple[str, ...]) -> None:
    """An unknown modality, grain, kind of bearer, window, status, term or deadline is refused with the nearest."""
    check(make, words)


def end_of_semester() -> Any:
    """Return a class where one of its values belongs."""
    from partyrules.language.rules import EndOfSemester  # noqa: PLC0415 - named once

    return EndOfSemester


# What is matched -----------------------------------------------------------------------------------------------------


@slips(
    list_of_kinds=(
        lambda: events("meeting_held", meeting=["a", "b"]),
        ("`events('meeting_held', …)`, field `meeting`: found ['a', 'b'], a list", "write a tuple"),
    ),
    set_of_kinds=(
        lambda: holds("unit", kind={"a"}),
        ("`holds('unit', …)`, field `kind`: found {'a'}, a set", "write a tuple"),
    ),
    dict_of_kinds=(lambda: holds("unit", kind={"a": 1}), ("field `kind`: found {'a': 1}, a dict",)),
    half=(lambda: events("training_completed", hours=1.5), ("field `hours`: found 1.5, a float",)),
    none=(lambda: events("talk_held", by=None), ("field `by`: found None",)),
    day=(lambda: events("talk_held", on=date(2020, 1, 1)), ("field `on`: found datetime.date",)),
    blank=(lambda: holds("stage", stage=""), ("field `stage`: found ''",)),
    condition=(lambda: holds("unit", unit=MEMBER), ("field `unit`: found holds(",)),
    misspelt_where=(lambda: events("talk_held", wher=MEMBER), ("field `wher`: found holds(", "did you mean `where`?")),
    misspelt_where_of_holds=(lambda: holds("unit", were=MEMBER), ("did you mean `where`?",)),
    terms_among_values=(
        lambda: events("talk_held", person=("p", SUBJECT)),
        ("field `person[1]`: found Subject(), a term",),
    ),
    parameter_among_values=(
        lambda: holds("unit", kind=("club", Given("kind"))),
        ("field `kind[1]`: found Given('kind')",),
    ),
    tuple_in_tuple=(lambda: holds("unit", kind=("club", ("group",))), ("field `kind[1]`: found ('group',), a tuple",)),
    class_of_term=(lambda: holds("unit", unit=type(SUBJECT)), ("field `unit`: found the class Subject",)),
    function_of_term=(lambda: holds("unit", unit=its), ("field `unit`: found the function its",)),
    enum=(lambda: holds("unit", kind=Kind.CLUB), ("field `kind`", "write the text itself: 'club'")),
    term_for_type=(lambda: events("talk_held", SUBJECT), ("`events('talk_held', …)`, field `types`: found Subject()",)),
    tuple_for_types=(
        lambda: events(("talk_held", "meeting_held")),
        ("`events(…)`, field `types`: found ('talk_held', 'meeting_held')",),
    ),
    no_type=(lambda: events(person=SUBJECT), ("field `types`: found ()", "at least one")),
    blank_type=(lambda: events(""), ("field `types`: found ''",)),
    no_relation=(lambda: holds(person=SUBJECT), ("`holds(…)`, field `relation`: it is missing",)),
    class_for_relation=(lambda: holds(Relation, person=SUBJECT), ("field `relation`: found the class Relation",)),
    value_by_place=(
        lambda: holds("stage", "activist"),
        ("argument 2: found 'activist'", "allowed: relation; by name: where, match"),
    ),
    no_options=(is_in, ("`is_in(…)`, field `term`: it is missing",)),
    option_list=(
        lambda: is_in(its("kind"), ["a", "b"]),
        ("`is_in(…)`, field `options`: found ['a', 'b'], a list", "write a tuple"),
    ),
    options_nested=(lambda: is_in(its("kind"), "a", ("b", "c")), ("field `options[1]`: found ('b', 'c')",)),
    terms_among_options=(lambda: is_in(its("by"), SUBJECT, ASKED_STEP), ("field `options[0]`: found Subject()",)),
    absent_of_subject=(lambda: is_in(SUBJECT, "p", absent="unknown"), ("its(...) or trigger(...)",)),
    field_number=(lambda: its(1), ("`its(1)`, field `name`: found 1", "a text")),
    field_blank=(lambda: trigger(""), ("`trigger('')`, field `name`",)),
    field_reading=(lambda: its(by_reading("x", a="kind", b="name")), ("field `name`: found by_reading(",)),
    distinct_its=(lambda: count(FILED, distinct=its("author")), ("field `distinct`: found its('author')", "a text")),
    sum_of_its=(lambda: Sum(its("hours"), (FILED,)), ("`Sum(…)`, field `name`: found its('hours')",)),
    adverse_text=(
        lambda: latest(FILED, "rating", "poor", adverse="poor"),
        ("field `adverse`: found 'poor'", "write ('poor',), with the comma"),
    ),
    adverse_missing=(lambda: latest(FILED, "rating", "poor"), ("`latest(…)`, field `adverse`: it is missing",)),
    value_tuple=(
        lambda: latest(FILED, "rating", ("poor", "fair"), adverse=()),
        ("field `value`: found ('poor', 'fair')",),
    ),
    value_flag=(lambda: LatestIs(FILED, "passed", False, ()), ("field `value`: found False",)),
    among_text=(lambda: MostCovered("sections", "aims", FILED), ("field `among`: found 'aims'", "with the comma")),
    among_none=(lambda: MostCovered("sections", (), FILED), ("field `among`: found ()",)),
    rule_number=(lambda: count_findings(3), ("`count_findings(3)`, field `rules`: found 3",)),
    rule_object=(lambda: count_findings(duty()), ("field `rules`: found Duty('d', …)", "a text")),
    no_rules=(count_findings, ("field `rules`: found ()",)),
    match_of_one=(
        lambda: Events(("talk_held",), ("person", SUBJECT)),
        ("`Events(…)`, field `match[0]`: found 'person'",),
    ),
    match_dict=(
        lambda: Holds("unit", {"kind": "club"}),
        ("`Holds('unit', …)`, field `match`: found {'kind': 'club'}, a dict",),
    ),
    types_text=(lambda: Events("talk_held"), ("field `types`: found 'talk_held'", "with the comma")),
    held_for_nothing=(lambda: held_for("stage", person=SUBJECT), ("neither `least` nor `most`",)),
    extension_alone=(lambda: held_for("stage", most=MONTH, extension=MONTH), ("without what it is `extended_by`",)),
    extended_without_extension=(
        lambda: held_for("stage", most=MONTH, extended_by=TALKS),
        ("needs `most`, an `extension`",),
    ),
    times_text=(
        lambda: held_for("stage", most=MONTH, times="2"),
        ("field `times`: found '2'", "write 2, without quotes"),
    ),
    held_for_holdings=(
        lambda: HeldFor(holdings("stage"), least=MONTH),
        ("field `relation`: found holdings('stage', …)",),
    ),
)
def test_what_is_matched(make: Callable[[], Any], words: tuple[str, ...]) -> None:
    """A list where text belongs, terms among values, fields by place and what is no text are refused by field."""
    check(make, words)


# Tuples, names of arguments, and what is missing ---------------------------------------------------------------------


@slips(
    step_text=(
        lambda: requirement(steps="b"),
        ("rule `r`, field `steps`: found 'b'", "a tuple", "write ('b',), with the comma"),
    ),
    step_list=(lambda: requirement(steps=["b"]), ("field `steps`: found ['b'], a list", "write a tuple")),
    step_stage=(lambda: requirement(steps=(Stage("b", SAID),)), ("field `steps[0]`: found Stage('b', …)", "a text")),
    readings_alone=(lambda: duty(readings=reading()), ("field `readings`: found Reading('x', …)", "with the comma")),
    readings_list=(lambda: duty(readings=[reading()]), ("a list", "write a tuple")),
    readings_names=(lambda: duty(readings=("x",)), ("field `readings[0]`: found 'x'", "Reading(")),
    parameters_alone=(lambda: duty(parameters=Parameter(name="n", takes="days", why=SAID)), ("field `parameters`",)),
    options_text=(lambda: reading(options="ab"), ("reading `x`, field `options`: found 'ab'", "with the comma")),
    options_list=(lambda: reading(options=["a", "b"]), ("a list", "write a tuple")),
    options_twice=(lambda: reading(options=("a", "a")), ("field `options`: one stands twice in a, a",)),
    default=(lambda: reading(default="c"), ("reading `x`, field `default`", "allowed: a, b")),
    default_near=(lambda: reading(options=("count", "skip"), default="coutn"), ("did you mean `count`?",)),
    no_option=(lambda: by_reading("x"), ("field `options`: found ()",)),
    option_positional=(lambda: by_reading("x", ENOUGH), ("argument 2: found at_least(",)),
    clauses_list=(lambda: document(clauses=[]), ("document `club`, field `clauses`: found [], a list",)),
    clause_texts=(
        lambda: document(clauses=("1",)),
        ("field `clauses[0]`: found '1'", "Clause(id=…, citation=…, summary=…)"),
    ),
    rules_text=(lambda: Sentence("S1", fingerprint("x"), "encoded", clauses=("1",), rules="1"), ("field `rules`",)),
    no_counted=(lambda: without("counted"), ("rule `d`, field `counted`: it is missing", "Text(zh=…, en=…)")),
    no_id=(lambda: without("id"), ("`Duty(…)`, field `id`: it is missing",)),
    no_bearer=(lambda: without("bearer"), ("rule `d`, field `bearer`: it is missing", "Bearer(kind=…, scope=…)")),
    misspelt=(
        lambda: duty(modalty="must"),
        ("rule `d`, field `modalty`: argument 'modalty' is not known", "did you mean `modality`?"),
    ),
    require=(lambda: duty(require=ENOUGH), ("did you mean `requires`?",)),
    by_place=(lambda: Duty("d", "1"), ("argument 1: found 'd'", "allowed: none; by name: id, clause, title")),
    of_another_rule=(lambda: duty(steps=("b",)), ("field `steps`: argument 'steps' is not known",)),
    at_least_alone=(lambda: at_least(1), ("`at_least(1)`, field `of`: it is missing", "a tally")),
    at_least_three=(lambda: at_least(1, 2, FILED), ("`at_least(1, …)`, field `of`: found 2",)),
    at_least_many=(
        lambda: at_least(1, FILED, TALKS),
        ("argument 3: found events('talk_held', …)", "allowed: least, of"),
    ),
    at_least_named=(lambda: at_least(1, FILED, window="ever"), ("field `window`: argument 'window' is not known",)),
    between_alone=(lambda: between(1, FILED), ("`between(1, …)`, field `most`: found events(",)),
    count_named=(lambda: count(FILED, distint="author"), ("field `distint`", "did you mean `distinct`?")),
    attends_of=(lambda: Attends(SUBJECT), ("argument 1: found Subject()", "allowed: none")),
    subject_called=(lambda: type(SUBJECT)("p"), ("argument 1: found 'p'",)),
    standing_of=(lambda: Standing("2020"), ("`Standing('2020')`, argument 1: found '2020'",)),
    key_text=(
        lambda: Relation("prize", "prize_won", None, "person"),
        ("relation `prize`, field `key`: found 'person'", "with the comma"),
    ),
    no_key=(lambda: Relation("prize", "prize_won", None, ()), ("field `key`: found ()",)),
    group_text=(lambda: Relation("prize", "prize_won", None, ("person",), group="person"), ("field `group`",)),
    derived_text=(
        lambda: Relation("prize", "prize_won", None, ("person",), derived={"x": "y"}),
        ("field `derived['x']`: found 'y'", "a tuple"),
    ),
    started_class=(
        lambda: Relation("prize", Relation, None, ("person",)),
        ("field `started`: found the class Relation",),
    ),
    tests_alone=(
        lambda: RecordStanding("talk_held", "person", (MEMBER, "code")),
        ("standing on `talk_held`, field `tests[0]`: found holds(",),
    ),
    tests_condition=(lambda: RecordStanding("talk_held", "person", MEMBER), ("field `tests`: found holds(",)),
    test_reading=(
        lambda: RecordStanding("talk_held", "person", ((by_reading("x", a=MEMBER), "code"),)),
        ("field `tests[0][0]`: found by_reading(",),
    ),
)
def test_tuples_and_names(make: Callable[[], Any], words: tuple[str, ...]) -> None:
    """Text or a list where a tuple belongs, a misspelt argument, a missing one, and one too many are refused."""
    check(make, words)


def without(name: str) -> Duty:
    """Return a duty without one of its fields."""
    given = {one: getattr(duty(), one) for one in ("id", "clause", "title", "counted", "bearer", "per", "requires")}
    del given[name]
    return Duty(**given)


# What means nothing where it stands ----------------------------------------------------------------------------------


NIGHTS: Any = events("meeting_held", meeting="night")
CLUBS: Any = Bearer("unit", holds("unit", unit=SUBJECT, kind="club"))
TARGETS: Any = Bearer("person", MEMBER, each=holdings("link", link="contact", holder=SUBJECT))


def after(window: str, deadline: Any = None) -> Duty:
    """Return a duty that a meeting triggers."""
    asked = at_least(1, events("talk_held", person=SUBJECT, window=window))
    return duty(per=Triggered(NIGHTS, deadline), requires=asked)


def ever(**more: Any) -> Any:
    """Return talks at any time."""
    return events("talk_held", window="ever", **more)


@slips(
    its_in_duty=(
        lambda: duty(requires=is_in(its("unit"), "c")),
        ("rule `d`, field `requires`: `its('unit')` has no fact or holding at hand", "`where`"),
    ),
    its_in_match=(
        lambda: duty(requires=at_least(1, events("talk_held", person=its("person")))),
        ("`its('person')` has no fact",),
    ),
    its_in_scope=(lambda: duty(bearer=Bearer("person", is_in(its("unit"), "c"))), ("field `bearer`: `its('unit')`",)),
    its_in_each=(
        lambda: duty(bearer=Bearer("person", MEMBER, each=holdings("link", holder=its("holder")))),
        ("field `bearer`: `its('holder')`",),
    ),
    trigger_per_period=(
        lambda: duty(requires=at_least(1, events("talk_held", person=trigger("target")))),
        ("`trigger('target')` stands where nothing triggers the rule",),
    ),
    trigger_in_veto=(
        lambda: veto(vetoes=is_in(trigger("by"), SUBJECT)),
        ("rule `v`, field `vetoes`: `trigger('by')`",),
    ),
    trigger_in_when=(
        lambda: requirement(when=is_in(trigger("by"), SUBJECT)),
        ("rule `r`, field `when`: `trigger('by')`",),
    ),
    trigger_in_lift=(lambda: veto(lifts=(Lift(is_in(trigger("by"), SUBJECT), SAID),)), ("rule `v`, field `lifts`",)),
    step_in_duty=(
        lambda: duty(requires=is_in(ASKED_STEP, "b")),
        ("`ASKED_STEP`: a step is asked for in requirements and vetoes alone",),
    ),
    step_in_match=(
        lambda: duty(requires=at_least(1, events("opinion_given", person=SUBJECT, step=ASKED_STEP))),
        ("`ASKED_STEP`",),
    ),
    subject_in_trigger=(
        lambda: duty(per=Triggered(events("talk_held", person=SUBJECT)), requires=at_least(1, ever())),
        ("field `per`: `SUBJECT` is nobody", "is_in(SUBJECT, trigger(...)) in `bearer`"),
    ),
    subject_in_occasion=(
        lambda: duty(per=Occasion(events("meeting_held", where=holds("role", person=SUBJECT))), requires=Attends()),
        ("field `per`: `SUBJECT` is nobody",),
    ),
    recent_in_duty=(
        lambda: duty(requires=Recent(MONTH)),
        ("`Recent(…)` has no fact at hand here; it stands in `where`",),
    ),
    recent_in_veto=(lambda: veto(vetoes=MEMBER & ~Recent(MONTH)), ("field `vetoes`: `Recent(…)`",)),
    share_in_requirement=(
        lambda: requirement(requires=Share("present", "entitled")),
        ("`Share('present', …)` has no fact at hand",),
    ),
    attends_per_period=(
        lambda: duty(requires=Attends()),
        ("`Attends()` stands where nothing triggers the rule",),
    ),
    attends_in_requirement=(lambda: requirement(requires=Attends()), ("field `requires`: `Attends()`",)),
    early_per_semester=(
        lambda: duty(per=PerPeriod("semester"), requires=at_least(1, CountAfterEarly(FILED))),
        ("`CountAfterEarly(…)` needs a duty per period; allowed: month, quarter, half_year, year",),
    ),
    early_of_parameter=(
        lambda: duty(per=PerPeriod(Given("g")), requires=at_least(1, CountAfterEarly(FILED))),
        ("`CountAfterEarly(…)`",),
    ),
    early_in_veto=(
        lambda: veto(vetoes=at_least(1, CountAfterEarly(ever()))),
        ("`CountAfterEarly(…)` needs a duty per period",),
    ),
    period_in_standing=(
        lambda: duty(per=Standing(), requires=ENOUGH),
        ("`events('document_filed', …)`: window `period` has no meaning here; allowed: ever",),
    ),
    period_in_requirement=(
        lambda: requirement(requires=ENOUGH),
        ("window `period` has no meaning here; allowed: ever, since_entry",),
    ),
    period_in_veto=(
        lambda: veto(vetoes=latest(FILED, "document", "x", adverse=())),
        ("window `period` has no meaning",),
    ),
    period_in_scope=(
        lambda: duty(bearer=Bearer("person", ENOUGH)),
        ("field `bearer`", "window `period` has no meaning here; allowed: ever"),
    ),
    entry_in_duty=(
        lambda: duty(requires=at_least(1, events("talk_held", window="since_entry"))),
        ("window `since_entry`", "allowed: ever, period"),
    ),
    period_in_triggered=(lambda: after("period"), ("window `period`", "allowed: by_deadline, by_trigger, ever")),
    deadline_per_period=(
        lambda: duty(requires=at_least(1, events("talk_held", window="by_deadline"))),
        ("window `by_deadline`",),
    ),
    after_without_deadline=(lambda: after("after_trigger"), ("window `after_trigger`",)),
    after_ahead=(lambda: after("after_trigger", Ahead(MONTH)), ("window `after_trigger`",)),
    vacation_of_year=(
        lambda: duty(requires=at_least(1, events("talk_held", window="period_or_vacation_before"))),
        ("window `period_or_vacation_before`",),
    ),
    window_in_where=(
        lambda: duty(
            requires=at_least(1, events("talk_held", where=at_least(1, events("document_filed", window="by_deadline"))))
        ),
        ("window `by_deadline`",),
    ),
    each_triggered=(
        lambda: duty(bearer=TARGETS, per=Triggered(NIGHTS), requires=at_least(1, ever())),
        ("field `bearer.each`: found a duty per Triggered",),
    ),
    each_occasion=(
        lambda: duty(bearer=TARGETS, per=Occasion(NIGHTS), requires=Attends()),
        ("field `bearer.each`: found a duty per Occasion",),
    ),
    rolling_twice=(
        lambda: duty(per=Rolling(MONTH), requires=at_least(2, FILED)),
        ("field `requires`: a rolling duty asks for a completion",),
    ),
    rolling_and=(
        lambda: duty(per=Rolling(MONTH), requires=ENOUGH & at_least(1, TALKS)),
        ("a rolling duty asks for a completion",),
    ),
    rolling_at_most=(lambda: duty(per=Rolling(MONTH), requires=at_most(1, FILED)), ("a rolling duty",)),
    under_a_reading=(
        lambda: duty(requires=by_reading("x", a=ENOUGH, b=Attends())),
        ("rule `d`, field `requires`: `Attends()`", "(under x=b)"),
    ),
    each_under_a_reading=(
        lambda: duty(bearer=by_reading("x", a=PEOPLE, b=TARGETS), per=Triggered(NIGHTS), requires=at_least(1, ever())),
        ("field `bearer.each`", "(under x=b)"),
    ),
    differing_options=(
        lambda: duty(requires=by_reading("x", a=ENOUGH, b=~ENOUGH) & by_reading("x", a=ENOUGH, c=~ENOUGH)),
        ("field `readings.x`: found the options a, b, and elsewhere in the rule a, c",),
    ),
    too_many_ways=(
        lambda: duty(requires=AllOf(tuple(by_reading(f"x{n}", a=ENOUGH, b=~ENOUGH) for n in range(11)))),
        ("field `readings`: found 2048 ways", "at most 1024"),
    ),
)
def test_out_of_place(make: Callable[[], Any], words: tuple[str, ...]) -> None:
    """What means nothing where it stands is refused when the rule is built, with what has a meaning there."""
    check(make, words)


def test_a_condition_of_somebody_elses_is_refused() -> None:
    """A class that the language does not have is no condition of a rule, whatever it says it is."""

    class Strange(Condition):
        """A condition of somebody else's."""

    class Mine(Always):
        """Nearly one of the language's."""

    for strange in (Strange(), ENOUGH & Strange(), at_least(1, events("talk_held", where=Mine()))):
        assert "is no condition of the language" in refused(partial(duty, requires=strange))


# Names that no pack declares -----------------------------------------------------------------------------------------


STAGES: Final = (Stage("a", SAID), Stage("b", SAID))
VOTES: Any = events("vote_taken", person=SUBJECT, window="ever")


@frozen(kw_only=True)
class VoteTaken(Fact):
    """A vote on a person."""

    wire: ClassVar[str] = "vote_taken"

    person: Person
    entitled: int | None = None
    present: int | None = None
    secret: bool | None = None
    counted_on: date | None = None
    tellers: tuple[Person, ...] | None = None
    result: Literal["carried", "lost"] = "carried"


@frozen(kw_only=True)
class PrizeWon(Fact):
    """A prize."""

    wire: ClassVar[str] = "prize_won"

    person: Person
    prize: Name
    club: Unit | None = None
    judges: tuple[Person, ...] = ()


@frozen(kw_only=True)
class PrizeLost(Fact):
    """A prize that is taken back."""

    wire: ClassVar[str] = "prize_lost"

    person: Person


PRIZE: Final = Relation("prize", "prize_won", "prize_lost", ("person",))


def pack(*rules: Any, **more: Any) -> Pack:
    """Return an invented pack of these rules."""
    ids = [rule.id for rule in rules] or ["1"]
    said: dict[str, Any] = {
        "document": document(
            clauses=tuple(Clause(id=name, citation=name, summary=SAID) for name in ("1", *ids[1:])),
            sentences=(Sentence("S1", fingerprint("x"), "encoded", clauses=("1", *ids[1:]), rules=tuple(ids)),),
        ),
        "version": "1",
        "stages": STAGES,
        "duties": tuple(rule for rule in rules if isinstance(rule, Duty)),
        "requirements": tuple(rule for rule in rules if isinstance(rule, Requirement)),
        "vetoes": tuple(rule for rule in rules if isinstance(rule, Veto)),
        "fact_types": (VoteTaken, PrizeWon, PrizeLost),
        "relations": (PRIZE,),
    }
    return Pack(**{**said, **more})


def asked(condition: Any) -> Pack:
    """Return a pack with one duty that asks for this as of the day of the question."""
    return pack(duty(per=Standing(), requires=condition))


@slips(
    fact_type=(
        lambda: asked(at_least(1, events("talk_hold", window="ever"))),
        (
            "pack `club`, rule `d`, field `requires`: `events('talk_hold', …)`: fact type 'talk_hold' is not known",
            "did you mean `talk_held`?",
        ),
    ),
    one_of_two_types=(
        lambda: asked(at_least(1, events("talk_held", "meeting_hold", window="ever"))),
        ("did you mean `meeting_held`?",),
    ),
    type_of_trigger=(
        lambda: pack(duty(per=Triggered(events("talk_hold")), requires=at_least(1, ever()))),
        ("field `per`: `events('talk_hold', …)`",),
    ),
    relation=(
        lambda: asked(holds("stages", person=SUBJECT)),
        ("relation 'stages' is not known", "did you mean `stage`?"),
    ),
    relation_held=(lambda: asked(held_for("membershp", person=SUBJECT, least=MONTH)), ("did you mean `membership`?",)),
    relation_of_each=(
        lambda: pack(duty(bearer=Bearer("person", MEMBER, each=holdings("links")))),
        ("field `bearer`", "did you mean `link`?"),
    ),
    relation_as_type=(
        lambda: asked(at_least(1, events("membership", window="ever"))),
        ("fact type 'membership' is not known", "membership_"),
    ),
    type_as_relation=(
        lambda: asked(holds("membership_started", person=SUBJECT)),
        ("relation 'membership_started' is not known", "did you mean `membership`?"),
    ),
    field=(
        lambda: asked(holds("unit", knd="club")),
        ("holdings of `unit`: field 'knd' is not known", "did you mean `kind`?"),
    ),
    field_of_events=(
        lambda: asked(at_least(1, ever(persn=SUBJECT))),
        ("`talk_held`: field 'persn' is not known", "did you mean `person`?"),
    ),
    field_of_one_type=(
        lambda: asked(at_least(1, events("talk_held", "meeting_held", person=SUBJECT, window="ever"))),
        ("`meeting_held`: field 'person' is not known",),
    ),
    argument=(
        lambda: pack(duty(requires=at_least(1, events("talk_held", windw="ever")))),
        ("field 'windw' is not known", "did you mean the argument `window`?"),
    ),
    its=(
        lambda: asked(at_least(1, ever(where=is_in(its("speaker"), SUBJECT)))),
        ("`talk_held`: field 'speaker' is not known",),
    ),
    its_of_holding=(
        lambda: asked(holds("membership", where=is_in(its("units"), "c"))),
        ("holdings of `membership`: field 'units'", "did you mean `unit`?"),
    ),
    trigger=(
        lambda: pack(duty(per=Triggered(NIGHTS), requires=is_in(trigger("branch"), SUBJECT))),
        ("`meeting_held`: field 'branch' is not known",),
    ),
    trigger_of_each=(
        lambda: pack(duty(bearer=TARGETS, requires=at_least(1, events("talk_held", person=trigger("targt"))))),
        ("did you mean `target`?",),
    ),
    derived_of_each=(
        lambda: pack(
            duty(
                bearer=Bearer("person", MEMBER, each=holdings("residence", person=SUBJECT)),
                requires=at_least(1, events("talk_held", talk=trigger("place"))),
            )
        ),
        ("field 'place' is not known",),
    ),
    distinct=(
        lambda: asked(at_least(1, count(ever(), distinct="prson"))),
        ("field 'prson' is not known", "did you mean `person`?"),
    ),
    distinct_list=(
        lambda: asked(at_least(1, count(VOTES, distinct="tellers"))),
        ("`vote_taken`: field `tellers` takes a list of text",),
    ),
    summed=(
        lambda: asked(at_least(1, Sum("hour", (events("activity_held", window="ever"),)))),
        ("field 'hour' is not known", "did you mean `hours`?"),
    ),
    summed_text=(
        lambda: asked(at_least(1, Sum("activity", (events("activity_held", window="ever"),)))),
        ("field `activity` takes text; allowed: a field that takes a number: hours",),
    ),
    summed_flag=(
        lambda: asked(at_least(1, Sum("secret", (VOTES,)))),
        ("field `secret` takes True or False; allowed: a field that takes a number: entitled, present",),
    ),
    share=(lambda: asked(at_least(1, evolve(VOTES, where=Share("prsent", "entitled")))), ("did you mean `present`?",)),
    share_of_text=(
        lambda: asked(at_least(1, evolve(VOTES, where=Share("present", "result")))),
        ("field `result` takes text; allowed: a field that takes a number",),
    ),
    share_of_holding=(
        lambda: asked(holds("unit", where=Share("kind", "name"))),
        ("field `kind` takes text", "there is none"),
    ),
    most_covered=(
        lambda: asked(at_least(1, MostCovered("document", ("x",), evolve(FILED, window="ever")))),
        ("field `document` takes text; allowed: a field that takes a list: sections",),
    ),
    latest_field=(
        lambda: asked(latest(VOTES, "outcome", "carried", adverse=())),
        ("`vote_taken`: field 'outcome' is not known",),
    ),
    latest_number=(
        lambda: asked(latest(VOTES, "present", "3", adverse=())),
        ("field `present` takes a number; allowed: a field that takes a text: id, recorded_by, note, person",),
    ),
    latest_flag=(
        lambda: asked(latest(events("training_completed", window="ever"), "passed", "no", adverse=())),
        ("field `passed` takes True or False",),
    ),
    stage=(
        lambda: asked(holds("stage", person=SUBJECT, stage="c")),
        ("`stage` 'c' is not known; allowed: a, b, none",),
    ),
    stage_of_several=(
        lambda: asked(holds("stage", person=SUBJECT, stage=("a", "activst"))),
        ("`stage` 'activst' is not known",),
    ),
    step=(
        lambda: pack(requirement(requires=at_least(1, events("opinion_given", step="c", window="ever")))),
        ("`step` 'c' is not known",),
    ),
    asked_step=(
        lambda: pack(requirement(when=is_in(ASKED_STEP, "member"))),
        ("field `when`: `step` 'member' is not known; allowed: a, b",),
    ),
    steps=(
        lambda: pack(requirement(steps=("member",))),
        ("pack `club`, rule `r`, field `steps`: stage 'member' is not known; allowed: a, b",),
    ),
    steps_of_reading=(
        lambda: pack(veto(steps=by_reading("x", a=("b",), b=("c",)), readings=(reading(),))),
        ("stage 'c' is not known", "(under x=b)"),
    ),
    rating=(
        lambda: asked(latest(events("dorm_evaluated", window="ever"), "rating", "bad", adverse=())),
        ("`rating` 'bad' is not known; allowed: excellent, fair, good, poor",),
    ),
    adverse=(
        lambda: asked(latest(events("dorm_evaluated", window="ever"), "rating", "poor", adverse=("bad",))),
        ("`rating` 'bad'",),
    ),
    category=(
        lambda: asked(holds("registration", category="students")),
        ("`category` 'students' is not known", "did you mean `student`?"),
    ),
    result=(
        lambda: asked(at_least(1, evolve(VOTES, match=(("result", "won"),)))),
        ("`result` 'won' is not known; allowed: carried, lost",),
    ),
    number_as_text=(
        lambda: asked(at_least(1, events("training_completed", days="3", window="ever"))),
        ("field `days`: found '3'; it takes a number",),
    ),
    flag_as_text=(
        lambda: asked(at_least(1, events("training_completed", passed="yes", window="ever"))),
        ("field `passed`: found 'yes'; it takes True or False",),
    ),
    flag_as_number=(
        lambda: asked(at_least(1, events("training_completed", where=is_in(its("passed"), 1), window="ever"))),
        ("field `passed`: found 1; it takes True or False",),
    ),
    text_as_number=(lambda: asked(holds("unit", unit=7)), ("field `unit`: found 7; it takes text",)),
    text_as_flag=(lambda: asked(holds("unit", kind=True)), ("field `kind`: found True; it takes text",)),
    day_as_text=(
        lambda: asked(at_least(1, evolve(VOTES, match=(("counted_on", "2020-01-01"),)))),
        ("field `counted_on`: found '2020-01-01'; it takes a day",),
    ),
    subject_quoted=(
        lambda: asked(holds("membership", person="SUBJECT")),
        ("found the text 'SUBJECT'", "without quotes"),
    ),
    its_quoted=(
        lambda: asked(at_least(1, ever(where=holds("membership", person="its('person')")))),
        ("write its('person'), without quotes",),
    ),
    window_of_holdings=(
        lambda: asked(at_least(1, holdings("membership", window="ever"))),
        ("holdings of `membership`: field 'window' is not known",),
    ),
    date_of_fact=(
        lambda: asked(at_least(1, ever(on="2020-01-01"))),
        ("field `on`: found '2020-01-01'; it takes no value of a rule",),
    ),
    subject_as_number=(
        lambda: asked(at_least(1, evolve(VOTES, match=(("present", SUBJECT),)))),
        ("the subject is text and `present` a number",),
    ),
    subject_of_another_kind=(
        lambda: pack(duty(bearer=CLUBS, requires=at_least(1, TALKS))),
        ("the subject is a unit and `person` a person: they are never the same",),
    ),
    unit_for_person=(
        lambda: asked(at_least(1, ever(where=holds("membership", unit=its("person"))))),
        ("`its('person')` is a person and `unit` a unit",),
    ),
    duty_read=(lambda: asked(at_least(1, count_findings("e"))), ("field `rules`: duty 'e' is not known; allowed: d",)),
    read_itself=(lambda: asked(at_least(1, count_findings("d"))), ("in a circle: d",)),
    parameter=(
        lambda: pack(duty(per=PerPeriod(Given("g")))),
        ("rule `d`, field `parameters`: parameter 'g' is not known",),
    ),
    parameter_takes=(
        lambda: pack(duty(per=PerPeriod(Given("g")), parameters=(Parameter(name="g", takes="days", why=SAID),))),
        ("field `per`: parameter `g` takes a days; allowed: one that takes a grain",),
    ),
    days_take=(
        lambda: pack(
            duty(
                per=Triggered(NIGHTS, WithinDays(Given("g"))),
                requires=at_least(1, ever()),
                parameters=(Parameter(name="g", takes="name", why=SAID),),
            )
        ),
        ("parameter `g` takes a name; allowed: one that takes days",),
    ),
    parameter_in_match=(
        lambda: pack(
            duty(
                requires=at_least(1, events("talk_held", person=Given("g"))),
                parameters=(Parameter(name="g", takes="days", why=SAID),),
            )
        ),
        ("`Given('g')` is a number and `person` text",),
    ),
    parameter_twice=(
        lambda: pack(duty(parameters=(Parameter(name="g", takes="days", why=SAID),) * 2)),
        ("field `parameters`: a name stands twice in g, g",),
    ),
    reading=(
        lambda: pack(duty(requires=by_reading("y", a=ENOUGH, b=~ENOUGH), readings=(reading(),))),
        ("field `readings`: reading 'y' is not known; allowed: leave, partial, x",),
    ),
    reading_options=(
        lambda: pack(duty(requires=by_reading("x", a=ENOUGH, c=~ENOUGH), readings=(reading(),))),
        ("field `readings.x`: options and tree differ in ['b', 'c']",),
    ),
    reading_twice=(
        lambda: pack(duty(readings=(reading(), reading()))),
        ("field `readings`: a name stands twice in x, x",),
    ),
    reading_owner=(
        lambda: pack(duty(readings=(reading(owner="e"),))),
        ("field `readings.x.owner`: rule 'e' is not known; allowed: d",),
    ),
    reading_shared=(
        lambda: pack(duty(readings=(reading(owner="v"),)), veto(readings=(reading(default="b"),), clause="v")),
        ("said otherwise by another rule",),
    ),
    common_reading=(
        lambda: pack(duty(readings=(reading(name="partial"),))),
        ("field `readings.partial`", "allowed: exempt, full, half, or another name"),
    ),
    clause=(lambda: pack(duty(clause="2")), ("rule `d`, field `clause`: clause '2' is not known; allowed: 1",)),
    rule_twice=(lambda: pack(duty(), duty()), ("rule `d`, field `id`: another rule of the pack has this id",)),
    stage_none=(
        lambda: pack(stages=(*STAGES, Stage("none", SAID))),
        ("found a stage `none`, which is whoever has none",),
    ),
    colon_in_rule=(lambda: pack(duty(id="a:b")), ("rule `a:b`, field `id`: found a colon", "PACK:RULE")),
    stage_twice=(lambda: pack(stages=(*STAGES, STAGES[0])), ("field `stages`: a stage stands twice in a, b, a",)),
    kinds=(
        lambda: pack(kinds={"meetings": ("night",)}),
        ("field `kinds`: field of kinds 'meetings' is not known", "did you mean `meeting`?"),
    ),
    kinds_text=(
        lambda: pack(kinds={"meeting": "night"}),
        ("`Pack(…)`, field `kinds['meeting']`: found 'night'", "with the comma"),
    ),
    kinds_list=(lambda: pack(kinds={"meeting": ["night"]}), ("field `kinds['meeting']`: found ['night'], a list",)),
    duties_list=(lambda: pack(duties=[duty()]), ("`Pack(…)`, field `duties`: found [", "a list", "write a tuple")),
    duty_alone=(lambda: pack(duties=duty()), ("field `duties`: found Duty('d', …)", "with the comma")),
    duty_as_veto=(lambda: pack(vetoes=(duty(),)), ("field `vetoes[0]`: found Duty('d', …)", "allowed: Veto(")),
    version_number=(lambda: pack(version=1), ("field `version`: found 1",)),
    misspelt=(lambda: pack(requirement=()), ("argument 'requirement' is not known", "did you mean `requirements`?")),
    no_document=(lambda: Pack(version="1"), ("field `document`: it is missing",)),
)
def test_names_that_no_pack_declares(make: Callable[[], Any], words: tuple[str, ...]) -> None:
    """What a rule names that neither core nor pack has is refused when the pack is built, with the nearest name."""
    check(make, words)


# Fact types, relations and standings of a pack's own -----------------------------------------------------------------


def own(annotation: Any, *, wire: str = "own_thing", **more: Any) -> Pack:
    """Return a pack with a fact type that has a field of this type."""
    space = {
        "__annotations__": {"wire": ClassVar[str], "thing": annotation},
        "wire": wire,
        "__doc__": "A thing.",
        **more,
    }
    return pack(fact_types=(frozen(kw_only=True)(type("OwnThing", (Fact,), space)), PrizeWon, PrizeLost))


class Undecorated(Fact):
    """A fact type whose author forgot the line above."""

    wire: ClassVar[str] = "undecorated"

    thing: str


@frozen(kw_only=True)
class WireField(Fact):
    """A fact type whose name on the wire is said as if it were a field."""

    wire: str = "wire_field"  # type: ignore[misc]  # the slip


@frozen
class ByPlace(Fact):
    """A fact type whose fields may be given by place."""

    wire: ClassVar[str] = "by_place"

    thing: str = field(default="x", kw_only=False)


@frozen(kw_only=True)
class Doubled(Fact):
    """A fact type of the same name on the wire."""

    wire: ClassVar[str] = "prize_won"

    person: Person


KEPT: Final = "allowed: str, bool, int, Decimal, date, Person, Unit"


@slips(
    floats=(lambda: own(float), ("pack `club`, fact type `own_thing`", "field `thing`: found float")),
    lists=(lambda: own(list[str]), ("fact type `own_thing`", "list[str]")),
    dicts=(lambda: own(dict[str, str]), ("fact type `own_thing`", "dict[str, str]")),
    objects=(lambda: own(Text), ("fact type `own_thing`", "Text")),
    anything=(lambda: own(Any), ("fact type `own_thing`", "Any")),
    instants=(lambda: own(datetime), ("fact type `own_thing`", "datetime")),
    civil_dates=(lambda: own(CivilDate), ("fact type `own_thing`, field `thing`: found CivilDate", KEPT)),
    numbers_listed=(lambda: own(tuple[int, ...]), ("field `thing`: found tuple[int, ...]", KEPT)),
    days_listed=(lambda: own(tuple[date, ...]), ("field `thing`: found tuple[datetime.date, ...]", KEPT)),
    pairs=(lambda: own(tuple[str, str]), ("fact type `own_thing`",)),
    two_types=(lambda: own(str | int), ("field `thing`: found str | int", KEPT)),
    text_or_list=(lambda: own(str | tuple[str, ...]), ("fact type `own_thing`",)),
    numbers_chosen=(lambda: own(Literal[1, 2]), ("fact type `own_thing`",)),
    nothing=(lambda: own(None), ("fact type `own_thing`",)),
    unknown_name=(lambda: own("Nowhere"), ("fact type `own_thing`", "Nowhere")),
    checked=(lambda: own(int, thing=field(validator=validators.ge(0))), ("found a check in Python",)),
    wire=(lambda: own(str, wire="Own Thing"), ("found wire = 'Own Thing'", "such as `game_played`")),
    wire_field=(
        lambda: pack(fact_types=(WireField, PrizeWon, PrizeLost)),
        ("fact type `WireField`: found a field `wire`", "ClassVar[str]"),
    ),
    no_wire=(lambda: own(str, wire=""), ("fact type `OwnThing`: found wire = ''",)),
    core_wire=(lambda: own(str, wire="talk_held"), ("the wire name `talk_held` is taken by the core",)),
    taken_wire=(
        lambda: pack(fact_types=(PrizeWon, Doubled, PrizeLost)),
        ("another fact type of the pack has this wire name",),
    ),
    core_name=(
        lambda: own(str, __annotations__={"wire": ClassVar[str], "hours": str}),
        ("field `hours`: found a text; the core has a field of this name; allowed: a number",),
    ),
    undecorated=(
        lambda: pack(fact_types=(Undecorated, PrizeWon, PrizeLost)),
        ("fact type `undecorated`: found a class without its decorator", "@frozen(kw_only=True)"),
    ),
    by_place=(
        lambda: pack(fact_types=(ByPlace, PrizeWon, PrizeLost)),
        ("fact type `by_place`", "found an argument by place"),
    ),
    no_fact=(
        lambda: pack(fact_types=(Kind,)),
        ("`Pack(…)`, field `fact_types[0]`: found the class Kind; allowed: a class of Fact",),
    ),
    fact_value=(lambda: pack(fact_types=("prize_won",)), ("field `fact_types[0]`: found 'prize_won'",)),
    one_type=(lambda: pack(fact_types=PrizeWon), ("field `fact_types`: found the class PrizeWon", "with the comma")),
    relation_name=(
        lambda: pack(relations=(evolve(PRIZE, name="stage"),)),
        ("relation `stage`, field `name`: another relation has this name",),
    ),
    relation_start=(
        lambda: pack(relations=(evolve(PRIZE, started="prize_one"),)),
        ("relation `prize`, field `started`: fact type 'prize_one'", "did you mean `prize_won`?"),
    ),
    relation_end=(
        lambda: pack(relations=(evolve(PRIZE, ended="prize_over"),)),
        ("field `ended`: fact type 'prize_over' is not known",),
    ),
    relation_of_terms=(
        lambda: pack(relations=(evolve(PRIZE, started="term_declared"),)),
        ("field `started`: `term_declared` is about the record",),
    ),
    relation_key=(
        lambda: pack(relations=(evolve(PRIZE, key=("persn",)),)),
        ("field `key`: field 'persn' is not known", "did you mean `person`?"),
    ),
    key_of_the_end=(
        lambda: pack(relations=(evolve(PRIZE, key=("prize",)),)),
        ("field `key`: field 'prize' is not known",),
    ),
    key_list=(
        lambda: pack(relations=(evolve(PRIZE, ended=None, key=("judges",)),)),
        ("field `key`: `judges` is a list",),
    ),
    relation_group=(
        lambda: pack(relations=(evolve(PRIZE, group=("prise",)),)),
        ("field `group`", "did you mean `prize`?"),
    ),
    relation_person=(
        lambda: pack(relations=(evolve(PRIZE, person="club"),)),
        ("field `person`: `club` names a unit; allowed: a person",),
    ),
    relation_presumed=(
        lambda: pack(relations=(evolve(PRIZE, presumed={"kind": "x"}),)),
        ("field `presumed`: field 'kind' is not known",),
    ),
    relation_derived=(
        lambda: pack(relations=(evolve(PRIZE, derived={"x": ("person", "y")}),)),
        ("field `derived`: field 'y' is not known",),
    ),
    derived_taken=(
        lambda: pack(relations=(evolve(PRIZE, derived={"club": ("person",)}),)),
        ("field `derived`: `club` is a field of `prize_won`",),
    ),
    standing_type=(
        lambda: standing("talk_hold", "person"),
        ("standing on `talk_hold`: fact type 'talk_hold'", "did you mean `talk_held`?"),
    ),
    standing_about=(
        lambda: standing("talk_held", "persn"),
        ("standing on `talk_held`, field `about`", "did you mean `person`?"),
    ),
    standing_about_list=(
        lambda: standing("meeting_held", "attended"),
        ("names nobody alone; allowed: a field that names one person",),
    ),
    standing_field=(
        lambda: standing("talk_held", "person", holds("unit", unit=its("of"))),
        ("field `tests`: `talk_held`: field 'of' is not known",),
    ),
    standing_trigger=(
        lambda: standing("talk_held", "person", holds("unit", unit=trigger("by"))),
        ("`trigger('by')` stands where nothing triggers",),
    ),
    standing_window=(
        lambda: standing("talk_held", "person", ENOUGH),
        ("window `period` has no meaning here; allowed: ever",),
    ),
    standing_twice=(
        lambda: pack(standings=(RecordStanding("talk_held", "person", ((MEMBER, "no_member"),)),) * 2),
        ("standing on `talk_held`: another standing of the pack is on it",),
    ),
    standing_on_itself=(
        lambda: standing("talk_held", "person", at_least(1, ever(person=SUBJECT))),
        ("standing on `talk_held`, field `tests`", "in a circle: talk_held"),
    ),
    standing_findings=(
        lambda: standing("talk_held", "person", at_least(1, count_findings("d"))),
        ("no findings of other duties are at hand",),
    ),
    standing_reading=(
        lambda: standing("talk_held", "person", MEMBER & by_reading("x", a=MEMBER, b=~MEMBER)),
        ("found what an institution chooses",),
    ),
    standing_parameter=(
        lambda: standing("talk_held", "person", holds("unit", kind=Given("k"))),
        ("found what an institution chooses",),
    ),
    standing_relation=(
        lambda: standing("membership_started", "person"),
        ("it begins or ends the relation `membership`",),
    ),
)
def test_a_packs_own_words(make: Callable[[], Any], words: tuple[str, ...]) -> None:
    """A fact type that no column can hold is refused, and so are relations and standings by fields that are not."""
    check(make, words)


def standing(wire: str, about: str, test: Any = MEMBER) -> Pack:
    """Return a pack with a standing."""
    return pack(standings=(RecordStanding(wire, about, ((test, "no_member"),)),))


# What is let be ------------------------------------------------------------------------------------------------------


def test_what_is_right_is_built() -> None:
    """The examples are right but for their slips; what is built is compared, hashed, changed and kept."""
    rules = (duty(), requirement(), veto(), reading(), document())
    assert [pickle.loads(pickle.dumps(one)) for one in rules] == list(rules)  # noqa: S301 - made on the line itself
    assert hash(evolve(rules[0], modality="must")) == hash(duty(modality="must"))
    assert isinstance(at_least(1, CountAfterEarly(FILED)), Condition)
    assert isinstance(at_least(1, by_reading("x", a=FILED, b=TALKS)).tally, Count)
    with pytest.raises(PackError, match="did you mean `requires`"):
        evolve(rules[0], require=ENOUGH)


def test_a_reading_of_selections_and_tallies_is_counted_option_by_option() -> None:
    """Where only one option is a selection, that one is counted, and the tally stays as it is."""
    one = at_least(1, by_reading("x", a=count(FILED, distinct="author"), b=TALKS))
    assert one == Compare(by_reading("x", a=count(FILED, distinct="author"), b=count(TALKS)), least=1)


def test_a_duty_that_is_one_per_period_under_one_reading_has_the_common_readings() -> None:
    """Where only a reading makes a duty one per period, leave and part of a period are read as in any such duty."""
    per = by_reading("x", a=Standing(), b=PerPeriod("year"))
    talks = by_reading("x", a=at_least(1, ever(person=SUBJECT)), b=at_least(1, TALKS))
    built = pack(duty(per=per, requires=talks, readings=(reading(),)))
    assert [one.name for one in all_readings(built.duties[0])] == ["partial", "leave", "x"]
    for option in ("a", "b"):
        adoption = adopt([built], readings={"club:d.x": option, "club:d.leave": "any"})
        assert audit((), adoption, as_of=date(2021, 1, 1)).findings() == ()
