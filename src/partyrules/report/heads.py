"""The words of the report on an institution: its sections, its columns and its tiles."""

from typing import Final

from partyrules.language.text import Text, texts_beside
from partyrules.report.words import WORDS

_SAID: Final = texts_beside(__file__)
_HEADS: Final = _SAID["heads"]
TILES: Final = _SAID["tiles"]


def head(key: str) -> Text:
    """Return the words for a section, a column or a value; those of a table, here with a capital, where it has none."""
    if own := _HEADS.get(key):
        return own
    word = WORDS[key]
    return Text(zh=word.zh, en=word.en[0].upper() + word.en[1:])
