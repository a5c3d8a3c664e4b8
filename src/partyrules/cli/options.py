"""What the commands share: the types of their arguments, their options, and how facts and packs are opened."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from attrs import fields, frozen

from partyrules.cli.output import OUTPUT, lang_option, note
from partyrules.errors import LedgerError, QueryError
from partyrules.facts.codec import parse_instant
from partyrules.facts.reading import what_it_is
from partyrules.facts.vocabulary import CORE_VOCABULARY, Vocabulary
from partyrules.language.text import Lang
from partyrules.ledger.sqlite import SqliteLedger, open_ledger
from partyrules.packs.adoption_file import read_adoption
from partyrules.packs.discovery import installed_packs
from partyrules.packs.document import Text
from partyrules.packs.pack import Adoption, adopt, load_pack
from partyrules.questions.doubts import doubts
from partyrules.questions.sources import columns_in, projected
from partyrules.report.terminal import notice_line
from partyrules.store.kept import kept_columns
from partyrules.store.projection import Projection, open_projection
from partyrules.time.calendar import day_in, parse_date

# What is passed on.
__all__ = ["lang_option"]

C = TypeVar("C", bound=Callable[..., Any])
T = TypeVar("T")

_SQLITE_MAGIC: Final = b"SQLite format 3\x00"
_FACT_SUFFIXES: Final = (".jsonl", ".ndjson")
# A slip of the keyboard must not ask for the duties of eight thousand years.
_LAST_DAY: Final = date(2199, 12, 31)
_DEFAULT_ROWS: Final = 50
_SERVERS: Final = ("postgres://", "postgresql://")


Moment = tuple[date, datetime | None]
"""A day, and the time by which something must have been recorded to be known then, None for any."""


class Parsed(click.ParamType[T]):
    """What a function makes of the text that was given; the ValueError it raises is told to whoever gave it."""

    def __init__(self, name: str, kind: type[T], parse: Callable[[str], T]) -> None:
        self.name = name
        self._kind = kind
        self._parse = parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> T:
        """Return what is made of a value, which a default may be already."""
        if isinstance(value, self._kind):
            return value
        try:
            return self._parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _day(text: str) -> date:
    day = parse_date(text)
    if day > _LAST_DAY:
        raise ValueError(f"found {day}; allowed: a day up to {_LAST_DAY}")
    return day


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise ValueError(f"{text!r} is not the path of a file")
    return Path(text)


def _moment(text: str) -> Moment:
    day, at, known = text.partition("@")
    return _day(day), parse_instant(known) if at else None


DATE: Final = Parsed("date", date, _day)
INSTANT: Final = Parsed("time", datetime, parse_instant)
FILE: Final = Parsed("path", Path, _path)
"""The path of a file; whether there is one is for the command to see."""
MOMENT: Final[Parsed[Moment]] = Parsed("moment", tuple, _moment)


# Options ---------------------------------------------------------------------------------------------------


def _into_file(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    if value is not None and not ctx.resilient_parsing:
        OUTPUT.into(value)


def _together(*options: Callable[[Any], Any]) -> Callable[[C], C]:
    """Return what gives a command several options, in the order of its help."""

    def give(command: C) -> C:
        for option in reversed(options):
            command = option(command)
        return command

    return give


source_argument: Final = click.argument("source", metavar="SOURCE")
output_option: Final = click.option(
    "-o",
    "--output",
    type=FILE,
    metavar="FILE",
    expose_value=False,
    callback=_into_file,
    help="Write the answer to FILE, which must not be there yet, instead of standard output.",
)
"""Where the answer of a command goes: the file is there whole when the command has ended well."""
unit_option: Final = click.option("--unit", metavar="ID", help="Only who and what is under this unit on the day asked.")
selection_options: Final = _together(
    click.option(
        "--rule",
        default="*",
        metavar="RULE",
        help="Only these rules: 8.1.3; all that begin with 8.1; those of a number of the text; or lzwl2017:8.*.",
    ),
    click.option("--subject", metavar="ID", help="Only findings about this person, unit or building."),
    unit_option,
)
known_at_option: Final = _together(
    click.option(
        "--known-at",
        type=INSTANT,
        metavar="TIME",
        help="See only what says it was recorded by then, RFC 3339 with offset, e.g. 2018-03-15T09:00:00+08:00.",
    ),
    click.option(
        "--by-ledger-time",
        is_flag=True,
        help="With --known-at: what the ledger had kept by then, by its own clock and not by the writers' claims.",
    ),
)
directory_option: Final = click.option(
    "--directory",
    type=FILE,
    metavar="FILE",
    help="A CSV or TSV file with the columns id and name; without it, ids alone are shown.",
)
columns_options: Final = _together(
    click.option(
        "--projection",
        type=FILE,
        metavar="FILE",
        help="Keep the ledger's facts as columns in FILE, and not beside the ledger.",
    ),
    click.option(
        "--no-cache",
        is_flag=True,
        help="Read the whole ledger; neither use nor write the columns that are kept beside it.",
    ),
)
adoption_options: Final = _together(
    click.option("--pack", "packs", metavar="ID", multiple=True, help="Adopt this pack; repeatable."),
    click.option(
        "--adoption",
        "adoption_file",
        type=FILE,
        metavar="FILE",
        help="A TOML file with packs, readings, parameters, terms and time zone of an institution.",
    ),
    click.option(
        "--reading",
        "readings",
        metavar="RULE.NAME=OPTION",
        multiple=True,
        help="Adopt another reading, e.g. lzwl2017:8.2.1-hold.early=next_quarter.",
    ),
    click.option(
        "--set",
        "parameters",
        metavar="RULE.PARAM=VALUE",
        multiple=True,
        help="Set a parameter that the text leaves open, e.g. lzwl2017:1.3.3.review_interval=month.",
    ),
)


def day_option(name: str) -> Callable[[C], C]:
    """Give a command the option that names the day asked about; without it, it is today."""
    return click.option(
        name,
        type=DATE,
        metavar="DATE",
        help="The day whose end is asked about, YYYY-MM-DD; without it, today in the institution's time zone.",
    )


def limit_option(told: str) -> Callable[[C], C]:
    """Give a command `--limit`, which says how many rows a table shows; `told` is its help."""
    return click.option(
        "--limit", type=click.IntRange(min=0), metavar="N", default=_DEFAULT_ROWS, show_default=True, help=told
    )


def adoption_from(
    packs: Sequence[str], readings: Iterable[str], parameters: Iterable[str], file: Path | None
) -> Adoption:
    """Return the adoption that `--adoption`, `--pack`, `--reading` and `--set` describe, the last three first."""
    chosen, given = _pairs("--reading", "OPTION", readings), _pairs("--set", "VALUE", parameters)
    if file is not None:
        return read_adoption(file, packs=packs, readings=chosen, parameters=given)
    if not packs:
        raise QueryError(f"no pack is adopted; name one with --pack ({', '.join(installed_packs())}) or --adoption")
    return adopt(packs, readings=chosen, parameters=given)


def _pairs(option: str, right: str, given: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in given:
        # Neither a rule nor a name has an equals sign; the rule is what stands before the last dot of the left.
        left, sign, value = entry.partition("=")
        rule, dot, name = left.rpartition(".")
        if not (sign and dot and rule and name and value):
            shape = f"PACK:RULE.NAME={right}"
            raise QueryError(f"{option}: found {entry!r}; allowed: {shape}, the name after the last dot")
        if found.setdefault(left, value) != value:
            raise QueryError(f"{option}: `{left}` is given twice, as {found[left]!r} and {value!r}; give it once")
    return found


def vocabulary_of(packs: Iterable[str]) -> Vocabulary:
    """Return the fact types of the core and of these packs."""
    vocabulary = CORE_VOCABULARY
    for name in packs:
        vocabulary = vocabulary.with_types(load_pack(name).fact_types)
    return vocabulary


# Facts -----------------------------------------------------------------------------------------------------


@contextmanager
def opened(source: str, vocabulary: Vocabulary, *, kept: datetime | None = None) -> Iterator[SqliteLedger | Projection]:
    """Open a ledger for reading, or read a file of facts; raise LedgerError where it is neither.

    Of a ledger only what it had kept by a time of its own, if one is given; raise QueryError where there is none.
    """
    if source.lower().startswith(_SERVERS):
        raise LedgerError(f"{source.rpartition('@')[2]}: ledgers in PostgreSQL are not there yet; allowed: {_WHAT}")
    if not source or "\0" in source:
        raise LedgerError(f"{source!r} is not the path of a file; allowed: {_WHAT}")
    path = Path(source)
    if _is_ledger(path):
        with open_ledger(path, vocabulary=vocabulary, read_only=True) as ledger:
            yield ledger if kept is None else projected(ledger.snapshot(kept_by=kept))
    elif kept is not None:
        raise QueryError(f"--by-ledger-time: {source} is a file of facts, which keeps no time of its own; leave it out")
    else:
        yield columns_in(path, vocabulary=vocabulary)


_WHAT: Final = "the path of a ledger, or of a .jsonl file of facts"


def _is_ledger(path: Path) -> bool:
    """Tell a ledger from a file of facts; raise LedgerError for what can be neither."""
    try:
        if path.is_dir():
            raise LedgerError(f"{path}: found a directory; allowed: {_WHAT}")
        if not path.exists():
            raise LedgerError(f"{path}: there is no such file; allowed: {_WHAT}")
        if not path.is_file():
            # A pipe can be read only once, so it is not looked into; a ledger is never one.
            return False
        with path.open("rb") as file:
            magic = file.read(len(_SQLITE_MAGIC))
    except OSError as error:
        raise LedgerError(f"{path}: cannot be read: {error.strerror or error}") from None
    if magic == _SQLITE_MAGIC:
        return True
    if path.suffix.lower() in _FACT_SUFFIXES:
        return False
    found = what_it_is(path)
    what = "it is neither" if found is None else f"found {found}, neither"
    raise LedgerError(f"{path}: {what} a ledger nor named .jsonl; allowed: {_WHAT}")


def notices_beside(notices: Iterable[Text], lang: Lang) -> None:
    """Write to standard error what has to be said beside data."""
    for notice in notices:
        note(notice_line(notice, lang))


# Questions -------------------------------------------------------------------------------------------------


@frozen
class Inquiry:
    """What a question is asked of, as `source_argument` and the options of adoption, knowledge and columns say it."""

    source: str
    lang: Lang
    packs: tuple[str, ...]
    adoption_file: Path | None
    readings: tuple[str, ...]
    parameters: tuple[str, ...]
    projection: Path | None
    no_cache: bool
    known_at: datetime | None = None
    by_ledger_time: bool = False

    @cached_property
    def adoption(self) -> Adoption:
        """What is adopted."""
        return adoption_from(self.packs, self.readings, self.parameters, self.adoption_file)

    def day(self, named: date | None) -> date:
        """Return the day that was named, or today where the institution is, which is told on standard error."""
        if named is not None:
            return named
        zone = self.adoption.time_zone
        today = day_in(zone, datetime.now(UTC))
        note({"zh": f"说明：未指定日期，按今天 {today}（{zone}）计。",
              "en": f"Note: no day was named; today is {today} ({zone})."}[self.lang])  # fmt: skip
        return today

    @contextmanager
    def columns(self) -> Iterator[Projection]:
        """Yield the columns that the question is asked of, of one moment, once slips in the facts are told of.

        Those of a ledger are kept beside it, or in a file that is named. Raise QueryError for a source without a fact,
        of which there is nothing to ask; a ledger that had kept none by the time asked about has an answer all the
        same.
        """
        if self.by_ledger_time and self.known_at is None:
            raise click.UsageError("--by-ledger-time tells what --known-at goes by; give that too")
        kept = self.known_at if self.by_ledger_time else None
        if self.projection is not None and kept is not None:
            raise click.UsageError(
                "--projection keeps columns of all that is recorded; it goes without --by-ledger-time"
            )
        if self.projection is not None and self.no_cache:
            raise click.UsageError("--projection names where columns are kept; it goes without --no-cache")
        with opened(self.source, self.adoption.vocabulary, kept=kept) as given:
            if kept is None and not (len(given.columns) if isinstance(given, Projection) else given.head().position):
                raise QueryError(f"{self.source}: there are no facts in it; record some, or name another source")
            columns = self._columns_of(given)
            packs = {pack.id for pack in self.adoption.packs}
            for doubt in doubts(columns, self.adoption, others=installed_packs().keys() - packs):
                note(f"Warning: {doubt}")
            yield columns

    def _columns_of(self, given: SqliteLedger | Projection) -> Projection:
        if isinstance(given, SqliteLedger) and not self.no_cache:
            file = self.projection
            columns = kept_columns(given, Path(self.source)) if file is None else open_projection(given, file)
            for told in filter(None, (columns.rebuilt, columns.unwritten)):
                note(f"Note: {told}")
            return columns
        if self.projection is not None:
            raise QueryError(f"--projection: columns are kept of a ledger; found {self.source}, a file of facts")
        return projected(given)


def asking(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command the arguments that say of what it asks as one, `inquiry`; the options stay as they are."""

    @wraps(command)
    def called(*args: Any, **given: Any) -> T:
        names = [each.name for each in fields(Inquiry) if each.name in given]
        return command(*args, inquiry=Inquiry(**{name: given.pop(name) for name in names}), **given)

    return called
