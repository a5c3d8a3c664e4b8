"""Findings as lines of text, made of columns: one for each distinct kind, subject and evidence filled into it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Final, NamedTuple

import msgspec
import numpy as np
from attrs import field, frozen

from partyrules.answers.blocks import Array, Block, Evidence, FindingRow, Names, rows_of
from partyrules.answers.messages import finding_message
from partyrules.answers.tables import Judge
from partyrules.answers.verdicts import STATUSES, Finding, Status, encode
from partyrules.errors import EngineError
from partyrules.language.rules import Duty
from partyrules.packs.pack import Bound
from partyrules.time.calendar import Period

__all__ = ["JSON_LINES", "BlockLines", "LineForm", "Lines", "lines_of_findings"]

_AT_ONCE: Final = 4096
# No id is like these: a fact with such a character in an id is refused.
_SUBJECT, _OCCASION, _RECORD = (f"\x7f{name}\x7f" for name in ("subject", "occasion", "record"))


@frozen
class LineForm:
    """How a finding is one line: the whole, a name alone, and a list of names, as they stand in the whole.

    What a subject's name brings with it, such as its unit, is one stretch of the line, given by `subject`.
    """

    whole: Callable[[Finding], bytes]
    subject: Callable[[str], bytes]
    name: Callable[[str], bytes]
    names: Callable[[tuple[str, ...]], bytes]


JSON_LINES: Final = LineForm(encode, msgspec.json.encode, msgspec.json.encode, msgspec.json.encode)


class Lines(NamedTuple):
    """Some lines in order, and how many findings of each status they are."""

    lines: list[bytes]
    statuses: Mapping[Status, int]


@frozen(kw_only=True, eq=False)
class BlockLines:
    """What makes the lines of a duty's block: `form` says how, `evidence` what each row rests on.

    `apart` are the subjects, by code, of whom the columns do not say all; `judge` does.
    """

    bound: Bound[Duty]
    block: Block
    evidence: Evidence
    apart: frozenset[int]
    names: Names
    judge: Judge
    form: LineForm
    _kinds: dict[tuple[int, ...], tuple[bytes, ...]] = field(factory=dict, init=False)

    def of(self, rows: Array) -> Iterator[Lines]:
        """Yield the lines of some rows, in order, some thousand at a time."""
        subject = self.block.subject
        for first in range(0, len(rows), _AT_ONCE):
            some = rows[first : first + _AT_ONCE]
            lines = list(self._filled(some))
            apart = np.flatnonzero(np.isin(subject[some], list(self.apart)))
            if len(apart):
                subjects = {self.names.strings.texts[code] for code in subject[some[apart]].tolist()}
                found = {_identity(finding): finding for finding in self.judge(self.bound, subjects)}
                for place, row in zip(apart.tolist(), rows_of(self.block, some[apart], self.names), strict=True):
                    lines[place] = self.form.whole(found[_identity(row)])
            counts = np.bincount(self.block.status[some], minlength=len(STATUSES)).tolist()
            yield Lines(lines, dict(zip(STATUSES, counts, strict=True)))

    def _filled(self, rows: Array) -> Iterator[bytes]:
        block, form, ids, texts = self.block, self.form, self.names.ids, self.names.strings.texts
        said = (
            block.start, block.status, block.reason, block.required, block.actual, block.due, block.needs,
            block.responsible, block.occasion < 0,
        )  # fmt: skip
        starts, numbers = self.evidence.starts, self.evidence.numbers
        columns = (rows, block.subject[rows], block.occasion[rows], starts[rows], starts[rows + 1])
        keys = zip(*(column[rows].tolist() for column in said), strict=True)
        known, subject = -1, b""
        for key, row, code, occasion, begin, end in zip(keys, *(part.tolist() for part in columns), strict=True):
            kind = self._kinds.get(key)
            if kind is None:
                (like,) = rows_of(block, np.array([row]), self.names)
                kind = self._kinds[key] = _kind(self.bound, like, form)
            if code != known:
                known, subject = code, form.subject(texts[code])
            records = form.names(tuple(sorted([ids[number] for number in numbers[begin:end].tolist()])))
            if occasion < 0:
                yield b"".join((kind[0], subject, kind[1], records, kind[2]))
            else:
                yield b"".join((kind[0], subject, kind[1], form.name(ids[occasion]), kind[2], records, kind[3]))


def lines_of_findings(findings: Iterable[Finding], form: LineForm) -> Iterator[Lines]:
    """Yield the lines of findings that are made already, some thousand at a time."""
    given = iter(findings)
    while some := list(islice(given, _AT_ONCE)):
        counts = Counter(finding.status for finding in some)
        yield Lines([form.whole(finding) for finding in some], {status: counts[status] for status in STATUSES})


def _identity(of: Finding | FindingRow) -> tuple[str, Period | None, str | None]:
    return of.subject, of.period, of.occasion


def _kind(bound: Bound[Duty], row: FindingRow, form: LineForm) -> tuple[bytes, ...]:
    """Return what stands before, between and behind what is filled into the lines of findings like one."""
    finding = Finding(
        rule=row.rule,
        clause=row.clause,
        subject=_SUBJECT,
        period=row.period,
        occasion=None if row.occasion is None else _OCCASION,
        status=row.status,
        modality=row.modality,
        required=row.required,
        actual=row.actual,
        due=row.due,
        reason=row.reason,
        needs=row.needs,
        evidence=(_RECORD,),
        readings=bound.readings,
        responsible=row.responsible,
        message=finding_message(
            bound,
            period=row.period,
            status=row.status,
            required=row.required,
            actual=row.actual,
            due=row.due,
            reason=row.reason,
            needs=row.needs,
            responsible=row.responsible,
        ),
    )
    rest = form.whole(finding)
    parts = []
    occasion = () if row.occasion is None else (form.name(_OCCASION),)
    for mark in (form.subject(_SUBJECT), *occasion, form.names((_RECORD,))):
        before, found, rest = rest.partition(mark)
        if not found:
            raise EngineError(f"rule `{row.rule}`: a line of it does not have {mark!r} where it should")
        parts.append(before)
    return (*parts, rest)
