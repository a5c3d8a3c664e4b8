"""Whether document and rules account for each other: sentences, clauses, numbers, periods, words and tests."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, NamedTuple

import attrs
from attrs import frozen

from partyrules.analysis.codes import Remark, remark
from partyrules.analysis.wording import ClauseNumbers, names_of, said_in
from partyrules.language import rules as r
from partyrules.language.kernel import Age, ByReading, Compare, Count, Is, MostCovered, OnDay, Portion, Share
from partyrules.language.phrases import length
from partyrules.language.text import both, translated
from partyrules.language.tree import lowered, walk
from partyrules.packs.document import Clause, Document, Text, compare_with_source, coverage
from partyrules.packs.pack import Pack
from partyrules.packs.places import SourcePlace
from partyrules.time.calendar import GRAINS, Span

_LONGEST_QUOTATION: Final = 12
_UNFINISHED: Final = re.compile(r"\b(?:todo|tbd|fixme|xxx)\b|待填|待定|待补", re.IGNORECASE)
_NO_NUMBER: Final = re.compile(r"[\s?？.。\-–—*…]*")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_LATIN: Final = re.compile(r"[A-Za-z]")


@frozen
class Source:
    """The text of a source document and the file that it was read from."""

    file: Path
    text: str


# Sentences and clauses -----------------------------------------------------------------------------------------


def ledger(pack: Pack, source: Source | None) -> Iterator[Remark]:
    """Yield what is not accounted for, and where the ledger and the source differ."""
    covered = coverage(pack.document, {rule.id: rule.clause for rule in pack.rules})
    clauses = {clause.id: clause for clause in pack.document.clauses}
    for number in covered.todo:
        yield remark("PR001", f"sentence {number}", "treatment", "nobody has settled yet what becomes of it")
    for number, rule in covered.unknown_rules:
        yield remark("PR003", f"sentence {number}", "rules", f"the pack has no rule `{rule}`")
    for name in covered.unaccounted:
        what = f"clause {clauses[name].citation} has neither rule nor judge nor reason"
        yield remark("PR004", f"clause {name}", None, what)
    for rule in covered.unplaced_rules:
        yield remark("PR005", f"{pack.id}:{rule}", "clause", "no sentence that carries its clause names it")
    if source is not None:
        yield from _drifted(pack.document, source)


def _drifted(document: Document, source: Source) -> Iterator[Remark]:
    drift = compare_with_source(document, source.text)
    for changed in drift.changed:
        what = f"the source now reads otherwise, fingerprint {changed.found}"
        place = SourcePlace(source.file, changed.line)
        yield remark("PR002", f"sentence {changed.number}", "fingerprint", what, place=place)
    for number in drift.missing:
        yield remark("PR002", f"sentence {number}", "fingerprint", "the source has it no more")
    for new in drift.new:
        what = f"the source has a sentence, fingerprint {new.found}, after {new.after or 'its start'}"
        place = SourcePlace(source.file, new.line)
        yield remark("PR002", f"document {document.id}", "sentences", what, place=place)


# Numbers and periods that clauses give ---------------------------------------------------------------------------


class _Number(NamedTuple):
    """A number, range, share, span or day in a field of a rule, with the readings of which it takes another option.

    `of` is how many kinds there are where it counts different ones of a list.
    """

    field: str
    value: int | tuple[int, int] | Fraction | Span | r.WithinWorkingDays | date = 0
    readings: tuple[str, ...] = ()
    of: int | None = None


def numbers_and_periods(pack: Pack) -> Iterator[Remark]:
    """Yield where a rule and its clause differ in a number, a range, a period or a span."""
    clauses = {clause.id: clause for clause in pack.document.clauses}
    used: dict[str, set[Any]] = {}
    for rule in pack.rules:
        where = f"{pack.id}:{rule.id}"
        summary = clauses[rule.clause].summary
        readings = {reading.name: reading for reading in r.all_readings(rule)}
        fields = _fields(lowered(rule)).items()
        found = [number for name, part in fields for number in _numbers(part, _Number(name), readings)]
        used.setdefault(rule.clause, set()).update(_uses(found), _values_asked(rule))
        for number in dict.fromkeys(found):
            # Only an option that is not the default may rest on what its reading says instead of the clause.
            said = said_in([summary, *(readings[name].why for name in number.readings)])
            yield from _not_given(number, said, where)
        if isinstance(rule, r.Duty):
            yield from _periods_not_given(rule, summary, readings, where)
    for name, numbers in used.items():
        yield from _not_used(clauses[name], numbers)


def _fields(rule: r.Rule) -> dict[str, Any]:
    if isinstance(rule, r.Duty):
        return {"bearer": rule.bearer, "per": rule.per, "requires": rule.requires}
    if isinstance(rule, r.Requirement):
        return {"when": rule.when, "requires": rule.requires}
    return {"vetoes": rule.vetoes}


def _numbers(node: Any, at: _Number, readings: Mapping[str, r.Reading]) -> Iterator[_Number]:
    """Yield the numbers of a tree, each in the field and under the readings that it stands `at`."""
    match node:
        case ByReading(reading, options):
            for option, part in options:
                own = () if option == readings[reading].default else (reading,)
                yield from _numbers(part, at._replace(readings=(*at.readings, *own)), readings)
        case tuple():
            for part in node:
                yield from _numbers(part, at, readings)
        case _ if attrs.has(type(node)):
            of = _listed(node.tally) if isinstance(node, Compare) else None
            yield from (at._replace(value=value, of=of) for value in _stated(node))
            yield from _numbers(attrs.astuple(node, recurse=False), at, readings)


def _stated(node: Any) -> Iterable[Any]:
    """Return what a node by itself says in numbers: a range as a pair, and lengths of time and days as they are."""
    match node:
        case Compare(_, int() as least, int() as most) if least != most:
            return ((least, most),)
        case Compare(_, least, most):
            return dict.fromkeys(one for one in (least, most) if isinstance(one, int))
        case Age(extended_by=by, times=int() as times) if by is not None:
            return (times,)
        case Share(_, _, (numerator, denominator)) | Portion(int() as numerator, int() as denominator, _):
            return (Fraction(numerator, denominator),)
        case Span() | r.WithinWorkingDays(int()):
            return (node,)
        case r.WithinDays(int() as days):
            return (Span(days=days),)
        case OnDay(since=date() as day):
            return (day,)
    return ()


def _listed(tally: Any) -> int | None:
    """Return how many kinds a tally lists where it counts different ones, None where it does not."""
    match tally:
        case MostCovered(_, among, _):
            return len(set(among))
        case Count(of, str() as distinct, _) if not isinstance(of, ByReading | tuple):
            values = dict(of.match).get(distinct)
            return len(set(values)) if isinstance(values, tuple) else None
    return None


def _not_given(number: _Number, said: ClauseNumbers, where: str) -> Iterator[Remark]:
    field = number.field
    match number.value:
        case Span() as span:
            if span != Span() and not said.gives_span(span):
                yield remark("PR008", where, field, translated("{} is not what the clause gives", length(span)))
        case r.WithinWorkingDays(days):
            if days not in said.working_days:
                yield remark("PR008", where, field, f"{days} working days are not what the clause gives")
        case date() as day:
            if not said.gives_day(day):
                yield remark("PR008", where, field, f"{day} is no day that the clause gives")
        case Fraction(numerator=some, denominator=all_of):
            if (some, all_of) != (1, 2) and not {some, all_of} <= said.numbers:
                yield remark("PR006", where, field, f"a share of {some} in {all_of} is not what the clause gives")
        case (_, _) as ends if not said.ranges:
            for one in ends:
                yield from _not_given(number._replace(value=one), said, where)
        case (least, most) as ends:
            if ends not in said.ranges:
                told = ", ".join(f"{low} to {high}" for low, high in sorted(said.ranges))
                what = f"{least} to {most} is not the range that the clause gives, {told}"
                yield remark("PR006", where, field, what)
        case int() as value if number.of is not None:
            if value != number.of and (value <= 1 or value not in said.numbers):
                yield remark("PR006", where, field, f"it asks for {value} of the {number.of} that it lists")
        case int() as value if value > 1 and value not in said.numbers:
            yield remark("PR006", where, field, f"{value} stands nowhere in the clause")


def _uses(found: list[_Number]) -> set[Any]:
    used: set[Any] = set()
    for number in found:
        match number.value:
            case Span(years, months, days):
                # Weeks and half months are counted in days.
                used.update(map(abs, (years, months, days, 12 * years + months)), (abs(days) // 7,))
            case r.WithinWorkingDays(days):
                used.add(days)
            case date() as day:
                used.update(names_of(day))
            case Fraction(numerator=some, denominator=all_of):
                used.update((some, all_of))
            case (least, most) as ends:
                used.update((ends, least, most))
            case value:
                used.add(value)
    return used


def _values_asked(rule: r.Rule) -> set[Any]:
    """Return the whole numbers that fields are compared with, and those that follow each other as a range."""
    used: set[Any] = set()
    for node in walk(tuple(_fields(rule).values())):
        options = [node.options] if isinstance(node, Is) else [value for _, value in getattr(node, "match", ())]
        for values in options:
            numbers = sorted({one for one in walk(values) if isinstance(one, int) and not isinstance(one, bool)})
            used.update(numbers)
            if len(numbers) > 1 and numbers[-1] - numbers[0] == len(numbers) - 1:
                used.add((numbers[0], numbers[-1]))
    return used


def _not_used(clause: Clause, used: set[Any]) -> Iterator[Remark]:
    # What a clause says besides its rules is accounted for by its own judge or reason.
    if clause.judges is not None or clause.reason is not None:
        return
    said = said_in([clause.summary])
    where = f"clause {clause.id}"
    in_ranges = {number for found in said.ranges for number in found}
    for least, most in sorted(said.ranges - used):
        yield remark("PR007", where, "summary", f"no rule of it uses the range {least} to {most}")
    for number in sorted(said.in_both - used - in_ranges):
        yield remark("PR007", where, "summary", f"no rule of it uses {number}")
    for told in sorted(said.dates_in_both - used):
        # A year alone is mostly part of a name, such as that of a plan or a syllabus.
        if len(told) > 1:
            yield remark("PR007", where, "summary", f"no rule of it uses the date {'-'.join(f'{n:02}' for n in told)}")


def _periods_not_given(duty: r.Duty, summary: Text, readings: Mapping[str, r.Reading], where: str) -> Iterator[Remark]:
    """Yield where a period of a duty is one that nobody gives: not the clause, nor the reading that chooses it."""
    given = said_in([summary]).grains & set(GRAINS)
    for grain, options in _grains(duty.per, ()):
        allowed = set(given)
        changed = [option != readings[name].default for name, option in options]
        if options and (any(changed) or not given):
            words = " ".join(option.replace("_", " ") for _, option in options)
            allowed |= said_in([*(readings[name].why for name, _ in options), both(words)]).grains
        elif options and "year" in given:
            # A year is the calendar's or a school's, so a reading may take either.
            allowed.add("academic_year")
        if grain not in allowed:
            under = ", ".join(f"{name}={option}" for name, option in options)
            told = ", ".join(sorted(allowed & set(GRAINS))) or "no period"
            what = f"it is judged per {grain}{f' under {under}' if under else ''}, and what is given is {told}"
            yield remark("PR008", where, "per", what)


def _grains(per: Any, options: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Yield each period of a duty with the options of readings that choose it."""
    if isinstance(per, r.PerPeriod):
        yield from _grains(per.grain, options)
    elif isinstance(per, ByReading):
        for option, part in per.options:
            yield from _grains(part, (*options, (per.reading, option)))
    elif isinstance(per, str):
        yield per, options


# Words ---------------------------------------------------------------------------------------------------------


class _Said(NamedTuple):
    """A text of a pack: where it stands, in which field, and what it says."""

    where: str
    field: str
    text: Text


def _rule_texts(pack: Pack) -> Iterator[_Said]:
    for rule in pack.rules:
        where = f"{pack.id}:{rule.id}"
        for name in ("title", "counted", "lifts"):
            for text in walk(getattr(rule, name, None)):
                if isinstance(text, Text):
                    yield _Said(where, name, text)
        for reading in rule.readings:
            yield _Said(where, f"readings.{reading.name}", reading.why)
        for parameter in rule.parameters:
            yield _Said(where, f"parameters.{parameter.name}", parameter.why)


def _ledger_texts(pack: Pack) -> Iterator[_Said]:
    for clause in pack.document.clauses:
        yield _Said(f"clause {clause.id}", "summary", clause.summary)
        if clause.reason is not None:
            yield _Said(f"clause {clause.id}", "reason", clause.reason)
    for sentence in pack.document.sentences:
        if sentence.reason is not None:
            yield _Said(f"sentence {sentence.number}", "reason", sentence.reason)


def texts(pack: Pack) -> Iterator[Remark]:
    """Yield each text that one language lacks, that is the same in both, or that is still to be written."""
    document = pack.document
    names = [_Said(f"document {pack.id}", "title", document.title)]
    names.append(_Said(f"document {pack.id}", "institution", document.institution))
    stages = [_Said(f"stage {stage.name}", "title", stage.title) for stage in pack.stages]
    for where, field, text in dict.fromkeys((*names, *stages, *_ledger_texts(pack), *_rule_texts(pack))):
        what = None
        if _UNFINISHED.search(text.zh) or _UNFINISHED.search(text.en):
            what = "it is still to be written"
        elif text.zh.strip() == text.en.strip():
            what = f"it says {text.zh!r} in both languages"
        elif not _HAN.search(text.zh):
            what = f"`zh` is {text.zh!r}, which has no Chinese"
        elif not _LATIN.search(text.en):
            what = f"`en` is {text.en!r}, which has no English"
        if what:
            yield remark("PR020", where, field, what)


def quotations(pack: Pack, source: Source | None) -> Iterator[Remark]:
    """Yield each message that repeats more than twelve characters of the source; the document's title may."""
    if source is None:
        return
    plain = "".join(source.text.split())
    length = _LONGEST_QUOTATION + 1
    for where, field, text in dict.fromkeys((*_ledger_texts(pack), *_rule_texts(pack))):
        for told in (text.zh, text.en):
            said = "".join(told.split())
            starts = range(len(said) - length + 1)
            at = next((start for start in starts if said[start : start + length] in plain), None)
            if at is not None:
                yield remark("PR022", where, field, f"it repeats the source from its character {at + 1} on")


def citations(pack: Pack) -> Iterator[Remark]:
    """Yield each clause without the number that the source prints, and the document without its own."""
    numbers = [(f"document {pack.id}", "number", pack.document.number)]
    numbers += [(f"clause {clause.id}", "citation", clause.citation) for clause in pack.document.clauses]
    for where, field, number in numbers:
        if _UNFINISHED.search(number) or _NO_NUMBER.fullmatch(number):
            yield remark("PR023", where, field, f"it is {number!r}")


# Tests ---------------------------------------------------------------------------------------------------------


def untested(pack: Pack, tests: Path | None) -> Iterator[Remark]:
    """Yield each rule that no file below the folder of tests names."""
    if tests is None:
        return
    written = "\n".join(file.read_text(encoding="utf-8") for file in sorted(tests.rglob("*.py")))
    for rule in pack.rules:
        if not re.search(rf"(?<![\w.\-]){re.escape(rule.id)}(?![\w\-]|\.\w)", written):
            yield remark("PR021", f"{pack.id}:{rule.id}", None, f"no file in {tests} names it")
