"""Watching a ledger: the findings and decisions of everybody, kept current as facts are recorded and days pass."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Final

from partyrules.answers.blocks import FindingRow, row_of
from partyrules.answers.tables import FindingTable, Judge, TableSetting, table_of
from partyrules.answers.verdicts import Finding
from partyrules.errors import EngineError, QueryError
from partyrules.facts.vocabulary import Fact
from partyrules.history.units import units_of
from partyrules.ledger.base import Ledger
from partyrules.packs.pack import Adoption
from partyrules.questions.sources import projected
from partyrules.store.projection import Projection
from partyrules.watch.changes import Change, Passage
from partyrules.watch.state import State, Watched, taken_in

Callback = Callable[[Change], object]


class Monitor:
    """The findings and decisions of an adoption as of a day, and what changes them.

    It begins with what the ledger holds. `record` appends facts, `refresh` takes in what others appended, `advance`
    goes on to a later day; each returns the changes in order, and tells the subscribers. Whatever is refused, or
    fails, changes neither ledger nor monitor. Facts dated after its day change nothing until that day comes.
    A monitor is used by the thread that opened its ledger; a `projection` of that ledger spares reading it all.
    """

    def __init__(
        self, ledger: Ledger, adoption: Adoption, *, as_of: date, projection: Projection | None = None
    ) -> None:
        self._ledger: Final = ledger
        self._watched: Final = Watched(projected(ledger) if projection is None else projection, adoption)
        self._watched.projection.refresh()
        self._callbacks: Final[list[Callback]] = []
        self._state = State.whole(self._watched, as_of)

    def __repr__(self) -> str:
        return f"<Monitor: as of {self.as_of}, {self.adoption!r}>"

    # What is so now --------------------------------------------------------------------------------------------------

    @property
    def adoption(self) -> Adoption:
        """The packs that are watched, with their readings."""
        return self._watched.adoption

    @property
    def as_of(self) -> date:
        """The day through which the monitor has come."""
        return self._state.as_of

    def table(self) -> FindingTable:
        """Return all findings, as an audit as of the monitor's day gives them.

        The objects can be had of it until the next change.
        """
        blocks = [rows.settled() for rows in self._state.rows.values()]
        watched, state, taken = self._watched, self._state, self._state.taken

        def judge() -> Judge:
            if self._state is not state or state.taken != taken:
                raise EngineError("the monitor has gone on since this table was made; ask it for another one")
            return watched.now(state).found

        setting = TableSetting.of(watched.columns, state.as_of, lambda: units_of(watched.now(state).history))
        return table_of(blocks, state.names, judge, setting=setting)

    def decisions(self) -> tuple[Passage, ...]:
        """Return the next step of everybody who holds a stage, as the funnel gives them, by person."""
        return tuple(passage for _, passage in sorted(self._state.passages.items()))

    def finding(self, row: FindingRow) -> Finding:
        """Return the finding of a row with its evidence and message; raise QueryError where it is no longer so."""
        bound = self._watched.duties.get(row.rule)
        if bound is not None:
            for finding in self._watched.now(self._state).found(bound, {row.subject}):
                if row_of(finding) == row:
                    return finding
        raise QueryError(f"rule `{row.rule}`, subject `{row.subject}`: there is no such finding as of {self.as_of}")

    # What changes it -------------------------------------------------------------------------------------------------

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Call back with each change from now on, once it is in force; return what ends that.

        What the callback raises reaches whoever made the change, which stands; later subscribers are not told.
        """
        self._callbacks.append(callback)

        def unsubscribe() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return unsubscribe

    def record(self, facts: Iterable[Fact], *, recorded_at: datetime) -> tuple[Change, ...]:
        """Append facts to the ledger, all or nothing, and return what they change; raises as `Ledger.append` does.

        A fact that cannot stand beside the terms of the adoption is refused too.
        """
        given = tuple(facts)
        self._watched.admit(given)
        self._ledger.append(given, recorded_at=recorded_at)
        return self.refresh()

    def refresh(self) -> tuple[Change, ...]:
        """Take in what has been recorded since, by whomever, and return what it changes."""
        self._watched.catch_up()
        if len(self._watched.columns) == self._state.taken:
            return ()
        changes = taken_in(self._watched, self._state)
        return self._restarted(self.as_of) if changes is None else self._tell(changes)

    def advance(self, *, to: date) -> tuple[Change, ...]:
        """Go on to the end of a day, with all that has been recorded, and return what it changes.

        Raise QueryError for a day before the monitor's.
        """
        if to < self.as_of:
            raise QueryError(f"`to`: found {to}; allowed: {self.as_of}, the monitor's day, or later")
        if to == self.as_of:
            return self.refresh()
        self._watched.catch_up()
        return self._restarted(to)

    def _restarted(self, to: date) -> tuple[Change, ...]:
        before, self._state = self._state, State.whole(self._watched, to, before=self._state)
        return self._tell(self._state.differing(before))

    def _tell(self, changes: tuple[Change, ...]) -> tuple[Change, ...]:
        for change in changes:
            for callback in tuple(self._callbacks):
                callback(change)
        return changes
