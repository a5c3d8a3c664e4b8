"""What a monitor knows: the rows of every duty and the decisions as of a day, and what they were made of."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from attrs import define

from partyrules.answers.blocks import About
from partyrules.answers.verdicts import Finding
from partyrules.errors import EngineError
from partyrules.evaluate.columnar.duties import Duties
from partyrules.evaluate.columnar.view import View
from partyrules.evaluate.reference import ReferenceEvaluator
from partyrules.facts.retractions import retracted_ids
from partyrules.facts.vocabulary import Fact, FactRetracted
from partyrules.history import History
from partyrules.language.rules import Duty
from partyrules.packs.pack import Adoption, Bound
from partyrules.questions.sources import history_from, terms_joining
from partyrules.store.columns import Columns
from partyrules.store.projection import Projection
from partyrules.watch.changes import Change, Passage, in_order_changed
from partyrules.watch.dependence import DECISIONS, Dependence, Mention
from partyrules.watch.names import FactNames
from partyrules.watch.passages import passages
from partyrules.watch.quick import Attendance, Counting, Rosters, plan_of
from partyrules.watch.rows import Difference, DutyRows, differences

__all__ = ["Now", "State", "Watched", "finding_changes", "passage_changes"]


class Watched:
    """A projection of facts and an adoption, with what the rules depend on."""

    def __init__(self, projection: Projection, adoption: Adoption) -> None:
        self.projection: Final = projection
        self.adoption: Final = adoption
        self.columns: Final = projection.columns
        self.duties: Final[Mapping[str, Bound[Duty]]] = {bound.id: bound for bound in adoption.duties}
        self.dependence: Final = Dependence.of(adoption)
        self.plans: Final[Mapping[Mention, Attendance | Counting]] = {
            mention: plan
            for some in self.dependence.by_wire.values()
            for mention in some
            if mention.rule != DECISIONS and (plan := plan_of(self.duties[mention.rule], mention, adoption)) is not None
        }

    @property
    def count(self) -> int:
        """How many facts the projection has."""
        return len(self.columns)

    def catch_up(self) -> None:
        """Bring the projection up to date; raise EngineError where it had to be made anew.

        Raise FactError where what was recorded cannot stand beside the terms of the adoption.
        """
        self.projection.refresh()
        if self.projection.columns is not self.columns:
            raise EngineError("the projection was read anew since the monitor began; begin another one")
        terms_joining(self.projection, self.adoption)

    def view(self, history: History) -> View:
        """Return the columns of what is known now."""
        return View(self.columns, self.projection.facts, self.adoption, history)

    def admit(self, coming: Iterable[Fact]) -> None:
        """Raise FactError where facts that are to be recorded cannot stand beside the terms of the adoption."""
        terms_joining(self.projection, self.adoption, coming=coming)

    def retractions(self) -> list[FactRetracted]:
        """Return every retraction recorded."""
        table = self.columns.tables.get(FactRetracted.wire)
        found = [] if table is None else self.projection.facts(table.numbers.array.tolist())
        return [fact for fact in found if isinstance(fact, FactRetracted)]

    def now(self, state: "State") -> "Now":
        """Return what judges as of a state; raise EngineError where facts have come that it does not know."""
        if state.taken != self.count:
            raise EngineError("facts were recorded that the monitor has not taken in; refresh it first")
        return Now(self, state.as_of)


class Now:
    """The reference over all that the columns hold now, as of a day."""

    def __init__(self, watched: Watched, as_of: date) -> None:
        self.history: Final[History] = history_from(watched.projection, watched.adoption, as_of=as_of)
        self.evaluator: Final = ReferenceEvaluator(watched.adoption, self.history)

    def found(self, about: About, subjects: Collection[str] | None) -> Iterator[Finding]:
        """Yield the findings on a duty, about some subjects or about everybody."""
        return self.evaluator.findings(about, wanted=subjects) if isinstance(about, Bound) else iter(())


@define(kw_only=True, eq=False)
class State:
    """The `rows` of each duty and the `passages` by person, as of a day, of the first `taken` facts.

    `sizes` are how many of each type these are, `gone` the ids that they retract, `named` the people whom they
    name.
    """

    as_of: date
    names: FactNames
    rows: dict[str, DutyRows]
    passages: dict[str, Passage]
    rosters: Rosters
    taken: int
    sizes: dict[str, int]
    gone: frozenset[str]
    named: set[str]

    def __repr__(self) -> str:
        return f"<State: as of {self.as_of}, {self.taken} facts, {len(self.rows)} duties, {len(self.passages)} people>"

    @staticmethod
    def whole(watched: Watched, as_of: date, *, before: "State | None" = None) -> "State":
        """Return the state of all facts, judged as a whole."""
        columns = watched.columns
        now = Now(watched, as_of)
        view = watched.view(now.history)
        names = FactNames(columns) if before is None else before.names
        duties = Duties(view, names, now.found)
        rows = {bound.id: DutyRows(duties.block(bound), names) for bound in watched.adoption.duties}
        return State(
            as_of=as_of,
            names=names,
            rows=rows,
            passages=dict(passages(watched.adoption, view, now.history)),
            rosters=Rosters(view, names, (p for p in watched.plans.values() if isinstance(p, Attendance))),
            taken=len(columns),
            sizes=_sizes(columns),
            gone=retracted_ids(watched.retractions()),
            named=set(view.texts(view.people.tolist())),
        )

    def took(self, columns: Columns) -> None:
        """Note that all facts of the columns are taken in."""
        self.taken, self.sizes = len(columns), _sizes(columns)

    def differing(self, before: "State") -> tuple[Change, ...]:
        """Return what is not as it was in an earlier state."""
        changes: list[Change] = []
        for rule, rows in self.rows.items():
            changes += finding_changes(differences(before.rows[rule].settled(), rows.settled(), self.names))
        changes += passage_changes(before.passages, self.passages)
        return in_order_changed(changes)


def _sizes(columns: Columns) -> dict[str, int]:
    return {wire: table.rows for wire, table in columns.tables.items()}


def finding_changes(found: Iterable[Difference]) -> Iterator[Change]:
    """Yield what changed of the findings."""
    for before, after in found:
        said = after or before
        if said is not None:
            yield Change("finding", said.rule, said.subject, before, after)


def passage_changes(old: Mapping[str, Passage], new: Mapping[str, Passage]) -> Iterator[Change]:
    """Yield what changed of the decisions on some people."""
    for person in {**old, **new}:
        before, after = old.get(person), new.get(person)
        if before != after:
            yield Change("decision", None, person, before, after)
