"""What all parts of a rule's tree have in common, and the terms among them: what a value refers to."""

from typing import TYPE_CHECKING, ClassVar, Final, NoReturn

from attrs import frozen

from partyrules.errors import PackError
from partyrules.errors.arguments import Built, refusing, shown

CONDITIONS: Final = "a condition, such as at_least(1, events(…)) or holds(…), joined with &, | and ~"
"""What belongs where something must be true or false, in words."""

# Nodes: whatever a tree is made of ----------------------------------------------------------------------------------


class Node(Built):
    """A part of a rule's tree; Python's own logic and comparisons would decide it at once, and are refused."""

    __slots__ = ()
    choices: ClassVar[frozenset[str] | None] = None

    def __bool__(self) -> NoReturn:
        raise PackError(
            f"found {shown(self)}, in `and`, `or`, `not`, `if` or a chain of comparisons, which Python decides before "
            "any fact is known; allowed: & for and, | for or, ~ for not, between conditions, each in parentheses"
        )

    def _compared(self, other: object) -> NoReturn:
        raise PackError(
            f"found {shown(self)}, compared with {shown(other)} by <, <=, > or >=; allowed: "
            "at_least(1, …), at_most(3, …) or between(1, 3, …)"
        )

    def _counted(self, *_: object) -> NoReturn:
        raise PackError(
            f"found {shown(self)}, in arithmetic or `in`, which Python does at once; allowed: count(…), Sum(…), "
            "portion(…), and is_in(…) for one of several"
        )

    if not TYPE_CHECKING:  # to a type checker, nodes have no order, logic or arithmetic of their own
        __lt__ = __le__ = __gt__ = __ge__ = _compared
        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __neg__ = _counted
        __xor__ = __rxor__ = __contains__ = _counted


class NoCondition(Node):
    """A part that is neither true nor false."""

    __slots__ = ()

    def _joined(self, *_: object) -> NoReturn:
        raise PackError(f"found {shown(self)}, joined by &, | or ~; allowed: {CONDITIONS}")

    if not TYPE_CHECKING:
        __and__ = __rand__ = __or__ = __ror__ = __invert__ = _joined


# Terms: what a value refers to -------------------------------------------------------------------------------------


class _Term(NoCondition):
    __slots__ = ()
    family: ClassVar[str] = "a term, such as SUBJECT, its('unit') or trigger('unit')"
    choices: ClassVar[frozenset[str] | None] = frozenset()

    @classmethod
    def instead_of(cls, value: object) -> str:
        """Return the term of a field of which only the name was given."""
        return f"did you mean its({value!r})?" if isinstance(value, str) and cls is Its else ""


@frozen
class Subject(_Term):
    """The bearer of the duty, or the person a decision is asked about."""


@frozen
class Its(_Term):
    """A field of the fact or holding at hand: the innermost one that is being tested."""

    author: ClassVar[str] = "its"

    name: str


@frozen
class Trigger(_Term):
    """A field of the fact that occasions or triggers the duty."""

    author: ClassVar[str] = "trigger"

    name: str


@frozen
class AskedStep(_Term):
    """The stage that a decision is asked to step into."""


@frozen
class Given(_Term):
    """The value that an institution gave the parameter of this name."""

    name: str


Term = Subject | Its | Trigger | AskedStep
Scalar = str | int | bool
Operand = Term | Given | Scalar | tuple[Scalar, ...]
Match = tuple[tuple[str, Operand], ...]

SUBJECT: Final = Subject()
ASKED_STEP: Final = AskedStep()


@refusing
def its(name: str) -> Its:
    """Return the term for a field of the fact or holding at hand."""
    return Its(name)


@refusing
def trigger(name: str) -> Trigger:
    """Return the term for a field of the fact that occasions or triggers the duty."""
    return Trigger(name)
