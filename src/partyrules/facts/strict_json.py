"""JSON read strictly: a key that is given twice in one object is refused, never read by its last value."""

import json
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from attrs import frozen

from partyrules.errors.visible import visible

_SHOWN: Final = 60
_MOST_VALUES: Final = 3
_DECODER: Final = msgspec.json.Decoder()


@frozen
class Repeated:
    """A key that is given more than once in one object, and the values in the order given."""

    key: str
    values: Sequence[Any]

    def __str__(self) -> str:
        times = "twice" if len(self.values) == 2 else f"{len(self.values)} times"  # noqa: PLR2004 - twice
        said = [shown(value) for value in self.values[:_MOST_VALUES]]
        more = ", …" if len(self.values) > _MOST_VALUES else ""
        return (
            f"key `{visible(self.key)}` is given {times}, as {', '.join(said[:-1])} and {said[-1]}{more}; allowed: once"
        )


def decode(text: str | bytes, *, decoder: msgspec.json.Decoder[Any] = _DECODER) -> Any:
    """Return what a text of JSON says; raise ValueError, which says why, for any other and for a repeated key."""
    try:
        found = decoder.decode(text)
        twice = repeated(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except UnicodeError:
        raise ValueError("it is no text in UTF-8") from None
    if twice:
        raise ValueError("; ".join(str(each) for each in twice))
    return found


def repeated(text: str | bytes) -> tuple[Repeated, ...]:
    """Return the keys that are given more than once in one object, inner objects first, of a text that is JSON."""
    found: list[Repeated] = []

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) != len(pairs):
            every: dict[str, list[Any]] = {}
            for key, value in pairs:
                every.setdefault(key, []).append(value)
            found.extend(Repeated(key, given) for key, given in every.items() if len(given) > 1)
        return values

    # The C scanner with a hook: no other decoder at hand sees a key twice.
    json.loads(text if isinstance(text, str) else text.decode(), object_pairs_hook=made)
    return tuple(found)


def shown(value: Any) -> str:
    """Return a value as JSON of one line, cut where it is long."""
    text = msgspec.json.encode(value).decode()
    return visible(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
