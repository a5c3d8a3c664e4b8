"""Wrong arguments are refused where a value is built: each is checked against its annotation, in one way for all."""

import inspect
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from types import FunctionType, NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    ParamSpec,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs
from attrs import frozen

from partyrules.errors import PackError, nearest, refusal

P = ParamSpec("P")
T = TypeVar("T")

_MOST_SHOWN: Final = 60
# No count or span of a document is as large; beyond it arrays of whole numbers could not hold the sums.
_LARGEST: Final = 10**9


@frozen
class _From:
    """Annotates a whole number that is at least this."""

    least: int


@frozen
class _Filled:
    """Annotates a tuple that is not empty."""


Natural = Annotated[int, _From(0)]
Positive = Annotated[int, _From(1)]
AtLeastOne = Annotated[tuple[T, ...], _Filled()]


class Choice:
    """What stands in a tree for whichever of its named options is adopted."""

    __slots__ = ()

    @property
    def alternatives(self) -> tuple[tuple[str, Any], ...]:
        """Each option with its name."""
        raise NotImplementedError


class Built:
    """A value that authors build: what they give is checked against the annotations of its fields.

    `family` says in words what such a value is, where several classes are of one sort; `author` is the function that
    authors build it with; `by_name` whether each argument must be named; `named` how a refusal calls it, and the field
    that holds its name; `choices` the fields for which a `Choice` may stand, None being all.
    """

    __slots__ = ()
    family: ClassVar[str] = ""
    author: ClassVar[str] = ""
    by_name: ClassVar[bool] = False
    named: ClassVar[tuple[str, str] | None] = None
    choices: ClassVar[frozenset[str] | None] = frozenset()

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        """Let the constructor of a class check what it is given."""
        cls.__init__ = refusing(cls.__init__, cls)  # type: ignore[method-assign]  # attrs has just made it

    def __attrs_post_init__(self) -> None:
        """Refuse what does not fit together, once nothing of it depends on a choice."""
        cls = type(self)
        if cls.refuse is not Built.refuse and not any(isinstance(getattr(self, name), Choice) for name in _fields(cls)):
            self.refuse()

    def refuse(self) -> None:
        """Raise PackError where fields, each right by itself, do not fit together."""

    def written(self) -> str:
        """Return the name of what authors call to build the value."""
        return self.author or type(self).__name__

    @classmethod
    def instead_of(cls, value: object) -> str:  # noqa: ARG003 - for whoever knows better
        """Return what was likely meant by a value that stands where one of this class belongs, or nothing."""
        return ""


def _fields(cls: type[Any]) -> list[str]:
    return [attribute.name for attribute in attrs.fields(cls)]


# Calls --------------------------------------------------------------------------------------------------------------


def refusing(call: Callable[P, T], of: type[Built] | None = None) -> Callable[P, T]:
    """Return the function, or the constructor `of` a class, that refuses arguments its annotations do not allow."""
    key: Any = of or call
    own = 1 if of else 0

    @wraps(call)
    def checking(*args: P.args, **kwargs: P.kwargs) -> T:
        plan = _PLANS.get(key) or _plan_of(key)
        if not plan.takes(args[own:], kwargs) and (wrong := plan.refusal(args[own:], kwargs)) is not None:
            raise PackError(f"{_place(key, args[own:], kwargs)}, {wrong}")
        try:
            return call(*args, **kwargs)
        except TypeError:
            missing = plan.missing(args[own:], kwargs)
            if missing is None:
                raise
            raise PackError(f"{_place(key, args[own:], kwargs)}, {missing}") from None

    return checking


class _Wrong:
    """The part at `path` of what was given that is none of what the annotations `allowed` there say."""

    __slots__ = ("allowed", "found", "path")

    def __init__(self, found: object, *allowed: Any) -> None:
        self.found, self.allowed, self.path = found, allowed, ""

    def within(self, path: str) -> "_Wrong":
        """Return the same, seen from what it is a part of."""
        self.path = path + self.path
        return self

    def told(self, *, near: str | None = None) -> str:
        """Return in one line what was found, what is allowed, and what was likely meant."""
        words = _alternatives(self.allowed)
        meant = f"did you mean `{near}`?" if near else _meant(self.allowed, self.found)
        return f"field `{self.path}`: found {shown(self.found)}; allowed: {words}{'; ' if meant else ''}{meant}"


_Check = Callable[[Any], _Wrong | None]
"""Returns what is wrong with a value, None where nothing is."""


@frozen
class _Plan:
    """How what a call is given is checked: its arguments in order and by name, those `needed`, and any others."""

    ordered: tuple[str, ...]
    checks: Mapping[str, _Check]
    hints: Mapping[str, Any]
    needed: tuple[str, ...]
    rest: str | None = None
    others: str | None = None
    meant: Callable[[object], str] = lambda _: ""

    def takes(self, args: tuple[Any, ...], named: Mapping[str, Any]) -> bool:
        """Tell, without a word of why, whether the arguments of a call are plainly right, as nearly all are."""
        checks, ordered = self.checks, self.ordered
        if len(args) > len(ordered) or self.others is not None:
            return False
        for name, value in zip(ordered, args, strict=False):
            if checks[name](value) is not None:
                return False
        for name in named:
            check = checks.get(name)
            if check is None or check(named[name]) is not None:
                return False
        return True

    def refusal(self, args: tuple[Any, ...], named: Mapping[str, Any]) -> str | None:
        """Return what is wrong with the first wrong argument of a call."""
        for place, value in enumerate(args):
            name = self.ordered[place] if place < len(self.ordered) else self.rest
            if name is None:
                by_name = [one for one in self.checks if one not in self.ordered]
                also = f"; by name: {', '.join(by_name)}" if by_name else ""
                found = (
                    f"argument {place + 1}: found {shown(value)}; allowed: {', '.join(self.ordered) or 'none'}{also}"
                )
                return f"{found}; {self.meant(value)}" if self.meant(value) else found
            if (wrong := self.checks[name](value)) is not None:
                return wrong.within(name).told()
        for name, value in named.items():
            if name in self.checks and name not in (self.rest, self.others):
                if (wrong := self.checks[name](value)) is not None:
                    return wrong.within(name).told()
            elif self.others is None:
                return f"field `{name}`: {refusal('argument', name, self.checks)}"
            elif (wrong := self.checks[self.others](value)) is not None:
                return wrong.within(name).told(near=nearest(name, self.checks))
        return None

    def missing(self, args: tuple[Any, ...], named: Mapping[str, Any]) -> str | None:
        """Return what is allowed for the first argument that a call lacks."""
        lacking = next(
            (name for name in self.needed if name not in named and name not in self.ordered[: len(args)]), None
        )
        return lacking and f"field `{lacking}`: it is missing; allowed: {_words(self.hints[lacking])}"


_PLANS: Final[dict[Any, _Plan]] = {}


def _plan_of(key: Any) -> _Plan:
    """Return how a call of a function, or of the constructor of a class, is checked, worked out once."""
    hints = _hints_of(key)
    parameters = [one for one in inspect.signature(key).parameters.values() if one.name in hints]
    built = isinstance(key, type) and issubclass(key, Built)
    choices = key.choices if built else None
    by_place = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    plan = _Plan(
        ordered=() if built and key.by_name else tuple(one.name for one in parameters if one.kind in by_place),
        checks={
            one.name: _check_of(hints[one.name], choice=choices is None or one.name in choices) for one in parameters
        },
        hints=hints,
        needed=tuple(
            one.name
            for one in parameters
            if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
        ),
        rest=next((one.name for one in parameters if one.kind is one.VAR_POSITIONAL), None),
        others=next((one.name for one in parameters if one.kind is one.VAR_KEYWORD), None),
        meant=key.instead_of if built and key.by_name else lambda _: "",
    )
    _PLANS[key] = plan
    return plan


def _hints_of(key: Any) -> Mapping[str, Any]:
    """Return the annotation of each argument; that of a converter where one takes it first."""
    hints = get_type_hints(key, include_extras=True)
    if not isinstance(key, type):
        return hints
    found = {}
    for attribute in attrs.fields(key):
        if attribute.init:
            taken = attribute.converter
            of_converter = [*get_type_hints(taken, include_extras=True).values()] if taken is not None else []
            found[attribute.alias] = of_converter[0] if of_converter else hints[attribute.name]
    return found


def _place(key: Any, args: tuple[Any, ...], named: Mapping[str, Any]) -> str:
    """Return how a refusal calls what was to be built: by its name where it has one, or as it was written."""
    if isinstance(key, type) and issubclass(key, Built) and key.named is not None:
        said, name = key.named
        given = named.get(name, args[0] if args and next(iter(_plan_of(key).ordered), None) == name else None)
        if isinstance(given, str):
            return f"{said} `{given}`"
    first = [repr(args[0])] if args and type(args[0]) in (str, int) else ["…"]
    more = ["…"] if len(args) + len(named) > 1 and first != ["…"] else []
    return f"`{key.__name__}({', '.join([*first, *more])})`"


# What an annotation allows ------------------------------------------------------------------------------------------


def _check_of(hint: Any, *, choice: bool) -> _Check:
    """Return the check that an annotation asks for; with `choice`, a choice among such values is allowed as well."""
    check = _plain(hint, choice=choice)
    if not choice:
        return check

    def chosen(value: Any) -> _Wrong | None:
        if not isinstance(value, Choice):
            return check(value)
        wrongs = ((name, chosen(option)) for name, option in value.alternatives)
        return next((wrong.within(f".{name}") for name, wrong in wrongs if wrong is not None), None)

    return chosen


def _plain(hint: Any, *, choice: bool) -> _Check:
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _noted(hint, _plain(parts[0], choice=choice))
    if origin in (Union, UnionType):
        return _either(parts, [_plain(part, choice=choice) for part in parts])
    if origin is tuple:
        several = parts[-1] is Ellipsis
        checks = [_check_of(part, choice=choice) for part in parts if part is not Ellipsis]
        return _tuple(hint, checks[0] if several else checks)
    if origin is Literal:
        return _test(hint, lambda value: type(value) is str and value in parts)
    if origin is type:
        return _test(hint, lambda value: isinstance(value, type) and issubclass(value, parts[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(hint, *(_check_of(part, choice=False) for part in parts))
    if origin is not None:
        return _test(hint, callable)
    if hint is str:
        return lambda value: None if type(value) is str and value and not value.isspace() else _Wrong(value, str)
    if hint is int:
        return _test(hint, lambda value: type(value) is int and -_LARGEST < value < _LARGEST)
    if hint is bool or hint is date:
        return _test(hint, lambda value: type(value) is hint)
    if hint is Any:
        return lambda _: None
    return _test(hint, lambda value: isinstance(value, hint) and not isinstance(value, Choice))


def _test(hint: Any, fits: Callable[[Any], bool]) -> _Check:
    return lambda value: None if fits(value) else _Wrong(value, hint)


def _noted(hint: Any, check: _Check) -> _Check:
    """Return the check of a number that has a least value, or of a tuple that is not empty."""
    least = next((note.least for note in hint.__metadata__ if isinstance(note, _From)), None)
    filled = any(isinstance(note, _Filled) for note in hint.__metadata__)

    def noted(value: Any) -> _Wrong | None:
        wrong = check(value)
        if wrong is None and ((least is not None and value < least) or (filled and not value)):
            return _Wrong(value, hint)
        if wrong is not None and not wrong.path:
            wrong.allowed = (hint,)
        return wrong

    return noted


def _either(parts: tuple[Any, ...], checks: list[_Check]) -> _Check:
    def either(value: Any) -> _Wrong | None:
        deeper = None
        for check in checks:
            wrong = check(value)
            if wrong is None:
                return None
            deeper = wrong if wrong.path else deeper
        return deeper or _Wrong(value, *parts)

    return either


def _tuple(hint: Any, checks: _Check | list[_Check]) -> _Check:
    def entries(value: Any) -> _Wrong | None:
        if type(value) is not tuple or (isinstance(checks, list) and len(value) != len(checks)):
            return _Wrong(value, hint)
        for place, entry in enumerate(value):
            check = checks[place] if isinstance(checks, list) else checks
            if (wrong := check(entry)) is not None:
                return wrong.within(f"[{place}]")
        return None

    return entries


def _mapping(hint: Any, key: _Check, value: _Check) -> _Check:
    def entries(found: Any) -> _Wrong | None:
        if not isinstance(found, Mapping):
            return _Wrong(found, hint)
        for name, entry in found.items():
            if (wrong := key(name) or value(entry)) is not None:
                return wrong.within(f"[{name!r}]")
        return None

    return entries


# In words -----------------------------------------------------------------------------------------------------------

_WORDS: Final[Mapping[Any, str]] = {
    str: "a text that is not blank",
    int: f"a whole number below {_LARGEST}",
    bool: "True or False",
    date: "a day, date(year, month, day)",
    Any: "anything",
}


def _words(hint: Any) -> str:
    """Return in words what an annotation allows."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        least = next((note.least for note in parts[1:] if isinstance(note, _From)), None)
        return f"a whole number from {least} on" if least is not None else f"{_words(parts[0])}, at least one"
    if origin in (Union, UnionType):
        return _alternatives(parts)
    if origin is tuple:
        entries = [_words(part) for part in parts if part is not Ellipsis]
        return f"a tuple, each of it {entries[0]}" if parts[-1] is Ellipsis else f"a tuple of {' and '.join(entries)}"
    if origin is Literal:
        return ", ".join(sorted(parts))
    if origin is type:
        return f"a class of {parts[0].__name__}"
    if origin is not None:
        return "a mapping" if issubclass(origin, Mapping) else "a function"
    if hint in _WORDS:
        return _WORDS[hint]
    return _family(hint) if not attrs.has(hint) and _family(hint) else _call(hint)


def _alternatives(hints: tuple[Any, ...]) -> str:
    """Return in words what several annotations allow; classes of one family together."""
    families = Counter(_family(hint) for hint in hints)
    told = (_family(hint) if families[_family(hint)] > 1 and _family(hint) else _words(hint) for hint in hints)
    return ", or ".join(dict.fromkeys(words for hint, words in zip(hints, told, strict=True) if hint is not NoneType))


def _family(hint: Any) -> str:
    return hint.family if isinstance(hint, type) and issubclass(hint, Built) else ""


def _call(cls: type) -> str:
    """Return how a value of a class is written."""
    if not attrs.has(cls):
        return cls.__name__
    author = cls.author if issubclass(cls, Built) else ""
    if author:
        return f"{author}(…)"
    needed = _needed(cls) or [*inspect.signature(cls).parameters]
    return f"{cls.__name__}({', '.join(f'{name}=…' for name in needed)})"


def _needed(cls: type) -> list[str]:
    """Return the arguments without which no value of a class is built."""
    return [one.name for one in inspect.signature(cls).parameters.values() if one.default is one.empty]


def shown(value: Any) -> str:
    """Return a value in short, with what it is where that does not show."""
    if isinstance(value, Built):
        return f"{brief(value)}, {value.family.partition(',')[0]}" if value.family else brief(value)
    plain = isinstance(value, str | int | NoneType | type | FunctionType)
    return brief(value) if plain else f"{brief(value)}, a {type(value).__name__}"


def brief(value: Any) -> str:
    """Return a value in short, as an author would write it."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, FunctionType):
        return f"the function {value.__name__}"
    if isinstance(value, Built):
        names = _fields(type(value)) if attrs.has(type(value)) else []
        first = getattr(value, names[0]) if names else None
        if isinstance(first, tuple) and first:
            first = first[0]
        said = [repr(first)] if isinstance(first, str) else ["…"] if names else []
        more = ["…"] if names[1:] and said != ["…"] else []
        return f"{value.written()}({', '.join([*said, *more])})"
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _meant(allowed: tuple[Any, ...], value: Any) -> str:
    """Return what to write instead of a value, where that can be told."""
    plain = tuple(part.__origin__ if get_origin(part) is Annotated else part for part in allowed)
    classes = [part for part in plain if isinstance(part, type) and issubclass(part, Built)]
    if isinstance(value, type) and any(issubclass(value, cls) for cls in classes):
        return f"write {_call(value)}, and so build one"
    for part in plain:
        options = get_args(part) if get_origin(part) is Literal else ()
        # Of a few options even a distant one is likely the one that was meant.
        if isinstance(value, str) and (near := nearest(value, options, cutoff=0.5)):
            return f"did you mean `{near}`?"
    if isinstance(value, str) and str in plain:
        return f"write the text itself: {str.__str__(value)!r}" if type(value) is not str else ""
    if said := next(filter(None, (cls.instead_of(value) for cls in classes)), ""):
        return said
    if isinstance(value, str) and int in plain and value.strip().isdecimal():
        return f"write {value.strip()}, without quotes"
    if isinstance(value, list | set | frozenset) and any(get_origin(part) is tuple for part in plain):
        return "write a tuple, in parentheses: (…, …)"
    short = brief(value)
    several = [get_args(part)[0] for part in plain if get_origin(part) is tuple and get_args(part)[-1] is Ellipsis]
    if any(_check_of(entry, choice=True)(value) is None for entry in several):
        return f"write ({short},), with the comma"
    takers = [cls.__name__ for cls in classes if cls.family == "" and _takes(cls, value)]
    return f"did you mean {' or '.join(f'{name}({short})' for name in takers)}?" if takers else ""


def _takes(cls: type, value: object) -> bool:
    """Tell whether a value of the class is built of this one argument."""
    needed = _needed(cls)
    return len(needed) == 1 and (_PLANS.get(cls) or _plan_of(cls)).checks[needed[0]](value) is None
