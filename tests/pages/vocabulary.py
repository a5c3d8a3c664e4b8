"""The reference of the language of rules, written from its code: every construct, its fields, and worked clauses.

`python -m tests.pages.vocabulary` writes the page to standard output, as MyST Markdown.
"""

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, Literal, get_args, get_origin

import attrs

from partyrules.facts.schema import COMMON, field_types, is_list, plain_of, title_of
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact
from partyrules.history import CORE_RELATIONS, Relation
from partyrules.language import kernel as expressions
from partyrules.language import rules, sugar, tree
from partyrules.language.phrases import WINDOW_WORDS
from partyrules.language.standing import RecordStanding
from partyrules.language.terms import Term
from tests.pages.examples import SETTING, WORKED, told_apart

__all__ = ["constructs", "main", "vocabulary_page"]

_WIDTH: Final = 110
_BAD_INPUT: Final = 2
_MODULES: Final = (rules, expressions, sugar, tree)
# Stands for a space at which no line ends.
_JOINED: Final = "\x00"

_INTRODUCTION: Final = """\
Every construct that a rule can be made of, with its fields, and clauses worked out. The blocks of this page run one
after the other; their clauses are invented. A field without a default must be given. `AtLeastOne[X]` is a tuple of
them that is not empty, `Natural` and `Positive` are whole numbers from 0 and from 1 on; whatever else is given is
refused when the value is built. What a fact looks like on the wire stands in [facts](facts.md). When a pack is adopted,
every condition is lowered into the closed `Kernel` of conditions, which is all that is evaluated.

Each example asks a tiny pack a question. This is all that it takes:
"""
_OF_ITS_OWN: Final = "Facts, relations, kinds and stages of a pack's own"
_OWN: Final = """\
A pack may declare `fact_types` (frozen classes with a `wire` name; a field that names somebody is annotated `Person`,
`Unit` or `Building`, and one that has a name of the core's takes what it takes there), `relations` between a fact that
starts and one that ends, `standings` (who may make a record), `kinds`, and `stages` in their order. The core gives none
of them a meaning beyond that.
"""
_TALLIES: Final = """\
A `Tally` is a number, with the facts that make it; a `Limit` is what it is compared with: a number, another tally, or a
`Portion` of one.
"""
_OUTSIDE: Final = """\
[What stays out](../explanation/what-stays-out.md) says why. In short: no points or averages; no duty that binds by
somebody else's findings; no reaction to the *n*-th finding as an event with a date of its own (a standing duty
begins to bind instead, and any act in its window meets it; or the records are numbered, as above); no working days in
a length of time held; no hours or minutes; no clock that stops; no cap on what one day may add to a sum; no day of the
week; no stretches of a kind of their own such as examination weeks, nor the week before one; no rolling duty that asks
for more than one completion at a time, or that leave suspends; no act that must not be done before a day, other than
by the windows `by_trigger` and `after_trigger` or the minimum time in a stage.
"""


def constructs() -> Mapping[str, tuple[type, ...]]:
    """Return every class of the language by the heading under which it stands in the reference."""
    found: dict[str, tuple[type, ...]] = {
        "Rules": (*get_args(rules.Rule), rules.Reading, rules.Parameter, rules.Lift, rules.Stage, rules.Step),
        "Whom a duty binds": (rules.Bearer, rules.Responsible),
        "How often": get_args(rules.Per),
        "Deadlines": get_args(rules.Deadline),
        "Conditions": _subclasses(expressions.Condition),
        "Terms": (*get_args(Term), expressions.Given),
        "Selections": get_args(expressions.Selection),
        "Tallies": (*get_args(expressions.Tally), expressions.Through, expressions.Portion),
        _OF_ITS_OWN: (Relation, RecordStanding),
    }
    placed = {cls for classes in found.values() for cls in classes}
    rest = {value for value in _public() if inspect.isclass(value) and attrs.has(value)} - placed
    return found | ({"Others": tuple(sorted(rest, key=lambda cls: cls.__name__))} if rest else {})


def _subclasses(of: type) -> tuple[type, ...]:
    """Return the public subclasses of a class in the order of the module."""
    said = [value for home in (expressions, sugar) for value in vars(home).values() if inspect.isclass(value)]
    found = dict.fromkeys(cls for cls in said if issubclass(cls, of) and attrs.has(cls) and cls is not of)
    return tuple(cls for cls in found if cls.__name__ in (*expressions.__all__, *sugar.__all__))


def vocabulary_page() -> str:
    """Return the reference of the language of rules: each construct with its docstring, fields and worked clauses."""
    found = constructs()
    lines = [
        "# Vocabulary",
        "",
        "% Written by `python -m tests.pages.vocabulary`: change the code, not this page.",
        "",
        *_INTRODUCTION.splitlines(),
        "",
        *_code(SETTING),
        "",
        "## Rules",
        "",
        *_paragraph(
            "A `Rule` is a duty, a requirement or a veto; `pipeline_steps` are the steps between each stage and the "
            "next. `ALWAYS` is the condition that is true on every day, `LISTED` that the occasion lists the "
            "bearer as attending, which is what `Attends` stands for."
        ),
        "",
        *_entries(found["Rules"]),
        *_readings(),
        *_worked(found["Rules"]),
        *_section("Whom a duty binds", 3, _bearers(), found),
        *_section(
            "How often", 3, f"A `Per` is any of these: {_named(found['How often'])}. {_LEAVE} {_months()}", found
        ),
        *_section(
            "Deadlines", 3, f"A `Deadline` is any of these, and none where the day itself decides. {_DUE}", found
        ),
        *_section("Conditions", 2, _CONDITIONS, found),
        *_section("Terms", 2, _TERMS, found),
        *_section("Selections", 2, _SELECTIONS, found),
        *_windows(),
        *_section("Tallies", 2, _TALLIES, found),
        *(_section("Others", 2, "", found) if "Others" in found else ()),
        "## Walking a tree",
        "",
        *_left_over(),
        *_facts(),
        *_section(_OF_ITS_OWN, 2, _OWN, found),
        "## What cannot be said",
        "",
        *_OUTSIDE.splitlines(),
    ]
    return "\n".join(lines) + "\n"


_LEAVE: Final = (
    "Each gives one finding for each bearer and what it names. Leave excuses periods and occasions, and a standing "
    "duty does not bind on leave; it stops no deadline and no rolling clock."
)
_DUE: Final = "Each is the last day on which the act is in time; the window `by_deadline` holds what happened by then."
_CONDITIONS: Final = (
    "A `Condition` is true, false or unknown on a day. Join them with `&`, `|` and `~`, which make `AllOf`, `AnyOf` "
    "and `Not`."
)
_TERMS: Final = (
    "A `Term` is what a value refers to; `SUBJECT` and `ASKED_STEP` are the two without a field. An `Operand` is a "
    "term, a plain value or several; a `Match` is a list of fields, each with an operand."
)
_SELECTIONS: Final = "A `Selection` is which facts, or which holdings, a tally or a condition looks at."


def _section(heading: str, depth: int, told: str, found: Mapping[str, tuple[type, ...]]) -> Iterator[str]:
    yield from (f"{'#' * depth} {heading}", "")
    if told:
        yield from (*_paragraph(told), "")
    yield from _entries(found[heading])
    yield from _worked(found[heading])


def _worked(classes: Iterable[type]) -> Iterator[str]:
    names = {cls.__name__ for cls in classes}
    for one in WORKED:
        if one.of in names:
            yield from _paragraph(f"**{one.title}.** {one.told}")
            yield from ("", *_code(one.code), "")


def _entries(classes: Iterable[type]) -> Iterator[str]:
    for cls in classes:
        written = ", ".join(f"`{_signature(function)}`" for function in _makers().get(cls, ()))
        yield f"`{cls.__name__}`{f', written {written}' if written else ''}"
        first, *more = _paragraphs(cls)
        yield from _paragraph(first, first=": ", then="  ")
        for told in (*more, *_told_fields(cls)):
            yield from ("", *_paragraph(told, first="  ", then="  "))
        yield ""


def _told_fields(cls: type) -> Iterator[str]:
    """Yield the sentence that lists the fields of a class, each with what it takes and its default; none without."""
    said = []
    for attribute in attrs.fields(cls):
        told = f"{attribute.name}: {_annotations(cls)[attribute.name]}"
        if attribute.default is not attrs.NOTHING:
            default = attribute.default
            value = default.factory() if isinstance(default, attrs.Factory) else default  # type: ignore[arg-type]  # attrs types its factories as a function
            told += f" = {value!r}"
        said.append(f"`{told.replace(' ', _JOINED)}`")
    if said:
        yield f"{'Field' if len(said) == 1 else 'Fields'}: {', '.join(said)}."


@cache
def _annotations(cls: type) -> Mapping[str, str]:
    """Return what the fields of a class take, as its source says it."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(tree, ast.ClassDef)
    return {
        node.target.id: ast.unparse(node.annotation).strip("'\"")
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def _paragraphs(of: Any) -> list[str]:
    """Return the paragraphs of a docstring, its worked clause left out."""
    told, _ = told_apart(inspect.getdoc(of) or "")
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", told)]


def _public() -> Iterator[Any]:
    return (getattr(module, name) for module in _MODULES for name in module.__all__)


def _functions() -> list[Callable[..., Any]]:
    return [value for value in _public() if inspect.isfunction(value)]


@cache
def _makers() -> Mapping[type, tuple[Callable[..., Any], ...]]:
    """Return the functions by which authors write each class: they return it, or have its name."""
    made: dict[type, tuple[Callable[..., Any], ...]] = {}
    by_name = {_snake(cls.__name__): cls for classes in constructs().values() for cls in classes}
    for function in _functions():
        returned = inspect.signature(function).return_annotation
        cls = by_name.get(function.__name__, returned)
        if cls in by_name.values():
            made[cls] = (*made.get(cls, ()), function)
    return made


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _signature(function: Callable[..., Any]) -> str:
    """Return how a function is called: its parameters without their types, with their defaults."""
    signature = inspect.signature(function)
    bare = [each.replace(annotation=inspect.Parameter.empty) for each in signature.parameters.values()]
    return f"{function.__name__}{signature.replace(parameters=bare, return_annotation=inspect.Signature.empty)}"


def _left_over() -> Iterator[str]:
    """Yield what is told of the functions by which nothing is written; an author needs none of them."""
    makers = {function for each in _makers().values() for function in each}
    for function in _functions():
        if function not in makers:
            yield f"`{_signature(function)}`"
            first, *more = _paragraphs(function)
            yield from _paragraph(first, first=": ", then="  ")
            for told in more:
                yield from ("", *_paragraph(told, first="  ", then="  "))
            yield ""


# What the sections say besides their entries -------------------------------------------------------------------


def _readings() -> Iterator[str]:
    """Yield the words for how strong a clause is, and the two readings that every period duty has."""
    words = ", ".join(f"`{name}` ({text.zh})" for name, text in rules.MODALITIES.items())
    yield from _paragraph(f"A `Modality` is the word for how strong a clause is, of `MODALITIES`: {words}.")
    yield ""
    told = (
        "Each duty per period has two readings besides its own, `PARTIAL` and `LEAVE`; `all_readings` puts them first."
    )
    yield from _paragraph(told)
    yield ""
    for name, reading in (("PARTIAL", rules.PARTIAL), ("LEAVE", rules.LEAVE)):
        options = ", ".join(f"`{option}`" for option in reading.options)
        told = f"`{name}`, `{reading.name}`: {options}; `{reading.default}` by default. {reading.why.en}"
        yield from _paragraph(told, first="- ", then="  ")
    yield ""


def _bearers() -> str:
    kinds = ", ".join(f"`{kind}`" for kind in get_args(rules.BearerKind))
    return f"The bearer (责任主体) of a duty is of a `BearerKind`: {kinds}."


def _months() -> str:
    kinds = ", ".join(f"`{kind}`" for kind in get_args(rules.VacationMonths))
    return f"What becomes of months in vacations is one of `VacationMonths`: {kinds}."


def _named(classes: Iterable[type]) -> str:
    return ", ".join(f"`{cls.__name__}`" for cls in classes)


def _windows() -> Iterator[str]:
    yield from _paragraph("A `Window` says when events must have happened. Nothing after the day asked is ever seen.")
    yield from ("", "| `window` | | stands in |", "|---|---|---|")
    for window in get_args(expressions.Window):
        judged = (*get_args(rules.Per), rules.Requirement, rules.Veto)
        places = [cls for cls in judged if window in cls.windows]
        told = "everything" if len(places) == len(judged) else _named(places)
        if window == "period_or_vacation_before":
            told += " of a semester"
        yield f"| `{window}` | {WINDOW_WORDS[window].en} | {told} |"
    yield ""


def _facts() -> Iterator[str]:
    """Yield the tables of what rules look at: what holds, and what happened."""
    yield from ("## What rules look at", "")
    yield from _paragraph(
        "A holding lasts from the fact that starts it to the one that ends it; of those that are alike in what stands "
        "under *one at a time* a new one ends the old. A field that names a person, a unit or a building says so."
    )
    yield from ("", "| relation | from, to | fields | one at a time |", "|---|---|---|---|")
    types, ends = CORE_VOCABULARY.types, set()
    for relation in CORE_RELATIONS:
        wires = [wire for wire in (relation.started, relation.ended) if wire]
        ends.update(wires)
        told = [_own_fields(types[relation.started]), *(f"`{name}`" for name in relation.derived)]
        alone = ", ".join(f"`{name}`" for name in relation.group)
        yield f"| `{relation.name}` | {', '.join(f'`{wire}`' for wire in wires)} | {', '.join(told)} | {alone} |"
    for relation in CORE_RELATIONS:
        if relation.presumed is not None:
            values = ", ".join(f"`{name}` `{value}`" for name, value in relation.presumed.items())
            yield from ("", *_paragraph(f"Of whom no `{relation.name}` is recorded, it is presumed: {values}."))
    yield from ("", "What happened is selected by the wire name of its type:", "")
    yield from ("| fact | fields | |", "|---|---|---|")
    for wire, cls in types.items():
        if wire not in ends:
            yield f"| `{wire}` | {_own_fields(cls)} | {_paragraphs(cls)[0]} |"
    yield ""


def _own_fields(cls: type[Fact]) -> str:
    told = []
    for name, hint in field_types(cls).items():
        if name not in COMMON:
            plain = plain_of(hint)
            values = get_args(plain) if get_origin(plain) is Literal else ()
            what = " or ".join(f"`{value}`" for value in values) or title_of(hint)
            said = " of ".join([*(["list"] if is_list(hint) else []), *([what] if what else [])])
            told.append(f"`{name}`" + (f" ({said})" if said else ""))
    return ", ".join(told)


# Markdown ------------------------------------------------------------------------------------------------------


def _code(block: str) -> list[str]:
    return ["```python", *block.splitlines(), "```"]


def _paragraph(told: str, first: str = "", then: str = "") -> list[str]:
    wrapped = textwrap.wrap(
        " ".join(told.split()),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_JOINED, " ") for line in wrapped]


def main(arguments: list[str]) -> int:
    """Write the page; return the exit code, 2 where anything is asked for besides."""
    if arguments:
        sys.stderr.write("Usage: python -m tests.pages.vocabulary\n")
        return 0 if arguments[0] in ("-h", "--help") else _BAD_INPUT
    sys.stdout.buffer.write(vocabulary_page().encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
