"""What facts and holdings look like to a rule: their fields, what each may hold, and whom it names."""

import types
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import evolve, frozen
from msgspec import Meta

from partyrules.calendar import TERM_KINDS
from partyrules.facts import CORE_VOCABULARY, Fact
from partyrules.history import CORE_RELATIONS, Relation
from partyrules.kinds import KINDS, kind_field
from partyrules.packs import Pack

__all__ = ["FieldShape", "Ground", "Shape", "Shapes", "shapes_of"]

_ENTITIES: Final = ("person", "unit", "building")


@frozen
class FieldShape:
    """What a field may hold.

    `entity` is whom it names (person, unit or building) where it names one; `allowed` the only values it can
    have; `several` whether it is a list; `kinds` the name under which its kinds are listed; `optional` whether it may
    be absent; `counts` whether it is a number from 0 on, not only a whole one, without an upper end.
    """

    name: str
    entity: str | None = None
    allowed: tuple[Any, ...] | None = None
    several: bool = False
    kinds: str | None = None
    optional: bool = False
    counts: bool = False


@frozen
class Shape:
    """The fields that some facts or holdings have in common; `of` says in words what they are."""

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
        """Return what the facts of these types have in common."""
        found = [self.types[wire] for wire in wires if wire in self.types]
        if len(found) == 1:
            return found[0]
        shared = [name for name in (found[0].fields if found else ()) if all(name in one.fields for one in found)]
        return Shape(" and ".join(one.of for one in found), {name: found[0].fields[name] for name in shared})


class Ground:
    """A pack without regard to its rules: equal where document, types, relations, stages and kinds are the same."""

    def __init__(self, pack: Pack) -> None:
        self.pack = evolve(pack, duties=(), requirements=(), vetoes=())

    def _parts(self) -> tuple[Any, ...]:
        pack = self.pack
        return (pack.document, pack.fact_types, pack.relations, pack.standings, pack.stages, pack.kinds)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ground) and all(
            one is another for one, another in zip(self._parts(), other._parts(), strict=True)
        )

    def __hash__(self) -> int:
        return hash(tuple(id(part) for part in self._parts()))


def shapes_of(pack: Pack) -> Shapes:
    """Return the shapes of the core's facts and holdings, and of the pack's own."""
    return _shapes_of(Ground(pack))


@lru_cache(maxsize=16)
def _shapes_of(ground: Ground) -> Shapes:
    pack = ground.pack
    vocabulary = CORE_VOCABULARY.with_types(pack.fact_types)
    stages = (*(stage.name for stage in pack.stages), "none")
    types = {wire: _shape(wire, cls, stages) for wire, cls in vocabulary.types.items()}
    rules = {relation.name: relation for relation in (*CORE_RELATIONS, *pack.relations)}
    kinds = {name: (*KINDS.get(name, ()), *pack.kinds.get(name, ())) for name in {*KINDS, *pack.kinds}}
    return Shapes(
        types=types,
        relations={name: _holding_shape(relation, types) for name, relation in rules.items()},
        rules=rules,
        kinds=kinds,
        stages=stages,
    )


def _shape(wire: str, cls: type[Fact], stages: tuple[str, ...]) -> Shape:
    hints = get_type_hints(cls, include_extras=True)
    fields = {
        attribute.name: evolve(
            _field_shape(wire, attribute.name, hints[attribute.name], stages),
            optional=_optional(hints[attribute.name]),
            counts=_counts(attribute, hints[attribute.name]),
        )
        for attribute in attrs.fields(cls)
    }
    return Shape(f"`{wire}`", fields)


def _holding_shape(relation: Relation, types: Mapping[str, Shape]) -> Shape:
    started = types[relation.started].fields if relation.started in types else {}
    derived = {name: FieldShape(name) for name in relation.derived}
    return Shape(f"holdings of `{relation.name}`", {**started, **derived})


def _field_shape(wire: str, name: str, hint: Any, stages: tuple[str, ...]) -> FieldShape:
    entity: str | None = None
    allowed: tuple[Any, ...] | None = None
    several = False
    for part in _alternatives(hint):
        if get_origin(part) is tuple:
            several = True
            (part, *_) = get_args(part)  # noqa: PLW2901 - what the list is made of says the rest
        if get_origin(part) is Annotated:
            titles = {extra.title for extra in part.__metadata__ if isinstance(extra, Meta)}
            entity = next((title for title in titles if title in _ENTITIES), entity)
        elif get_origin(part) is Literal:
            allowed = get_args(part)
    if name in ("stage", "step") and allowed is None:
        allowed = stages
    if wire == "term_declared" and name == "kind":
        allowed = TERM_KINDS
    kinds = kind_field(wire, name) if allowed is None and entity is None else None
    return FieldShape(name, entity, allowed, several, kinds)


def _alternatives(hint: Any) -> tuple[Any, ...]:
    """Return what a hint allows besides None."""
    if get_origin(hint) in (Union, types.UnionType):
        return tuple(one for part in get_args(hint) if part is not type(None) for one in _alternatives(part))
    return (hint,)


def _optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def _counts(attribute: "attrs.Attribute[Any]", hint: Any) -> bool:
    """Tell whether a field is a number from 0 on without an upper end, as its validator has it."""
    if Decimal not in _alternatives(hint) or attribute.validator is None:
        return False
    return [_refused(attribute, number) for number in (Decimal("-0.5"), Decimal("0.5"), Decimal(10**6))] == [
        True,
        False,
        False,
    ]


def _refused(attribute: "attrs.Attribute[Any]", number: Decimal) -> bool:
    try:
        attribute.validator(None, attribute, number)  # type: ignore[misc]  # asked only where there is one
    except ValueError:
        return True
    return False
