"""The kinds (种类) that the core vocabulary names, by their field, and what each is called; others are a pack's own."""

from collections.abc import Iterable
from typing import Final

from partyrules.language.text import texts_beside

# Kinds are open strings: a pack reads whichever it likes. The table only tells a slip from a new kind.
KINDS: Final = texts_beside(__file__)


def kind_field(wire: str, name: str) -> str:
    """Return the name under which the kinds in a field of a fact type are listed: `meeting`, but `unit.kind`."""
    return f"{wire.split('_', maxsplit=1)[0]}.kind" if name == "kind" else name


def field_of_kinds(wire: str, fields: Iterable[str], listed: Iterable[str] = KINDS) -> str | None:
    """Return which of the fields of a fact type holds a kind that is `listed`; None where none does."""
    return next((name for name in fields if kind_field(wire, name) in listed), None)
