"""Answers on the wire: a JSON object of the fields of a value, in their order and under their names."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

from attrs import fields

from partyrules.language.text import Text
from partyrules.time.calendar import Period


class OnTheWire:
    """What programs read as a JSON object of all its fields."""

    __slots__ = ()

    def to_wire(self) -> dict[str, Any]:
        """Return it as a JSON object, its keys in the order of the wire format."""
        return {each.name: wired(getattr(self, each.name)) for each in fields(type(self))}  # type: ignore[arg-type]  # of attrs


def wired(value: Any) -> Any:
    """Return a value of an answer as JSON has it."""
    if value is None or value.__class__ is str:
        return value
    match value:
        case Enum():
            return value.name.lower()
        case OnTheWire() | Period():
            return value.to_wire()
        case Text():
            return {"zh": value.zh, "en": value.en}
        case tuple():
            return [wired(each) for each in value]
        case Mapping():
            return dict(value)
        case date():
            return str(value)
    return value
