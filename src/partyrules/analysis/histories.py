"""Histories that show what can be: where no argument decides a question, one in which it is so settles it."""

from functools import lru_cache
from itertools import islice
from typing import Any, Final

from attrs import evolve

from partyrules.errors import PartyRulesError
from partyrules.language.kernel import AllOf, Condition, CountFindings, Not
from partyrules.language.rules import Duty, Requirement, Rolling, Rule, Standing
from partyrules.language.tree import walk
from partyrules.packs.pack import Pack
from partyrules.testing.scenes import Studio, filled

__all__ = ["shown", "told_apart"]

_MOST_TRIED: Final = 60


def shown(pack: Pack, rule: Rule, condition: Condition, *, also: Duty | None = None) -> bool:
    """Tell whether a history is found in which the condition is true where the rule is judged.

    Of a duty, of its bearer in the period or on the occasion; of a requirement or veto, of who asks for its step.
    With `also`, one in which the bearer meets that duty as well.
    """
    return _shown(_Ground(pack), rule, condition, also, _read(pack, (rule, condition, also)))


class _Ground:
    """A pack without regard to its rules: equal where document, types, relations, stages and kinds are the same."""

    def __init__(self, pack: Pack) -> None:
        self.pack = evolve(pack, duties=(), requirements=(), vetoes=())

    def _parts(self) -> tuple[int, ...]:
        pack = self.pack
        parts = (pack.document, pack.fact_types, pack.relations, pack.standings, pack.stages, pack.kinds)
        return tuple(id(part) for part in parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Ground) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())


@lru_cache(maxsize=2048)
def _shown(ground: _Ground, rule: Rule, condition: Condition, also: Duty | None, read: tuple[Duty, ...]) -> bool:
    asked = _asked(ground.pack, rule, condition)
    wanted = (asked,) if also is None else (asked, also)
    try:
        alone = evolve(
            ground.pack,
            duties=(*(each for each in wanted if isinstance(each, Duty)), *read),
            requirements=(asked,) if isinstance(asked, Requirement) else (),
            vetoes=(),
        )
        studio = Studio(filled(alone))
        bounds = [next(bound for bound in studio.rules if bound.rule.id == each.id) for each in wanted]
        return any(
            all(studio.shows(scene, each, holds=True) for each in bounds)
            for scene in islice(studio.proposals(bounds[0], holds=True), _MOST_TRIED)
        )
    except PartyRulesError:
        # What cannot be built or judged shows nothing.
        return False


def _read(pack: Pack, tree: Any) -> tuple[Duty, ...]:
    """Return the duties whose findings a tree reads, and those that these read in turn."""
    found: dict[str, Duty] = {}
    left = [tree]
    while left:
        names = {name for node in walk(left.pop()) if isinstance(node, CountFindings) for name in node.rules}
        new = [duty for duty in pack.duties if duty.id in names - found.keys()]
        found.update((duty.id, duty) for duty in new)
        left += new
    return tuple(found.values())


def told_apart(pack: Pack, one: Duty, other: Duty) -> bool:
    """Tell whether a history is found in which a bearer of two duties keeps to the one and breaks the other."""
    return _told_apart(_Ground(pack), one, other)


@lru_cache(maxsize=2048)
def _told_apart(ground: _Ground, one: Duty, other: Duty) -> bool:
    pack = ground.pack
    scope = AllOf((one.bearer.scope, other.bearer.scope))
    duties = [evolve(each, bearer=evolve(each.bearer, scope=scope), readings=()) for each in (one, other)]
    try:
        studio = Studio(filled(evolve(pack, duties=tuple(duties), requirements=(), vetoes=())))
        kept, broken = studio.rules
        built = _asked(pack, one, AllOf((one.requires, Not(other.requires))))
        return any(
            studio.shows(scene, kept, holds=True) and studio.shows(scene, broken, holds=False)
            for scene in islice(studio.proposals(evolve(kept, rule=built), holds=True), _MOST_TRIED)
        )
    except PartyRulesError:
        return False


def _asked(pack: Pack, rule: Rule, condition: Condition) -> Duty | Requirement:
    clause = pack.document.clauses[0].id
    if isinstance(rule, Duty):
        per = Standing() if isinstance(rule.per, Rolling) else rule.per
        return evolve(rule, clause=clause, requires=condition, readings=(), per=per)
    return Requirement(id=rule.id, clause=clause, title=rule.title, steps=rule.steps, requires=condition)
