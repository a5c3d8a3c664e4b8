"""Whether a condition speaks of what there is where it stands: fact types, relations, fields, values and terms."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches
from typing import Any, Final, NamedTuple, assert_never

from attrs import field, frozen

from partyrules.errors import nearest, refusal
from partyrules.errors.arguments import brief
from partyrules.language import kernel as k
from partyrules.language.shapes import FieldShape, Shape, Shapes
from partyrules.time.calendar import CALENDAR_GRAINS

# A kind is a slip when this much of it is another kind; a new kind of one's own is declared in the pack.
_ALIKE: Final = 0.8
EVER: Final = frozenset({"ever"})
_LANGUAGE: Final = (k.Condition.__module__, "partyrules.language.sugar")
# A term of the language between quotes is no name of anything.
_QUOTED: Final = re.compile(r"\s*(SUBJECT|ASKED_STEP|(its|trigger|Given)\(.*\))\s*$")
# What an author may have meant by a field that there is not.
_ARGUMENTS: Final = ("where", "window")


_SUPPOSING: Final = ContextVar("supposing", default=False)


@contextmanager
def supposing() -> Iterator[None]:
    """Let rules be built that say what cannot be: an argument may suppose one, to see that nothing follows from it."""
    token = _SUPPOSING.set(True)
    try:
        yield
    finally:
        _SUPPOSING.reset(token)


def is_supposed() -> bool:
    """Tell whether what is built now is only supposed."""
    return _SUPPOSING.get()


class Slip(NamedTuple):
    """Something that a rule says wrongly: in which field of the rule, and what is wrong.

    A `doubt` is no more than likely: a kind that is almost another one.
    """

    field: str
    what: str
    doubt: bool = False


class _AnyField(dict[str, FieldShape]):
    """The fields of what is not known yet: as long as no pack is there, any name may be one."""

    def __contains__(self, name: object) -> bool:
        return True


UNSEEN: Final = Shape("", _AnyField())
"""What is at hand before it is known which fact types there are."""


class Sight(NamedTuple):
    """What a part of a rule can see: the item at hand, the trigger, the subject, windows, and where it stands.

    `subject` is what it is, None where nobody is bound yet; `findings` tells whether those of other duties are at
    hand; `said` is the one word in which an author said what is looked at.
    """

    field: str
    subject: str | None
    item: Shape | None = None
    trigger: Shape | None = None
    windows: frozenset[str] = EVER
    grain: str | None = None
    step: bool = False
    findings: bool = True
    said: str = ""


@frozen
class Speller:
    """Reads a tree part by part, knowing what each part can see.

    Without `shapes`, before there is a pack, every name may be one of its own. `parameters` are what each one takes.
    """

    shapes: Shapes | None = None
    parameters: Mapping[str, str] = field(factory=dict)
    _read: dict[tuple[int, Sight], tuple[k.Condition, tuple[Slip, ...]]] = field(factory=dict, init=False, eq=False)

    def of_types(self, wires: tuple[str, ...]) -> Shape:
        """Return the fields that facts of some of these types have."""
        return UNSEEN if self.shapes is None else self.shapes.of_types(wires)

    def begun_by(self, relation: str) -> Shape:
        """Return what the facts that begin a relation look like."""
        known = None if self.shapes is None else self.shapes.rules.get(relation)
        return UNSEEN if known is None else self.of_types((known.started,))

    def holding(self, relation: str) -> Shape:
        """Return what the holdings of a relation look like."""
        return UNSEEN if self.shapes is None else self.shapes.relations.get(relation, UNSEEN)

    def _shape(self, of: k.Selection) -> Shape:
        return self.of_types(of.types) if isinstance(of, k.Events) else self.holding(of.relation)

    def condition(self, condition: k.Condition, sight: Sight) -> tuple[Slip, ...]:
        """Return the slips of a condition; what stands so in several ways of a rule is read once."""
        known = self._read.get((id(condition), sight))
        if known is None:
            # The condition is kept, for no other may have its number.
            known = self._read[id(condition), sight] = condition, tuple(self._condition(condition, sight))
        return known[1]

    def _condition(self, condition: k.Condition, sight: Sight) -> Iterator[Slip]:
        if type(condition).__module__ not in _LANGUAGE:
            yield Slip(sight.field, f"found {brief(condition)}, which is no condition of the language")
        elif isinstance(condition, k.Sugar):
            yield from self.condition(condition.lower(), sight._replace(said=brief(condition)))
        else:
            yield from self._kernel(k.kernel(condition), sight)

    def _kernel(self, condition: k.Kernel, sight: Sight) -> Iterator[Slip]:
        match condition:
            case k.AllOf(parts) | k.AnyOf(parts):
                for part in parts:
                    yield from self.condition(part, sight)
            case k.SomeDay() if "since_entry" not in sight.windows:
                what = f"`{sight.said or brief(condition)}` has no meaning here; allowed: in requirements and vetoes"
                yield Slip(sight.field, what)
            case k.Not(part) | k.SomeDay(part):
                yield from self.condition(part, sight)
            case k.Is(term, options):
                yield from self._term(term, sight)
                yield from self._operand(options, self._field_of(term, sight), sight)
            case k.Holds(relation, match, where):
                yield from self.selection(k.Holdings(relation, match, where), sight)
            case k.Share() | k.Age() if sight.item is None:
                what = f"`{sight.said or brief(condition)}` has no fact at hand here; it stands in `where` of events"
                yield Slip(sight.field, what)
            case k.Age(extended_by=k.Events() as extended):
                yield from self.selection(extended, sight)
            case k.Share(part, whole):
                for name in (part, whole):
                    yield from self._named(name, sight.item, sight, takes="number")
            case k.Compare(tally, least, most):
                for one in (tally, least, most):
                    yield from self._tally(one, sight)
            case k.LatestIs(of, name, value, adverse):
                yield from self.selection(of, sight)
                shape = self.of_types(of.types)
                yield from self._named(name, shape, sight, takes="text")
                yield from self._operand((value, *adverse), shape.fields.get(name), sight)
            case k.Always() | k.Age() | k.OnDay() | k.Undecided():
                pass
            case _:
                assert_never(condition)

    def _tally(self, tally: k.Limit | None, sight: Sight) -> Iterator[Slip]:
        match tally:
            case None | int():
                pass
            case k.Portion(of=of):
                yield from self._tally(of, sight)
            case k.Count():
                yield from self._count(tally, sight)
            case k.Sum(name, selections):
                for of in selections:
                    yield from self.selection(of, sight)
                    yield from self._named(name, self._shape(of), sight, takes="number")
            case k.MostCovered(name, _, of):
                yield from self.selection(of, sight)
                yield from self._named(name, self._shape(of), sight, several=True)
            case k.CountAfterEarly(of):
                yield from self.selection(of, sight)
                if sight.grain not in CALENDAR_GRAINS:
                    allowed = ", ".join(CALENDAR_GRAINS)
                    yield Slip(sight.field, f"`CountAfterEarly(…)` needs a duty per period; allowed: {allowed}")
            case k.CountFindings():
                if sight.subject is None or not sight.findings:
                    yield Slip(sight.field, f"`{brief(tally)}`: no findings of other duties are at hand here")
            case _:
                assert_never(tally)

    def _count(self, count: k.Count, sight: Sight) -> Iterator[Slip]:
        for of in count.selections:
            yield from self.selection(of, sight)
        if isinstance(count.of, tuple):
            return
        shape, distinct = self._shape(count.of), count.distinct
        if isinstance(distinct, k.Through):
            yield from self.selection(distinct.of, sight._replace(item=shape))
            yield from self._named(distinct.name, self._shape(distinct.of), sight, several=False)
        elif distinct is not None:
            yield from self._named(distinct, shape, sight, several=False)
        yield from self.condition(count.if_sole, sight._replace(item=shape))

    def selection(self, of: k.Selection, sight: Sight) -> Iterator[Slip]:
        """Yield the slips of a selection of facts or holdings."""
        yield from self._unknown(of, sight)
        if isinstance(of, k.Events) and of.window not in sight.windows:
            allowed = ", ".join(sorted(sight.windows))
            yield Slip(sight.field, f"`{brief(of)}`: window `{of.window}` has no meaning here; allowed: {allowed}")
        # Each type by itself: what they do not share may be matched in none of them.
        shapes = [self.of_types((wire,)) for wire in of.types] if isinstance(of, k.Events) else [self._shape(of)]
        for shape in shapes:
            for name, values in of.match:
                yield from self._named(name, shape, sight)
                yield from self._operand(values, shape.fields.get(name), sight)
        yield from self.condition(of.where, sight._replace(item=self._shape(of)))

    def _unknown(self, of: k.Selection, sight: Sight) -> Iterator[Slip]:
        if self.shapes is None:
            return
        if isinstance(of, k.Holdings):
            names, kind, known = [of.relation], "relation", self.shapes.relations
        else:
            names, kind, known = [*of.types], "fact type", self.shapes.types
        for name in names:
            if name not in known:
                yield Slip(sight.field, f"`{brief(of)}`: {refusal(kind, name, known)}")

    def named(self, name: str, sight: Sight) -> Iterator[Slip]:
        """Yield what is wrong with a field that is to name, once, whom the item at hand is about."""
        yield from self._named(name, sight.item, sight, takes="text")

    def _named(
        self, name: str, shape: Shape | None, sight: Sight, *, takes: str | None = None, several: bool | None = None
    ) -> Iterator[Slip]:
        """Yield what is wrong with the name of a field of the shape, which must take this, or be a list or none."""
        if shape is None:
            return
        if name not in shape.fields:
            arguments = _ARGUMENTS[:1] if shape.of.startswith("holdings") else _ARGUMENTS
            meant = nearest(name, arguments)
            hint = f"; did you mean the argument `{meant}`?" if meant else ""
            yield Slip(sight.field, f"{shape.of}: {refusal('field', name, shape.fields)}{hint}")
            return
        found = shape.fields.get(name)
        if found is None:
            return
        wanted = several if several is not None else False if takes else found.several
        if (takes and found.takes != takes) or found.several != wanted:
            fitting = [one for one, each in shape.fields.items() if each.takes == (takes or each.takes)]
            allowed = [one for one in fitting if shape.fields[one].several == wanted]
            words = f"a {takes or 'value'}" if not wanted else "a list"
            yield Slip(
                sight.field,
                f"{shape.of}: field `{name}` takes {_taken(found)}; allowed: a field that takes {words}: "
                f"{', '.join(allowed) or 'there is none'}",
            )

    def _term(self, term: Any, sight: Sight) -> Iterator[Slip]:
        match term:
            case k.Its(name):
                if sight.item is None:
                    yield Slip(
                        sight.field,
                        f"`its({name!r})` has no fact or holding at hand here; it stands in `where` of a selection",
                    )
                yield from self._named(name, sight.item, sight)
            case k.Trigger(name):
                if sight.trigger is None:
                    what = "stands where nothing triggers the rule; allowed: a duty per Occasion, Triggered or `each`"
                    yield Slip(sight.field, f"`{sight.said or brief(term)}` {what}")
                yield from self._named(name, sight.trigger, sight)
            case k.Subject() if sight.subject is None:
                what = "`SUBJECT` is nobody where occasions are looked for, so none is found"
                yield Slip(sight.field, f"{what}; bind whom it is about: is_in(SUBJECT, trigger(...)) in `bearer`")
            case k.AskedStep() if not sight.step:
                yield Slip(sight.field, "`ASKED_STEP`: a step is asked for in requirements and vetoes alone")

    def _field_of(self, term: Any, sight: Sight) -> FieldShape | None:
        match term:
            case k.Subject() if sight.subject is not None:
                return FieldShape("subject", entity=sight.subject)
            case k.Its(name) if sight.item is not None:
                return sight.item.fields.get(name)
            case k.Trigger(name) if sight.trigger is not None:
                return sight.trigger.fields.get(name)
            case k.AskedStep():
                return FieldShape("step", allowed=(self.shapes.stages if self.shapes else ()) or None)
            case k.Given(name) if name in self.parameters:
                return FieldShape(name, takes="number" if self.parameters[name] == "days" else "text")
        return None

    def _operand(self, values: Any, shape: FieldShape | None, sight: Sight) -> Iterator[Slip]:
        """Yield what is wrong with values that a field is to have."""
        for value in values if isinstance(values, tuple) else (values,):
            if isinstance(value, str) and _QUOTED.match(value):
                yield Slip(sight.field, f"found the text {value!r}; write {value.strip()}, without quotes, to mean it")
            elif not isinstance(value, str | int | bool):
                yield from self._term(value, sight)
                yield from _of_another_kind(value, self._field_of(value, sight), shape, sight)
            elif shape is not None and shape.takes != _takes(value):
                yield Slip(
                    sight.field, f"field `{shape.name}`: found {value!r}; it takes {_taken(shape)}, so it is never that"
                )
            elif shape is not None and shape.allowed is not None and value not in shape.allowed:
                yield Slip(sight.field, refusal(f"`{shape.name}`", value, shape.allowed))
            elif shape is not None and shape.kinds is not None and self.shapes is not None:
                known = self.shapes.kinds.get(shape.kinds, ())
                if value not in known and (near := get_close_matches(str(value), known, n=1, cutoff=_ALIKE)):
                    what = f"{shape.kinds} `{value}` is not declared; did you mean `{near[0]}`?"
                    yield Slip(sight.field, what, doubt=True)


def _takes(value: str | int) -> str:
    return "text" if isinstance(value, str) else "flag" if isinstance(value, bool) else "number"


def _taken(shape: FieldShape) -> str:
    """Return in words what a field takes."""
    words = {"text": "text", "flag": "True or False", "number": "a number", "day": "a day", "": "no value of a rule"}
    return f"a list of {words[shape.takes]}" if shape.several else words[shape.takes]


def _of_another_kind(term: Any, found: FieldShape | None, wanted: FieldShape | None, sight: Sight) -> Iterator[Slip]:
    if found is None or wanted is None:
        return
    said = "the subject" if isinstance(term, k.Subject) else f"`{brief(term)}`"
    if found.takes != wanted.takes:
        what = f"{said} is {_taken(found)} and `{wanted.name}` {_taken(wanted)}: they are never the same"
        yield Slip(sight.field, what)
    elif None not in (found.entity, wanted.entity) and found.entity != wanted.entity:
        what = f"{said} is a {found.entity} and `{wanted.name}` a {wanted.entity}: they are never the same"
        yield Slip(sight.field, what)


def kinds_unlisted(shapes: Shapes, names: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with the names under which a pack declares kinds of its own."""
    fields = {one.kinds for shape in shapes.types.values() for one in shape.fields.values() if one.kinds}
    for name in names:
        if name not in fields:
            yield refusal("field of kinds", name, fields)
