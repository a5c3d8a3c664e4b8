"""`explain`: why a finding is what it is, and why not otherwise."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from itertools import islice
from typing import Final

import click
import msgspec

from partyrules.answers.messages import STATUS_WORDS
from partyrules.answers.verdicts import STATUSES
from partyrules.cli import options as o
from partyrules.cli.output import lines_out, screen, show
from partyrules.language.rules import Rule
from partyrules.language.text import Lang, say
from partyrules.packs.naming import rules_named
from partyrules.packs.pack import Adoption, Bound, clauses_judged
from partyrules.questions.audit import audit
from partyrules.questions.explain import Explanation
from partyrules.questions.explain import explain as explained
from partyrules.report.explanation import derivation_lines

_KEPT: Final = ("satisfied", "excused", "not_applicable")


@click.command()
@o.source_argument
@o.adoption_options
@click.option(
    "--rule", metavar="RULE", required=True, help="The rule, e.g. lzwl2017:8.1.3 or 8.1.3, or all that begin with 8.1."
)
@click.option("--subject", metavar="ID", required=True, help="The person, unit or building that it is about.")
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice(STATUSES),
    help="Explain only findings of this status, and count the others; repeatable.",
)
@o.day_option("--as-of")
@o.known_at_option
@o.columns_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@o.output_option
@o.lang_option
@o.asking
def explain(
    *,
    inquiry: o.Inquiry,
    rule: str,
    subject: str,
    statuses: tuple[str, ...],
    as_of: date | None,
    form: str,
) -> None:
    """Explain each finding of a rule about a subject: whom it binds and when, what counted, what did not, and why.

    Of several findings those that are kept are told in a line each. Where there is none, explain why there is none.
    """
    adoption, lang = inquiry.adoption, inquiry.lang
    day = inquiry.day(as_of)
    with inquiry.columns() as facts:
        asked = audit(facts, adoption, as_of=day, known_at=inquiry.known_at)
        rules = _rules(rule, adoption)
        every = [each for name in rules for each in explained(asked, rule=name, subject=subject)]
        found = _chosen(every, statuses)
        o.notices_beside(asked.notices_on(rules), lang)
    if form == "json":
        lines_out([msgspec.json.Encoder(decimal_format="number").encode([each.to_wire() for each in found])])
        return
    # Of several findings those that are kept are told in a line, unless they are asked for.
    brief = len(found) > 1 and not statuses
    for number, each in enumerate(found):
        if number:
            show("")
        lines = derivation_lines(each.tree, screen=screen(), lang=lang)
        briefly = brief and each.finding is not None and each.finding.status in _KEPT
        show(*(islice(lines, 1) if briefly else lines))
    others = [each for each in every if each.finding is not None and each not in found]
    if others:
        show(_others_told(others, lang))


def _rules(rule: str, adoption: Adoption) -> list[str]:
    """Return the full ids of the rules that are meant, or what was given where an audit has none of them."""
    judged = {f"{pack.id}:{clause.id}": clause.citation for pack, clause in clauses_judged(adoption.packs)}
    asked: tuple[Bound[Rule], ...] = (*adoption.requirements, *adoption.vetoes)
    steps = {bound.id: bound.clause.citation for bound in asked}
    duties = {bound.id: bound.clause.citation for bound in adoption.duties}
    return sorted(rules_named(rule, judged | duties) or rules_named(rule, steps)) or [rule]


def _chosen(explained: Sequence[Explanation], statuses: Collection[str]) -> list[Explanation]:
    """Return the explanations of findings of these statuses, any for none; why there is no finding if there is none."""
    found = [each for each in explained if each.finding is not None] or explained
    return [each for each in found if not statuses or (each.finding is not None and each.finding.status in statuses)]


def _others_told(found: Sequence[Explanation], lang: Lang) -> str:
    """Return in one line how many findings are not explained, by status."""
    counts = Counter(each.finding.status for each in found if each.finding is not None)
    told = [f"{say(STATUS_WORDS[status], lang)} {counts[status]}" for status in STATUSES if counts[status]]
    return (
        f"其余 {counts.total()} 条：{'、'.join(told)}" if lang == "zh" else f"{counts.total()} more: {', '.join(told)}"
    )
