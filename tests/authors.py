"""An author who writes rules by chance: mostly what belongs there, now and then anything else.

Whatever is written goes through the functions and classes that authors call; it may be refused at any of them.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from random import Random
from typing import Any, ClassVar, Final, Literal, TypeVar

from attrs import frozen

from partyrules.answers.verdicts import STATUSES
from partyrules.facts.vocabulary import Fact, Name, Person, Unit
from partyrules.history import Relation
from partyrules.language.kernel import (
    ASKED_STEP,
    SUBJECT,
    AllOf,
    Always,
    AnyOf,
    ByReading,
    Compare,
    Count,
    CountAfterEarly,
    Given,
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
    some_day,
    trigger,
)
from partyrules.language.rules import (
    MODALITIES,
    Ahead,
    Bearer,
    Duty,
    EndOfSemester,
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
)
from partyrules.language.shapes import FieldShape, Shape, shapes_of
from partyrules.language.standing import RecordStanding
from partyrules.language.sugar import Attends, InTerm, Recent, Since, held_for
from partyrules.language.terms import Node
from partyrules.language.text import Text
from partyrules.language.tree import walk
from partyrules.packs.document import Clause, Document, Sentence, fingerprint
from partyrules.packs.pack import Pack
from partyrules.time.calendar import CALENDAR_GRAINS, GRAINS, Span

__all__ = ["Author"]

T = TypeVar("T")


@frozen(kw_only=True)
class PollTaken(Fact):
    """A poll on a person, with a field of every kind."""

    wire: ClassVar[str] = "poll_taken"

    person: Person
    entitled: int | None = None
    present: int | None = None
    secret: bool | None = None
    counted_on: date | None = None
    tellers: tuple[Person, ...] | None = None
    result: Literal["carried", "lost"] = "carried"


@frozen(kw_only=True)
class PrizeWon(Fact):
    """A prize of a person's."""

    wire: ClassVar[str] = "prize_won"

    person: Person
    prize: Name
    club: Unit | None = None


@frozen(kw_only=True)
class PrizeLost(Fact):
    """A prize that is taken back."""

    wire: ClassVar[str] = "prize_lost"

    person: Person
    prize: Name


SAID: Final = Text(zh="虚构", en="invented")
OWN_TYPES: Final = (PollTaken, PrizeWon, PrizeLost)
PRIZE: Final = Relation("prize", "prize_won", "prize_lost", ("person", "prize"), person="person")
STAGES: Final = (Stage("a", SAID), Stage("b", SAID), Stage("c", SAID))
WINDOWS: Final = (
    "ever", "ever", "ever", "period", "since_entry", "by_trigger", "by_deadline", "after_trigger",
    "period_or_vacation_before",
)  # fmt: skip
TYPES: Final = (
    "talk_held", "meeting_held", "activity_held", "training_completed", "document_filed", "opinion_given",
    "dorm_evaluated", "poll_taken", "review_completed", "prize_won", "stage_entered",
)  # fmt: skip
RELATIONS: Final = ("membership", "unit", "stage", "role", "residence", "link", "registration", "building", "prize")
# What an author may write by mistake, wherever it is.
ANYTHING: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 3, 10**12, 1.5, "", " ", "x", "person", "ever", "period", "year", b"x", [], ["a"], {},
    {"a": 1}, {"a"}, (), ("a",), ("a", 1), (("a", "b"),), date(2020, 1, 1), datetime(2020, 1, 1), Span(months=1),  # noqa: DTZ001 - a slip
    SAID, SUBJECT, ASKED_STEP, its("person"), trigger("person"), Given("g"), Always(), Always, Attends, at_least,
    events("talk_held", window="ever"), holdings("membership"), count(holdings("membership")), Undecided("x"),
    by_reading("r", a="x", b="y"), Standing(), PerPeriod("year"), object(), object, float("nan"), "\ud800",
)  # fmt: skip


class Author:
    """Writes a pack with a few rules; `slips` of a hundred arguments are anything at all."""

    def __init__(self, chance: Random, *, slips: int = 1) -> None:
        self.chance = chance
        self.slips = slips
        self.shapes = shapes_of(
            (PollTaken, PrizeWon, PrizeLost), (PRIZE,), stage_names=tuple(stage.name for stage in STAGES)
        )
        self.readings = 0
        self.trigger: Shape | None = None
        self.windows: Sequence[str] = WINDOWS
        self.step = False
        self.early = False
        self.bound = True
        self.findings = False
        self.subject = "person"

    # Chance --------------------------------------------------------------------------------------------------------

    def one(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[self.chance.randrange(len(options))]

    def made(self, *makers: Callable[[], Any]) -> Any:
        """Return what one of them makes."""
        return self.one(makers)()

    def likely(self, percent: int) -> bool:
        """Tell whether something so likely is so; the smallest draw is the plainest."""
        return self.chance.randrange(100) >= 100 - percent

    def arg(self, value: Any) -> Any:
        """Return an argument, now and then as it depends on a reading, or by mistake anything else."""
        if self.readings < 3 and self.likely(2):
            self.readings += 1
            value = by_reading("r2", a=value, b=value)
        return self.one(ANYTHING) if self.likely(self.slips) else value

    def either(self, make: Callable[[], Any]) -> Any:
        """Return what is made, or now and then a reading between two of it."""
        if self.readings < 3 and self.likely(4):
            self.readings += 1
            return by_reading(f"r{self.chance.randrange(2)}", a=make(), b=make())
        return make()

    # Words ---------------------------------------------------------------------------------------------------------

    def span(self) -> Any:
        """Return a length of time."""
        return Span(**{self.one(("months", "days", "years")): self.arg(self.one((1, 0, 2, 13, 400, -1)))})

    def value(self, shape: FieldShape) -> Any:
        """Return what a field may be compared with."""
        fields = self.trigger.fields if self.trigger else {}
        alike = [name for name, one in fields.items() if (one.takes, one.entity) == (shape.takes, shape.entity)]
        if alike and self.likely(30):
            return trigger(self.one(alike))
        if shape.allowed:
            return ASKED_STEP if self.step and shape.name == "step" else self.one(shape.allowed)
        if shape.takes == "text" and self.bound and self.likely(50) and shape.entity in (None, self.subject):
            return SUBJECT
        if shape.takes == "text":
            return Given("name") if self.likely(8) else self.one(("x", "y", "p1", "B1", ("x", "y")))
        return {"number": self.one((1, 2, 0)), "flag": self.likely(50)}.get(shape.takes, self.one(ANYTHING))

    def term(self) -> Any:
        """Return a term that stands anywhere in the rule."""
        fields = [*(self.trigger.fields if self.trigger else {})]
        options = [SUBJECT] if self.bound else []
        return self.one([*options, *([ASKED_STEP] if self.step else []), *map(trigger, fields), Given("g")][:6])

    def match(self, shape: Shape | None, most: int = 2) -> dict[str, Any]:
        """Return fields of a shape with what they are to be."""
        if shape is None:
            return {}
        known = [name for name, one in shape.fields.items() if one.takes in ("text", "number", "flag")]
        names = [self.one(known) for _ in range(self.chance.randrange(most + 1))]
        return {name: self.arg(self.either(partial(self.value, shape.fields[name]))) for name in names}

    # Selections and tallies -------------------------------------------------------------------------------------------

    def events(self, depth: int, types: Sequence[str] = TYPES, *, single: bool = False) -> Any:
        """Return a selection of facts."""
        wires = [self.one(types)] if single or self.likely(85) else [self.one(types), self.one(types)]
        shape = self.shapes.of_types(tuple(wires))
        where = self.condition(depth - 1, shape) if depth > 0 and self.likely(40) else None
        window = self.arg(self.either(lambda: self.one(self.windows)))
        return events(*map(self.arg, wires), where=self.arg(where), window=window, **self.match(shape))

    def holdings(self, depth: int) -> Any:
        """Return a selection of holdings."""
        relation = self.one(RELATIONS)
        shape = self.shapes.relations[relation]
        where = self.condition(depth - 1, shape) if depth > 0 and self.likely(40) else None
        return holdings(self.arg(relation), where=self.arg(where), **self.match(shape))

    def selection(self, depth: int) -> Any:
        """Return a selection."""
        return self.either(lambda: self.holdings(depth) if self.likely(30) else self.events(depth))

    def tally(self, depth: int) -> Any:
        """Return a tally or what is counted."""
        match self.chance.randrange(9):
            case 0:
                of = self.events(depth, ("activity_held", "training_completed"), single=True)
                return Sum(self.arg("hours"), (of,))
            case 1:
                wire, name = self.one((("document_filed", "sections"), ("poll_taken", "tellers")))
                return MostCovered(self.arg(name), ("x", "p1"), self.arg(self.events(depth, (wire,))))
            case 2 if self.early:
                return CountAfterEarly(self.arg(self.events(depth)))
            case 3 if self.findings:
                return count_findings(self.arg(self.one(("d0", "d1"))), statuses=(self.arg(self.one(STATUSES)),))
            case 4:
                return count(self.selection(depth), distinct=self.arg(self.one(("id", None))))
            case 5:
                sole = self.holds(depth - 1) if depth > 0 else None
                return count(self.selection(depth), if_sole=self.arg(sole))
            case _:
                return self.arg(self.selection(depth))

    def compared(self, depth: int) -> Any:
        """Return a comparison."""
        number, of = self.arg(self.one((1, 0, 2, 3))), self.arg(self.tally(depth))
        match self.chance.randrange(8):
            case 0:
                return at_most(number, of)
            case 1:
                return between(number, self.arg(self.one((3, 4))), of)
            case 2:
                return exactly(number, of)
            case 3:
                return at_least(portion(self.arg(1), self.arg(2), self.arg(self.selection(depth))), of)
            case 4:
                return at_least(self.arg(self.tally(depth)), of)
            case 5:
                return Compare(self.arg(Count(self.selection(depth))), self.arg(number), self.arg(None))
            case _:
                return at_least(number, of)

    # Conditions ----------------------------------------------------------------------------------------------------

    def condition(self, depth: int, item: Shape | None) -> Any:
        """Return a condition about a fact or holding at hand, if there is one."""
        return self.arg(self.either(lambda: self._condition(depth, item)))

    def _condition(self, depth: int, item: Shape | None) -> Any:
        kind = self.chance.randrange(16)
        if kind < 5 and depth > 0:
            return self.compared(depth - 1)
        if kind < 8:
            return self.holds(depth)
        if kind < 11 and depth > 0:
            one, other = self.condition(depth - 1, item), self.condition(depth - 1, item)
            # What is no part of a rule on either side, Python refuses by itself.
            joins = (lambda: one & other, lambda: one | other) if isinstance(one, Node) else ()
            return self.made(*joins, lambda: Not(one), lambda: AllOf((one, other)), lambda: AnyOf((one, other)))
        if kind == 11 and item is not None:
            return Share("present", "entitled") if "entitled" in item.fields else Recent(self.arg(self.span()))
        if kind == 12 and item is not None:
            name = self.one([*item.fields])
            absent = self.arg(self.one(("usual", "false", "unknown")))
            return is_in(self.arg(its(name)), self.arg(self.value(item.fields[name])), absent=absent)
        if kind == 13 and depth > 0:
            rated = self.events(depth - 1, ("dorm_evaluated",))
            return latest(rated, self.arg("rating"), self.arg("poor"), adverse=self.arg(("poor",)))
        if kind == 14:
            relation = self.one(RELATIONS)
            shape = self.shapes.relations[relation]
            return held_for(self.arg(relation), least=self.arg(self.span()), **self.match(shape, 1))
        return self.made(
            lambda: InTerm((self.arg("semester"),)),
            lambda: Since(self.arg(date(2020, 3, 1))),
            lambda: Undecided(self.arg("opinion_given")),
            lambda: some_day(self.arg(self.holds(0))),
            lambda: Always(),  # noqa: PLW0108 - one of several that are called
            lambda: is_in(self.arg(self.term()), self.arg("x")) if self.bound else AllOf(()),
            lambda: AllOf(()),
            lambda: Attends() if self.trigger and "attended" in self.trigger.fields else AnyOf(()),
        )

    def holds(self, depth: int) -> Any:
        """Return that a relation holds."""
        relation = self.one(RELATIONS)
        shape = self.shapes.relations[relation]
        where = self.condition(depth - 1, shape) if depth > 0 and self.likely(30) else None
        return holds(self.arg(relation), where=self.arg(where), **self.match(shape))

    # Rules ---------------------------------------------------------------------------------------------------------

    def per(self) -> Any:
        """Return how often a duty binds, and see to what can be said there."""
        self.windows, self.trigger, self.step, self.early = ("period", "period", "ever"), None, False, False
        self.findings = False
        match self.chance.randrange(6):
            case 0:
                self.windows, self.findings = ("ever",), True
                return Standing()
            case 1:
                of = events(self.one(("meeting_held", "activity_held", "talk_held")))
                self.windows, self.trigger = ("ever", "by_trigger"), self.shapes.of_types(of.types)
                return Occasion(self.arg(of))
            case 2:
                by = events(self.one(TYPES))
                self.windows = ("ever", "by_trigger", "by_deadline")
                self.trigger = self.shapes.of_types(by.types)
                days = self.arg(self.one((10, 0, Given("days"))))
                deadline = self.made(
                    lambda: WithinDays(days),
                    lambda: Within(self.arg(self.span())),
                    lambda: WithinWorkingDays(self.arg(5)),
                    lambda: Ahead(self.arg(self.span())),
                    lambda: EndOfSemester(),  # noqa: PLW0108 - one of several that are called
                    lambda: None,
                )
                return Triggered(self.arg(by), self.arg(deadline))
            case 3:
                return Rolling(Span(days=self.arg(self.one((90, 45, 400)))))
            case _:
                grain = self.arg(self.one((*GRAINS, Given("g"))))
                self.early = isinstance(grain, str) and grain in CALENDAR_GRAINS
                return PerPeriod(grain)

    def bearer(self) -> Any:
        """Return whom a duty binds."""
        kind = self.one(("person", "person", "unit", "building", "named"))
        self.subject = "person" if kind == "named" else kind
        scope = {"unit": holds("unit", unit=SUBJECT), "building": holds("building", building=SUBJECT)}.get(
            kind, holds("membership", person=SUBJECT)
        )
        if self.likely(50):
            kept = self.windows, self.early, self.findings
            self.windows, self.early, self.findings = ("ever",), False, False
            scope = scope & self.condition(2, None)
            self.windows, self.early, self.findings = kept
        each = None
        if self.trigger is None and self.subject == "person" and self.likely(15):
            each = holdings("link", holder=SUBJECT)
            self.trigger = self.shapes.types["link_started"]
        return Bearer(self.arg(kind), self.arg(scope), each=self.arg(each))

    def duty(self, name: str) -> Any:
        """Return a duty."""
        per = self.arg(self.per())
        bearer = self.arg(self.bearer())
        if isinstance(per, Rolling):
            self.windows = ("period",)
        requires = at_least(1, self.events(1)) if isinstance(per, Rolling) else self.condition(3, None)
        modality = self.arg(self.one(tuple(MODALITIES)))
        return self.declared(Duty, name, bearer=bearer, per=per, requires=requires, modality=modality, counted=SAID)

    def requirement(self, name: str) -> Any:
        """Return a requirement."""
        self.windows, self.trigger, self.subject = ("since_entry", "ever"), None, "person"
        self.step, self.early, self.findings = True, False, True
        steps = self.arg(self.either(lambda: (self.one(("b", "c", "a")),)))
        when = self.condition(1, None) if self.likely(30) else Always()
        said = {"when": when, "requires": self.condition(3, None), "advisory": self.arg(self.likely(20))}
        return self.declared(Requirement, name, steps=steps, **said)

    def veto(self, name: str) -> Any:
        """Return a veto."""
        self.windows, self.trigger, self.subject = ("since_entry", "ever"), None, "person"
        self.step, self.early, self.findings = True, False, True
        vetoes = self.condition(3, None)
        lifts = (Lift(self.arg(vetoes), SAID),) if self.likely(30) else SAID
        return self.declared(Veto, name, steps=(self.one(("b", "c")),), vetoes=vetoes, lifts=self.arg(lifts))

    def declared(self, cls: Any, name: str, **said: Any) -> Any:
        """Return a rule with the readings and parameters that it uses."""
        used: dict[str, tuple[str, ...]] = {}
        given: dict[str, str] = {}
        for node in walk(tuple(said.values())):
            if isinstance(node, ByReading):
                used.setdefault(node.reading, tuple(option for option, _ in node.options))
            if isinstance(node, Given):
                given[node.name] = {"g": "grain", "days": "days"}.get(node.name, "name")
        readings = tuple(Reading(name=r, options=o, default=self.arg(o[0]), why=SAID) for r, o in used.items())
        parameters: tuple[Any, ...] = tuple(
            Parameter(name=n, takes=takes, why=SAID)  # type: ignore[arg-type]  # one of the three
            for n, takes in given.items()
        )
        rest = {"id": self.arg(name), "clause": self.arg("1"), "title": self.arg(SAID), **said}
        return cls(**rest, readings=self.arg(readings), parameters=self.arg(parameters))

    def pack(self) -> Pack:
        """Return a pack of a few rules."""
        duties = tuple(self.duty(f"d{n}") for n in range(self.chance.randrange(3)))
        requirements = tuple(self.requirement(f"r{n}") for n in range(self.chance.randrange(2)))
        vetoes = tuple(self.veto(f"v{n}") for n in range(self.chance.randrange(2)))
        self.windows, self.trigger, self.step, self.findings = ("ever",), None, False, False
        tested = self.condition(1, self.shapes.types["poll_taken"]) if self.likely(10) else None
        names = tuple(str(rule.id) for rule in (*duties, *requirements, *vetoes)) or ("none",)
        return Pack(
            document=Document(
                id="guild",
                title=SAID,
                number="1",
                institution=SAID,
                in_force_from=date(2020, 1, 1),
                clauses=(Clause(id="1", citation="§1", summary=SAID),),
                sentences=(Sentence("S1", fingerprint("x"), "encoded", clauses=("1",), rules=names),),
            ),
            version="1",
            stages=self.arg(STAGES),
            duties=self.arg(duties),
            requirements=requirements,
            vetoes=vetoes,
            fact_types=OWN_TYPES,
            relations=(PRIZE,),
            standings=() if tested is None else (RecordStanding("poll_taken", "person", ((tested, "not_so"),)),),
        )
