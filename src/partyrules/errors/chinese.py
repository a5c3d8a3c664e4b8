"""Messages in Chinese: what is raised, warned of or shown as help is written in English, and put into Chinese here.

The catalogue beside this module goes from English to Chinese, with `{name}` for what differs from one message to the
next. A message is looked up as a whole, else part by part between its semicolons, colons and commas: nobody who raises
an error needs to know who will read it, and messages may be made of each other.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Final, NamedTuple

# What somebody wrote is in quotes or backticks, and stays as it is: in the search one letter stands for it. What
# was in single quotes is then in those of Chinese, but for code and commands, which are to be written as they stand.
_QUOTED: Final = re.compile(
    r"`[^`]*`|\['[^]]*]|\('[^()]*\)|(?<!\w)'(?:[^'\\]|\\.)*'(?!\w)|\"(?:[^\"\\]|\\.)*\"|“[^”]*”"
)
_COUNT: Final = re.compile(r" ?[(（](\d+)[)）]")
_FIRST: Final = 0xE000
_QUOTE: Final = "[\ue000-\uf8ff]"
_CODE: Final = re.compile(r"[(\[][^)\]]*$|\bpartyrules ")
# Names that may be written are no words of a message, whatever the catalogue says of one of them.
_NAMES: Final = re.compile(r"[\w.:*-]+(?:, [\w.:*-]+)+")
_WITH_BLANKS: Final = re.compile(f" ?({_QUOTE}) ?")
# A comma between what is listed in Chinese.
_LISTED: Final = re.compile("(?<=[一-鿿\ue000-\uf8ff]), (?=[一-鿿…\ue000-\uf8ff])")
_SEPARATORS: Final = ("; ", ": ")
_MARKS: Final = {"; ": "；", ": ": "：", ", ": "，"}
_BEGINS: Final = re.compile(r"(\s*)((?:Error|Warning|Note): )?(.*)")
_BEFORE: Final = {None: "", "Error: ": "错误：", "Warning: ": "提醒：", "Note: ": "说明："}
_PLACE: Final = re.compile(r"\{(\w+)\}")


class _Pattern(NamedTuple):
    """An English message with places, as a pattern, and what it is in Chinese."""

    pattern: re.Pattern[str]
    said: str


def chinese(message: str) -> str:
    """Return a message in Chinese, line by line; what the catalogue does not have stays as it is."""
    return "\n".join(map(_line, message.split("\n")))


def _line(line: str) -> str:
    found = _BEGINS.fullmatch(line)
    if found is None:
        return line
    indent, before, said = found.groups()
    return f"{indent}{_BEFORE[before]}{_without_quotes(said)}"


def _without_quotes(line: str) -> str:
    quoted: list[str] = []

    def kept(found: re.Match[str]) -> str:
        value = found[0][0] == "'" and _CODE.search(line, 0, found.start()) is None
        quoted.append(f"“{found[0][1:-1]}”" if value else found[0])
        return chr(_FIRST + len(quoted) - 1)

    def again(found: re.Match[str]) -> str:
        place = ord(found[1]) - _FIRST
        whole = quoted[place] if place < len(quoted) else found[1]
        return whole if whole[0] == "“" else found[0].replace(found[1], whole)

    plain = _QUOTED.sub(kept, line)
    said = _LISTED.sub("、", _COUNT.sub(r"（\1）", _said(plain)))
    return line if said == plain else _WITH_BLANKS.sub(again, said)


def _said(text: str) -> str:
    """Return a text without quotes in Chinese: as a whole, or else what stands before and after its first separator."""
    whole, patterns = _catalogue()
    if text in whole:
        return whole[text]
    if (place := _separator(text, _SEPARATORS)) is not None:
        # What has a separator in it itself goes before what stands between two of them.
        for entry in patterns[True]:
            if match := entry.pattern.fullmatch(text):
                return _filled(entry.said, match)
        return _joined(text[:place], text[place : place + 2], text[place + 2 :])
    for entry in patterns[False]:
        if match := entry.pattern.fullmatch(text):
            return _filled(entry.said, match)
    place = None if _NAMES.fullmatch(text) else _separator(text, (", ",))
    return text if place is None else _joined(text[:place], ", ", text[place + 2 :])


def _separator(text: str, among: Collection[str]) -> int | None:
    """Return where the first of some separators stands that is not in parentheses."""
    depth = 0
    for place, letter in enumerate(text):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(letter, 0)
        if depth <= 0 and text[place : place + 2] in among:
            return place
    return None


def _joined(before: str, separator: str, after: str) -> str:
    told = _said(before), _said(after)
    return (separator if told == (before, after) else _MARKS[separator]).join(told)


def _filled(said: str, found: re.Match[str]) -> str:
    return _PLACE.sub(lambda place: _said(found[place[1]]), said)


@cache
def _catalogue() -> tuple[Mapping[str, str], Mapping[bool, list[_Pattern]]]:
    """Return the messages without places, and the others by whether a separator is in them, the longest first."""
    # Whoever reads English does not wait for them.
    import tomllib  # noqa: PLC0415 - see above
    from importlib.resources import files  # noqa: PLC0415 - see above

    read = tomllib.loads(files("partyrules.errors").joinpath("chinese.toml").read_text(encoding="utf-8"))
    everything = {english: said for table in read.values() for english, said in table.items()}
    whole = {english: said for english, said in everything.items() if not _PLACE.search(english)}
    patterns: dict[bool, list[_Pattern]] = {True: [], False: []}
    for english, said in sorted(everything.items(), key=_specific):
        if english not in whole:
            patterns[_separator(english, _SEPARATORS) is not None].append(_Pattern(_pattern(english), said))
    return whole, patterns


def _specific(entry: tuple[str, str]) -> tuple[bool, int]:
    """Return how late an entry is tried: those with parentheses first, which part a text best, then the longest."""
    literal = _PLACE.sub("", entry[0])
    return "(" not in literal, -len(literal)


def _pattern(english: str) -> re.Pattern[str]:
    literal = _PLACE.split(english)
    return re.compile(
        "".join(
            f"(?P<{part}>{_QUOTE if part == 'quoted' else '.+?'})" if number % 2 else re.escape(part)
            for number, part in enumerate(literal)
        )
    )
