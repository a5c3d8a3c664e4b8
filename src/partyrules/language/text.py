"""A message in both languages."""

from attrs import frozen

from partyrules.errors.arguments import Built

__all__ = ["Text"]


@frozen
class Text(Built):
    """A message in both languages, neither of them blank."""

    zh: str
    en: str
