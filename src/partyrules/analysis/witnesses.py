"""Histories on which two rules disagree: proposed from their trees, judged by the evaluator, made small, replayable."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain, islice
from typing import Any, Final, Literal

from attrs import evolve, frozen

from partyrules.analysis.consistency import blocks
from partyrules.analysis.ways import Way
from partyrules.answers.observers import unobserved
from partyrules.errors import PackError
from partyrules.language.kernel import AllOf, Condition, Not, Sum
from partyrules.language.rules import Duty, Requirement, Rolling, Rule, Standing, Veto
from partyrules.language.tree import walk
from partyrules.packs.pack import Adoption, Bound, Pack, adopt
from partyrules.questions.audit import audit
from partyrules.testing.construction import Facts
from partyrules.testing.replay import command, replay_case
from partyrules.testing.scenes import Scene, Studio

Side = Literal["a", "b"]

_MOST_PROPOSED: Final = 24
_MOST_AFTER_ONE: Final = 40
# What a rule comes to, of a duty or in a decision, the worst first, and how gravely it is broken.
_WORST_FIRST: Final = (
    *("unknown", "breached", "vetoed", "unmet", "advisory"),
    *("satisfied", "met", "pending", "excused", "not_applicable"),
)
_GRAVE: Final[Mapping[str, int | None]] = {"unknown": None, "breached": 2, "vetoed": 2, "unmet": 2, "advisory": 1}


@frozen(kw_only=True)
class Witness:
    """A history on which two rules disagree: the one of `stricter` is broken, the other is not.

    `statuses` are what the rule of A and the rule of B come to about the subject; `step` is the stage asked for,
    None where duties are audited. `commands` ask the same of a file of the facts, named FILE.
    """

    stricter: Side
    subject: str
    as_of: date
    step: str | None
    statuses: tuple[str, str]
    commands: tuple[str, ...]
    facts: Facts


class Witnesses:
    """Looks for histories on which a rule of A and a rule of B disagree; proposals are judged, never trusted."""

    def __init__(self, a: Pack, b: Pack) -> None:
        self.packs = {"a": a, "b": b}
        self.joint = a.id != b.id and _adoptable(a, b)

    def witness(self, one: Way, other: Way, stricter: Side) -> Witness | None:
        """Return a smallest history found on which the rule of the one side is broken and the other is not."""
        ways = {"a": one, "b": other}
        lenient: Side = "b" if stricter == "a" else "a"
        studios = self._studios(ways)
        bounds = {
            side: next(bound for bound in studios[side].adoption.rules if bound.id == way.id)
            for side, way in ways.items()
        }

        def told(scene: Scene) -> tuple[str, str] | None:
            strict = _status(studios[stricter], bounds[stricter], scene)
            if strict[1] is None or strict[1] == 0:
                return None
            loose = _status(studios[lenient], bounds[lenient], scene)
            return (strict[0], loose[0]) if loose[1] is not None and loose[1] < strict[1] else None

        best: tuple[Scene, tuple[str, str]] | None = None
        tried = 0
        for scene in _proposed(studios[stricter], bounds[stricter], bounds[lenient]):
            statuses = told(scene) if studios[stricter].recordable(scene) else None
            tried += best is not None
            if statuses is not None:
                best = best or (scene, statuses)
                if statuses[1] in ("satisfied", "met"):
                    best = (scene, statuses)
                    break
            if tried > _MOST_AFTER_ONE:
                break
        if best is None:
            return None
        scene, kept = best
        studio = studios[stricter]
        small = studio.smallest(scene, lambda less: studio.recordable(less) and told(less) == kept)
        asked = (command(replay_case(small, studios[side].adoption)) for side in ("a", "b"))
        return Witness(
            stricter=stricter,
            facts=small.facts,
            subject=small.subject,
            as_of=small.as_of,
            step=small.step,
            statuses=kept if stricter == "a" else (kept[1], kept[0]),
            commands=tuple(dict.fromkeys(told.replace("case.jsonl", "FILE", 1) for told in asked)),
        )

    def _studios(self, ways: Mapping[str, Way]) -> dict[str, Studio]:
        """Return for each side what judges its rule: one adoption of both packs where they can be adopted together."""
        if self.joint:
            readings = {**ways["a"].readings, **ways["b"].readings}
            return dict.fromkeys(ways, _studio(adopt([*self.packs.values()], readings=readings)))
        return {side: _studio(adopt([self.packs[side]], readings=way.readings)) for side, way in ways.items()}


def _adoptable(a: Pack, b: Pack) -> bool:
    try:
        adopt([a, b])
    except PackError:
        return False
    return True


def _studio(adoption: Adoption) -> Studio:
    made = Studio(adoption)
    # Nobody is there before both documents are in force, so that neither pack alone finds breaches of earlier years.
    made.since = made.in_force_from
    return made


def _status(studio: Studio, bound: Bound[Rule], scene: Scene) -> tuple[str, int | None]:
    """Return what a rule comes to about the subject of a scene, and how gravely it is broken: None is unknown."""
    if isinstance(bound.rule, Duty):
        with unobserved():
            whole = audit(scene.facts, studio.adoption, as_of=scene.as_of)
        # A history that is made smaller may no longer name the subject.
        found: set[str] = {one.status for one in whole.findings(rule=bound.id) if one.subject == scene.subject}
    else:
        decision = studio.decision(scene)
        if decision.reason is not None or decision.needs:
            return "unknown", None
        placed = (name for name, item in decision.placed if item.rule == bound.id)
        found = {"vetoed" if name == "vetoes" else name for name in placed}
    first = next((status for status in _WORST_FIRST if status in found), "silent")
    return first, _GRAVE.get(first, 0)


def _proposed(studio: Studio, bound: Bound[Rule], other: Bound[Rule]) -> Iterator[Scene]:
    """Yield scenes in which the rule could be broken and the lenient one not, the plainest first."""
    strict, lenient = bound.rule, other.rule
    asked = _duties(strict, lenient) if isinstance(strict, Duty) else _steps(strict, lenient, other.id)
    each = [islice(studio.proposals(evolve(bound, rule=rule), holds=True), _MOST_PROPOSED) for rule in asked]
    for scene in chain.from_iterable(each):
        yield scene
        yield from _numbered(scene, strict, lenient)


def _numbered(scene: Scene, strict: Rule, lenient: Rule) -> Iterator[Scene]:
    """Yield the scene with nought for each number that is summed and not recorded, since what is missing is open."""
    sums = [node for node in walk((strict, lenient)) if isinstance(node, Sum)]
    summed = {(wire, node.name) for node in sums for of in node.of for wire in of.types}
    missing: dict[str, dict[str, Any]] = {
        fact.id: {name: 0 for wire, name in summed if wire == fact.wire and getattr(fact, name) is None}
        for fact in scene.facts
    }
    if any(missing.values()):
        yield evolve(scene, facts=tuple(evolve(fact, **missing[fact.id]) for fact in scene.facts))


def _duties(strict: Duty, lenient: Any) -> Iterator[Duty]:
    """Yield invented duties: to keep to the lenient one and break the strict one, then just to break the strict one."""
    both = AllOf((strict.bearer.scope, lenient.bearer.scope))
    broken = Not(strict.requires)
    for per in dict.fromkeys((strict.per, lenient.per)):
        yield _invented(strict, both, AllOf((lenient.requires, broken)), per)
    yield _invented(strict, both, broken, strict.per)
    yield _invented(strict, AllOf((strict.bearer.scope, Not(lenient.bearer.scope))), broken, strict.per)
    yield _invented(strict, both, lenient.requires, lenient.per)


def _invented(duty: Duty, scope: Condition, requires: Condition, per: Any) -> Duty:
    kept = Standing() if isinstance(per, Rolling) else per
    return evolve(duty, bearer=evolve(duty.bearer, scope=scope), requires=requires, per=kept)


def _steps(strict: Requirement | Veto, lenient: Any, name: str) -> Iterator[Requirement]:
    shared = tuple(step for step in strict.steps if step in lenient.steps)
    alone = tuple(step for step in strict.steps if step not in lenient.steps)
    against = blocks(strict, beside=lenient)
    kept = Not(blocks(lenient, beside=strict, name=name))
    for steps, requires in ((shared, AllOf((kept, against))), (shared, against), (alone, against)):
        if steps:
            yield Requirement(id=strict.id, clause=strict.clause, title=strict.title, steps=steps, requires=requires)
