"""The charts of a report as SVG to stand within a page, their text as text; drawn by pygal."""

import re
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pygal
from markupsafe import Markup
from pygal import Bar, HorizontalStackedBar
from pygal.style import Style

from partyrules.answers.verdicts import OUTCOMES
from partyrules.language.text import Lang, say
from partyrules.report.content import Report

# It puts a finder for plugins of maps among Python's, of a kind that Python gave up; no map is drawn here.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder) is not pygal.PluginImportFixer]

INK: Final = "#1d2733"
GREEN, AMBER, VIOLET, RED, GREY = "#2f6f57", "#8a5a12", "#6b5b95", "#a8322d", "#9aa5b1"
OUTCOME_COLOURS: Final = dict(zip(OUTCOMES, (RED, AMBER, VIOLET, GREEN), strict=True))
_WIDTH: Final = 1080
_LABEL: Final = 13
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)


def trend_chart(report: Report) -> Markup:
    """Return the rate of each semester as a bar, with its numerator and denominator."""
    chart = _chart(Bar, "trend", height=280, colours=(GREEN,), range=(0, 100))
    chart.y_labels = [{"value": share, "label": f"{share}%"} for share in (0, 25, 50, 75, 100)]
    chart.x_labels = [semester.term.id for semester in report.trend]
    chart.add("", [_rated(s.rate, f"{s.satisfied}/{s.all}") for s in report.trend])
    return _drawn(chart)


def _rated(rate: float | None, of: str) -> dict[str, Any] | None:
    return None if rate is None else {"value": rate * 100, "formatter": lambda _: f"{rate:.1%} ({of})"}


def coming_chart(report: Report) -> Markup:
    """Return how many findings fall due on each day of the coming month as bars."""
    days, counts = np.unique(report.coming.due, return_counts=True)
    by_day = dict(zip(days.tolist(), counts.tolist(), strict=True))
    first, last = report.as_of + timedelta(days=1), date.fromordinal(int(days[-1])) if len(days) else report.as_of
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    chart = _chart(Bar, "coming", height=230, colours=(AMBER,), above=True, spacing=2)
    chart.x_labels = [f"{day:%m-%d}" if day.toordinal() in by_day else "" for day in span]
    chart.add("", [by_day.get(day.toordinal()) for day in span])
    return _drawn(chart)


def pipeline_chart(report: Report, lang: Lang) -> Markup:
    """Return what stands before each step of the pipeline as a bar, by outcome."""
    counts = Counter((one.into, one.outcome) for one in report.standing)
    standing = {into for into, _ in counts}
    stages = [stage for stage in report.adoption.stages if stage.name in standing]
    chart = _chart(
        HorizontalStackedBar,
        f"pipeline-{lang}",
        height=50 + 46 * len(stages),
        colours=tuple(OUTCOME_COLOURS.values()),
        # What it leaves for labels is enough for Latin letters, of which a Chinese one is twice as wide.
        margin_left=20 + _LABEL // 2 * max((len(stage.title.zh) for stage in stages), default=0),
    )
    chart.x_labels = [say(stage.title, lang) for stage in reversed(stages)]
    for outcome in OUTCOMES:
        chart.add("", [counts[stage.name, outcome] or None for stage in reversed(stages)])
    return _drawn(chart)


def _chart(kind: Any, name: str, *, height: int, colours: Sequence[str], above: bool = False, **options: Any) -> Any:
    style = Style(
        background="transparent",
        plot_background="transparent",
        foreground=INK,
        foreground_strong=INK,
        foreground_subtle="#e1e5ea",
        guide_stroke_dasharray="",
        major_guide_stroke_dasharray="",
        opacity="1",
        opacity_hover="0.85",
        stroke_opacity="1",
        font_family="inherit",
        label_font_size=_LABEL,
        major_label_font_size=_LABEL,
        value_font_size=_LABEL,
        transition="0s",
        colors=tuple(colours),
        value_colors=(INK if above else "#ffffff",) * len(colours),
    )
    chart = kind(
        style=style,
        js=(),
        width=_WIDTH,
        height=height,
        show_legend=False,
        print_values=True,
        print_zeroes=False,
        print_values_position="top" if above else "center",
        margin=6,
        max_scale=6,
        value_formatter=lambda value: "" if value is None else f"{value:g}",
        no_data_text="—",
        **{"margin_left": 20} | options,
    )
    # What tells one chart from another within a page; by itself it would be another each time.
    chart.uuid = name
    return chart


def _drawn(chart: Any) -> Markup:
    drawn = chart.render(is_unicode=True, disable_xml_declaration=True)
    return Markup(_COMMENT.sub("", drawn))  # noqa: S704 - pygal escapes what it is given
