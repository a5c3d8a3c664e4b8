"""What looks wrong in the facts: kinds that nobody reads, of the core and of a pack's own, by one table of fields."""

from datetime import date

import attrs
import pytest

from partyrules.facts.schema import person_fields
from partyrules.facts.vocabulary import CORE_VOCABULARY, DormEvaluated, MeetingHeld, RoleStarted
from partyrules.language.kinds import KINDS, field_of_kinds, kind_field
from partyrules.packs.pack import adopt, load_pack
from partyrules.questions.doubts import doubts
from tests.chess import pack as chess
from tests.chess.facts import GamePlayed, MentoringStarted
from tests.toy import fact, meeting

ROOKS = adopt([chess], holidays={date(2020, 1, 1): True, date(2020, 12, 31): True})


def game(occasion: str) -> GamePlayed:
    """Return a game of the invented club."""
    on = fact("talk_held", "2020-03-01", person="p", talk="t").on
    return GamePlayed(id=f"game {occasion}", on=on, player="p", opponent="q", occasion=occasion)


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("unit_established", "kind"),
        ("leave_started", "kind"),
        ("role_started", "role"),
        ("role_ended", "role"),
        ("meeting_held", "meeting"),
        ("document_filed", "document"),
        ("link_started", "link"),
        ("facility_closed", "facility"),
        ("stage_entered", None),
        ("talk_held", None),
        ("term_declared", None),
    ],
)
def test_the_field_that_holds_a_kind(wire: str, name: str | None) -> None:
    """Which field of a fact type holds its kind follows from the table of kinds."""
    fields = [each.name for each in attrs.fields(CORE_VOCABULARY.types[wire])]
    assert field_of_kinds(wire, fields) == name


def test_every_kind_is_of_some_field() -> None:
    """Each name in the table of kinds is that of a field of some fact type."""
    fields = {kind_field(wire, each.name) for wire, cls in CORE_VOCABULARY.types.items() for each in attrs.fields(cls)}
    assert KINDS.keys() <= fields


def test_a_kind_of_the_packs_own_field_that_is_misspelt() -> None:
    """A kind in a field of a pack's own fact type is held against those that the pack reads or declares."""
    (told,) = doubts([game("training_gaem")], ROOKS)
    assert told == "no adopted pack reads game_played `training_gaem` (1); did you mean `training_game`?"
    assert doubts([game("training_game"), game("league")], ROOKS) == ()


def test_a_kind_that_a_pack_declares_is_no_slip() -> None:
    """A talk of the kind that the club declares is let be; one of another kind is told of."""
    talks = [fact("talk_held", "2020-03-01", person="p", talk=kind) for kind in ("absence_talk", "chat")]
    assert doubts(talks, ROOKS) == ("no adopted pack reads talk_held `chat` (1)",)


def test_a_misspelt_meeting() -> None:
    """A meeting of a kind that is nearly one that the pack reads is told of with that one; leave of any kind is not."""
    adoption = adopt([load_pack("lzcu2012")])
    leave = fact("leave_started", "2013-03-05", person="p", kind="sick")
    (told,) = doubts([meeting("organisational_lif", "g1", "2013-03-05"), leave], adoption)
    assert told.endswith("meeting_held `organisational_lif` (1); did you mean `organisational_life`?")


def test_a_kind_of_the_core_that_no_adopted_pack_reads() -> None:
    """A kind that the core names is told of where nobody reads it, and taken for no other that is nearly the same."""
    adoption = adopt(["lzwl2017"])
    (told,) = doubts([meeting("discussion_session", "g1", "2018-03-05")], adoption)
    assert told == "no adopted pack reads meeting_held `discussion_session` (1)"


def test_of_many_kinds_that_nobody_reads_the_first_are_told() -> None:
    """A ledger serves more packs than one: those that the core does not name come first, and the rest are counted."""
    kinds = ("reception_day", "study_report", "party_lecture", "heritage_visit", "social_practice", "zumba")
    held = [fact("activity_held", "2020-03-01", unit="u", attended=(), activity=kind) for kind in (*kinds, "training")]
    (told,) = doubts(held, ROOKS)
    assert told.startswith("no adopted pack reads activity_held `training` (1), activity_held `zumba` (1), ")
    assert told.endswith(", … and 2 more")


@pytest.mark.parametrize(
    ("cls", "names"),
    [
        (MeetingHeld, ("attended", "excused")),
        (DormEvaluated, ("person", "by")),
        (RoleStarted, ("person",)),
        (GamePlayed, ("player", "opponent")),
        (MentoringStarted, ("mentor", "novice")),
    ],
)
def test_fields_that_name_people(cls: type, names: tuple[str, ...]) -> None:
    """Which fields name people is what their types say, in the core and in a pack."""
    assert person_fields(cls) == names


# Judgements -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clause", "outcome", "period", "told"),
    [
        ("lzwl2017:1.2.3", "met", None, None),
        ("lzwl2017:8.2.2-hold", "explained", "2020-01-01", None),
        ("lzwl2017:8.2.2", "explained", "2020-01-01", "did you mean `lzwl2017:8.2.2-hold`?"),
        ("8.2.4", "explained", "2020-01-01", "did you mean `lzwl2017:8.2.4`?"),
        ("lzwl2017:8.1.3", "explained", "2020-01-01", "explains nothing: `lzwl2017:8.1.3` is no duty per period"),
        ("lzwl2017:8.2.4", "explained", None, "it names no `period`"),
        ("1.2.3", "not_met", None, "did you mean `lzwl2017:1.2.3`?"),
        ("lzwl2017:8.2.4", "met", None, "answers nothing: `lzwl2017:8.2.4` is no judged clause"),
    ],
)
def test_a_judgement_that_decides_nothing(clause: str, outcome: str, period: str | None, told: str | None) -> None:
    """A judgement on no judged clause, or that excuses no duty, is told of with the name that is likely meant."""
    more = {} if period is None else {"period": period}
    made = fact("judgement_made", "2020-02-01", clause=clause, about="b", by="x", outcome=outcome, **more)
    found = doubts([made], adopt(["lzwl2017"]))
    assert [told in one for one in found if told] == ([] if told is None else [True])
    assert len(found) == (0 if told is None else 1)


def test_a_judgement_on_another_pack() -> None:
    """A judgement on an installed pack that is not adopted here is no slip."""
    made = fact("judgement_made", "2020-02-01", clause="lzcu2012:no-such", about="b", by="x", outcome="met")
    assert doubts([made], adopt(["lzwl2017"]), others=["lzcu2012"]) == ()
    assert len(doubts([made], adopt(["lzwl2017"]))) == 1
