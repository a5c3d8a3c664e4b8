"""Whom a scope could bind, and on which occasions: more than it does bind, found by what it names."""

from collections.abc import Iterable
from functools import lru_cache

from attrs import evolve

from partyrules.evaluate.conditions import Frame, World
from partyrules.history import several
from partyrules.language.kernel import SUBJECT, AllOf, AnyOf, Condition, Events, Holds, Is, Match, Subject, Trigger
from partyrules.language.tree import walk


@lru_cache(maxsize=1024)
def says_whom(scope: Condition) -> bool:
    """Tell whether a scope names its subject, or a relation of its subject, so that it can only be true of those."""
    match scope:
        case AllOf(parts):
            return any(says_whom(part) for part in parts)
        case AnyOf(parts):
            return all(says_whom(part) for part in parts)
        case Is(term, _):
            return term == SUBJECT
        case Holds(_, match, _):
            return any(want == SUBJECT for _, want in match)
    return False


class Narrowing:
    """Narrows scopes over one world; what it leaves out cannot be in scope, what it keeps is still to be judged."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._steady: dict[tuple[str, Match], set[str]] = {}

    def subjects(self, scope: Condition, frame: Frame) -> set[str] | None:
        """Return the ids that the scope could be true of, or None where it does not say."""
        match scope:
            case AllOf(parts):
                # What names the trigger says most; the other parts may be about everybody.
                telling = [part for part in parts if any(isinstance(node, Trigger) for node in walk(part))]
                for some in (telling, parts) if frame.trigger is not None else (parts,):
                    known = [found for part in some if (found := self.subjects(part, frame)) is not None]
                    if known:
                        return min(known, key=len)
                return None
            case AnyOf(parts):
                each = [self.subjects(part, frame) for part in parts]
                said = [found for found in each if found is not None]
                return set().union(*said) if len(said) == len(each) else None
            case Is(term, options) if term == SUBJECT:
                return set(self._world.values(options, frame))
            case Holds(relation, match, _):
                return self._holders(relation, match, frame)
        return None

    def _holders(self, relation: str, match: Match, frame: Frame) -> set[str] | None:
        """Return the ids that the relation ever held of, where the match says which field is the subject's."""
        subject = next((name for name, want in match if want == SUBJECT), None)
        if subject is None:
            return None
        if (relation, match) in self._steady:
            return self._steady[relation, match]
        others = tuple((name, want) for name, want in match if want != SUBJECT)
        held = self._world.matching_holdings(relation, others, frame)
        # A field that was left out names nobody, a list each of its entries.
        found = {who for holding in held for who in several(holding.values.get(subject))}
        if not any(isinstance(want, Trigger) for _, want in others):
            self._steady[relation, match] = found
        return found

    def occasions(self, scope: Condition, of: Events, subject: str) -> Iterable[Events]:
        """Return selections that hold, between them, every one of these facts on which the scope could bind."""
        told = self._trigger_fields(scope, subject)
        return (of,) if told is None else [evolve(of, match=(*of.match, pair)) for pair in told]

    def _trigger_fields(self, scope: Condition, subject: str) -> set[tuple[str, str]] | None:
        """Return fields and values, one of which a trigger has wherever it binds; None where the scope does not say."""
        match scope:
            case AllOf(parts):
                known = [found for part in parts if (found := self._trigger_fields(part, subject)) is not None]
                return min(known, key=len) if known else None
            case AnyOf(parts):
                each = [self._trigger_fields(part, subject) for part in parts]
                said = [found for found in each if found is not None]
                return set().union(*said) if len(said) == len(each) else None
            case Is(Subject(), Trigger(name)) | Is(Trigger(name), Subject(), None | False):
                return {(name, subject)}
            case Holds(relation, match, _) if any(want == SUBJECT for _, want in match):
                steady = tuple((name, want) for name, want in match if not isinstance(want, Trigger))
                frame = Frame(day=self._world.history.as_of, subject=subject)
                theirs = self._world.matching_holdings(relation, steady, frame)
                for name, want in match:
                    if isinstance(want, Trigger):
                        return {(want.name, value) for one in theirs for value in several(one.values.get(name))}
                return None if theirs else set()
        return None
