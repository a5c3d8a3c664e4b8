"""`funnel`: who stands at which stage, and what stands before everybody's next step."""

from datetime import date

import click
import msgspec

from partyrules.cli import options as o
from partyrules.cli.decisions import engine_option
from partyrules.cli.output import lines_out, screen, show
from partyrules.questions.funnel import funnel as funnel_of
from partyrules.report.funnels import funnel_parts, funnel_wire


@click.command()
@o.source_argument
@o.adoption_options
@o.unit_option
@o.day_option("--on")
@o.known_at_option
@engine_option
@o.columns_options
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@o.output_option
@o.lang_option
@o.asking
def funnel(
    *,
    inquiry: o.Inquiry,
    unit: str | None,
    on: date | None,
    engine: str | None,
    form: str,
) -> None:
    """Show how many hold each stage on a day, and what stands before everybody's next step."""
    adoption, known_at, lang = inquiry.adoption, inquiry.known_at, inquiry.lang
    day = inquiry.day(on)
    with inquiry.columns() as asked:
        found = funnel_of(asked, adoption, on=day, known_at=known_at, engine=engine, unit=unit)
    if form == "json":
        o.notices_beside(found.notices, lang)
        lines_out([msgspec.json.encode(funnel_wire(found))])
        return
    show(*funnel_parts(found, adoption, screen=screen(), lang=lang))
    if found.undated:
        show(
            {
                "zh": f"另有 {found.undated} 人因记录只写了月份，当日处于哪一阶段不能确定。",
                "en": f"{found.undated} more hold a stage that is open, for a record names only the month.",
            }[lang]
        )
