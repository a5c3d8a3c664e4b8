"""If it constructs, it audits: whatever an author writes by chance is refused in words, or answers every question."""

import pickle
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from partyrules.analysis.compare import compare
from partyrules.analysis.consistency import consistency
from partyrules.analysis.lint import lint
from partyrules.analysis.pages import clause_page
from partyrules.errors import PackError
from partyrules.facts.codec import fact_from_wire
from partyrules.facts.vocabulary import Fact
from partyrules.packs.encoding import decoded, encoded
from partyrules.packs.pack import Adoption, Pack, adopt
from partyrules.questions.audit import audit
from partyrules.questions.decide import decide
from partyrules.questions.explain import explain
from partyrules.testing.scenes import filled
from tests import chess
from tests.authors import Author
from tests.strategies import TOY, chances, institution
from tests.sweeps import examples

DAYS: Final = (date(2020, 3, 31), date(2020, 12, 31))
OWN: Final[tuple[dict[str, Any], ...]] = (
    {"fact": "poll_taken", "person": "p1", "on": "2020-02-01"},
    {"fact": "poll_taken", "person": "p1", "on": "2020-05-01", "present": 3, "entitled": 5, "tellers": ["p1", "p2"]},
    {"fact": "poll_taken", "person": "p2", "on": "2020-03", "secret": True, "counted_on": "2020-03-03"},
    {"fact": "prize_won", "person": "p1", "prize": "x", "on": "2020-02-02"},
    {"fact": "prize_lost", "person": "p1", "prize": "x", "on": "2020-06-02"},
    {"fact": "stage_entered", "person": "p1", "stage": "a", "on": "2020-01-05"},
    {"fact": "link_started", "link": "x", "holder": "p1", "target": "p2", "on": "2020-01-07"},
)


def written(chance: Random, slips: int) -> Pack | None:
    """Return a pack that an author wrote by chance, None where some part of it was refused in one line."""
    try:
        return Author(chance, slips=slips).pack()
    except PackError as error:
        said = str(error)
    assert said.strip()
    assert "\n" not in said
    return None


def told(chance: Random, adoption: Adoption) -> tuple[Fact, ...]:
    """Return facts of an invented institution, those of the pack's own among them."""
    own = [fact_from_wire({"id": f"own {n}", **row}, vocabulary=adoption.vocabulary) for n, row in enumerate(OWN)]
    return (*institution(chance, TOY), *own)


def answers(pack: Pack, chance: Random) -> Iterator[object]:
    """Yield what a pack answers to every kind of question."""
    for adoption in (adopt([pack]), filled(pack)):
        facts = told(chance, adoption)
        for day in DAYS:
            asked = audit(facts, adoption, as_of=day)
            found = asked.findings()
            yield [one.to_wire() for one in found]
            yield len(list(asked.table())) == len(found)
            yield [explain(asked, rule=one.rule, subject=one.subject) for one in found[:2]]
            yield [decide(facts, adoption, person="p1", to=to, on=day).to_wire() for to in adoption.stage_names]
        yield pickle.loads(pickle.dumps(adoption)) == adoption  # noqa: S301 - made on the line itself
    yield decoded(encoded(pack), Pack).fingerprint == pack.fingerprint
    yield clause_page(pack)


@given(chances(), st.sampled_from((0, 0, 1, 4)))
@settings(max_examples=examples(60))
def test_what_constructs_audits(chance: Random, slips: int) -> None:
    """A pack that is not refused audits, decides, explains, is put into words, kept, exported and read back."""
    pack = written(chance, slips)
    if pack is not None:
        assert False not in list(answers(pack, chance))


@given(chances())
@settings(max_examples=examples(10))
def test_what_constructs_is_checked_and_compared(chance: Random) -> None:
    """A pack that is not refused goes through `check`, `compare` and the search for contradictions without an error."""
    pack = written(chance, 0)
    if pack is not None:
        assert all(str(remark) for remark in lint(pack))
        assert {pairing.relation for pairing in compare(pack, pack).pairings} <= {"same", "not_decided"}
        assert isinstance(consistency([pack, chess.pack]), tuple)


@given(chances())
@settings(max_examples=examples(200))
def test_any_argument_is_taken_or_refused(chance: Random) -> None:
    """Whatever stands in the place of an argument, the author is told in words, and never by another error."""
    written(chance, 25)
