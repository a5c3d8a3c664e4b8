"""Histories that show what can be: where no argument decides a question, one in which it is so settles it."""

from itertools import islice
from typing import Any, Final

from attrs import evolve

from partyrules.errors import PartyRulesError
from partyrules.language.kernel import AllOf, Condition, CountFindings
from partyrules.language.rules import Duty, Requirement, Rolling, Rule, Standing
from partyrules.language.tree import walk
from partyrules.packs.pack import Pack
from partyrules.testing.scenes import Studio, filled

_MOST_TRIED: Final = 60


def shown(
    pack: Pack, rule: Rule, condition: Condition, *, also: Duty | None = None, broken: Duty | None = None
) -> bool:
    """Tell whether a history is found in which the condition is true where the rule is judged.

    Of a duty, of its bearer in the period or on the occasion; of a requirement or veto, of who asks for its step.
    With `also`, one in which the bearer meets that duty as well; with one that is `broken`, one in which the bearer
    keeps to the rule throughout and not to that.
    """
    asked = _asked(pack, rule, condition)
    judged = asked if broken is None else rule
    others = [(each, holds) for each, holds in ((also, True), (broken, False)) if each is not None]
    duties = [each for each in (judged, *(each for each, _ in others)) if isinstance(each, Duty)]
    try:
        alone = evolve(
            pack,
            duties=(*duties, *_read(pack, (rule, condition, also, broken))),
            requirements=(asked,) if isinstance(asked, Requirement) else (),
            vetoes=(),
        )
        studio = Studio(filled(alone))
        bounds = {bound.rule.id: bound for bound in studio.adoption.rules}
        bound = bounds[judged.id] if broken is None else evolve(bounds[judged.id], rule=asked)
        return any(
            all(studio.shows(scene, bounds[each.id], holds=holds) for each, holds in ((judged, True), *others))
            for scene in islice(studio.proposals(bound, holds=True), _MOST_TRIED)
        )
    except PartyRulesError:
        # What cannot be built or judged shows nothing.
        return False


def joint(one: Duty, other: Duty) -> Duty:
    """Return the one duty, of those who bear the other as well."""
    return evolve(one, bearer=evolve(one.bearer, scope=AllOf((one.bearer.scope, other.bearer.scope))), readings=())


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


def _asked(pack: Pack, rule: Rule, condition: Condition) -> Duty | Requirement:
    clause = pack.document.clauses[0].id
    if isinstance(rule, Duty):
        per = Standing() if isinstance(rule.per, Rolling) else rule.per
        return evolve(rule, clause=clause, requires=condition, readings=(), per=per)
    return Requirement(id=rule.id, clause=clause, title=rule.title, steps=rule.steps, requires=condition)
