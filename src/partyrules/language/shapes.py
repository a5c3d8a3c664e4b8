"""What facts and holdings look like to a rule: their fields, what each may hold, and whom it names."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType, NoneType
from typing import Any, Final, get_args

import attrs
from attrs import evolve, frozen

from partyrules.facts.schema import FURTHER, choices_of, field_types, is_list, takes, title_of
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact
from partyrules.history import CORE_RELATIONS, NO_STAGE, Relation
from partyrules.language.kinds import KINDS, kind_field

_ENTITIES: Final = ("person", "unit", "building")
_OF_STAGES: Final = ("stage", "step")
_COMPARED: Final = ("text", "flag", "number", "day")


@frozen
class FieldShape:
    """What a field may hold.

    It `takes` text, numbers, days or a flag, or is of another type and compared with nothing. `entity` is whom it names
    (person, unit or building) where it names one; `allowed` the only values it can have; `several` whether it is a
    list; `kinds` the name under which its kinds are listed; `optional` whether it may be absent; `counts` whether it is
    a number from 0 on, not only a whole one, without an upper end.
    """

    name: str
    takes: str = "text"
    entity: str | None = None
    allowed: tuple[Any, ...] | None = None
    several: bool = False
    kinds: str | None = None
    optional: bool = False
    counts: bool = False


@frozen(eq=False)
class Shape:
    """The fields that some facts or holdings have; `of` says in words what they are."""

    of: str
    fields: Mapping[str, FieldShape]


@frozen(eq=False, slots=False)
class Shapes:
    """The fact types and relations that a pack may speak of, its own among them, and the kinds that are known."""

    types: Mapping[str, Shape]
    relations: Mapping[str, Shape]
    rules: Mapping[str, Relation]
    kinds: Mapping[str, tuple[str, ...]]
    stages: tuple[str, ...]

    @cached_property
    def lists(self) -> frozenset[str]:
        """The names of the fields that hold several values."""
        return frozenset(name for shape in self.types.values() for name, one in shape.fields.items() if one.several)

    def of_types(self, wires: tuple[str, ...]) -> Shape:
        """Return the fields that facts of some of these types have; in one of another type such a field is empty."""
        found = [self.types[wire] for wire in wires if wire in self.types]
        if len(found) == 1:
            return found[0]
        fields: dict[str, FieldShape] = {}
        for name in {name: None for one in found for name in one.fields}:
            theirs = [one.fields[name] for one in found if name in one.fields]
            if len({(each.takes, each.several) for each in theirs}) == 1:
                fields[name] = _shared(theirs, everywhere=len(theirs) == len(found))
        return Shape(" or ".join(one.of for one in found), fields)


def _shared(fields: Sequence[FieldShape], *, everywhere: bool) -> FieldShape:
    """Return the field that several types have under one name: whatever one of them may hold."""
    first, allowed = fields[0], [each.allowed for each in fields]
    return evolve(
        first,
        allowed=None if None in allowed else tuple(dict.fromkeys(value for each in allowed for value in each or ())),
        entity=first.entity if len({each.entity for each in fields}) == 1 else None,
        kinds=first.kinds if len({each.kinds for each in fields}) == 1 else None,
        optional=not everywhere or any(each.optional for each in fields),
        counts=all(each.counts for each in fields),
    )


def shapes_of(
    fact_types: tuple[type[Fact], ...] = (),
    relations: tuple[Relation, ...] = (),
    own_kinds: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    stage_names: tuple[str, ...] = (),
) -> Shapes:
    """Return the shapes of the core's facts and holdings, and of those of a pack that has these of its own."""
    vocabulary = CORE_VOCABULARY.with_types(fact_types)
    # Of a stage in a pack that has none, another pack says whether there is one.
    stages = (*stage_names, NO_STAGE) if stage_names else ()
    types = {wire: Shape(f"`{wire}`", _fields(cls, stages)) for wire, cls in vocabulary.types.items()}
    rules = {relation.name: relation for relation in (*CORE_RELATIONS, *relations)}
    kinds = {name: (*KINDS.get(name, ()), *own_kinds.get(name, ())) for name in {*KINDS, *own_kinds}}
    return Shapes(
        types=types,
        relations={name: _holding_shape(relation, types) for name, relation in rules.items()},
        rules=rules,
        kinds=kinds,
        stages=stages,
    )


_FIELDS: Final[dict[tuple[type[Fact], tuple[str, ...]], Mapping[str, FieldShape]]] = {}


def _fields(cls: type[Fact], stages: tuple[str, ...]) -> Mapping[str, FieldShape]:
    if (known := _FIELDS.get((cls, stages))) is not None:
        return known
    shapes = {}
    for attribute in attrs.fields(cls):
        shape = _field_shape(cls.wire, attribute, field_types(cls)[attribute.name])
        if stages and shape.name in _OF_STAGES and shape.allowed is None:
            shape = evolve(shape, allowed=stages)
        shapes[attribute.name] = shape
    return _FIELDS.setdefault((cls, stages), shapes)


def _holding_shape(relation: Relation, types: Mapping[str, Shape]) -> Shape:
    started = types[relation.started].fields if relation.started in types else {}
    derived = {name: FieldShape(name) for name in relation.derived}
    return Shape(f"holdings of `{relation.name}`", {**started, **derived})


def _field_shape(wire: str, attribute: "attrs.Attribute[Any]", hint: Any) -> FieldShape:
    name, title, taken = attribute.name, title_of(hint), takes(hint)
    entity = title if title in _ENTITIES else None
    allowed = choices_of(hint) or None
    return FieldShape(
        name=name,
        takes=taken if taken in _COMPARED else "",
        entity=entity,
        allowed=allowed,
        several=is_list(hint) or (wire, name) in FURTHER,
        kinds=kind_field(wire, name) if allowed is None and entity is None and name not in _OF_STAGES else None,
        optional=NoneType in get_args(hint),
        counts=taken == "number" and _counts(attribute, hint),
    )


def _counts(attribute: "attrs.Attribute[Any]", hint: Any) -> bool:
    """Tell whether a field is a number from 0 on without an upper end, as its validator has it."""
    if Decimal not in get_args(hint) or attribute.validator is None:
        return False
    refused = [_refused(attribute, Decimal(number)) for number in ("-0.5", "0.5", "1000000")]
    return refused == [True, False, False]


def _refused(attribute: "attrs.Attribute[Any]", number: Decimal) -> bool:
    try:
        attribute.validator(None, attribute, number)  # type: ignore[misc]  # asked only where there is one
    except ValueError:
        return True
    return False
