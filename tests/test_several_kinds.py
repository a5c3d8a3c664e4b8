"""Meetings of several kinds, documents for a period, and who is cultivated: counted as said, by each evaluator."""

from collections.abc import Iterable
from datetime import date
from typing import Final

import pytest

from partyrules.answers.verdicts import Finding
from partyrules.errors import FactError, PackError
from partyrules.facts.codec import decode_fact, encode_fact
from partyrules.facts.vocabulary import Fact, StageExtended
from partyrules.language.kernel import SUBJECT, at_least, at_most, count, events, holds, is_in, its, trigger
from partyrules.language.rules import Bearer, Duty, Occasion, PerPeriod, Standing
from partyrules.language.sugar import Attends
from partyrules.packs.pack import adopt
from partyrules.questions.audit import audit
from partyrules.testing.institution import cultivated, fact
from tests.language import CLUB, MEMBER, THE_CLUB, duty, pack_of
from tests.strategies import Question
from tests.test_columnar import assert_agreement, both
from tests.test_month_law import assert_duties
from tests.toy import filed, left, meeting, member

YEAR: Final = PerPeriod("year")
BOARD: Final = duty("board", CLUB, YEAR, at_least(2, events("meeting_held", unit=SUBJECT, meeting="board")))
ROUND: Final = duty("round", CLUB, YEAR, at_least(1, events("meeting_held", unit=SUBJECT, meeting=("round", "x"))))
FORMAL: Final = duty(
    "formal",
    CLUB,
    YEAR,
    at_least(1, events("meeting_held", unit=SUBJECT, where=is_in(its("meeting"), "formal"))),
)
ATTEND: Final = duty(
    "attend",
    Bearer("person", holds("membership", person=SUBJECT, unit=trigger("unit"))),
    Occasion(events("meeting_held", meeting="round")),
    Attends(),
)
PLAN: Final = duty("plan", CLUB, YEAR, at_least(1, events("document_filed", author=SUBJECT, document="plan")))
FEW: Final = duty("few", CLUB, YEAR, at_most(1, events("document_filed", author=SUBJECT, document="plan")))
EVER: Final = duty(
    "ever", CLUB, Standing(), at_least(1, events("document_filed", author=SUBJECT, document="plan", window="ever"))
)
TENDED: Final = duty("tended", Bearer("person", MEMBER), Standing(), holds("cultivation", person=SUBJECT))


def found(facts: Iterable[Fact], as_of: str, *duties: Duty) -> dict[tuple[str, str, str], Finding]:
    """Return the findings by rule, subject and first day, for which columns agree with the reference."""
    told = tuple(facts)
    adoption = adopt([pack_of(*duties)])
    day = date.fromisoformat(as_of)
    assert_agreement(both(told, adoption, Question(as_of=day, known_at=None)))
    rows = audit(told, adoption, as_of=day).findings()
    return {
        (row.rule.partition(":")[2], row.subject, str(row.period.start) if row.period else row.occasion or ""): row
        for row in rows
    }


# Meetings of several kinds -----------------------------------------------------------------------------------


def test_a_meeting_of_several_kinds_counts_as_each() -> None:
    """One meeting that was a board and a round counts once for the duty of each, in a match as in a test."""
    both_kinds = meeting("board", "c", "2020-03-01", also=["round", "board", "round", "formal"])
    facts = (*THE_CLUB, both_kinds, meeting("board", "c", "2020-05-01"))
    seen = found(facts, "2020-12-31", BOARD, ROUND, FORMAL)
    assert {rule: (row.status, row.actual) for (rule, _, _), row in seen.items()} == {
        "board": ("satisfied", 2),
        "round": ("satisfied", 1),
        "formal": ("satisfied", 1),
    }
    assert seen["round", "c", "2020-01-01"].evidence == (both_kinds.id,)


def test_a_meeting_is_an_occasion_of_each_of_its_kinds() -> None:
    """Members attend what was a round besides; a meeting that lists its kind twice is one occasion."""
    held = meeting("board", "c", "2020-03-01", also=["round", "round"], attended=["p"])
    other = meeting("round", "c", "2020-04-01", also=["round"], attended=[])
    plain = meeting("board", "c", "2020-05-01", also=[], attended=[])
    seen = found((*THE_CLUB, member("p", "c", "2020-01-01"), held, other, plain), "2020-12-31", ATTEND)
    assert {key[2]: row.status for key, row in seen.items()} == {held.id: "satisfied", other.id: "breached"}


def test_the_kinds_of_a_meeting_are_a_list() -> None:
    """A pack that counts different kinds of meeting is refused: a meeting may be of several."""
    kinds = duty("kinds", CLUB, YEAR, at_least(2, count(events("meeting_held", unit=SUBJECT), distinct="meeting")))
    with pytest.raises(PackError, match="field `meeting` takes a list"):
        pack_of(kinds)


# Documents for a period --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "named", "counts"),
    [
        ("2020-12-20", "2021-01-01", ("breached", "satisfied")),  # filed before the year that it is for
        ("2021-12-31", "2021-07-01", ("breached", "satisfied")),  # on the last day of that year
        ("2022-01-01", "2021-12-31", ("breached", "breached")),  # a day after it: nowhere
        ("2021-03-01", "2020-06-30", ("breached", "breached")),  # for a year that was over
        ("2020-05-01", "2020-12-31", ("satisfied", "breached")),
        ("2021-12-31", None, ("breached", "satisfied")),
    ],
)
def test_a_document_for_a_period_counts_there_and_nowhere_else(
    on: str, named: str | None, counts: tuple[str, str]
) -> None:
    """It counts in the year that holds the day it names, if it was filed by its end; without one, in its own."""
    plan = filed("plan", "c", on, for_period=named)
    seen = found((*THE_CLUB, plan), "2022-06-30", PLAN, FEW, EVER)
    assert (seen["plan", "c", "2020-01-01"].status, seen["plan", "c", "2021-01-01"].status) == counts
    assert seen["ever", "c", ""].status == "satisfied"


def test_a_document_of_the_coming_days_is_not_seen() -> None:
    """What is filed after the day asked counts nowhere; for an open period it counts at once."""
    early = filed("plan", "c", "2020-05-01", for_period="2020-12-31")
    late = filed("plan", "c", "2020-05-02", for_period="2020-12-31")
    seen = found((*THE_CLUB, early, late), "2020-05-01", PLAN)
    assert (seen["plan", "c", "2020-01-01"].status, seen["plan", "c", "2020-01-01"].actual) == ("satisfied", 1)


def test_a_document_of_a_month_for_a_period() -> None:
    """Filed in some month, it counts where each day of the month is by the end of the period, and else may."""
    for named, status in (("2020-12-31", "satisfied"), ("2020-06-15", "satisfied"), ("2019-12-31", "pending")):
        facts = (*THE_CLUB, filed("plan", "c", "2020-06", for_period=named))
        assert_duties(facts, "2020-06-30", PLAN, FEW)
        assert found(facts, "2020-06-30", PLAN)["plan", "c", "2020-01-01"].status == status


# Who is cultivated -------------------------------------------------------------------------------------------


def test_cultivation_is_a_relation_like_membership() -> None:
    """It holds from its first day, not on the day of its end, and not once the person has left."""
    begun = (*THE_CLUB, member("p", "c", "2020-01-01"), cultivated("p", "b", "2020-03-01"))
    ended = fact("cultivation_ended", "2020-05-01", person="p", unit="b")
    for facts, day, status in (
        (begun, "2020-02-29", "breached"),
        (begun, "2020-03-01", "satisfied"),
        ((*begun, ended), "2020-04-30", "satisfied"),
        ((*begun, ended), "2020-05-01", "breached"),
    ):
        assert found(facts, day, TENDED)["tended", "p", ""].status == status
    gone = (*begun, left("p", "2020-04-01"), fact("person_registered", "2020-06-01", person="p"))
    again = duty("tended", Bearer("person", holds("registration", person=SUBJECT)), Standing(), TENDED.requires)
    assert found(gone, "2020-07-01", again)["tended", "p", ""].status == "breached"


# On the wire -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        '{"fact":"cultivation_started","id":"a","on":"2020-01","person":"p","unit":"b"}',
        '{"fact":"stage_extended","id":"a","on":"2020-01-01","until":"2020-12-31","person":"p","stage":"s"}',
        '{"fact":"register_opened","id":"a","on":"2020-01"}',
        '{"fact":"meeting_held","id":"a","on":"2020-01-01","meeting":"m","unit":"b","also":["n"]}',
        '{"fact":"document_filed","id":"a","on":"2020-01-01","document":"m","author":"b","for_period":"2020-02-01"}',
    ],
)
def test_the_wire_says_it_and_reads_it_back(line: str) -> None:
    """What such a line says is written as it was read."""
    assert encode_fact(decode_fact(line)).decode() == line


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"fact":"stage_extended","id":"a","on":"2020-01-01","person":"p","stage":"s"}', "field `until`: missing"),
        (
            '{"fact":"document_filed","id":"a","on":"2020-01-01","document":"m","author":"b","for_period":"2020-02"}',
            "field `for_period`: found '2020-02' is not a date",
        ),
        (
            '{"fact":"meeting_held","id":"a","on":"2020-01-01","meeting":"m","unit":"b","also":[""]}',
            "field `also`",
        ),
    ],
)
def test_what_the_wire_refuses(line: str, told: str) -> None:
    """An extension without its last day, a period named by a month and a kind without a name are refused."""
    with pytest.raises(FactError) as refused:
        decode_fact(line)
    assert told in str(refused.value)


def test_an_extension_ends_no_earlier_than_it_is_decided() -> None:
    """Its last day is that of the decision or later."""
    with pytest.raises(ValueError, match="before `on`"):
        StageExtended(on=decode_fact('{"fact":"register_opened","id":"a","on":"2020-01-02"}').on, person="p",
                      stage="s", until=date(2020, 1, 1))  # fmt: skip
