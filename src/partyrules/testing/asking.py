"""Short questions to one pack: a rule by its name in the pack, days as text, one finding where one is meant."""

# ruff: noqa: S101 - assert is how a test speaks

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final, Protocol

from attrs import frozen

from partyrules.answers.verdicts import Decision, Finding
from partyrules.facts.vocabulary import Fact
from partyrules.packs.pack import Adoption, Pack, adopt
from partyrules.questions.audit import audit
from partyrules.questions.decide import REFERENCE, decide
from partyrules.testing.institution import distinct, judged

Choices = tuple[tuple[str, str], ...]


class HasPack(Protocol):
    """What a pack stands in: its module."""

    pack: Pack


@frozen
class Asking:
    """Questions to the pack of a module, under the choices given with each.

    The module is asked for its pack each time, so that another can stand in for it. Facts may come in any order, but
    no two with one id. Readings are given by name; decisions are the reference's.
    """

    module: HasPack

    @property
    def id(self) -> str:
        """The pack's id."""
        return self.module.pack.id

    def adopted(
        self, rule: str = "", readings: Mapping[str, str] | None = None, parameters: Mapping[str, str] | None = None
    ) -> Adoption:
        """Return the pack adopted with these choices for one rule, or for none named, with the rule in their keys."""
        stem = f"{self.id}:{rule}." if rule else f"{self.id}:"
        chosen, given = (
            tuple(sorted((stem + name, value) for name, value in some.items()))
            for some in (readings or {}, parameters or {})
        )
        return _adopted(self.module.pack, chosen, given)

    def findings(
        self,
        facts: Iterable[Fact],
        rule: str,
        as_of: str,
        *,
        subject: str | None = None,
        known_at: str | None = None,
        parameters: Mapping[str, str] | None = None,
        **readings: str,
    ) -> tuple[Finding, ...]:
        """Return the findings on one rule as of the end of a day."""
        adoption = self.adopted(rule, readings, parameters)
        asked = audit(distinct(tuple(facts)), adoption, as_of=date.fromisoformat(as_of), known_at=_time(known_at))
        return asked.findings(rule=f"{self.id}:{rule}", subject=subject)

    def finding(
        self,
        facts: Iterable[Fact],
        rule: str,
        as_of: str,
        *,
        start: str | None = None,
        occasion: Fact | None = None,
        **asked: Any,
    ) -> Finding:
        """Return the only finding: in the period that begins at `start`, or on the occasion, where one is given."""
        found = [
            one
            for one in self.findings(facts, rule, as_of, **asked)
            if (start is None or (one.period and one.period.start.isoformat() == start))
            and (occasion is None or one.occasion == occasion.id)
        ]
        assert len(found) == 1, found
        return found[0]

    def decide(
        self, facts: Iterable[Fact], person: str, to: str, on: str, *, known_at: str | None = None, **readings: str
    ) -> Decision:
        """Return the decision on a step; readings are written `RULE.NAME` with their dots and hyphens as they stand."""
        return decide(
            distinct(tuple(facts)),
            self.adopted(readings=readings),
            person=person,
            to=to,
            on=date.fromisoformat(on),
            known_at=_time(known_at),
            engine=REFERENCE,
        )

    def explained(self, clause: str, about: str, period: str, on: str, **more: Any) -> Fact:
        """Return the recorded reason for a breach of what is normally done."""
        return judged(f"{self.id}:{clause}", about, "explained", on, period=period, **more)

    def rules_of(self, items: Iterable[Any]) -> list[str]:
        """Return the rules of a list of a decision, without the pack's name."""
        return [item.rule.removeprefix(f"{self.id}:") for item in items]


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _adopted(pack: Pack, readings: Choices, parameters: Choices) -> Adoption:
    # By identity: comparing whole packs would take longer than adopting one. What was adopted holds on to its pack.
    key = (id(pack), readings, parameters)
    if key not in _ADOPTED:
        _ADOPTED[key] = adopt([pack], readings=dict(readings), parameters=dict(parameters))
    return _ADOPTED[key]


_ADOPTED: Final[dict[tuple[int, Choices, Choices], Adoption]] = {}
