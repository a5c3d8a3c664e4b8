"""A page for a pack, clause by clause: its rules in words, its readings, what its tests met, and its sentences.

`python -m partyrules.analysis.pages ID|PATH` writes the page to standard output, as MyST Markdown.
"""

import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from partyrules.errors import PartyRulesError
from partyrules.language.kernel import Always
from partyrules.language.phrases import phrase
from partyrules.language.rules import LEAVE, MODALITIES, PARTIAL, Duty, Requirement, Rule, Veto, all_readings
from partyrules.language.tree import walk
from partyrules.packs.document import Clause, Sentence, Text
from partyrules.packs.pack import Pack, reading_key
from partyrules.packs.projects import project_of
from partyrules.testing.coverage import MET_FILE, RuleCoverage, RulesMet, covered, seen_in

Figures = Mapping[str, RuleCoverage]

_WIDTH: Final = 110
_BAD_INPUT: Final = 2
_KINDS_OF_FIGURES: Final = {"statuses": "statuses", "readings": "options of readings", "days": "boundary days"}


def clause_page(pack: Pack, *, met: RulesMet | None = None) -> str:
    """Return the page of a pack: each clause in the order of its document, then the sentences that carry none.

    With what the pack's own tests `met`, each rule has its figures, and so have clauses of several rules and the pack.
    """
    document = pack.document
    figures = {} if met is None else {rule.rule: rule for clause in covered(pack, met) for rule in clause.rules}
    lines = [
        f"# Clauses of {pack.id}",
        "",
        f"% Written by `python -m partyrules.analysis.pages {pack.id}`: change the pack, not this page.",
        "",
        *_paragraph(
            f"What became of each clause of {_both(document.title)}, {document.number}: the clause in our own words, "
            "the rules made of it, where they can be read in more than one way, and the sentences that carry it. "
            f"A sentence stands by its number in the document. Version {pack.version} of the pack."
        ),
    ]
    if any(PARTIAL in all_readings(rule) for rule in pack.rules):
        common = f"`{PARTIAL.name}` (default `{PARTIAL.default}`) and `{LEAVE.name}` (default `{LEAVE.default}`)"
        lines += ["", *_paragraph(f"Every duty per period can besides be read by the two common readings, {common}.")]
    if figures:
        lines += [
            "",
            *_paragraph(
                f"The pack's own tests meet {_summed(figures.values())}. Statuses are those that a finding on the "
                "rule, or the list of a decision that it stands in, can come to; boundary days are the first and last "
                "day of a period or a deadline, and the days beside it. Laws and cases drawn by chance do not count."
            ),
        ]
    for clause in document.clauses:
        lines += ["", f"## {clause.id} ({clause.citation})", "", *_clause(pack, clause, figures)]
    rest = [sentence for sentence in document.sentences if not sentence.clauses]
    if rest:
        lines += ["", "## Sentences without a clause", ""]
        for sentence in rest:
            lines += _item(_sentence(sentence))
    return "\n".join(lines) + "\n"


def _clause(pack: Pack, clause: Clause, figures: Figures) -> Iterator[str]:
    yield from _paragraph(_both(clause.summary))
    yield ""
    if clause.judges is not None:
        yield from _item(f"Only a recorded judgement answers it, one for each `{clause.judges}`.")
    if clause.reason is not None:
        yield from _item(f"No rule is made of it: {_both(clause.reason)}")
    rules = [rule for rule in pack.rules if rule.clause == clause.id]
    for rule in rules:
        yield from _rule(pack, rule)
        if f"{pack.id}:{rule.id}" in figures:
            yield from _item(_met(figures[f"{pack.id}:{rule.id}"]), depth=1)
    if figures and len(rules) > 1:
        yield from _item(f"tests of these rules meet {_summed(figures[f'{pack.id}:{rule.id}'] for rule in rules)}")
    for sentence in pack.document.sentences:
        if clause.id in sentence.clauses:
            yield from _item(_sentence(sentence))


def _rule(pack: Pack, rule: Rule) -> Iterator[str]:
    modality = MODALITIES[rule.modality]
    kind = type(rule).__name__.lower()
    yield from _item(f"**{kind} `{rule.id}`**, {modality.en} ({modality.zh}): {_both(rule.title)}")
    for name, told in _said(rule):
        yield from _item(f"{name}: {told}", depth=1)
    for reading in rule.readings:
        options = ", ".join(f"`{option}`" for option in reading.options if option != reading.default)
        key = reading_key(pack, rule, reading)
        told = f"reading `{key}`: `{reading.default}` by default, or {options}. {_both(reading.why)}"
        yield from _item(told, depth=1)
    for parameter in rule.parameters:
        may = "may be set" if parameter.optional else "is to be set by the institution"
        key = f"`{pack.id}:{rule.id}.{parameter.name}`"
        yield from _item(f"parameter {key} ({parameter.takes}), {may}. {_both(parameter.why)}", depth=1)


def _said(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield what a rule says: the name of each part, and the part in words."""
    match rule:
        case Duty():
            yield "binds", phrase(rule.bearer).en
            yield "how often", phrase(rule.per).en
            yield "requires", f"{phrase(rule.requires).en}. Counted are {rule.counted.en} ({rule.counted.zh})"
            if rule.responsible is not None:
                yield "who has to act", phrase(rule.responsible).en
            if rule.vacation_months != "bind":
                yield "months in vacations", phrase(rule.vacation_months).en
        case Requirement():
            yield "before the step into", phrase(rule.steps).en
            if not isinstance(rule.when, Always):
                yield "applies if", phrase(rule.when).en
            yield "requires", phrase(rule.requires).en
            if rule.advisory is not False:
                yield "advisory, so that it never blocks", phrase(rule.advisory).en
        case Veto():
            yield "before the step into", phrase(rule.steps).en
            yield "vetoes if", phrase(rule.vetoes).en
            yield (
                "lifted by",
                "; ".join(dict.fromkeys(_both(text) for text in walk(rule.lifts) if isinstance(text, Text))),
            )


def _met(figures: RuleCoverage) -> str:
    """Return what the tests met of a rule, with each status by name, and what they did not."""
    statuses, *others = _summed([figures]).split(", ")
    names = ", ".join(f"`{status}`" for status in figures.met["statuses"])
    told = ", ".join([f"tests meet {statuses}{f' ({names})' if names else ''}", *others])
    missing = [
        f"`{value}`" if kind != "days" else value for kind, values in figures.missing.items() for value in values
    ]
    return f"{told}. Not met: {', '.join(missing)}" if missing else told


def _summed(figures: Iterable[RuleCoverage]) -> str:
    """Return how many of the statuses, options of readings and boundary days of some rules were met."""
    rules = [*figures]
    told = []
    for kind, noun in _KINDS_OF_FIGURES.items():
        met = sum(len(rule.met[kind]) for rule in rules)
        reachable = sum(len(rule.reachable[kind]) for rule in rules)
        if reachable:
            told.append(f"{met} of {reachable} {noun}")
    return ", ".join(told)


def _sentence(sentence: Sentence) -> str:
    told = f"sentence `{sentence.number}`: {sentence.treatment}"
    if sentence.rules:
        told += f", by {', '.join(f'`{rule}`' for rule in sentence.rules)}"
    return f"{told}. {_both(sentence.reason)}" if sentence.reason is not None else told


def _both(text: Text) -> str:
    return f"{text.en} ({text.zh})"


def _item(told: str, depth: int = 0) -> list[str]:
    indent = "  " * depth
    return _paragraph(told, first=f"{indent}- ", then=f"{indent}  ")


def _paragraph(told: str, first: str = "", then: str = "") -> list[str]:
    return textwrap.wrap(
        told, _WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    )


def main(arguments: Sequence[str]) -> int:
    """Write the page of the pack named by the one argument; return the exit code, 2 for bad input."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("Usage: python -m partyrules.analysis.pages ID|PATH\n")
        return 0 if arguments and arguments[0] in ("-h", "--help") else _BAD_INPUT
    try:
        project = project_of(arguments[0])
        page = clause_page(project.pack, met=None if project.tests is None else seen_in(project.tests / MET_FILE))
    except PartyRulesError as error:
        sys.stderr.write(f"Error: {error}\n")
        return _BAD_INPUT
    sys.stdout.buffer.write(page.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
