"""A rule under each choice of its readings, the defaults first."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from partyrules.language.rules import Rule, all_readings, ways
from partyrules.packs.pack import Pack, reading_key


@frozen
class Way:
    """A rule as it stands under some options of its readings; `readings` are those that are not the defaults."""

    pack: Pack
    rule: Any
    readings: Mapping[str, str] = field(factory=dict)

    @property
    def id(self) -> str:
        """The full id of the rule."""
        return f"{self.pack.id}:{self.rule.id}"


def ways_of(pack: Pack, rule: Rule) -> list[Way]:
    """Return the rule under its defaults, then under every other choice of options that its tree depends on."""
    readings = {reading.name: reading for reading in all_readings(rule)}
    found = []
    for chosen, way in ways(rule):
        changed = {readings[name]: option for name, option in chosen.items() if option != readings[name].default}
        found.append(Way(pack, way, {reading_key(pack, rule, each): option for each, option in changed.items()}))
    return sorted(found, key=lambda way: bool(way.readings))
