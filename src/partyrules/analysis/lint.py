"""The linter of packs: every fault that `check` can find, with the line where it stands."""

from collections.abc import Iterable
from pathlib import Path

from attrs import evolve

from partyrules.analysis.accounting import Source, citations, ledger, numbers_and_periods, quotations, texts, untested
from partyrules.analysis.codes import Remark, remark
from partyrules.analysis.reasoning import contradictions, rule_faults, vocabulary_faults
from partyrules.facts.vocabulary import Fact
from partyrules.language.spelling import supposing
from partyrules.packs.pack import Pack, adopt
from partyrules.packs.places import Places
from partyrules.questions.doubts import doubts

__all__ = ["Source"]


@supposing()
def lint(
    pack: Pack,
    *,
    source: Source | None = None,
    facts: Iterable[Fact] = (),
    tests: Path | None = None,
    package: Path | None = None,
) -> tuple[Remark, ...]:
    """Return every fault found in a pack, by code, then in the order of the pack.

    With the `source` text, drift and quotations are looked for as well; with `facts`, what in them the pack is
    not likely to mean; with a folder of `tests`, rules that none of them names. `package` is the folder of the
    pack's modules: with it, faults are placed at a line.
    """
    given = tuple(facts)
    found = [
        *ledger(pack, source),
        *numbers_and_periods(pack),
        *vocabulary_faults(pack),
        *rule_faults(pack),
        *contradictions(pack),
        *texts(pack),
        *untested(pack, tests),
        *quotations(pack, source),
        *citations(pack),
        *(remark("PR024", f"pack {pack.id}", None, doubt) for doubt in (doubts(given, adopt([pack])) if given else ())),
    ]
    places = Places(package)
    placed = [one if one.place else evolve(one, place=places.of(one.where)) for one in found]
    return tuple(sorted(placed, key=lambda one: one.code.id))
