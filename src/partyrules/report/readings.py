"""The readings of a pack as people and programs read them."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from partyrules.language.rules import LEAVE, PARTIAL, Reading, all_readings
from partyrules.language.text import Lang, say
from partyrules.packs.document import Text
from partyrules.packs.pack import Pack, reading_key
from partyrules.report.terminal import Screen
from partyrules.report.words import columns, option_text

_COMMON = (PARTIAL, LEAVE)


@frozen
class PackReading:
    """A reading under the key by which it is adopted, with the rules of the pack that it bears on and their clauses."""

    key: str
    reading: Reading
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    labels: Mapping[str, Text] = field(factory=dict, repr=False)

    @property
    def options(self) -> tuple[str, ...]:
        """The options, the default first."""
        default = self.reading.default
        return (default, *(option for option in self.reading.options if option != default))


def pack_readings(pack: Pack) -> tuple[PackReading, ...]:
    """Return every reading of a pack, in the order of its rules."""
    citations = {clause.id: clause.citation for clause in pack.document.clauses}
    readings: dict[str, Reading] = {}
    rules: dict[str, list[str]] = {}
    clauses: dict[str, list[str]] = {}
    for rule in pack.rules:
        for reading in all_readings(rule):
            key = reading_key(pack, rule, reading)
            readings[key] = reading
            rules.setdefault(key, []).append(f"{pack.id}:{rule.id}")
            clauses.setdefault(key, []).append(citations[rule.clause])
    return tuple(
        PackReading(key, reading, tuple(rules[key]), tuple(dict.fromkeys(clauses[key])), pack.labels)
        for key, reading in readings.items()
    )


def readings_table(readings: Sequence[PackReading], *, screen: Screen, lang: Lang) -> str:
    """Return a table of readings; one that every period duty has stands there once, with all its rules."""
    if not readings:
        return {
            "zh": "本规则包没有可选的条文理解（口径）。",
            "en": "Nothing in this pack can be read in more than one way.",
        }[lang]
    heads = columns(lang, "--reading!", "rule", "options", "why_default")
    rows = [
        [each.key, ", ".join(map(_short, each.rules)), _options(each, lang), say(each.reading.why, lang)]
        for each in readings
        if each.reading not in _COMMON
    ]
    for common in _COMMON:
        found = [each for each in readings if each.reading == common]
        if found:
            bound = ", ".join(_short(rule) for each in found for rule in each.rules)
            pack = found[0].key.partition(":")[0]
            rows.append([f"{pack}:RULE.{common.name}", bound, _options(found[0], lang), say(common.why, lang)])
    return screen.table(heads, rows)


def _options(found: PackReading, lang: Lang) -> str:
    return "\n".join(option_text(found.reading.name, option, found.labels, lang) for option in found.options)


def readings_wire(readings: Sequence[PackReading]) -> list[Mapping[str, Any]]:
    """Return readings as JSON objects, each under its own key."""
    return [
        {
            "reading": each.key,
            "rules": list(each.rules),
            "clauses": list(each.clauses),
            "options": list(each.options),
            "default": each.reading.default,
            "why": {"zh": each.reading.why.zh, "en": each.reading.why.en},
        }
        for each in readings
    ]


def _short(rule: str) -> str:
    """Return the rule without its pack, which stands before it in the key already."""
    return rule.partition(":")[2]
