"""Facts and holdings in words: when, what, who and how, each name by its label, in both languages."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from partyrules.facts.schema import COMMON, field_types, naming_fields, value_of
from partyrules.facts.vocabulary import Fact
from partyrules.history import FOREVER, Holding, several
from partyrules.language.kernel import Events
from partyrules.language.kinds import field_of_kinds
from partyrules.language.labels import LABELS, label
from partyrules.language.text import both, joined
from partyrules.packs.document import Text

Labels = Mapping[str, Text]

_MOST_NAMED: Final = 3
_DAY_OPEN: Final = "（具体日期未定）", " (the exact day is open)"
# What every fact has, and what tells who somebody is: neither stands in a description.
_LEFT_OUT: Final = frozenset({*COMMON, "name", "student_no"})


def called(fact: Fact, labels: Labels) -> Text:
    """Return what a fact is called: by its kind where that has a label, else by its type."""
    name = field_of_kinds(fact.wire, field_types(type(fact)))
    kind = None if name is None else getattr(fact, name, None)
    known = label(str(kind), labels)
    return label(fact.wire, labels) if kind is None or known.zh == kind else known


def selection_text(selection: Events, labels: Labels) -> Text:
    """Return what is selected: the kinds that are asked for, or else the types of the facts."""
    for name, wanted in selection.match:
        if field_of_kinds(selection.types[0], (name,)) and isinstance(wanted, str | tuple) and wanted:
            return joined("或", " or ", [label(str(kind), labels) for kind in several(wanted)])
    return joined("或", " or ", [label(wire, labels) for wire in selection.types])


def fact_text(fact: Fact, labels: Labels, *, but: Iterable[str] = ()) -> Text:
    """Return when a fact happened, what it is, and whatever it says besides in words, fields `but` these."""
    what, kind = called(fact, labels), field_of_kinds(fact.wire, field_types(type(fact)))
    left_out = {*_LEFT_OUT, *but, *([kind] if kind and label(str(getattr(fact, kind)), labels) == what else [])}
    names = [name for name in field_types(type(fact)) if name not in left_out]
    values = {name: value_of(fact, name) for name in names}
    told = pairs_text(values, labels, ids=naming_fields(type(fact)))
    return Text(
        zh=f"{fact.on} {what.zh}{f'（{told.zh}）' if told else ''}",
        en=f"{what.en} of {fact.on}{f' ({told.en})' if told else ''}",
    )


def holding_text(holding: Holding, labels: Labels) -> Text:
    """Return since when and until when something held, and what it was."""
    told = pairs_text({n: v for n, v in holding.values.items() if n not in _LEFT_OUT and n != "place"}, labels)
    what = told or Text(zh="（无内容）", en="nothing")
    if holding.fact is None:
        return Text(zh=f"没有登记，视为{what.zh}", en=f"nothing recorded, taken as {what.en}")
    first, stop = holding.possible
    open_zh, open_en = _DAY_OPEN if holding.certain != holding.possible else ("", "")
    if stop == FOREVER:
        return Text(zh=f"{what.zh}：自 {first} 起{open_zh}", en=f"{what.en}: since {first}{open_en}")
    return Text(
        zh=f"{what.zh}：{first} 至 {stop} 之前{open_zh}",
        en=f"{what.en}: {first} until {stop}{open_en}",
    )


def pairs_text(values: Mapping[str, Any], labels: Labels, *, ids: Iterable[str] = ()) -> Text | None:
    """Return fields with their values in words, None where there is none; what a field of `ids` names is no word."""
    given = {name: value for name, value in values.items() if value is not None}
    told = [(label(name, labels), value_text(value, labels, plain=name in ids)) for name, value in given.items()]
    if not told:
        return None
    return Text(
        zh="，".join(f"{name.zh} {value.zh}" for name, value in told),
        en=", ".join(f"{name.en} {value.en}" for name, value in told),
    )


def value_text(value: Any, labels: Labels, *, plain: bool = False) -> Text:
    """Return a value in words; a long list by its number, and as it stands where it is `plain`."""
    if isinstance(value, tuple):
        if len(value) > _MOST_NAMED:
            return Text(zh=f"{len(value)}个", en=f"{len(value)}")
        return joined("、", ", ", [value_text(one, labels, plain=plain) for one in value]) if value else _NOBODY
    if isinstance(value, bool):
        return label(str(value).lower())
    named = None if plain else labels.get(str(value)) or LABELS.get(str(value))
    return named or both(str(value))


_NOBODY: Final = Text(zh="无", en="nobody")
