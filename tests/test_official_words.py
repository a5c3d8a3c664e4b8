"""The official words: what is avoided stands in nothing that is shown, and every name has a label in both languages."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import partyrules
import partyrules_lzcu2012
import partyrules_lzwl2017
from partyrules.facts.schema import COMMON, field_types
from partyrules.facts.vocabulary import CORE_VOCABULARY
from partyrules.language.kinds import KINDS
from partyrules.language.labels import LABELS
from partyrules.language.rules import all_readings
from partyrules.language.text import texts_beside
from partyrules.packs.document import Text
from partyrules.packs.pack import Pack

SOURCE: Final = Path(partyrules.__file__).parent
ROOT: Final = SOURCE.parents[1]
# The code, and the tables of words beside it.
WRITTEN: Final = (*sorted(SOURCE.rglob("*.py")), *sorted(SOURCE.rglob("*.json")))
PACKS: Final = (partyrules_lzwl2017.pack, partyrules_lzcu2012.pack)
# Each avoided word with the official one; the glossary lists them, and is held to this table.
AVOIDED: Final = {
    "审批结论": "条件核查结论",
    "未做到": "未落实",
    "已做到": "已落实",
    "无法判定": "暂无法核定",
    "尚不能确定": "暂无法核定",
    "已免责": "不作要求、已准假",
    "免责": "不作要求、已准假",
    "读法": "条文理解（口径）",
    "不具备条件": "条件不具备",
    "差评": "评为“差”",
    "一楼一组": "一栋一组",
    "按期": "定期",
    "督促": "监督",
    "试行": "探索",
    "书面判断": "认定",
}
AVOIDED_IN_ENGLISH: Final = (r"\b1 findings\b", r"\bhold it\b", r"\bare next\b", r"required: at least", r"found: \d")
CHINESE: Final = re.compile("[\u4e00-\u9fff]")


def texts_in(value: object, seen: set[int] | None = None) -> Iterator[Text]:
    """Yield every text of a value, however deep it stands."""
    seen = set() if seen is None else seen
    if isinstance(value, Text):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts_in(each, seen)
    elif isinstance(value, tuple | list | frozenset):
        for each in value:
            yield from texts_in(each, seen)
    elif (names := [one.name for one in getattr(type(value), "__attrs_attrs__", ())]) and id(value) not in seen:
        seen.add(id(value))
        for name in names:
            yield from texts_in(getattr(value, name), seen)


def shown() -> Iterator[tuple[str, str]]:
    """Yield where something shown in Chinese stands, and what it is."""
    for pack in PACKS:
        for text in texts_in(pack):
            yield pack.id, text.zh
    catalogue = tomllib.loads((SOURCE / "errors" / "chinese.toml").read_text(encoding="utf-8"))
    for entries in catalogue.values():
        for said in entries.values() if isinstance(entries, dict) else ():
            yield "chinese.toml", said
    for path in WRITTEN:
        # Texts that are put together where they are said; comments and docstrings may name what is avoided.
        for line in path.read_text(encoding="utf-8").splitlines():
            if CHINESE.search(line) and '"""' not in line and not line.lstrip().startswith("#"):
                yield str(path.relative_to(SOURCE)), line
    for path in (*sorted(SOURCE.rglob("*.jinja")), ROOT / "README.zh-CN.md"):
        yield path.name, path.read_text(encoding="utf-8")


# What only reads documents, and the words that a clause may be worded in.
READING: Final = ("analysis/wording.py",)


@pytest.mark.parametrize("word", AVOIDED)
def test_no_avoided_word_is_shown(word: str) -> None:
    """Neither the packs nor the messages nor the catalogue nor what is laid out says an avoided word."""
    assert [(where, said) for where, said in shown() if word in said and where not in READING] == []


@pytest.mark.parametrize("pattern", AVOIDED_IN_ENGLISH)
def test_no_avoided_english_is_written(pattern: str) -> None:
    """The English of the code says numbers and stages as the official wording has them."""
    for path in WRITTEN:
        assert not re.search(pattern, path.read_text(encoding="utf-8")), path


def test_the_glossary_lists_what_is_avoided() -> None:
    """Each avoided word stands in the glossary beside the one that is used."""
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for avoided, official in AVOIDED.items():
        assert f"| {avoided} | {official} |" in page, avoided


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_every_reading_option_and_parameter_has_a_label(pack: Pack) -> None:
    """What an institution may choose is called something in both languages, and nothing else has a label."""
    due = {f"parameter:{one.name}" for rule in pack.rules for one in rule.parameters}
    for rule in pack.rules:
        for reading in all_readings(rule):
            due |= {f"reading:{reading.name}", *(f"reading:{reading.name}={one}" for one in reading.options)}
    assert due <= {**LABELS, **pack.labels}.keys()
    assert pack.labels.keys() <= due


def test_every_kind_type_and_field_has_a_label() -> None:
    """Each kind that the core names, each fact type and each field of one is called something in both languages."""
    types = CORE_VOCABULARY.types
    fields = {name for cls in types.values() for name in field_types(cls) if name not in COMMON}
    assert {*types, *fields, *(kind for kinds in KINDS.values() for kind in kinds)} <= LABELS.keys()
    for name, text in LABELS.items():
        assert CHINESE.search(text.zh), name
        assert not CHINESE.search(text.en), name


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.json")), ids=lambda path: path.stem)
def test_every_text_of_a_table_is_said_in_both_languages(path: Path) -> None:
    """No text in the tables of words is blank, and no name stands twice in one of them."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len(dict(pairs)) == len(pairs), pairs
        return dict(pairs)

    json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)
    for table in texts_beside(str(path)).values():
        for name, text in table.items():
            assert Text(zh=text.zh, en=text.en) == text, name
