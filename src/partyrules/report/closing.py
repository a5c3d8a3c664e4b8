"""Which record closes a duty: the types of fact, and the kinds, that its requirement counts, in words."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from partyrules.evaluate.derivation import selections_in
from partyrules.history import CORE_RELATIONS, Relation
from partyrules.language.kernel import Compare, Events, Holdings, Holds, kernel
from partyrules.language.labels import label
from partyrules.language.rules import Duty
from partyrules.language.tree import walk
from partyrules.packs.document import Text
from partyrules.packs.pack import Bound


def closing_text(bound: Bound[Duty]) -> Text:
    """Return the records that a duty counts, each type once with the kinds that it asks for."""
    relations = {each.name: each for each in (*CORE_RELATIONS, *bound.pack.relations)}
    own: Mapping[str, Text] = getattr(bound.pack, "labels", {})
    told = dict.fromkeys(_records(bound.rule.requires, relations))
    said = [_said(types, kinds, own) for types, kinds in told]
    if not said:
        return label("attended", own)
    return Text(
        zh="；".join(dict.fromkeys(each.zh for each in said)), en="; ".join(dict.fromkeys(each.en for each in said))
    )


def _records(requires: Any, relations: Mapping[str, Relation]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    # Of how many are asked for is no record that closes anything.
    counted = requires.tally if isinstance(requires, Compare) else requires
    selections: Iterable[Any] = [*selections_in(counted)] or [n for n in walk(kernel(requires)) if isinstance(n, Holds)]
    for selection in selections:
        match selection:
            case Events(types=types, match=wanted):
                yield types, _kinds(wanted)
            case Holdings(relation=relation, match=wanted) | Holds(relation=relation, match=wanted):
                yield (relations[relation].started,), _kinds(wanted)


def _kinds(wanted: Iterable[tuple[str, Any]]) -> tuple[str, ...]:
    """Return the kinds that are asked for by name."""
    found: list[str] = []
    for _, value in wanted:
        found += [each for each in (value if isinstance(value, tuple) else (value,)) if isinstance(each, str)]
    return tuple(found)


def _said(types: tuple[str, ...], kinds: tuple[str, ...], own: Mapping[str, Text]) -> Text:
    types_told, kinds_told = ([label(each, own) for each in names] for names in (types, kinds))
    zh, en = " / ".join(t.zh for t in types_told), " / ".join(t.en for t in types_told)
    if kinds_told:
        zh += f"（{'、'.join(t.zh for t in kinds_told)}）"
        en += f" ({', '.join(t.en for t in kinds_told)})"
    return Text(zh=zh, en=en)
