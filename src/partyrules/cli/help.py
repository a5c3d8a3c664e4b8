"""The help of the commands in the language that was asked for, folded where Chinese may be."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

import click
from rich.cells import cell_len

from partyrules.cli.output import OUTPUT, told

__all__ = ["HelpContext"]

# What is not parted: a word of Latin letters, or a Chinese character with the marks that end a clause.
_UNITS: Final = re.compile(r"[!-~]+|\s+|[^\x00-\x7f][，。；：、？）］”]*")
_EXTRA: Final = re.compile(r"(.*?)(?:  )?\[([^\[\]]*)\]", re.DOTALL)
_GAP: Final = 2
_WIDEST: Final = 30


class _Formatter(click.HelpFormatter):
    """Writes help in English as click does, and in Chinese by cells and not by characters."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, told(args), f"{told(prefix or 'Usage:')} ")

    def write_heading(self, heading: str) -> None:
        self.write(f"{' ' * self.current_indent}{told(heading)}{'：' if OUTPUT.lang == 'zh' else ':'}\n")

    def write_text(self, text: str) -> None:
        if OUTPUT.lang == "en":
            super().write_text(text)
            return
        for number, paragraph in enumerate(re.split(r"\n\s*\n", text)):
            if number:
                self.write("\n")
            self._folded(told(" ".join(paragraph.split())), " " * self.current_indent)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = _WIDEST, col_spacing: int = _GAP) -> None:
        if OUTPUT.lang == "en":
            super().write_dl(rows, col_max, col_spacing)
            return
        listed, indent = [*rows], " " * self.current_indent
        column = self.current_indent + min(max(len(name) for name, _ in listed), col_max) + col_spacing
        for name, help_text in listed:
            first = f"{indent}{name}"
            if len(first) + col_spacing > column:
                self.write(f"{first}\n")
                first = ""
            self._folded(_in_chinese(help_text), " " * column, first.ljust(column))

    def _folded(self, text: str, indent: str, first: str | None = None) -> None:
        for number, line in enumerate(_lines(text, self.width - len(indent))):
            self.write(f"{first if first is not None and not number else indent}{line}\n")


def _in_chinese(help_text: str) -> str:
    """Return the help of an option with what click adds to it, such as its default."""
    found = _EXTRA.fullmatch(help_text)
    if found is None:
        return told(help_text)
    return f"{told(found[1])}［{told(found[2])}］"


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

    formatter_class = _Formatter
