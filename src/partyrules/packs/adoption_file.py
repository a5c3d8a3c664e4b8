"""Adoption files: a TOML file in which an institution names its packs, readings, parameters, terms and time zone."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from partyrules.errors import FactError, PackError, QueryError, refusal, shown
from partyrules.facts.admission import admitted_lines
from partyrules.facts.codec import fact_of, lines_in
from partyrules.facts.reading import toml_of
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact, TermDeclared
from partyrules.packs.discovery import installed_packs
from partyrules.packs.pack import Adoption, adopt

ADOPTION_KEYS: Final = ("institution", "packs", "time_zone", "terms", "readings", "parameters", "holidays")
# Beyond every number that a reading or parameter may be.
_LARGEST: Final = 10**9
_HOLIDAY_KEYS: Final = ("free", "worked")


def read_adoption(
    path: Path,
    *,
    packs: Sequence[str] = (),
    readings: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
) -> Adoption:
    """Return what an adoption file says; raise QueryError that names file, key, what was found and what is allowed.

    `packs` is required. `terms` names a JSON Lines file of `term_declared` facts, relative to the adoption file;
    they join the facts of every audit and decision, as `adopt` says. `holidays` holds two lists of dates, `free` and
    `worked`, complete from the first date to the last. What is given besides goes before what the file says,
    except that `packs` are added to the file's.
    """

    def wrong(key: str, what: str) -> QueryError:
        return QueryError(f"{path.name}, key `{key}`: {what}")

    said = toml_of(path)
    for key in said:
        if key not in ADOPTION_KEYS:
            raise QueryError(f"{path.name}: {refusal('key', key, ADOPTION_KEYS)}")
    named = said.get("packs")
    if not isinstance(named, list) or not named or not all(isinstance(pack, str) for pack in named):
        raise wrong(
            "packs", f"found {shown(named)}; allowed: a list of installed packs, e.g. {sorted(installed_packs())}"
        )
    institution = said.get("institution", "")
    if not isinstance(institution, str):
        raise wrong("institution", f"found {shown(institution)}; allowed: a name")
    own_readings = _strings(said.get("readings", {}), "readings", wrong)
    own_parameters = _strings(said.get("parameters", {}), "parameters", wrong)
    terms = _terms(path, said.get("terms"), wrong)
    try:
        return adopt(
            dict.fromkeys((*named, *packs)),
            readings={**own_readings, **(readings or {})},
            parameters={**own_parameters, **(parameters or {})},
            holidays=_holidays(said.get("holidays", {}), wrong),
            terms=terms.values(),
            term_places={term.id: place for place, term in terms.items()},
            time_zone=_time_zone(said.get("time_zone", "Asia/Shanghai"), wrong),
            institution=institution,
        )
    except PackError as error:
        raise wrong("packs", str(error)) from None
    except QueryError as error:
        raise QueryError(str(error) if str(error).startswith(path.name) else f"{path.name}: {error}") from None


_Wrong = Callable[[str, str], QueryError]


def _strings(found: object, key: str, wrong: _Wrong) -> Mapping[str, str]:
    if not isinstance(found, dict):
        raise wrong(key, f'found {shown(found)}; allowed: a table of "PACK:RULE.NAME" = "value"')
    values: dict[str, str] = {}
    for name, value in found.items():
        number = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST
        if not (number or isinstance(value, str)):
            raise wrong(
                f"{key}.{name}", f'found {shown(value)}; allowed: "PACK:RULE.NAME" = "value", the name in quotes'
            )
        values[name] = str(value)
    return values


def _time_zone(found: object, wrong: _Wrong) -> str:
    try:
        if isinstance(found, str) and ZoneInfo(found).key == found:
            return found
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise wrong("time_zone", f"found {shown(found)}; allowed: a name of the time zone database, e.g. Asia/Shanghai")


def _holidays(found: object, wrong: _Wrong) -> Mapping[date, bool]:
    if not isinstance(found, dict):
        raise wrong("holidays", f"found {shown(found)}; allowed: a table with the lists `free` and `worked`")
    days: dict[date, bool] = {}
    for key, listed in found.items():
        if key not in _HOLIDAY_KEYS:
            raise wrong("holidays", refusal("list", key, _HOLIDAY_KEYS))
        if not isinstance(listed, list):
            raise wrong(f"holidays.{key}", f"found {shown(listed)}; allowed: a list of dates, e.g. [2018-02-15]")
        for day in listed:
            if not isinstance(day, date) or isinstance(day, datetime):
                raise wrong(f"holidays.{key}", f"found {shown(day)}; allowed: a date without quotes, e.g. 2018-02-15")
            if day in days:
                raise wrong(f"holidays.{key}", f"{day} stands twice; a day is free or worked, once")
            days[day] = key == "free"
    return days


def _terms(path: Path, found: object, wrong: _Wrong) -> Mapping[str, Fact]:
    """Return the declared terms by the places where they stand."""
    if found is None:
        return {}
    if not isinstance(found, str) or "\0" in found:
        raise wrong("terms", f"found {shown(found)}; allowed: the name of a JSON Lines file of term_declared facts")
    try:
        lines, problems = lines_in(path.parent / found)
    except FactError as error:
        raise wrong("terms", str(error)) from None
    for problem in (*problems, *admitted_lines((), lines, vocabulary=CORE_VOCABULARY).problems):
        raise wrong("terms", str(problem))
    for line in lines:
        if line.cls is not TermDeclared:
            raise wrong("terms", f"{line.where}: found a {line.wire}; allowed: term_declared facts only")
    return {line.where: fact_of(line) for line in lines}
