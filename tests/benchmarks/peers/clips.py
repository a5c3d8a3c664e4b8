"""The counting work on CLIPS: a tally fact for each cell, raised by one for each attendance that matches it."""

from itertools import islice, product
from typing import Final

from clips import Environment, Symbol

from tests.benchmarks.peers.counting import KINDS, Answer, Work

__all__ = ["answered"]

# Asserting and running by turns: with all facts asserted first the agenda grows long, and running becomes quadratic.
_FACTS_AT_ONCE: Final = 1000

_RULES: Final = (
    """
    (deftemplate attended
        (slot event (type INTEGER)) (slot person (type INTEGER)) (slot kind (type SYMBOL))
        (slot semester (type INTEGER)))
    """,
    """
    (deftemplate tally
        (slot person (type INTEGER)) (slot kind (type SYMBOL)) (slot semester (type INTEGER))
        (slot count (type INTEGER) (default 0)))
    """,
    """
    (defrule count-attendance
        ?attended <- (attended (person ?person) (kind ?kind) (semester ?semester))
        ?tally <- (tally (person ?person) (kind ?kind) (semester ?semester) (count ?count))
        =>
        (retract ?attended)
        (modify ?tally (count (+ ?count 1))))
    """,
    """
    (defrule nothing-attended
        (judge)
        (tally (person ?person) (kind ?kind) (semester ?semester) (count 0))
        =>
        (assert (breach ?person ?kind ?semester)))
    """,
)


def answered(work: Work) -> Answer:
    """Return the counts and the breaches."""
    environment = Environment()
    for rule in _RULES:
        environment.build(rule)
    tally, attended = (environment.find_template(name) for name in ("tally", "attended"))
    symbols = {kind: Symbol(kind) for kind in KINDS}
    for person, kind, semester in product(range(len(work.people)), symbols.values(), range(len(work.semesters))):
        tally.assert_fact(person=person, kind=kind, semester=semester)
    waiting = iter(work.attended)
    while some := list(islice(waiting, _FACTS_AT_ONCE)):
        for event, person, kind, semester in some:
            attended.assert_fact(event=event, person=person, kind=symbols[kind], semester=semester)
        environment.run()
    environment.assert_string("(judge)")
    environment.run()
    cells = ((fact["person"], str(fact["kind"]), fact["semester"], fact["count"]) for fact in tally.facts())
    counts = {(person, kind, semester): count for person, kind, semester, count in cells if count}
    found = environment.find_template("breach").facts()
    return Answer(counts, frozenset((person, str(kind), semester) for person, kind, semester in found))
