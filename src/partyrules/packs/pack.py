"""Packs in force: found by entry point or in a file, and adopted with readings and parameters."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from attrs import evolve, field, frozen

from partyrules.errors import FactError, PackError, Problem, QueryError, refusal
from partyrules.facts.admission import all_admitted
from partyrules.facts.strict_json import decode
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact, TermDeclared, Vocabulary
from partyrules.history import CORE_RELATIONS, Relation
from partyrules.language.kernel import CountFindings
from partyrules.language.rules import Duty, Parameter, Reading, Requirement, Rule, Stage, Veto, all_readings, ways
from partyrules.language.standing import CORE_STANDING, RecordStanding, standings_of
from partyrules.language.tree import lowered, rebuilt, resolved_part
from partyrules.packs.discovery import Provider, provider_of
from partyrules.packs.document import Clause, Text
from partyrules.packs.encoding import decoded
from partyrules.packs.soundness import Pack, counts
from partyrules.time.calendar import GRAINS

# What is passed on.
__all__ = ["Pack"]

_MOST_DAYS: Final = 9999
_MOST_SHOWN: Final = 3

R = TypeVar("R", bound=Rule)
R_co = TypeVar("R_co", bound=Rule, covariant=True)


@frozen(kw_only=True)
class Bound(Generic[R_co]):
    """A rule as one institution adopted it: readings and parameters put in, its full id and its citation."""

    id: str
    rule: R_co
    pack: Pack
    clause: Clause
    readings: Mapping[str, str]

    def __repr__(self) -> str:
        return f"<Bound: {type(self.rule).__name__} {self.id}>"


class _Memory(dict[str, dict[Any, Any]]):
    """What was worked out of the rules alone; a copy in another process works it out anew."""

    def __reduce__(self) -> tuple[type["_Memory"], tuple[()]]:
        return _Memory, ()


def _known_always(terms: Iterable[Fact]) -> tuple[TermDeclared, ...]:
    """Return the terms that an adoption declares, which are known at every time; raise FactError for what is none."""
    found = []
    for fact in terms:
        if not isinstance(fact, TermDeclared):
            problem = f"found a {fact.wire}; allowed: term_declared facts only"
            raise FactError([Problem(f"{fact.id!r} of the adoption", problem)])
        found.append(evolve(fact, recorded_at=None))
    return tuple(found)


@frozen(kw_only=True)
class Adoption:
    """The packs in force together in one institution, with the readings and parameters that it chose."""

    packs: tuple[Pack, ...]
    readings: Mapping[str, str] = field(factory=dict)
    parameters: Mapping[str, str] = field(factory=dict)
    holidays: Mapping[date, bool] = field(factory=dict)
    terms: tuple[TermDeclared, ...] = field(default=(), converter=_known_always)
    term_places: Mapping[str, str] = field(factory=dict, eq=False, repr=False)
    time_zone: str = "Asia/Shanghai"
    institution: str = ""
    duties: tuple[Bound[Duty], ...]
    requirements: tuple[Bound[Requirement], ...]
    vetoes: tuple[Bound[Veto], ...]
    stages: tuple[Stage, ...]
    vocabulary: Vocabulary
    relations: tuple[Relation, ...]
    standings: tuple[RecordStanding, ...]
    # Worked out once; no answer depends on it.
    memory: dict[str, dict[Any, Any]] = field(factory=_Memory, init=False, eq=False)

    def __repr__(self) -> str:
        packs = [f"{pack.id} {pack.version}" for pack in self.packs[:_MOST_SHOWN]]
        more = [f"{len(self.packs) - _MOST_SHOWN} more"] if len(self.packs) > _MOST_SHOWN else []
        return f"<Adoption: {', '.join([*packs, *more])}, {counts(self)}>"

    @property
    def stage_names(self) -> tuple[str, ...]:
        """The order of the pipeline."""
        return tuple(stage.name for stage in self.stages)

    @property
    def labels(self) -> Mapping[str, Text]:
        """What the packs call their own names, of the same name the first pack's."""
        return {name: text for pack in reversed(self.packs) for name, text in pack.labels.items()}

    @property
    def rules(self) -> tuple[Bound[Rule], ...]:
        """Every adopted rule: duties, requirements, vetoes."""
        return (*self.duties, *self.requirements, *self.vetoes)

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """The full id of every adopted rule."""
        return tuple(bound.id for bound in self.rules)


# Loading and adopting packs ----------------------------------------------------------------------------------------


def load_pack(name: str) -> Pack:
    """Return the installed pack of that id, or the exported one in the file NAME.json.

    Raise PackError where there is none or it cannot be loaded.
    """
    return _pack_in(Path(name)) if name.endswith(".json") else pack_from(provider_of(name))


def _pack_in(path: Path) -> Pack:
    try:
        said = decode(path.read_bytes())
    except OSError as error:
        raise PackError(f"{path}: cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise PackError(f"{path}: not an exported pack: {error}") from None
    try:
        found: Pack = decoded(said, Pack)
    except PackError as error:
        raise PackError(f"{path}: not an exported pack: {error}") from None
    return found


def pack_from(provider: Provider) -> Pack:
    """Return the pack that somebody provides, and import no other; raise PackError where it is none of that id."""
    pack = provider.load()
    if not isinstance(pack, Pack) or pack.id != provider.id:
        found = f"the pack `{pack.id}`" if isinstance(pack, Pack) else type(pack).__name__
        raise provider.fault(f"its entry point must name a Pack with this id, found {found}")
    return pack


def adopt(
    packs: Iterable[Pack | str],
    *,
    readings: Mapping[str, str] | None = None,
    parameters: Mapping[str, str | int] | None = None,
    holidays: Mapping[date, bool] | None = None,
    terms: Iterable[Fact] = (),
    term_places: Mapping[str, str] | None = None,
    time_zone: str = "Asia/Shanghai",
    institution: str = "",
) -> Adoption:
    """Return the packs in force together, with readings and parameters put in.

    `readings` and `parameters` go from `PACK:RULE.NAME` to the option or value chosen. `holidays` says of single
    days whether they are free, for working days. `terms` are declared terms, known at every time, that join the facts
    of every question as if recorded among them; `term_places` says by id where one stands, for the messages. Raise
    QueryError, with the nearest valid name, for a rule, reading, option, parameter or value that does not exist, and
    FactError for a term that is none or cannot stand beside the others.
    """
    loaded = tuple(load_pack(pack) if isinstance(pack, str) else pack for pack in packs)
    ids = [pack.id for pack in loaded]
    if len(set(ids)) < len(ids):
        raise QueryError(f"a pack stands twice in {', '.join(ids)}; name each once")
    chosen, given = dict(readings or {}), {key: str(value) for key, value in (parameters or {}).items()}
    _check_choices(loaded, chosen, given)
    vocabulary = CORE_VOCABULARY
    for pack in loaded:
        vocabulary = vocabulary.with_types(pack.fact_types)
    stages = _merged_stages(loaded)
    standings = (*CORE_STANDING, *(lowered(standing) for pack in loaded for standing in pack.standings))
    return Adoption(
        packs=loaded,
        readings=dict(sorted(chosen.items())),
        parameters=dict(sorted(given.items())),
        holidays=dict(holidays or {}),
        terms=all_admitted(terms),
        term_places=dict(term_places or {}),
        time_zone=time_zone,
        institution=institution,
        duties=tuple(_bound(p, r, chosen, given) for p in loaded for r in p.duties),
        requirements=tuple(_bound(p, r, chosen, given) for p in loaded for r in p.requirements),
        vetoes=tuple(_bound(p, r, chosen, given) for p in loaded for r in p.vetoes),
        stages=stages,
        vocabulary=vocabulary,
        relations=(*CORE_RELATIONS, *(relation for pack in loaded for relation in pack.relations)),
        standings=standings_of(standings, vocabulary, tuple(stage.name for stage in stages)),
    )


def reading_key(pack: Pack, rule: Rule, reading: Reading | Parameter) -> str:
    """Return the `PACK:RULE.NAME` under which a reading or parameter of a rule is adopted."""
    owner = reading.owner if isinstance(reading, Reading) and reading.owner else rule.id
    return f"{pack.id}:{owner}.{reading.name}"


def bound_with(adoption: Adoption, bound: Bound[R], reading: str, option: str) -> Bound[R]:
    """Return a rule as it would be adopted with one reading, named by its key, taken otherwise."""
    written: R = next(rule for rule in bound.pack.rules if rule.id == bound.rule.id)  # type: ignore[assignment]
    return _bound(bound.pack, written, {**adoption.readings, reading: option}, adoption.parameters)


def adopted_with(adoption: Adoption, reading: str, option: str) -> Adoption:
    """Return the adoption with one reading, named by its key, taken otherwise."""
    return evolve(
        adoption,
        readings={**adoption.readings, reading: option},
        duties=tuple(bound_with(adoption, each, reading, option) for each in adoption.duties),
        requirements=tuple(bound_with(adoption, each, reading, option) for each in adoption.requirements),
        vetoes=tuple(bound_with(adoption, each, reading, option) for each in adoption.vetoes),
    )


def _bound(pack: Pack, rule: R, chosen: Mapping[str, str], given: Mapping[str, str]) -> Bound[R]:
    readings = {
        reading.name: chosen.get(reading_key(pack, rule, reading), reading.default)
        for reading in sorted(all_readings(rule), key=lambda reading: reading.name)
    }
    values = {parameter.name: given.get(reading_key(pack, rule, parameter)) for parameter in rule.parameters}
    numbers = {p.name for p in rule.parameters if p.takes == "days"}
    typed: Mapping[str, Any] = {
        name: int(value) if value is not None and name in numbers else value for name, value in values.items()
    }
    clause = next(clause for clause in pack.document.clauses if clause.id == rule.clause)
    way = next(way for adopted, way in ways(rule) if adopted.items() <= readings.items())
    return Bound(
        id=f"{pack.id}:{rule.id}",
        rule=rebuilt(way, lambda part: _adopted(part, pack, typed)),
        pack=pack,
        clause=clause,
        readings=readings,
    )


def _adopted(part: Any, pack: Pack, parameters: Mapping[str, Any]) -> Any:
    """Return a node with its parameter put in, and the rules that it reads named by their full ids."""
    if isinstance(part, CountFindings) and (own := {duty.id for duty in pack.duties}.intersection(part.rules)):
        return evolve(part, rules=tuple(f"{pack.id}:{name}" if name in own else name for name in part.rules))
    return resolved_part(part, readings={}, parameters=parameters)


def _check_choices(packs: tuple[Pack, ...], chosen: Mapping[str, str], given: Mapping[str, str]) -> None:
    readings = {
        reading_key(p, rule, reading): reading for p in packs for rule in p.rules for reading in all_readings(rule)
    }
    parameters = {reading_key(p, rule, param): param for p in packs for rule in p.rules for param in rule.parameters}
    for key, option in chosen.items():
        if key not in readings:
            raise QueryError(f"{refusal('reading', key, readings)}; write it PACK:RULE.NAME=OPTION")
        if option not in readings[key].options:
            raise QueryError(f"reading `{key}`: {refusal('option', option, readings[key].options)}")
    for key, value in given.items():
        if key not in parameters:
            raise QueryError(f"{refusal('parameter', key, parameters)}; write it PACK:RULE.NAME=VALUE")
        _check_value(key, parameters[key], value)


def _check_value(key: str, parameter: Parameter, value: str) -> None:
    if parameter.takes == "grain" and value not in GRAINS:
        raise QueryError(f"parameter `{key}`: {refusal('grain', value, GRAINS)}")
    if parameter.takes == "days" and not (value.isascii() and value.isdigit() and int(value) <= _MOST_DAYS):
        raise QueryError(f"parameter `{key}`: found {value!r}; allowed: a whole number of days, 0 to {_MOST_DAYS}")
    if not value:
        raise QueryError(f"parameter `{key}`: found nothing; allowed: a name")


def _merged_stages(packs: tuple[Pack, ...]) -> tuple[Stage, ...]:
    """Return one order in which every pack's own order holds; raise PackError where two packs contradict."""
    stages: dict[str, Stage] = {}
    before: dict[str, set[str]] = {}
    for pack in packs:
        for stage in pack.stages:
            stages.setdefault(stage.name, stage)
        names = [stage.name for stage in pack.stages]
        for earlier, later in zip([None, *names], names, strict=False):
            before.setdefault(later, set()).update({earlier} - {None})  # type: ignore[arg-type]  # None is taken out
    order: list[str] = []
    while len(order) < len(stages):
        free = [name for name in stages if name not in order and before[name] <= set(order)]
        if not free:
            left = ", ".join(name for name in stages if name not in order)
            raise PackError(
                f"packs {', '.join(pack.id for pack in packs)}: their orders of stages contradict in {left}"
            )
        order.append(free[0])
    return tuple(stages[name] for name in order)


def clauses_judged(packs: Iterable[Pack]) -> Iterator[tuple[Pack, Clause]]:
    """Yield the clauses that only a recorded judgement answers, with their pack."""
    for pack in packs:
        for clause in pack.document.clauses:
            if clause.judges is not None:
                yield pack, clause
