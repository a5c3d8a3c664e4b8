"""The page of the benchmarks: the tables of a run, its picture, and the machine, written by the run itself."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs
import pygal
from pygal.style import Style

from tests.benchmarks.measure import Figure
from tests.benchmarks.targets import TARGETS

__all__ = ["PAGE", "pictured", "printed", "write_earlier", "write_page"]

# pygal puts a finder for plugins of maps among Python's, of a kind that Python gave up; no map is drawn here.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder) is not pygal.PluginImportFixer]

PAGE: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
"""The page that carries the tables; what the run writes stands between two marks."""

_FIRST: Final = "<!-- written by `make bench` -->"
_LAST: Final = "<!-- to here -->"
_FIRST_OF_EARLIER: Final = "<!-- beside the version before -->"
_LAST_OF_EARLIER: Final = "<!-- so far -->"
_SECTIONS: Final = {
    "start": "To start",
    "commands": "On the command line",
    "export": "Findings leave",
    "audit": "A warm audit in Python",
    "cold": "A cold audit in Python",
    "person": "One person",
    "record": "Facts come in",
    "monitor": "A ledger watched",
    "growth": "Ten times as many people",
    "engines": "Beside rule engines",
}
_NUMBER: Final = {name: number for number, name in enumerate(TARGETS, start=1)}
_INK, _GREEN, _GREY, _LINES = "#1d2733", "#8cc3ae", "#c9d0d8", "#e1e5ea"
_AXIS: Final = (0.0001, 0.001, 0.01, 0.1, 1.0, 10.0, 100.0)
_LONGEST_LABEL: Final = 92
# A picture on a page runs no script.
_IDLE: Final = re.compile(r"<!--.*?-->|<script.*?</script>", re.DOTALL)


# In words ----------------------------------------------------------------------------------------------------------


def printed(figures: Sequence[Figure]) -> str:
    """Return the figures as lines of text."""
    marks = {True: "ok  ", False: "OVER", None: "    "}
    return "\n".join(
        f"{marks[one.met]} {_amount(one.value, one.measure):>16}  {_told(one)}: {_amounts(one)}" for one in figures
    )


def _told(one: Figure) -> str:
    return f"{one.what}, beside {one.against}" if one.against else one.what


def _amounts(one: Figure) -> str:
    ours = _amount(one.ours, one.unit)
    return ours if one.theirs is None else f"{ours} to {_amount(one.theirs, one.unit)}"


def _amount(number: float, unit: str) -> str:
    if unit == "s" and number < 1:
        number, unit = number * 1000, "ms"
    digits = f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
    return f"{digits} {unit}"


# The page ----------------------------------------------------------------------------------------------------------


def write_page(figures: Sequence[Figure], machine: Mapping[str, str], run: Mapping[str, Any]) -> None:
    """Write the tables and the machine into the page, the picture and the numbers beside it."""
    folder = PAGE.parent / "benchmarks"
    folder.mkdir(exist_ok=True)
    told = {"run": run, "machine": machine, "figures": [{**attrs.asdict(one), "met": one.met} for one in figures]}
    (folder / "figures.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "figures.svg").write_text(pictured(figures), encoding="utf-8")
    _put(_written(figures, machine, run), _FIRST, _LAST)


def write_earlier(table: str, size: str) -> None:
    """Write the table of this version beside an earlier one into the page."""
    told = f"The version before beside this one, by turns on size {size}, the least of three runs each:"
    _put(f"## Beside the version before\n\n{told}\n\n{table}", _FIRST_OF_EARLIER, _LAST_OF_EARLIER)


def _put(text: str, first: str, last: str) -> None:
    """Write a text between two marks of the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(first)
    _, _, after = rest.partition(last)
    if not after:
        raise ValueError(f"{PAGE}: the marks {first} and {last} are not there")
    PAGE.write_text(f"{before}{first}\n\n{text}\n\n{last}{after}", encoding="utf-8")


def _written(figures: Sequence[Figure], machine: Mapping[str, str], run: Mapping[str, Any]) -> str:
    how = "; ".join(f"{name} {value}" for name, value in run.items())
    parts = [
        f"The run: {how}.",
        "![What one waits for, ours and what stands beside it](benchmarks/figures.svg)",
        _targets(figures),
    ]
    for section, title in _SECTIONS.items():
        if some := [one for one in figures if one.section == section]:
            parts += [f"## {title}", _table(some)]
    described = ["| machine | |", "|---|---|", *(f"| {name} | {value} |" for name, value in machine.items())]
    return "\n\n".join([*parts, "## The machine", "\n".join(described)])


def _targets(figures: Sequence[Figure]) -> str:
    """Return the table of the targets: the figure that comes nearest to breaking each, or farthest over it."""
    rows = ["| | target | limit | measured | |", "|---:|---|---:|---:|---|"]
    kept = measured = 0
    for name, target in TARGETS.items():
        some = [one for one in figures if one.target == name]
        cells = [str(_NUMBER[name]), target.told, f"{target.bound} {_amount(target.limit, target.unit)}"]
        if some:
            worst = max(some, key=lambda one: target.used(one.value))
            measured += 1
            kept += bool(worst.met)
            cells += [_amount(worst.value, worst.measure), "kept" if worst.met else "**missed**"]
        else:
            cells += ["", "not measured in this run"]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(["## The targets", "", f"{kept} of {measured} that were measured are kept.", "", *rows])


def _table(figures: Sequence[Figure]) -> str:
    rows = [
        "| what is measured | ours | beside it | compared | by the processor's time | target |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for one in figures:
        beside = "" if one.theirs is None else f"{one.against}: {_amount(one.theirs, one.unit)}"
        compared = "" if one.measure != "×" else _amount(one.value, one.measure)
        busy = "" if one.busy is None else _amount(one.busy, one.measure)
        aim = "" if one.aim is None else f"{_NUMBER[one.target]}: {'kept' if one.met else '**missed**'}"
        rows.append(f"| {' | '.join((one.what, _amount(one.ours, one.unit), beside, compared, busy, aim))} |")
    return "\n".join(rows)


# The picture -------------------------------------------------------------------------------------------------------


def pictured(figures: Sequence[Figure]) -> str:
    """Return a bar chart as SVG, text as text: how long one waits for us, and for what stands beside us."""
    compared = {one.what for one in figures if one.against}
    waits = [
        one
        for one in figures
        if one.unit == "s" and one.section != "growth" and (one.against or one.what not in compared)
    ]
    style = Style(
        background="#ffffff",
        plot_background="#ffffff",
        foreground=_INK,
        foreground_strong=_INK,
        foreground_subtle=_LINES,
        guide_stroke_color=_LINES,
        guide_stroke_dasharray="",
        major_guide_stroke_color=_LINES,
        major_guide_stroke_dasharray="",
        opacity="1",
        stroke_opacity="1",
        font_family="sans-serif",
        label_font_size=12,
        major_label_font_size=12,
        value_font_size=11,
        title_font_size=15,
        legend_font_size=12,
        colors=(_GREEN, _GREY),
        value_colors=(_INK, _INK),
    )
    least = min([0.001, *map(_least, waits)]) / 3
    chart = pygal.HorizontalBar(
        style=style,
        js=(),
        width=1240,
        height=130 + 40 * len(waits),
        logarithmic=True,
        title="What one waits for: each line to the right is ten times as long",
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        print_values=True,
        print_values_position="top",
        value_formatter=lambda value: "" if value is None else _amount(value, "s"),
        y_labels=[mark for mark in _AXIS if mark >= least],
        range=(least, max([1.0, *map(_most, waits)]) * 4),
        zero=least,
        margin_right=40,
        truncate_label=-1,
        explicit_size=True,
    )
    # What tells one chart from another; by itself it would be another each time.
    chart.uuid = "benchmarks"
    chart.x_labels = [_label(one) for one in reversed(waits)]
    chart.add("partyrules", [one.ours for one in reversed(waits)])
    chart.add("what stands beside it", [one.theirs for one in reversed(waits)])
    drawn: str = chart.render(is_unicode=True, disable_xml_declaration=True)
    return _IDLE.sub("", drawn) + "\n"


def _least(one: Figure) -> float:
    return min(one.ours, one.theirs or one.ours)


def _most(one: Figure) -> float:
    return max(one.ours, one.theirs or one.ours)


def _label(one: Figure) -> str:
    """Return what a bar is, in few words: what is measured, which of its kinds, and what stands beside it."""
    what, _, _ = re.split("[,:] ", one.what, maxsplit=1)[0].partition(" in Python")
    _, colon, which = one.what.rpartition(": ")
    told = f"{what}: {which.partition(', ')[0]}" if colon else what
    if one.against:
        told += f" / {one.against.partition(': ')[0]}"
    told = told.replace("`", "")
    return told if len(told) <= _LONGEST_LABEL else f"{told[: _LONGEST_LABEL - 1]}…"
