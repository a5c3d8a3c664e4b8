"""Packs: what is refused when one is built, loaded or adopted, and how clearly."""

from typing import Any, ClassVar, Final

import pytest
from attrs import evolve, frozen

from partyrules.errors import PackError, QueryError
from partyrules.facts.vocabulary import Fact
from partyrules.history import Relation
from partyrules.language.kernel import SUBJECT, Always, Given, at_least, by_reading, events, holdings, holds, its
from partyrules.language.rules import Bearer, Duty, PerPeriod, Reading, Requirement, Stage, Veto, pipeline_steps
from partyrules.language.standing import RecordStanding
from partyrules.packs.discovery import Provider, provider_of
from partyrules.packs.document import Text
from partyrules.packs.pack import Pack, adopt, load_pack
from tests import toy

DUTY = toy.DUTIES[3]
DUTY_PLAIN = at_least(1, events("meeting_held", meeting="assembly", unit=SUBJECT))
REQUIREMENT = toy.REQUIREMENTS[0]
VETO = toy.VETOES[0]
ODD = Reading(name="odd", options=("a", "b"), default="a", why=toy.WHY)


def built(
    *duties: Duty, requirements: tuple[Requirement, ...] = (), vetoes: tuple[Veto, ...] = (), **more: Any
) -> Pack:
    """Return a pack of these rules."""
    stages = more.pop("stages", toy.STAGES)
    return Pack(
        document=toy.document(),
        version="1",
        stages=stages,
        duties=duties,
        requirements=requirements,
        vetoes=vetoes,
        **more,
    )


def refused(*duties: Duty, **more: Any) -> str:
    """Return the one line with which a pack of these rules is refused."""
    with pytest.raises(PackError) as caught:
        built(*duties, **more)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("pack `toy`")
    return str(caught.value)


# Building a pack --------------------------------------------------------------------------------------------


def test_toy_pack() -> None:
    """A pack knows its rules and its id, and the same pack has the same fingerprint."""
    assert toy.pack.id == "toy"
    assert len(toy.pack.rules) == len(toy.DUTIES) + len(toy.REQUIREMENTS) + len(toy.VETOES)
    assert evolve(toy.pack).fingerprint == toy.pack.fingerprint
    assert len(toy.pack.fingerprint) == 64


def test_fingerprint_of_another_pack() -> None:
    """Whatever changes in a pack, version or text or a number deep inside a rule, changes its fingerprint."""
    stricter = evolve(DUTY, requires=at_least(2, events("meeting_held", meeting="assembly", unit=SUBJECT)), readings=())
    others = [
        evolve(toy.pack, version="2"),
        evolve(toy.pack, duties=(*toy.DUTIES[:3], stricter, *toy.DUTIES[4:])),
        evolve(toy.pack, vetoes=(evolve(VETO, lifts=Text("别的", "something else")),)),
    ]
    assert len({pack.fingerprint for pack in (toy.pack, *others)}) == 4


def test_rule_twice() -> None:
    """Two rules of one id are refused."""
    assert "rule `1.4`, field `id`" in refused(DUTY, DUTY)


def test_unknown_clause() -> None:
    """A rule that cites no clause of the document is refused with the nearest."""
    told = refused(evolve(DUTY, clause="1.44"))
    assert "rule `1.4`, field `clause`" in told
    assert "did you mean `1.4`?" in told


def test_unknown_fact_type() -> None:
    """A selection of facts of an unknown type is refused with the nearest, wherever it stands."""
    for wrong in (
        evolve(DUTY, requires=at_least(1, events("meeting_hold")), readings=()),
        evolve(
            DUTY,
            requires=at_least(
                1, by_reading("early", own_quarter=events("meeting_hold"), next_quarter=events("meeting_held"))
            ),
        ),
    ):
        told = refused(wrong)
        assert "rule `1.4`, field `requires`: `events('meeting_hold'" in told
        assert "did you mean `meeting_held`?" in told


def test_unknown_relation() -> None:
    """A relation that does not exist is refused with the nearest."""
    for wrong in (
        evolve(DUTY, bearer=Bearer("person", holds("membershp", person=SUBJECT))),
        evolve(DUTY, requires=at_least(1, holdings("membershp")), readings=()),
    ):
        told = refused(wrong)
        assert "rule `1.4`, field `" in told
        assert "('membershp', …)`: relation 'membershp' is not known" in told
        assert "did you mean `membership`?" in told


def test_unknown_reading() -> None:
    """A tree that asks for a reading that the rule does not declare is refused with the nearest."""
    told = refused(evolve(DUTY, readings=(evolve(toy.EARLY, name="earlier"),)))
    assert "rule `1.4`, field `readings" in told
    assert "did you mean `earlier`?" in told


def test_options_and_tree_differ() -> None:
    """A reading whose options are not those of the tree is refused."""
    told = refused(evolve(DUTY, readings=(evolve(toy.EARLY, options=("own_quarter", "next_quarter", "both")),)))
    assert "rule `1.4`, field `readings.early`" in told
    assert "both" in told


def test_default_that_is_no_option() -> None:
    """A default that is none of the options, or none at all, is refused when the reading is built."""
    with pytest.raises(PackError, match=r"reading `early`, field `default`: .*did you mean `own_quarter`"):
        evolve(toy.EARLY, default="own_quartr")
    with pytest.raises(PackError, match="reading `early`, field `default`: found ''"):
        evolve(toy.EARLY, default="")


def test_unknown_parameter() -> None:
    """A tree that asks for a parameter that the rule does not declare is refused."""
    plain = evolve(DUTY, requires=DUTY_PLAIN, readings=())
    told = refused(evolve(plain, per=PerPeriod(Given("intervall")), parameters=(toy.INTERVAL,)))
    assert "rule `1.4`, field `parameters`" in told
    assert "did you mean `interval`?" in told


def test_unknown_step() -> None:
    """A requirement or veto of a step into a stage that the pack has not is refused with the nearest."""
    told = refused(requirements=(evolve(REQUIREMENT, steps=("felow",)),))
    assert "rule `4.1`, field `steps`" in told
    assert "did you mean `fellow`?" in told
    assert "rule `4.4`, field `steps`" in refused(vetoes=(evolve(VETO, steps=("nowhere",)),))
    by = by_reading("odd", a=("fellow",), b=("felow",))
    assert "did you mean `fellow`?" in refused(requirements=(evolve(REQUIREMENT, steps=by, readings=(ODD,)),))


def test_stage_twice() -> None:
    """An order of stages in which one stands twice is refused."""
    assert "field `stages`" in refused(stages=(*toy.STAGES, toy.STAGES[0]))


def test_steps_of_a_pipeline() -> None:
    """The steps lead from no stage into the first, and from each into the next."""
    steps = [(step.leaves, step.into) for step in pipeline_steps(toy.STAGES)]
    assert steps == [(None, "newcomer"), ("newcomer", "fellow"), ("fellow", "senior")]


@frozen(kw_only=True)
class ToyPrizeWon(Fact):
    """An invented event of a pack's own."""

    wire: ClassVar[str] = "toy_prize_won"

    person: str


def test_own_types_and_relations() -> None:
    """A pack may read fact types and relations of its own, once it brings them."""
    own = evolve(DUTY, requires=at_least(1, events("toy_prize_won", person=SUBJECT)), readings=())
    assert "field `requires`: `events('toy_prize_won', …)`: fact type 'toy_prize_won' is not known" in refused(own)
    pack = built(own, fact_types=(ToyPrizeWon,))
    assert adopt([pack]).vocabulary.types["toy_prize_won"] is ToyPrizeWon
    prize = Relation("prize", "toy_prize_won", None, ("person",))
    holder = evolve(DUTY, requires=at_least(1, holdings("prize", person=SUBJECT)), readings=())
    assert "relation 'prize' is not known" in refused(holder, fact_types=(ToyPrizeWon,))
    pack = built(holder, fact_types=(ToyPrizeWon,), relations=(prize,))
    assert prize in adopt([pack]).relations


@frozen(kw_only=True)
class ToyBan(Fact):
    """An invented ban."""

    wire: ClassVar[str] = "toy_ban"

    person: str
    by: str


@frozen(kw_only=True)
class ToyPardon(Fact):
    """An invented end of one."""

    wire: ClassVar[str] = "toy_pardon"

    person: str
    by: str


BAN: Final = Relation("ban", "toy_ban", "toy_pardon", ("person",))
OFFICE: Final = ((holds("unit", unit=its("by")), "no_such_office"),)


@pytest.mark.parametrize("wire", ["toy_ban", "toy_pardon", "stage_entered"])
def test_standing_on_a_relation(wire: str) -> None:
    """A standing on what begins or ends a relation is refused, for what holds does not hang on who recorded it."""
    said = refused(
        fact_types=(ToyBan, ToyPardon), relations=(BAN,), standings=(RecordStanding(wire, "person", OFFICE),)
    )
    assert f"standing on `{wire}`: it begins or ends the relation" in said
    assert "read by `latest` or `events`" in said


@pytest.mark.parametrize(
    ("standing", "told"),
    [
        (RecordStanding("toy_bann", "person", OFFICE), "did you mean `toy_ban`"),
        (RecordStanding("toy_ban", "persn", OFFICE), "field `about`: field 'persn' is not known"),
        (RecordStanding("toy_ban", "person", ((holds("unitt"), "x"),)), "did you mean `unit`"),
    ],
)
def test_standing_on_what_is_not_there(standing: RecordStanding, told: str) -> None:
    """A standing that names a fact type, field or relation that there is not is refused with the nearest name."""
    assert told in refused(fact_types=(ToyBan,), standings=(standing,))
    assert built(fact_types=(ToyBan,), standings=(RecordStanding("toy_ban", "person", OFFICE),)).standings


@frozen(kw_only=True)
class ToySettled(Fact):
    """An invented count with the name of a list."""

    wire: ClassVar[str] = "toy_settled"

    attended: int


@frozen(kw_only=True)
class ToyLed(Fact):
    """An invented list with the name of a number."""

    wire: ClassVar[str] = "toy_led"

    hours: tuple[str, ...] | None = None


@frozen(kw_only=True)
class ToyServed(Fact):
    """Invented hours, as another kind of number."""

    wire: ClassVar[str] = "toy_served"

    person: str
    hours: int | None = None
    attended: tuple[str, ...] = ()


def test_a_field_with_a_name_of_the_cores() -> None:
    """A field of a pack's own that has a core name and takes something else is refused; another number will do."""
    said = refused(fact_types=(ToySettled,))
    assert "fact type `toy_settled`, field `attended`: found a number" in said
    assert "allowed: a list of texts, or another name" in said
    assert "found a list of texts; the core has a field of this name; allowed: a number" in refused(
        fact_types=(ToyLed,)
    )
    assert built(fact_types=(ToyServed,)).fact_types == (ToyServed,)


# Loading ----------------------------------------------------------------------------------------------------


def entry(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Install one pack for the time of a test."""
    found = Provider(name, value, "a-distribution 1.0")
    monkeypatch.setattr(
        "partyrules.packs.pack.provider_of", lambda asked: found if asked == name else provider_of(asked)
    )


def test_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed pack is loaded by its id, and `adopt` takes the id as well."""
    entry(monkeypatch, "toy", "tests.toy:pack")
    assert load_pack("toy") is toy.pack
    assert adopt(["toy"]).packs == (toy.pack,)


def test_load_unknown() -> None:
    """A pack that is not installed is refused with the nearest that is."""
    with pytest.raises(PackError, match="did you mean `lzwl2017`"):
        load_pack("lzwl2018")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("tests.toy:nothing", "AttributeError"),
        ("tests.nowhere:pack", "ModuleNotFoundError"),
        ("tests.toy:TERMS", "must name a Pack with this id, found tuple"),
        ("tests.toy:adopted", "must name a Pack with this id, found function"),
        ("tests.toy", "allowed: `module:object`"),
        ("tests.toy:", "allowed: `module:object`"),
        ("..toy:pack", "allowed: `module:object`"),
        ("tests toy:pack", "allowed: `module:object`"),
        ("", "allowed: `module:object`"),
        ("partyrules.errors:PackError", "must name a Pack with this id, found type"),
    ],
)
def test_load_what_is_no_pack(monkeypatch: pytest.MonkeyPatch, value: str, told: str) -> None:
    """Whatever goes wrong in loading a pack, the pack and its distribution are named."""
    entry(monkeypatch, "toy", value)
    with pytest.raises(PackError, match=r"pack `toy` of a-distribution 1\.0: ") as caught:
        load_pack("toy")
    assert told in str(caught.value)


@pytest.mark.parametrize("value", ["tests.toy:pack [extra]", "tests.toy : pack", "tests.toy:pack[a, b]"])
def test_load_with_extras(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """Extras behind an entry point, and blanks in it, change nothing."""
    entry(monkeypatch, "toy", value)
    assert load_pack("toy") is toy.pack


def test_load_under_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pack installed under another id than its own is refused."""
    entry(monkeypatch, "game", "tests.toy:pack")
    with pytest.raises(PackError, match=r"pack `game` of .* found the pack `toy`"):
        load_pack("game")


# Adopting ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("readings", "near"),
    [
        ({"toy:1.4.earli": "own_quarter"}, "toy:1.4.early"),
        ({"toi:1.4.early": "own_quarter"}, "toy:1.4.early"),
        ({"toy:1.4.early": "own_quartr"}, "own_quarter"),
        ({"toy:1.4.partial": "exemt"}, "exempt"),
    ],
)
def test_adopting_what_does_not_exist(readings: dict[str, str], near: str) -> None:
    """A reading or option that does not exist is refused with the nearest that does."""
    with pytest.raises(QueryError, match=f"did you mean `{near}`"):
        adopt([toy.pack], readings=readings)


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"toy:1.6.intervall": "month"}, "did you mean `toy:1.6.interval`"),
        ({"toy:1.6.interval": "mouth"}, "did you mean `month`"),
        ({"toy:1.6.interval": ""}, "grain"),
        ({"toy:3.2.days": "ten"}, "whole number of days"),
        ({"toy:3.2.days": "-1"}, "whole number of days"),
        ({"toy:3.2.days": "1.5"}, "whole number of days"),
        ({"toy:3.2.days": "٣"}, "whole number of days"),
        ({"toy:3.2.days": "99999"}, "whole number of days"),
        ({"toy:3.2.days": ""}, "whole number of days"),
        ({"toy:2.4.campus": ""}, "found nothing"),
    ],
)
def test_setting_what_cannot_be(parameters: dict[str, str], told: str) -> None:
    """A parameter that does not exist, or a value that it cannot have, is refused with what is allowed."""
    with pytest.raises(QueryError, match=told):
        adopt([toy.pack], parameters=parameters)


def test_pack_twice() -> None:
    """A pack named twice is refused."""
    with pytest.raises(QueryError, match="twice"):
        adopt([toy.pack, toy.pack])


def test_adopted_rules() -> None:
    """An adopted rule has its full id, its clause, and for each reading the option in force."""
    adoption = toy.adopted({"1.4.early": "next_quarter", "1.4.leave": "any"}, {"1.6.interval": "month"})
    bound = {one.id: one for one in adoption.duties}
    assert bound["toy:1.4"].readings == {"early": "next_quarter", "leave": "any", "partial": "exempt"}
    assert bound["toy:1.4"].clause.citation == "一、4"
    assert bound["toy:2.1"].readings == {}
    assert bound["toy:1.6"].rule.per == PerPeriod("month")
    assert adoption.readings == {"toy:1.4.early": "next_quarter", "toy:1.4.leave": "any"}
    assert set(adoption.rule_ids) >= {"toy:1.1", "toy:4.1", "toy:4.4"}
    assert adoption.stage_names == ("newcomer", "fellow", "senior")


def test_shared_reading() -> None:
    """A reading that names its owner is adopted under the owner and changes every rule that has it."""
    shared = evolve(ODD, owner="4.1")
    steps = by_reading("odd", a=("fellow",), b=("senior",))
    requirement = evolve(REQUIREMENT, steps=steps, readings=(shared,))
    veto = evolve(VETO, steps=steps, readings=(shared,))
    pack = built(requirements=(requirement,), vetoes=(veto,))
    adoption = adopt([pack], readings={"toy:4.1.odd": "b"})
    assert adoption.requirements[0].rule.steps == adoption.vetoes[0].rule.steps == ("senior",)
    with pytest.raises(QueryError, match="is not known"):
        adopt([pack], readings={"toy:4.4.odd": "b"})


def other_pack(*stages: str) -> Pack:
    """Return a pack without rules and with these stages."""
    return Pack(
        document=toy.document("other"), version="1", stages=tuple(Stage(name, Text(name, name)) for name in stages)
    )


def test_orders_of_stages() -> None:
    """The stages of several packs are put in one order that keeps to each, or refused where there is none."""
    assert adopt([toy.pack, other_pack("fellow", "elder")]).stage_names.index("elder") > 1
    merged = adopt([other_pack("guest", "fellow"), toy.pack]).stage_names
    for earlier, later in (("guest", "fellow"), ("newcomer", "fellow"), ("fellow", "senior")):
        assert merged.index(earlier) < merged.index(later)
    with pytest.raises(PackError, match="contradict"):
        adopt([toy.pack, other_pack("senior", "fellow")])


def test_nothing_adopted() -> None:
    """Adopting no pack at all gives no rules."""
    assert adopt([]).rule_ids == ()


def test_always_is_no_rule() -> None:
    """A duty whose requirement is always true is still a duty of the pack."""
    assert built(evolve(DUTY, requires=Always(), readings=())).rules[0].id == "1.4"
