"""A message in both languages, and how many of what in English."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec
from attrs import frozen

from partyrules.errors.arguments import Built
from partyrules.errors.chinese import chinese

# The first word of a noun in the plural that has the ending of one.
_PLURAL = re.compile(r"\b(?:(?P<y>\w+)ies|(?P<es>\w+(?:ch|sh|ss|x))es|(?P<s>\w*[^\Ws])s|(?P<men>people))\b")


Lang = Literal["zh", "en"]


@frozen
class Text(Built):
    """A message in both languages, neither of them blank."""

    zh: str
    en: str


def texts_beside(module: str) -> Mapping[str, Mapping[str, Text]]:
    """Return the texts in the file NAME.json beside a module NAME.py, by table and by what each is of.

    The module is given by its `__file__`. Tables are read at every start, so they are JSON and not TOML.
    """
    return msgspec.json.decode(Path(module).with_suffix(".json").read_bytes(), type=dict[str, dict[str, Text]])


def both(said: str) -> Text:
    """Return what is said the same in both languages."""
    return Text(zh=said, en=said)


def say(text: Text, lang: Lang) -> str:
    """Return a text in one of its languages."""
    return text.zh if lang == "zh" else text.en


def filled(zh: str, en: str, *parts: object) -> Text:
    """Return a message with its places `{}` filled, in each language by what is said in it."""
    said = [(part.zh, part.en) if isinstance(part, Text) else (str(part), str(part)) for part in parts]
    return Text(zh=zh.format(*(part for part, _ in said)), en=en.format(*(part for _, part in said)))


def joined(zh: str, en: str, texts: Iterable[Text]) -> Text:
    """Return texts one after the other, with what stands between them in each language."""
    several = [*texts]
    return Text(zh=zh.join(text.zh for text in several), en=en.join(text.en for text in several))


# Letters that nobody writes stand for what fills a message until the rest of it is in Chinese.
_PLACES = [chr(0xF000 + number) for number in range(16)]


def translated(english: str, *parts: object) -> Text:
    """Return a message that is written in English, its places `{}` filled, with the Chinese of the catalogue."""
    said = [part if isinstance(part, Text) else Text(zh=chinese(str(part)), en=str(part)) for part in parts]
    zh = chinese(english.format(*_PLACES))
    for letter, part in zip(_PLACES, said, strict=False):
        zh = zh.replace(letter, part.zh)
    return Text(zh=zh, en=english.format(*(part.en for part in said)))


def counted_in_english(number: int | Decimal, plural: str) -> str:
    """Return a number with its English noun, which is given in the plural: `1 branch linked`, `2 branches linked`."""
    return f"{number} {plural if number != 1 else _PLURAL.sub(_singular, plural, count=1)}"


def _singular(found: re.Match[str]) -> str:
    if found["men"]:
        return "person"
    return f"{found['y']}y" if found["y"] else found["es"] or found["s"]
