"""Text from outside made visible: what would command a terminal, or be seen by nobody, is shown as an escape."""

import re
from typing import Final
from unicodedata import category

# Control characters, those that format, such as the ones that turn the direction of writing, surrogates, and what
# ends a line or a paragraph.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# By their category letters, marks or nothing yet, but by the standard not to be shown either.
_IGNORABLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    r"""Return a text in one line, with every character that is not seen shown as Python writes it, such as `\u202e`."""
    if text.isprintable() and not _IGNORABLE.search(text):
        return text
    return "".join(letter.encode("unicode_escape").decode() if unseen(letter) else letter for letter in text)


def unseen(letter: str) -> bool:
    """Tell whether nothing shows of a character, not even a blank."""
    return category(letter) in _UNSEEN or _IGNORABLE.match(letter) is not None
