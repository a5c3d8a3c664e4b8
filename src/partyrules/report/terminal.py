"""Text for a terminal or a pipe: tables that keep their columns, whatever the width and the script."""

import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, zip_longest
from typing import BinaryIO, Final, NamedTuple, TextIO

from attrs import frozen
from rich.cells import cell_len, chop_cells

from partyrules.errors.visible import visible
from partyrules.language.text import Lang, Text

_PIPED_WIDTH: Final = 100
_NARROWEST: Final = 20
_NARROW: Final = 80
_WIDE_ENOUGH: Final = 120
# What a column that may be folded has at least, and needs at most for a word, in cells, and what its border takes.
_READABLE: Final = 12
_FOLDED: Final = 16
_MOST: Final = 28
_AROUND: Final = 3
_CHINESE: Final = "zh"
# The lines of a frame above, between and below, each from left to right, and its sides.
_FRAME: Final = ("┌─┬┐", "├─┼┤", "└─┴┘", "│")
_PLAIN_FRAME: Final = ("+--+", "|-+|", "+--+", "|")
_CODES: Final = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "magenta": 35, "cyan": 36}


def chosen_lang(environment: Mapping[str, str]) -> Lang:
    """Return the language that the environment asks for: Chinese where its locale is, else English."""
    locale = next((found for name in ("LC_ALL", "LANG") if (found := environment.get(name))), "")
    return "zh" if locale.lower().startswith(_CHINESE) else "en"


def notice_line(notice: Text, lang: Lang) -> str:
    """Return the line that says what has to be said beside an answer."""
    return f"注意：{notice.zh}" if lang == "zh" else f"Note: {notice.en}"


class Styled(NamedTuple):
    """A text, and its style where the screen has colours: `bold` or `dim`, or a colour, or both."""

    plain: str
    style: str = ""


Cell = str | Styled


class Laid(str):
    """Text as it is laid out for a screen: made visible, and with no command in it but the screen's own colours."""

    __slots__ = ()


@frozen
class Column:
    """A column of a table: its head, and whether its entries are kept whole, as ids and numbers are."""

    head: str
    whole: bool = False
    right: bool = False


@frozen
class Screen:
    """Where text goes: its width in cells, whether it may be coloured, and whether the width is fixed."""

    width: int
    colour: bool
    fixed: bool
    unicode: bool = True

    @property
    def narrow(self) -> bool:
        """Tell whether there is room for few columns only."""
        return self.width < _NARROW

    @property
    def wide(self) -> bool:
        """Tell whether there is room for ids in one piece: on a wide screen, or where the width is not fixed."""
        return self.width >= _WIDE_ENOUGH or not self.fixed

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Laid:
        """Return a table as lines of text; a cell may have several.

        Where the width is not fixed, as in a pipe, the table is as wide as its columns need. Where it is, and there is
        no room for them beside each other, what is in a row stands below each other, with its heads. Nothing is cut
        off.
        """
        cells = [[_visible(cell) for cell in row] for row in rows]
        widths = _widths(columns, cells, self.width - 1, fixed=self.fixed)
        if widths is None:
            return self._below_each_other(columns, cells)
        heads = [Styled(column.head, "bold") for column in columns]
        return self._framed([[heads], cells], widths, right=[column.right for column in columns])

    def _below_each_other(self, columns: Sequence[Column], cells: Sequence[Sequence[Styled]]) -> Laid:
        room = self.width - 1 - 2 * _AROUND
        head = min(max(cell_len(line) for column in columns for line in column.head.split("\n")), room // 2)
        pairs = [
            [(Styled(column.head), cell) for column, cell in zip(columns, row, strict=True) if cell.plain]
            for row in cells
        ]
        return self._framed(filter(None, pairs), (head, room - head), right=(False, False))

    def _framed(
        self, parts: Iterable[Sequence[Sequence[Styled]]], widths: Sequence[int], *, right: Sequence[bool]
    ) -> Laid:
        """Return some rows and others, with a line between them, in a frame."""
        *borders, side = _FRAME if self.unicode else _PLAIN_FRAME
        above, between, below = (
            left + joint.join(across * (width + _AROUND - 1) for width in widths) + end
            for left, across, joint, end in map(tuple, borders)
        )
        lines = [above]
        for rows in parts:
            lines += [between] if len(lines) > 1 else []
            for row in rows:
                folded = [_folded(cell, width) for cell, width in zip(row, widths, strict=True)]
                for texts in zip_longest(*folded, fillvalue=""):
                    shown = map(self._padded, texts, row, widths, right)
                    lines.append(f"{side} {f' {side} '.join(shown)} {side}")
        return Laid("\n".join([*lines, below]))

    def _padded(self, text: str, cell: Styled, width: int, right: bool) -> str:  # noqa: FBT001 - one of a column's
        blank = " " * (width - cell_len(text))
        shown = self._coloured(text, cell.style)
        return blank + shown if right else shown + blank

    def _coloured(self, text: str, style: str) -> str:
        codes = ";".join(str(_CODES[word]) for word in style.split())
        return f"\x1b[{codes}m{text}\x1b[0m" if self.colour and codes and text else text

    def styled(self, text: str, style: str) -> Laid:
        """Return a line in a style, where the screen has colours."""
        return self.line(Styled(text, style))

    def line(self, *parts: Cell) -> Laid:
        """Return parts of a line one after the other, each in its style where the screen has colours."""
        return Laid("".join(self._coloured(*_visible(part)) for part in parts))


def _visible(cell: Cell) -> Styled:
    text, style = (cell, "") if isinstance(cell, str) else cell
    return Styled("\n".join(map(visible, text.split("\n"))), style)


# What stands together on a line: a character of Chinese with the marks that open before and close after it, or whatever
# else is written between two blanks, such as a date. Where there is no room for an id, it is broken behind a mark.
_WIDE: Final = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_OPENS: Final = "（《“「【"
_CLOSES: Final = re.escape("，。、；：？！）》”」】…,.;:!?)")
_PIECE: Final = re.compile(rf"[{_OPENS}]*[{_WIDE}][{_CLOSES}]*|[^\s{_WIDE}]+[{_CLOSES}]*|\s+")
_PARTS: Final = re.compile(r"(?<=[A-Za-z][-_:])(?=[A-Za-z0-9])")


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[Styled]], room: int, *, fixed: bool) -> list[int] | None:
    """Return how many cells each column gets of the room, or of more than that where the width is not fixed.

    What is to be kept whole is, and so are dates and words that are not very long; None where there is no room for it.
    """
    most, least = [], []
    for number, column in enumerate(columns):
        lines = [line for entry in (column.head, *(row[number].plain for row in rows)) for line in entry.split("\n")]
        pieces = {column.head, *(piece for line in lines for piece in _PIECE.findall(line))}
        if fixed:
            pieces = {part for piece in pieces for part in _PARTS.split(piece)}
        most.append(max(map(cell_len, lines)))
        word = max(min(most[-1], _READABLE, room // 4), min(max(map(cell_len, pieces)), _FOLDED if fixed else _MOST))
        least.append(most[-1] if column.whole else word)
    left = room - _AROUND * len(columns) - sum(least)
    wanted = [wide - narrow for wide, narrow in zip(most, least, strict=True)]
    if left >= 0 or not fixed:
        share = min(1.0, max(left, 0) / (sum(wanted) or 1))
        return [narrow + int(share * more) for narrow, more in zip(least, wanted, strict=True)]
    return None


def _folded(cell: Styled, width: int) -> list[str]:
    return [line for text in cell.plain.split("\n") for line in _wrapped(text, width)]


def _wrapped(text: str, width: int) -> list[str]:
    """Return a line as lines of so many cells at most, broken at blanks and between characters of Chinese."""
    lines, line = [], ""
    pieces = (_PARTS.split(piece) if cell_len(piece) > width else [piece] for piece in _PIECE.findall(text))
    for piece in chain.from_iterable(pieces):
        if cell_len(line + piece.rstrip()) > width and line.strip():
            lines.append(line.rstrip())
            line = ""
        line += piece if line or not lines else piece.lstrip()
        while cell_len(line.rstrip()) > width:
            part = chop_cells(line, width)[0] or line[:1]
            lines.append(part)
            line = line[len(part) :]
    return [*lines, line.rstrip()]


def screen_for(stream: TextIO | BinaryIO, environment: Mapping[str, str]) -> Screen:
    """Return the screen that a stream is; NO_COLOR and TERM=dumb take the colour, COLUMNS sets the width."""
    terminal = stream.isatty()
    plain = bool(environment.get("NO_COLOR")) or environment.get("TERM") == "dumb"
    given = environment.get("COLUMNS", "")
    sized = given.isascii() and given.isdigit() and int(given) >= _NARROWEST
    if sized:
        width = int(given)
    elif terminal:
        width = max(_NARROWEST, _terminal_width(stream))
    else:
        width = _PIPED_WIDTH
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower()
    return Screen(width, terminal and not plain, terminal or sized, encoding.startswith(("utf", "gb")))


def _terminal_width(stream: TextIO | BinaryIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except OSError:
        return shutil.get_terminal_size().columns
