"""The page of the benchmarks: the table of a run, its plot, and the machine, written by the run itself."""

import json
from collections.abc import Mapping, Sequence
from math import log10
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import attrs

from tests.benchmarks.measure import Figure

__all__ = ["PAGE", "plotted", "printed", "write_page"]

PAGE: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
"""The page that carries the table; what the run writes stands between two marks."""

_FIRST: Final = "<!-- written by `make bench` -->"
_LAST: Final = "<!-- to here -->"
_WIDTH, _ROW, _LEFT, _TOP = 860, 24, 400, 44
_LEAST, _MOST = 0.01, 10.0


def printed(figures: Sequence[Figure]) -> str:
    """Return the figures as lines of text."""
    return "\n".join(
        f"{'ok  ' if one.met else 'OVER'} {_compared(one):>12} ({_limit(one)})  {_told(one)}: {_amounts(one)}"
        for one in figures
    )


def _compared(one: Figure) -> str:
    return _amount(one.value, one.measure)


def _limit(one: Figure) -> str:
    return f"{one.bound} {_amount(one.limit, one.measure)}"


def _told(one: Figure) -> str:
    return f"{one.what}, beside {one.against}" if one.against else one.what


def _amounts(one: Figure) -> str:
    ours = _amount(one.ours, one.unit)
    return ours if one.theirs is None else f"{ours} to {_amount(one.theirs, one.unit)}"


def _amount(number: float, unit: str) -> str:
    if unit == "s" and number < 1:
        number, unit = number * 1000, "ms"
    digits = f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
    return f"{digits} ×" if unit == "×" else f"{digits} {unit}"


def write_page(figures: Sequence[Figure], machine: Mapping[str, str], run: Mapping[str, Any]) -> None:
    """Write the table and the machine into the page, the plot and the numbers beside it."""
    folder = PAGE.parent / "benchmarks"
    folder.mkdir(exist_ok=True)
    told = {"run": run, "machine": machine, "figures": [{**attrs.asdict(one), "met": one.met} for one in figures]}
    (folder / "figures.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "figures.svg").write_text(plotted(figures), encoding="utf-8")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(_FIRST)
    _, _, after = rest.partition(_LAST)
    if not after:
        raise ValueError(f"{PAGE}: the marks {_FIRST} and {_LAST} are not there")
    PAGE.write_text(f"{before}{_FIRST}\n\n{_tables(figures, machine, run)}\n\n{_LAST}{after}", encoding="utf-8")


def _tables(figures: Sequence[Figure], machine: Mapping[str, str], run: Mapping[str, Any]) -> str:
    rows = ["| | ours | beside it | compared | limit | |", "|---|---:|---:|---:|---:|---|"]
    for one in figures:
        beside = "" if one.theirs is None else f"{one.against}: {_amount(one.theirs, one.unit)}"
        kept = "kept" if one.met else "**not kept**"
        cells = (one.what, _amount(one.ours, one.unit), beside, _compared(one), _limit(one), kept)
        rows.append(f"| {' | '.join(cells)} |")
    kept = f"{sum(one.met for one in figures)} of {len(figures)} limits kept."
    how = "; ".join(f"{name} {value}" for name, value in run.items())
    described = ["| machine | |", "|---|---|", *(f"| {name} | {value} |" for name, value in machine.items())]
    plot = "![How much of each limit was used](benchmarks/figures.svg)"
    return "\n\n".join(["\n".join(rows), f"{kept} The run: {how}.", plot, "\n".join(described)])


def plotted(figures: Sequence[Figure]) -> str:
    """Return a bar chart as SVG: how much of each limit was used, on a logarithmic scale; 1 is the limit."""
    height = _TOP + _ROW * len(figures) + 34
    right = _WIDTH - 24

    def across(share: float) -> float:
        inside = min(max(share, _LEAST), _MOST)
        return _LEFT + (right - _LEFT) * log10(inside / _LEAST) / log10(_MOST / _LEAST)

    bottom = _TOP + _ROW * len(figures)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        '<g font-family="sans-serif" font-size="12">',
        "<title>How much of each limit was used</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="20" fill="#333333">share of the limit used (logarithmic; 1 is the limit)</text>',
    ]
    for share in (0.01, 0.1, 1.0, 10.0):
        x = across(share)
        stroke = 'stroke="#333333" stroke-width="1.5"' if share == 1 else 'stroke="#dddddd"'
        parts.append(f'<line x1="{x:.1f}" y1="{_TOP - 8}" x2="{x:.1f}" y2="{bottom + 4}" {stroke}/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 20}" text-anchor="middle" fill="#333333">{share:g}</text>')
    for number, one in enumerate(figures):
        y = _TOP + _ROW * number
        told = one.what.replace("`", "") + (f" / {one.against}" if one.against else "")
        told = told if len(told) <= 62 else told[:61] + "…"
        colour = "#3a7d5c" if one.met else "#b4483a"
        wide = max(across(one.used) - _LEFT, 1)
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 13}" text-anchor="end" fill="#333333">{escape(told)}</text>')
        parts.append(f'<rect x="{_LEFT}" y="{y + 2}" width="{wide:.1f}" height="{_ROW - 9}" fill="{colour}"/>')
        label = escape(_compared(one))
        parts.append(f'<text x="{_LEFT + wide + 6:.1f}" y="{y + 13}" fill="#333333">{label}</text>')
    return "\n".join([*parts, "</g>", "</svg>", ""])
