"""The words of tables and reports, in both languages."""

from collections.abc import Mapping
from typing import Final

from partyrules.answers.messages import choice_text
from partyrules.language.labels import label
from partyrules.language.text import Lang, Text, say, texts_beside
from partyrules.packs.pack import Adoption
from partyrules.report.terminal import Column

_SAID: Final = texts_beside(__file__)
TREATMENTS: Final = _SAID["treatments"]
TAKES: Final = _SAID["takes"]
WORDS: Final = _SAID["words"]


def columns(lang: Lang, *keys: str) -> list[Column]:
    """Return the columns of these words; `!` ends one that is kept whole, `#` one of numbers, which is so too."""
    return [
        Column(say(WORDS[key.rstrip("!#")], lang), whole=key.endswith(("!", "#")), right=key.endswith("#"))
        for key in keys
    ]


def option_text(reading: str, option: str, labels: Mapping[str, Text], lang: Lang) -> str:
    """Return an option as it is adopted, which is an English word; in Chinese with what it is called."""
    return option if lang == "en" else f"{option}（{label(f'reading:{reading}={option}', labels).zh}）"


def change_text(shown: str, key: str, option: str, adoption: Adoption, lang: Lang) -> str:
    """Return a change of one option, `shown` as it is adopted; in Chinese with what reading and option are called."""
    if lang == "en":
        return f"{shown}={option}"
    pack, name = key.partition(":")[0], key.rpartition(".")[2]
    labels = next((each.labels for each in adoption.packs if each.id == pack), {})
    return f"{shown}={option}（{choice_text(name, option, labels).zh}）"
