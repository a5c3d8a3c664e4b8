"""Whether a rule speaks the vocabulary: fields, values, kinds, windows and subjects that exist where it looks."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from attrs import evolve, frozen

from partyrules.authoring.shapes import FieldShape, Shape, Shapes
from partyrules.calendar import CALENDAR_GRAINS
from partyrules.errors import refusal
from partyrules.expressions import (
    Age,
    AllOf,
    AnyOf,
    AskedStep,
    Compare,
    Condition,
    Count,
    CountAfterEarly,
    CountFindings,
    Events,
    Given,
    Holdings,
    Holds,
    Is,
    Its,
    LatestIs,
    MostCovered,
    Not,
    Portion,
    Selection,
    Share,
    Subject,
    Sum,
    Trigger,
)
from partyrules.rules import Ahead, Duty, Occasion, PerPeriod, Requirement, Rolling, Rule, Standing, Triggered, Veto
from partyrules.sugar import LISTED
from partyrules.verdicts import STATUSES

__all__ = ["WINDOWS", "Slip", "kinds_unlisted", "slips"]

# A kind is a slip when this much of it is another kind; a new kind of one's own is declared in the pack.
_ALIKE: Final = 0.8
# The windows that have a meaning where a rule is judged so: a duty by its period or occasion, the others by the step.
WINDOWS: Final[Mapping[type, frozenset[str]]] = {
    PerPeriod: frozenset({"period", "period_or_vacation_before", "ever"}),
    Rolling: frozenset({"period", "ever"}),
    Standing: frozenset({"ever"}),
    Occasion: frozenset({"by_trigger", "ever"}),
    Triggered: frozenset({"by_trigger", "by_deadline", "after_trigger", "ever"}),
    Requirement: frozenset({"since_entry", "ever"}),
    Veto: frozenset({"since_entry", "ever"}),
}
_EVER: Final = frozenset({"ever"})


class Slip(NamedTuple):
    """Something that a rule says wrongly: the code of the fault, the field of the rule, and what is wrong."""

    code: str
    field: str
    what: str


@frozen
class _Sight:
    """What a part of a rule can see: the item at hand, the trigger, the subject, windows, and where it stands.

    `subject` is what it is, None where nobody is bound yet.
    """

    field: str
    subject: str | None
    item: Shape | None = None
    trigger: Shape | None = None
    windows: frozenset[str] = _EVER
    grain: str | None = None
    step: bool = False


def slips(rule: Rule, shapes: Shapes) -> Iterator[Slip]:
    """Yield what a rule, with its readings put in, says of facts and holdings that cannot be."""
    speller = _Speller(shapes)
    if isinstance(rule, Duty):
        yield from _duty_slips(rule, shapes, speller)
        return
    sight = _Sight("requires", "person", windows=WINDOWS[type(rule)], step=True)
    if isinstance(rule, Requirement):
        yield from speller.condition(rule.when, evolve(sight, field="when"))
        yield from speller.condition(rule.requires, sight)
    else:
        yield from speller.condition(rule.vetoes, evolve(sight, field="vetoes"))


def _duty_slips(duty: Duty, shapes: Shapes, speller: "_Speller") -> Iterator[Slip]:
    per = duty.per
    if duty.modality == "normally" and not isinstance(per, PerPeriod | Rolling):
        what = f"a duty per {type(per).__name__} says `normally`, and a judgement explains what a period lacks"
        yield Slip("PR026", "modality", what)
    subject = "person" if duty.bearer.kind == "named" else duty.bearer.kind
    trigger: Shape | None = None
    windows = WINDOWS[type(per)]
    grain = per.grain if isinstance(per, PerPeriod) and isinstance(per.grain, str) else None
    if grain != "semester":
        windows -= {"period_or_vacation_before"}
    if isinstance(per, Triggered) and (per.deadline is None or isinstance(per.deadline, Ahead)):
        # Nothing lies between a trigger and a deadline that does not come after it.
        windows -= {"after_trigger"}
    if isinstance(per, Occasion | Triggered):
        of = per.of if isinstance(per, Occasion) else per.by
        trigger = shapes.of_types(of.types)
        # The window of the facts that occasion a duty is not looked at, and whom they bind is only asked then.
        yield from speller.selection(evolve(of, window="ever"), _Sight("per", None))
    if duty.bearer.each is not None:
        trigger = shapes.relations.get(duty.bearer.each.relation)
        yield from speller.selection(duty.bearer.each, _Sight("bearer", subject))
    sight = _Sight("requires", subject, trigger=trigger, windows=windows, grain=grain)
    yield from speller.condition(duty.bearer.scope, evolve(sight, field="bearer", windows=windows & _SCOPE))
    yield from speller.condition(duty.requires, sight)


_SCOPE: Final = frozenset({"ever", "by_trigger"})


@frozen
class _Speller:
    """Reads a tree part by part, knowing what each part can see."""

    shapes: Shapes

    def condition(self, condition: Condition, sight: _Sight) -> Iterator[Slip]:
        """Yield the slips of a condition."""
        match condition:
            case AllOf(parts) | AnyOf(parts):
                for part in parts:
                    yield from self.condition(part, sight)
            case Not(part):
                yield from self.condition(part, sight)
            case Is() if condition == LISTED and (sight.trigger is None or "attended" not in sight.trigger.fields):
                yield Slip("PR016", sight.field, "`Attends` needs an occasion that has a list `attended`")
            case Is(term, options):
                yield from self._term(term, sight)
                yield from self._operand(options, self._field_of(term, sight), sight)
            case Holds(relation, match, where):
                yield from self.selection(Holdings(relation, match, where), sight)
            case Age() if sight.item is None:
                what = "an age has no fact or holding at hand here; it stands in `where` of events or of what holds"
                yield Slip("PR016", sight.field, what)
            case Age(extended_by=Events() as extended):
                yield from self.selection(extended, sight)
            case Share(part, whole):
                yield from self._named((part, whole), sight.item, sight)
            case Compare(tally, least, most):
                for one in (tally, least, most):
                    yield from self._tally(one, sight)
            case LatestIs(of, name, value, adverse):
                yield from self.selection(of, sight)
                shape = self.shapes.of_types(of.types)
                yield from self._named((name,), shape, sight)
                yield from self._operand((value, *adverse), shape.fields.get(name), sight)

    def _tally(self, tally: Any, sight: _Sight) -> Iterator[Slip]:
        match tally:
            case Portion(of=of):
                yield from self._tally(of, sight)
            case Count(of, distinct, if_sole):
                yield from self.selection(of, sight)
                shape = self._shape(of)
                if distinct is not None:
                    yield from self._named((distinct,), shape, sight)
                yield from self.condition(if_sole, evolve(sight, item=shape))
            case Sum(name, several):
                for of in several:
                    yield from self.selection(of, sight)
                    yield from self._named((name,), self._shape(of), sight)
            case MostCovered(name, _, of):
                yield from self.selection(of, sight)
                yield from self._named((name,), self._shape(of), sight)
            case CountAfterEarly(of):
                yield from self.selection(of, sight)
                if sight.grain not in CALENDAR_GRAINS:
                    allowed = ", ".join(CALENDAR_GRAINS)
                    yield Slip("PR016", sight.field, f"`CountAfterEarly` needs a period among {allowed}")
            case CountFindings(_, statuses):
                yield from _not_among("status", statuses, STATUSES, sight)

    def _shape(self, of: Selection) -> Shape | None:
        if isinstance(of, Events):
            return self.shapes.of_types(of.types)
        return self.shapes.relations.get(of.relation)

    def selection(self, of: Selection, sight: _Sight) -> Iterator[Slip]:
        """Yield the slips of a selection of facts or holdings."""
        if isinstance(of, Events) and of.window not in sight.windows:
            allowed = ", ".join(sorted(sight.windows))
            yield Slip("PR016", sight.field, f"window `{of.window}` has no meaning here; allowed: {allowed}")
        shapes = [self.shapes.types.get(wire) for wire in of.types] if isinstance(of, Events) else [self._shape(of)]
        for shape in shapes:
            for name, values in of.match:
                yield from self._named((name,), shape, sight)
                yield from self._operand(values, shape.fields.get(name) if shape else None, sight)
        yield from self.condition(of.where, evolve(sight, item=self._shape(of)))

    def _named(self, names: Iterable[str], shape: Shape | None, sight: _Sight) -> Iterator[Slip]:
        for name in names:
            if shape is not None and name not in shape.fields:
                yield Slip("PR012", sight.field, f"{shape.of}: {refusal('field', name, shape.fields)}")

    def _term(self, term: Any, sight: _Sight) -> Iterator[Slip]:
        match term:
            case Its(name):
                if sight.item is None:
                    yield Slip("PR016", sight.field, f"`its({name!r})` has no fact or holding at hand here")
                yield from self._named((name,), sight.item, sight)
            case Trigger(name):
                if sight.trigger is None:
                    yield Slip("PR016", sight.field, f"`trigger({name!r})` stands where nothing triggers the rule")
                yield from self._named((name,), sight.trigger, sight)
            case Subject() if sight.subject is None:
                what = "`SUBJECT` is nobody where occasions are looked for, so none is found"
                yield Slip(
                    "PR016", sight.field, f"{what}; bind whom it is about: is_in(SUBJECT, trigger(...)) in `bearer`"
                )
            case AskedStep() if not sight.step:
                yield Slip("PR016", sight.field, "a step is asked for in requirements and vetoes alone")

    def _field_of(self, term: Any, sight: _Sight) -> FieldShape | None:
        match term:
            case Subject() if sight.subject is not None:
                return FieldShape("subject", entity=sight.subject)
            case Its(name) if sight.item is not None:
                return sight.item.fields.get(name)
            case Trigger(name) if sight.trigger is not None:
                return sight.trigger.fields.get(name)
            case AskedStep():
                return FieldShape("step", allowed=self.shapes.stages)
        return None

    def _operand(self, values: Any, shape: FieldShape | None, sight: _Sight) -> Iterator[Slip]:
        """Yield what is wrong with values that a field is to have."""
        for value in values if isinstance(values, tuple) else (values,):
            if isinstance(value, Given):
                continue
            if not isinstance(value, str | int | bool):
                yield from self._term(value, sight)
                yield from _of_another_kind(value, self._field_of(value, sight), shape, sight)
            elif shape is not None and shape.allowed is not None:
                yield from _not_among(f"`{shape.name}`", (value,), shape.allowed, sight)
            elif shape is not None and shape.kinds is not None:
                yield from self._kind(value, shape.kinds, sight)

    def _kind(self, value: Any, kinds: str, sight: _Sight) -> Iterator[Slip]:
        known = self.shapes.kinds.get(kinds, ())
        if value not in known and (near := get_close_matches(str(value), known, n=1, cutoff=_ALIKE)):
            yield Slip("PR011", sight.field, f"{kinds} `{value}` is not declared; did you mean `{near[0]}`?")


def _of_another_kind(term: Any, found: FieldShape | None, wanted: FieldShape | None, sight: _Sight) -> Iterator[Slip]:
    if found is None or wanted is None or None in (found.entity, wanted.entity) or found.entity == wanted.entity:
        return
    said = "the subject" if isinstance(term, Subject) else f"`{term.name}`"
    what = f"{said} is a {found.entity} and `{wanted.name}` a {wanted.entity}: they are never the same"
    yield Slip("PR016", sight.field, what)


def _not_among(what: str, values: Iterable[Any], allowed: Iterable[Any], sight: _Sight) -> Iterator[Slip]:
    names = [*map(str, allowed)]
    for value in values:
        if str(value) not in names:
            yield Slip("PR013", sight.field, f"{refusal(what, str(value), names)}")


def kinds_unlisted(shapes: Shapes) -> Iterator[str]:
    """Yield what is wrong with the names under which a pack declares kinds of its own."""
    fields = {one.kinds for shape in shapes.types.values() for one in shape.fields.values() if one.kinds}
    for name in shapes.kinds:
        if name not in fields:
            yield refusal("field of kinds", name, fields)
