"""Text for a terminal or a pipe: tables that keep their columns, whatever the width and the script."""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Final, Literal, TextIO

from attrs import frozen
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from partyrules.errors.visible import visible
from partyrules.packs.document import Text

__all__ = ["Cell", "Column", "Laid", "Lang", "Screen", "chosen_lang", "notice_line", "say", "screen_for"]

Lang = Literal["zh", "en"]
Cell = str | Styled

_PIPED_WIDTH: Final = 100
_NARROWEST: Final = 20
_NARROW: Final = 80
# What a column that may be folded needs at least, in cells, and what each column's padding and border take.
_FOLDED: Final = 8
_AROUND: Final = 3
_CHINESE: Final = "zh"


def chosen_lang(environment: Mapping[str, str]) -> Lang:
    """Return the language that the environment asks for: Chinese where its locale is, else English."""
    locale = next((found for name in ("LC_ALL", "LANG") if (found := environment.get(name))), "")
    return "zh" if locale.lower().startswith(_CHINESE) else "en"


def say(text: Text, lang: Lang) -> str:
    """Return a text in one of its languages."""
    return text.zh if lang == "zh" else text.en


def notice_line(notice: Text, lang: Lang) -> str:
    """Return the line that says what has to be said beside an answer."""
    return f"注意：{notice.zh}" if lang == "zh" else f"Note: {notice.en}"


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

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Laid:
        """Return a table as lines of text; a cell may have several.

        Where the width is not fixed, as in a pipe, the table is as wide as its whole columns need. Where it is,
        even these are folded if there is no room; nothing is ever cut off.
        """
        cells = [[_visible(cell) for cell in row] for row in rows]
        needed = _width_needed(columns, cells)
        width = self.width if self.fixed else max(self.width, needed)
        made = Table(box=box.SQUARE if self.unicode else box.ASCII, header_style="bold", safe_box=False, pad_edge=True)
        for column in columns:
            made.add_column(
                column.head,
                no_wrap=column.whole and needed <= width,
                overflow="fold",
                justify="right" if column.right else "left",
            )
        for row in cells:
            made.add_row(*row)
        return self._rendered(made, width)

    def styled(self, text: str, style: str) -> Laid:
        """Return a line in a style, where the screen has colours."""
        return self.line(Styled(text, style=style))

    def line(self, *parts: Cell) -> Laid:
        """Return parts of a line one after the other, each in its style where the screen has colours."""
        if not self.colour:
            return Laid("".join(_visible(part).plain for part in parts))
        return self._rendered(Styled().join(map(_visible, parts)), self.width)

    def _rendered(self, shown: Table | Styled, width: int) -> Laid:
        out = StringIO()
        console = Console(
            file=out,
            width=width,
            color_system="standard" if self.colour else None,
            force_terminal=self.colour,
            no_color=not self.colour,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )
        console.print(shown, soft_wrap=isinstance(shown, Styled))
        return Laid("\n".join(line.rstrip() for line in out.getvalue().rstrip("\n").split("\n")))


def _visible(cell: Cell) -> Styled:
    text, style = (cell, "") if isinstance(cell, str) else (cell.plain, cell.style)
    return Styled("\n".join(map(visible, text.split("\n"))), style=style)


def _width_needed(columns: Sequence[Column], rows: Sequence[Sequence[Styled]]) -> int:
    """Return how wide a table must be so that no whole entry is folded."""
    needed = 1
    for number, column in enumerate(columns):
        entries = [column.head, *(row[number].plain for row in rows)]
        widest = max(cell_len(line) for entry in entries for line in entry.split("\n"))
        needed += _AROUND + (widest if column.whole else min(widest, _FOLDED))
    return needed


def screen_for(stream: TextIO, environment: Mapping[str, str]) -> Screen:
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


def _terminal_width(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except OSError:
        return shutil.get_terminal_size().columns
