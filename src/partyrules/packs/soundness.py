"""Packs: one institution's document as rules, and what makes one unsound, so that it cannot be built."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar, Final, Literal, get_args, get_origin

import attrs
from attrs import evolve, frozen

from partyrules.errors import PackError, refusal
from partyrules.errors.arguments import Built
from partyrules.facts.schema import COMMON, bare_of, field_types, is_list, parts_of, plain_of, takes
from partyrules.facts.vocabulary import CORE_VOCABULARY, Fact
from partyrules.history import CORE_RELATIONS, NO_STAGE, UNDATED, Relation
from partyrules.language import rules as r
from partyrules.language.kernel import ByReading, CountFindings, Events, Given
from partyrules.language.shapes import FieldShape, Shapes, shapes_of
from partyrules.language.spelling import Sight, Speller, is_supposed, kinds_unlisted
from partyrules.language.standing import RecordStanding
from partyrules.language.tree import walk
from partyrules.packs.document import Document, Text
from partyrules.packs.encoding import encoded, fingerprint_of

_WIRE: Final = re.compile(r"[a-z][a-z0-9_]*")


@frozen(kw_only=True)
class Pack(Built):
    """One institution's document as rules over facts; raise PackError at construction for whatever is not right.

    `stages` is the order of the development pipeline; a pack may add its own fact types, relations and
    standings to those of the core: a field of its own fact types that has a name of the core's takes what it takes
    there, and a standing is asked of what no relation begins or ends with. `kinds` names, for a field of facts such as
    `meeting` or `unit.kind`, the kinds of the pack's own that are spelt as they are meant; `labels` says what its names
    are called in both languages, as `partyrules.language.labels` lists the core's.
    """

    document: Document
    version: str
    stages: tuple[r.Stage, ...] = ()
    duties: tuple[r.Duty, ...] = ()
    requirements: tuple[r.Requirement, ...] = ()
    vetoes: tuple[r.Veto, ...] = ()
    fact_types: tuple[type[Fact], ...] = ()
    relations: tuple[Relation, ...] = ()
    standings: tuple[RecordStanding, ...] = ()
    # No answer depends on these names, so they are no part of what a fingerprint covers.
    kinds: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict, hash=False, repr=False)
    labels: Mapping[str, Text] = attrs.field(factory=dict, hash=False, repr=False)

    named: ClassVar[tuple[str, str] | None] = ("pack", "id")

    def refuse(self) -> None:
        """Refuse a pack for the first thing wrong with it, naming rule and field."""
        for where, what in _flaws(self):
            raise PackError(f"pack `{self.id}`, {where}: {what}")

    @property
    def id(self) -> str:
        """The id under which the pack is installed and its rules are cited."""
        return self.document.id

    @property
    def rules(self) -> tuple[r.Rule, ...]:
        """Every rule of the pack: duties, requirements, vetoes."""
        return (*self.duties, *self.requirements, *self.vetoes)

    @cached_property
    def shapes(self) -> Shapes:
        """What its facts and holdings look like, those of the core among them."""
        return shapes_of(self.fact_types, self.relations, self.kinds, tuple(stage.name for stage in self.stages))

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of everything that the pack says, so that a decision can name what it rests on."""
        return fingerprint_of(evolve(self, kinds={}, labels={}))

    def __repr__(self) -> str:
        return f"<Pack: {self.id} {self.version}, {counts(self)}>"


def counts(of: Any) -> str:
    """Return how many rules of each kind a pack has, or an adoption."""
    return f"{len(of.duties)} duties, {len(of.requirements)} requirements, {len(of.vetoes)} vetoes"


_Flaws = Iterator[tuple[str, str]]
"""Where in a pack something is wrong, and what."""


def _flaws(pack: Pack) -> _Flaws:
    stages = [stage.name for stage in pack.stages]
    if len(set(stages)) < len(stages):
        yield "field `stages`", f"a stage stands twice in {', '.join(stages)}"
    if NO_STAGE in stages:
        yield "field `stages`", f"found a stage `{NO_STAGE}`, which is whoever has none; allowed: another name"
    if ":" in pack.id:
        yield "field `document.id`", "found a colon, which parts pack and rule in PACK:RULE; allowed: a name without"
    yield from _of_fact_types(pack)
    shapes = pack.shapes
    yield from _of_relations(pack, shapes)
    yield from (("field `kinds`", what) for what in kinds_unlisted(shapes, pack.kinds))
    yield from _of_standings(pack, shapes)
    yield from _of_rules(pack, shapes)
    yield from _of_findings_read(pack)


# Rules ----------------------------------------------------------------------------------------------------------------


def _of_rules(pack: Pack, shapes: Shapes) -> _Flaws:
    clauses = {clause.id for clause in pack.document.clauses}
    names, stages = {rule.id for rule in pack.rules}, [stage.name for stage in pack.stages]
    shared: dict[tuple[str, str], r.Reading] = {}
    seen: set[str] = set()
    for rule in pack.rules:
        where = f"rule `{rule.id}`, field"
        if rule.id in seen:
            yield f"{where} `id`", "another rule of the pack has this id; every rule needs its own"
        seen.add(rule.id)
        if ":" in rule.id and not is_supposed():
            yield f"{where} `id`", "found a colon, which parts pack and rule in PACK:RULE; allowed: a name without"
        if rule.clause not in clauses:
            yield f"{where} `clause`", refusal("clause", rule.clause, clauses)
        yield from ((f"{where} `{name}`", what) for name, what in _of_choices(rule))
        for reading in () if is_supposed() else rule.readings:
            if reading.owner is not None and reading.owner not in names:
                yield f"{where} `readings.{reading.name}.owner`", refusal("rule", reading.owner, names)
            if shared.setdefault((reading.owner or rule.id, reading.name), reading) != reading:
                yield f"{where} `readings.{reading.name}`", "it is shared, and said otherwise by another rule"
        speller = r.speller_of(rule, shapes)
        for chosen, way in r.ways(rule):
            for step in way.steps if isinstance(way, r.Requirement | r.Veto) else ():
                if step not in stages:
                    yield f"{where} `steps`", refusal("stage", step, stages) + r.under(chosen)
            for slip in () if is_supposed() else r.slips(way, speller):
                if not slip.doubt:
                    yield f"{where} `{slip.field}`", slip.what + r.under(chosen)


def _of_choices(rule: r.Rule) -> _Flaws:
    """Yield readings and parameters that a rule does not declare, or declares otherwise than it uses them."""
    readings = {reading.name: reading for reading in r.all_readings(rule)}
    parameters = {parameter.name: parameter.takes for parameter in rule.parameters}
    for field, names in (
        ("readings", [reading.name for reading in rule.readings]),
        ("parameters", [parameter.name for parameter in rule.parameters]),
    ):
        if len(set(names)) < len(names):
            yield field, f"a name stands twice in {', '.join(names)}"
    for common in (r.PARTIAL, r.LEAVE):
        if common in r.all_readings(rule) and set(readings[common.name].options) != set(common.options):
            what = f"found the options {', '.join(readings[common.name].options)} of what every duty per period has"
            yield f"readings.{common.name}", f"{what}; allowed: {', '.join(common.options)}, or another name"
    for name, options in r.readings_used(rule).items():
        if name not in readings:
            yield "readings", refusal("reading", name, readings)
        elif differ := set(readings[name].options) ^ set(options):
            yield f"readings.{name}", f"options and tree differ in {sorted(differ)}"
    for node in walk(r.tree_of(rule)):
        match node:
            case Given(name) if name not in parameters:
                yield "parameters", refusal("parameter", name, parameters)
            case r.PerPeriod(grain=Given(name)) if parameters.get(name, "grain") != "grain":
                yield "per", f"parameter `{name}` takes a {parameters[name]}; allowed: one that takes a grain"
            case r.WithinDays(days=Given(name)) if parameters.get(name, "days") != "days":
                yield "per", f"parameter `{name}` takes a {parameters[name]}; allowed: one that takes days"


def _of_findings_read(pack: Pack) -> _Flaws:
    """Yield rules that read each other's findings in a circle, or on a day other than the one asked."""
    duties = {duty.id for duty in pack.duties}
    reads: dict[str, set[str]] = {rule.id: set() for rule in pack.rules}
    for rule, way in ((each, way) for each in pack.rules for _, way in r.ways(each)):
        per = way.per if isinstance(way, r.Duty) else None
        counted = [node for node in walk(r.tree_of(way)) if isinstance(node, CountFindings)]
        reads[rule.id].update(name for node in counted for name in node.rules)
        if any(node.window == "period" for node in counted) and not isinstance(per, r.PerPeriod):
            what = "only a duty per period counts the findings of a period; use `ever`"
            yield f"rule `{rule.id}`, field `window`", what
        scoped = isinstance(way, r.Duty) and any(isinstance(node, CountFindings) for node in walk(way.bearer))
        if scoped and not isinstance(per, r.Standing):
            what = "only a standing duty may bind by other duties' findings, as of the day asked"
            yield f"rule `{rule.id}`, field `bearer`", what
        for name in sorted(reads[rule.id] - duties):
            yield f"rule `{rule.id}`, field `rules`", refusal("duty", name, duties)
    if circle := _circle(reads):
        what = f"these rules read each other's findings in a circle: {', '.join(circle)}"
        yield f"rule `{circle[0]}`, field `rules`", what


def _circle(reads: Mapping[str, set[str]]) -> list[str]:
    """Return those that read each other, or what does, so that none of them could be answered first."""
    settled: set[str] = set()
    while ready := {one for one, read in reads.items() if one not in settled and read & reads.keys() <= settled}:
        settled |= ready
    return sorted(set(reads) - settled)


# Fact types, relations and standings of a pack's own ------------------------------------------------------------------


def _of_fact_types(pack: Pack) -> _Flaws:
    """Yield fact types that no file or column can hold, and fields that take something else than one of their name."""
    takes: dict[str, dict[str, None]] = {}
    for cls in CORE_VOCABULARY.types.values() if pack.fact_types else ():
        for name, hint in field_types(cls).items():
            takes.setdefault(name, {})[_taken(hint)] = None
    core = frozenset(takes)
    wires = [cls.wire for cls in dict.fromkeys(pack.fact_types)]
    for cls in pack.fact_types:
        where = f"fact type `{cls.wire if cls.wire and type(cls.wire) is str else cls.__name__}`"
        if wires.count(cls.wire) > 1:
            yield where, "another fact type of the pack has this wire name; every one needs its own"
        unfit = [(where + place, what) for place, what in _unfit(cls)]
        yield from unfit
        if unfit:
            continue
        for name, hint in field_types(cls).items():
            found = _taken(hint)
            if found not in takes.setdefault(name, {found: None}):
                what = f"found {found}; {'the core' if name in core else 'another fact type'} has a field of this name"
                yield f"{where}, field `{name}`", f"{what}; allowed: {' or '.join(takes[name])}, or another name"


def _unfit(cls: type[Fact]) -> _Flaws:
    """Yield why no fact of a class could be written or kept: in which field, and what is wrong."""
    above = "@frozen(kw_only=True) above the class"
    if "__attrs_attrs__" not in vars(cls):
        yield "", f"found a class without its decorator; allowed: {above}"
        return
    if type(cls.wire) is not str:
        yield "", 'found a field `wire`; allowed: wire: ClassVar[str] = "name_of_the_type"'
        return
    if not _WIRE.fullmatch(cls.wire):
        yield "", f"found wire = {cls.wire!r}; allowed: a name of small letters, figures and _, such as `game_played`"
    if CORE_VOCABULARY.types.get(cls.wire, cls) is not cls:
        yield "", f"the wire name `{cls.wire}` is taken by the core"
    if getattr(cls, "__hash__", None) is None:
        yield "", f"found a class whose values can be changed; allowed: {above}"
    try:
        hints = field_types(cls)
    except (NameError, TypeError, AttributeError) as error:
        yield "", f"found an annotation that cannot be read: {error}"
        return
    for attribute in attrs.fields(cls):
        place, hint = f", field `{attribute.name}`", hints[attribute.name]
        if attribute.name not in COMMON and not attribute.kw_only:
            yield place, f"found an argument by place; allowed: {above}"
        if attribute.name not in COMMON and not _is_kept(hint):
            yield place, f"found {_said(hint)}; allowed: {_KEPT}"
            return
    try:
        encoded(cls)
    except PackError as error:
        yield "", str(error).partition(", ")[2] or str(error)


_KEPT: Final = "str, bool, int, Decimal, date, Person, Unit, Building, Name, Literal, tuple[str, ...], and each | None"


def _is_kept(hint: Any) -> bool:
    """Tell whether a column can hold what a field takes."""
    parts = [bare_of(part) for part in parts_of(hint)]
    if len(parts) == 1 and get_origin(parts[0]) is tuple:
        entries = get_args(parts[0])
        return entries[1:] == (...,) and _is_text(bare_of(entries[0]))
    numbers = bool(parts) and all(part in (int, Decimal) for part in parts)
    return numbers or (len(parts) == 1 and (parts[0] in (bool, date) or _is_text(parts[0])))


def _is_text(hint: Any) -> bool:
    return hint is str or (get_origin(hint) is Literal and all(type(one) is str for one in get_args(hint)))


def _said(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint).replace("typing.", "")


_TAKEN: Final[Mapping[str, str]] = {"flag": "true or false", "day": "full date"}


def _taken(hint: Any) -> str:
    """Return in words what a field takes, whether or not it may be left out."""
    taken = takes(hint)
    value = _TAKEN.get(taken, taken or str(plain_of(hint)))
    return f"a list of {value}s" if is_list(hint) else f"a {value}" if taken != "flag" else value


def _of_relations(pack: Pack, shapes: Shapes) -> _Flaws:
    """Yield relations between facts that there are not, by fields that they do not have."""
    names = [relation.name for relation in (*CORE_RELATIONS, *pack.relations)]
    for relation in pack.relations:
        where = f"relation `{relation.name}`"
        if names.count(relation.name) > 1:
            yield f"{where}, field `name`", "another relation has this name; every relation needs its own"
        ends = {"started": relation.started, **({"ended": relation.ended} if relation.ended else {})}
        for name, wire in ends.items():
            if wire not in shapes.types:
                yield f"{where}, field `{name}`", refusal("fact type", wire, shapes.types)
            elif wire in {cls.wire for cls in UNDATED}:
                yield f"{where}, field `{name}`", f"`{wire}` is about the record; allowed: what happened on a day"
        if all(wire in shapes.types for wire in ends.values()):
            yield from ((f"{where}, {field}", what) for field, what in _of_its_fields(relation, shapes))


def _of_its_fields(relation: Relation, shapes: Shapes) -> _Flaws:
    start = shapes.types[relation.started].fields
    end = shapes.types[relation.ended].fields if relation.ended else start
    person = () if relation.person is None else (relation.person,)
    derived = tuple(name for names in relation.derived.values() for name in names)
    said = {"key": relation.key, "group": relation.group, "person": person, "derived": derived}
    for name, fields in said.items():
        for field in fields:
            known = [one for one in start if name != "key" or one in end]
            if field not in known:
                yield f"field `{name}`", refusal("field", field, known)
            elif start[field].several:
                yield f"field `{name}`", f"`{field}` is a list; allowed: a field with one value"
    for field in person:
        if field in start and start[field].entity not in (None, "person"):
            yield "field `person`", f"`{field}` names a {start[field].entity}; allowed: a person"
    for field, value in (relation.presumed or {}).items():
        shape = start.get(field)
        if shape is None:
            yield "field `presumed`", refusal("field", field, start)
        elif shape.allowed is not None and value not in shape.allowed:
            yield f"field `presumed.{field}`", refusal("value", value, shape.allowed)
    for name in relation.derived:
        if name in start:
            yield "field `derived`", f"`{name}` is a field of `{relation.started}`; allowed: a name of its own"


def _of_standings(pack: Pack, shapes: Shapes) -> _Flaws:
    """Yield a standing on what is no fact, is about nobody, or begins or ends a relation all the same."""
    every = (*CORE_RELATIONS, *pack.relations)
    reads = {
        standing.wire: {wire for node in walk(standing.tests) if isinstance(node, Events) for wire in node.types}
        for standing in pack.standings
    }
    if circle := _circle(reads):
        what = f"whether it counts hangs on whether others do, in a circle: {', '.join(circle)}"
        yield f"standing on `{circle[0]}`, field `tests`", what
    named = {wire: relation.name for relation in every for wire in (relation.started, relation.ended) if wire}
    wires = [standing.wire for standing in pack.standings]
    for standing in pack.standings:
        if wires.count(standing.wire) > 1:
            yield (
                f"standing on `{standing.wire}`",
                "another standing of the pack is on it; allowed: one, with every test",
            )
        wire, where = standing.wire, f"standing on `{standing.wire}`"
        if wire not in shapes.types:
            yield where, refusal("fact type", wire, shapes.types)
        elif wire in named:
            yield (
                where,
                (
                    f"it begins or ends the relation `{named[wire]}`, which holds whoever made the record; "
                    "allowed: a fact type that no relation names, read by `latest` or `events`, or the test in `where`"
                ),
            )
        elif standing.about not in shapes.types[wire].fields:
            yield f"{where}, field `about`", refusal("field", standing.about, shapes.types[wire].fields)
        else:
            about = shapes.types[wire].fields[standing.about]
            yield from ((f"{where}, field `tests`", what) for what in _of_tests(standing, about, shapes))


def _of_tests(standing: RecordStanding, about: FieldShape, shapes: Shapes) -> Iterator[str]:
    if about.several or about.takes != "text":
        yield f"it is about `{about.name}`, which names nobody alone; allowed: a field that names one person"
    sight = Sight("tests", about.entity or "person", item=shapes.types[standing.wire], findings=False)
    for test, _ in standing.tests:
        waiting = next((node for node in walk(test) if isinstance(node, ByReading | Given)), None)
        if waiting is not None:
            yield "found what an institution chooses; allowed: the same for every institution that adopts the pack"
            return
        yield from (slip.what for slip in Speller(shapes).condition(test, sight) if not slip.doubt)
