"""`explain`: why a finding is what it is, and why not otherwise."""

from datetime import date, datetime
from pathlib import Path

import click
import msgspec

from partyrules.cli.options import (
    adoption_from,
    adoption_options,
    asked_of,
    columns_options,
    day_asked,
    day_option,
    full_rule,
    kept_by,
    known_at_option,
    lang_option,
    notices_beside,
    source_argument,
)
from partyrules.cli.output import lines_out, screen, show
from partyrules.errors import QueryError
from partyrules.packs.pack import Adoption, clauses_judged
from partyrules.questions.audit import audit
from partyrules.questions.explain import explain as explained
from partyrules.report.explanation import explanation_lines
from partyrules.report.terminal import Lang

__all__ = ["explain"]


@click.command()
@source_argument
@adoption_options
@click.option("--rule", metavar="RULE", required=True, help="The rule, e.g. lzwl2017:8.1.3, or 8.1.3 where one has it.")
@click.option("--subject", metavar="ID", required=True, help="The person, unit or building that it is about.")
@day_option("--as-of")
@known_at_option
@columns_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@lang_option
def explain(  # noqa: PLR0913 - one argument for each option
    *,
    source: str,
    packs: tuple[str, ...],
    adoption_file: Path | None,
    readings: tuple[str, ...],
    parameters: tuple[str, ...],
    rule: str,
    subject: str,
    as_of: date | None,
    known_at: datetime | None,
    by_ledger_time: bool,
    projection: Path | None,
    no_cache: bool,
    form: str,
    lang: Lang,
) -> None:
    """Explain each finding of a rule about a subject: whom it binds and when, what counted, what did not, and why.

    Where there is no finding, explain why there is none.
    """
    adoption = adoption_from(packs, readings, parameters, adoption_file)
    day = day_asked(as_of, adoption, lang)
    kept = kept_by(known_at, by_ledger_time=by_ledger_time)
    with asked_of(source, adoption, projection=projection, no_cache=no_cache, kept=kept) as facts:
        asked = audit(facts, adoption, as_of=day, known_at=known_at)
        found = explained(asked, rule=_full_rule(rule, adoption), subject=subject)
    notices_beside(asked.notices, lang)
    if form == "json":
        lines_out([msgspec.json.Encoder(decimal_format="number").encode([each.to_wire() for each in found])])
        return
    for number, each in enumerate(found):
        if number:
            show("")
        for line in explanation_lines(each, screen=screen(), lang=lang):
            show(line)


def _full_rule(rule: str, adoption: Adoption) -> str:
    """Return the full id of a rule that is named without its pack, where exactly one adopted pack has it."""
    if ":" in rule:
        return rule
    clauses = [f"{pack.id}:{clause.id}" for pack, clause in clauses_judged(adoption.packs)]
    having = {name for name in (*adoption.rule_ids, *clauses) if name.endswith(f":{rule}")}
    if len(having) > 1:
        raise QueryError(f"rule {rule!r} is in several packs; name one of {', '.join(sorted(having))}")
    return having.pop() if having else full_rule(rule, adoption)
