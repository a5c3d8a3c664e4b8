"""The errors that partyrules raises, and the one place where their messages are built."""

from collections.abc import Iterable
from difflib import get_close_matches

from attrs import frozen

# What is longer is no misspelt name, and looking for one like it takes long.
_LONGEST_NAME = 200


class PartyRulesError(Exception):
    """Root of every error that partyrules raises on purpose; the command line turns each into exit code 2."""


@frozen
class Problem:
    """One thing wrong with one place of an input: `where` it stands and `what` is wrong, in one line each."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class FactError(PartyRulesError, ValueError):
    """Facts were refused; `problems` lists every place, in the order of the input."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type["FactError"], tuple[tuple[Problem, ...]]]:
        """Let it be sent to another process: an error is made anew of its text, which is not what this takes."""
        return type(self), (self.problems,)


class LedgerError(PartyRulesError, RuntimeError):
    """A ledger cannot be opened, read or written, or its chain is broken."""


class OutputError(PartyRulesError, RuntimeError):
    """A file cannot be written where it was asked for, or what is there must not be written over."""


class PackError(PartyRulesError, ValueError):
    """A pack cannot be built, found or adopted; the message names pack, rule and field."""


class QueryError(PartyRulesError, ValueError):
    """A question names something that does not exist: a rule, a reading, a stage, a date."""


class EngineError(PartyRulesError, RuntimeError):
    """An inference engine did not answer its goal; no decision may rest on such a run."""


def nearest(found: str, allowed: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the allowed name most like `found`, or None where nothing is as near as `cutoff`, of 1."""
    if len(found) > _LONGEST_NAME:
        return None
    close = get_close_matches(found, list(allowed), n=1, cutoff=cutoff)
    return close[0] if close else None


def refusal(kind: str, found: object, allowed: Iterable[str], *, show: int = 12) -> str:
    """Return one line that says what was found, what is allowed, and the nearest valid name.

    At most `show` allowed names are listed; the nearest one is always among them.
    """
    names = sorted(set(allowed))
    near = nearest(found, names) if isinstance(found, str) else None
    listed = names if len(names) <= show else [*names[:show], "…"]
    hint = f"; did you mean `{near}`?" if near else ""
    return f"{kind} {shown(found)} is not known; allowed: {', '.join(listed) or 'none'}{hint}"


def shown(found: object) -> str:
    """Return what was found as Python writes it, cut off where it is long, whatever it is."""
    try:
        said = repr(found)
    except (ValueError, RecursionError):
        # An integer of thousands of digits, or what is nested as deep.
        return f"a value of type {type(found).__name__}, too large to be shown"
    return said if len(said) <= _LONGEST_NAME else f"{said[:_LONGEST_NAME]}…"
