"""Who is told of every finding and decision as it is made: nobody, unless somebody asks; for measuring tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from attrs import frozen

from partyrules.answers.verdicts import Decision, Finding
from partyrules.history import History


@frozen(eq=False)
class Observer:
    """What to call with each finding and its history, and with each decision and the rules that were asked for it."""

    finding: Callable[[Finding, History], None]
    decision: Callable[[Decision, tuple[str, ...]], None]


_OBSERVERS: Final[list[Observer]] = []


def tell_finding(finding: Finding, history: History) -> None:
    """Tell every observer of a finding, and of the history that it was made on."""
    for observer in _OBSERVERS:
        observer.finding(finding, history)


def tell_decision(decision: Decision, rules: tuple[str, ...]) -> None:
    """Tell every observer of a decision, and of the ids of the rules that were judged for it."""
    for observer in _OBSERVERS:
        observer.decision(decision, rules)


def observing(observer: Observer) -> None:
    """Tell the observer of everything from now on, for the rest of the process."""
    _OBSERVERS.append(observer)


@contextmanager
def unobserved() -> Iterator[None]:
    """Tell nobody of anything inside this block."""
    told = _OBSERVERS[:]
    _OBSERVERS.clear()
    try:
        yield
    finally:
        _OBSERVERS[:] = told
