"""The help of the commands in the language that was asked for, folded where Chinese may be."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

import click
from rich.cells import cell_len

from partyrules.cli.output import OUTPUT
from partyrules.errors.chinese import chinese

# What is not parted: a word of Latin letters, or a Chinese character with the marks that end a clause.
_UNITS: Final = re.compile(r"[!-~]+|\s+|[^\x00-\x7f][，。；：、？）］”]*")
_EXTRA: Final = re.compile(r"(.*?)(?:  )?\[([^\[\]]*)\]", re.DOTALL)
_GAP: Final = 2
_WIDEST: Final = 30


class _Chinese(click.HelpFormatter):
    """Writes help in Chinese, folded by cells and not by characters."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, chinese(args), f"{chinese(prefix or 'Usage:')} ")

    def write_heading(self, heading: str) -> None:
        self.write(f"{' ' * self.current_indent}{chinese(heading)}：\n")

    def write_text(self, text: str) -> None:
        for number, paragraph in enumerate(re.split(r"\n\s*\n", text)):
            if number:
                self.write("\n")
            self._folded(chinese(" ".join(paragraph.split())), " " * self.current_indent)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = _WIDEST, col_spacing: int = _GAP) -> None:
        listed, indent = [*rows], " " * self.current_indent
        column = self.current_indent + min(max(len(name) for name, _ in listed), col_max) + col_spacing
        for name, help_text in listed:
            first = f"{indent}{name}"
            if len(first) + col_spacing > column:
                self.write(f"{first}\n")
                first = ""
            self._folded(_option_help(help_text), " " * column, first.ljust(column))

    def _folded(self, text: str, indent: str, first: str | None = None) -> None:
        for number, line in enumerate(_lines(text, self.width - len(indent))):
            self.write(f"{first if first is not None and not number else indent}{line}\n")


def _option_help(help_text: str) -> str:
    """Return the help of an option with what click adds to it, such as its default."""
    found = _EXTRA.fullmatch(help_text)
    return chinese(help_text) if found is None else f"{chinese(found[1])}［{chinese(found[2])}］"


def _lines(text: str, width: int) -> Iterator[str]:
    line = ""
    for unit in _UNITS.findall(text):
        if line and cell_len(line + unit.rstrip()) > width:
            yield line.rstrip()
            line = unit.lstrip()
        else:
            line += unit
    yield line.rstrip()


class HelpContext(click.Context):
    """A context whose help is in the language of the output."""

    def make_formatter(self) -> click.HelpFormatter:
        """Return what lays out the help."""
        made = _Chinese if OUTPUT.lang == "zh" else click.HelpFormatter
        return made(width=self.terminal_width, max_width=self.max_content_width)
