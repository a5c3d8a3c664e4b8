"""Which rules somebody means: by id, by the clauses that an id begins, by the numbering of the source, or by a glob."""

import re
import unicodedata
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final

_GLOB: Final = re.compile(r"[*?\[]")
_NUMERALS: Final = "〇一二三四五六七八九十百"


def rules_named(asked: str, citations: Mapping[str, str]) -> frozenset[str]:
    """Return which of some rules are meant; `citations` says by full id how its document numbers the clause of each.

    `asked` is an id with or without its pack, such as `8.1.3`; if there is none, what the ids of several begin with,
    such as `8.1` or `lzwl2017:8.1`, or the source's own number, such as `八、1` or `八`. With `*`, `?` or `[` it is a
    glob over ids. Nothing is returned where nothing is meant.
    """
    own = ":" not in asked
    ids = {rule: rule.partition(":")[2] if own else rule for rule in citations}
    if _GLOB.search(asked):
        return frozenset(rule for rule, name in ids.items() if fnmatchcase(name, asked) or fnmatchcase(rule, asked))
    exactly = frozenset(rule for rule, name in ids.items() if name == asked)
    if exactly:
        return exactly
    begun = frozenset(rule for rule, name in ids.items() if name.startswith((f"{asked}.", f"{asked}-")))
    if begun:
        return begun
    pack, _, number = asked.rpartition(":")
    within = f"{pack}:" if pack else ""
    return frozenset(
        rule
        for rule, citation in citations.items()
        if rule.startswith(within) and _begins(_plain(citation), _plain(number))
    )


def _plain(citation: str) -> str:
    """Return a number of a source whichever way it was typed: digits and points of one width, no blanks."""
    return "".join(unicodedata.normalize("NFKC", citation).split())


def _begins(citation: str, number: str) -> bool:
    """Tell whether a citation is the number, or of a part of what has it: `八、1` is of `八`, `十一` not of `十`."""
    if not number or not citation.startswith(number):
        return False
    after, last = citation[len(number) : len(number) + 1], number[-1]
    return not (after.isascii() and after.isdigit() and last.isdigit()) and not (
        after in _NUMERALS and after and last in _NUMERALS
    )
