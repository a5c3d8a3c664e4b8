"""What an id must be made of, and which ids look the same to whoever reads them."""

import re
from collections.abc import Sequence
from typing import Final
from unicodedata import category, normalize

from partyrules.errors.visible import unseen

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
# By its category a sign.
_BLANK_PATTERN: Final = "\u2800"
# A mark is seen upon another character only.
_MARKS: Final = frozenset({"Me", "Mn"})
# Chinese as nearly all of it is, which looks like nothing else.
_UNIFIED: Final = re.compile("[\u4e00-\u9fff]+")
_C1: Final = re.compile(b"\xc2[\x80-\x9f]")
# The bytes of ASCII and of U+4000 to U+9FFF, as nearly all Chinese is: all that is there in most files.
_USUAL: Final = bytes(range(0xC0)) + bytes(range(0xE4, 0xEA))
_UNUSUAL_START: Final = re.compile(b'"[^!-~\xe4-\xe9]')


def flaw(text: str) -> str | None:
    """Return why a text can be no id: a control character (category Cc), or none that is seen; None where it can."""
    found = _CONTROL.search(text)
    if found is not None:
        return f"with the control character U+{ord(found[0]):04X}"
    return (
        None
        if any(_seen(letter) and category(letter) not in _MARKS for letter in text)
        else "without a visible character"
    )


def may_be_flawed(canonical: bytes) -> bool:
    """Tell whether a string of JSON without blanks between its parts may have a flaw, at a fraction of the time.

    Those of no characters are for others to see. True is said of some that have none, False of none that has one.
    """
    # There, other control characters are written with a backslash. To look for one byte takes next to no time, and
    # for two half as long from the end.
    if b"\\" in canonical or b"\x7f" in canonical or (b" " in canonical and canonical.rfind(b'" ') >= 0):
        return True
    if canonical.isascii() or not canonical.translate(None, _USUAL):
        return False
    return _UNUSUAL_START.search(canonical) is not None or _C1.search(canonical) is not None


def likeness(text: str) -> str:
    """Return what an id looks like: the same for ids that differ in width, case, blanks or unseen characters alone."""
    if text.isascii():
        return "".join(text.split()).lower()
    if _UNIFIED.fullmatch(text):
        return text
    return "".join(filter(_seen, normalize("NFKC", normalize("NFKC", text).casefold())))


def likenesses(texts: Sequence[str]) -> list[str]:
    """Return what each of many ids looks like, of which most are plain: all at once where each is."""
    joined = "\n".join(texts)
    if joined.isascii() and joined.split() == texts:
        return joined.lower().split()
    return [likeness(text) for text in texts]


def _seen(letter: str) -> bool:
    return not (unseen(letter) or letter == _BLANK_PATTERN or category(letter) == "Zs")
