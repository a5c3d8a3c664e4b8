"""A message in both languages, and how many of what in English."""

import re
from decimal import Decimal

from attrs import frozen

from partyrules.errors.arguments import Built

__all__ = ["Text", "counted_in_english"]

# The first word of a noun in the plural that has the ending of one.
_PLURAL = re.compile(r"\b(?:(?P<y>\w+)ies|(?P<es>\w+(?:ch|sh|ss|x))es|(?P<s>\w*[^\Ws])s|(?P<men>people))\b")


@frozen
class Text(Built):
    """A message in both languages, neither of them blank."""

    zh: str
    en: str


def counted_in_english(number: int | Decimal, plural: str) -> str:
    """Return a number with its English noun, which is given in the plural: `1 branch linked`, `2 branches linked`."""
    return f"{number} {plural if number != 1 else _PLURAL.sub(_singular, plural, count=1)}"


def _singular(found: re.Match[str]) -> str:
    if found["men"]:
        return "person"
    return f"{found['y']}y" if found["y"] else found["es"] or found["s"]
