"""Findings as lines of text, made of columns: one for each distinct kind, subject and evidence filled into it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple, cast

import msgspec
import numpy as np
from attrs import frozen

from partyrules.answers.blocks import Array, Evidenced, FindingRow, alike, rows_of
from partyrules.answers.messages import SaidOfFinding, finding_message
from partyrules.answers.tables import Judge
from partyrules.answers.verdicts import STATUSES, Finding, Status, encode
from partyrules.errors import EngineError
from partyrules.language.rules import Duty
from partyrules.packs.pack import Bound
from partyrules.time.calendar import Period

_AT_ONCE: Final = 4096
# What a line is made of besides subject, occasion and evidence.
_PARTS: Final = 4
_SHIFT: Final = 2**32
# No id is like these: a fact with such a character in an id is refused.
_SUBJECT, _OCCASION, _RECORD = (f"\x7f{name}\x7f" for name in ("subject", "occasion", "record"))


@frozen
class LineForm:
    """How a finding is one line: the whole, and what is filled into it: the subject, an occasion, a list of names.

    What a subject's name brings with it, such as its unit, is one stretch of the line, given by `subject`. `words` are
    names as each stands alone; in a list the second of `around` is between two, the first and the last are before and
    behind all. A list with a name that `words` tells to be odd is as `names` has it; where any may be, nothing is
    before or behind a list.
    """

    whole: Callable[[Finding], bytes]
    subject: Callable[[str], bytes]
    names: Callable[[Sequence[str]], bytes]
    words: Callable[[Sequence[str]], tuple[Sequence[bytes], Sequence[bool]]]
    around: tuple[bytes, bytes, bytes]


def _json_words(names: Sequence[str]) -> tuple[Sequence[bytes], Sequence[bool]]:
    return msgspec.json.Encoder().encode_lines(names).split(b"\n")[:-1], [False] * len(names)


JSON_LINES: Final = LineForm(encode, msgspec.json.encode, msgspec.json.encode, _json_words, (b"[", b",", b"]"))


class Lines(NamedTuple):
    """Some lines in order, each with its newline, and how many findings of each status they are."""

    data: bytes
    statuses: Mapping[Status, int]

    @property
    def lines(self) -> list[bytes]:
        """The lines without their newlines."""
        return self.data.split(b"\n")[:-1]


class BlockLines:
    """What makes the lines of the findings on a duty: `form` says how, `judge` what columns do not say of those apart.

    The facts that findings rest on are kept as words in the order of their ids, `places` being where each is by number.
    """

    def __init__(self, bound: Bound[Duty], found: Evidenced, form: LineForm, judge: Judge) -> None:
        self.bound, self.found, self.form, self.judge = bound, found, form, judge
        block, ids = found.block, found.names.ids
        said = (
            block.start, block.status, block.reason, block.required, block.actual, block.due, block.needs,
            block.responsible, (block.occasion < 0).view(np.int8),
        )  # fmt: skip
        self.codes, count = alike(said)
        self.kinds = np.full((count, _PARTS), None, object)
        cited = np.flatnonzero(np.bincount(found.evidence.numbers, minlength=len(ids))).tolist()
        cited.sort(key=ids.__getitem__)
        self.ids = [ids[number] for number in cited]
        self.places = np.zeros(len(ids), np.int64)
        self.places[cited] = np.arange(len(cited))
        words, odd = form.words(self.ids)
        self.words, self.odd = np.array(words, object), np.array(odd, np.bool_)

    def of(self, rows: Array) -> Iterator[Lines]:
        """Yield the lines of some rows, in order, some thousand at a time."""
        for first in range(0, len(rows), _AT_ONCE):
            some = rows[first : first + _AT_ONCE]
            counts = np.bincount(self.found.block.status[some], minlength=len(STATUSES)).tolist()
            yield Lines(b"".join(self._pieces(some)), dict(zip(STATUSES, counts, strict=True)))

    def _pieces(self, rows: Array) -> list[bytes]:
        """Return what the lines are made of: of each row the parts of its kind, and between them its own names."""
        block, form, texts = self.found.block, self.form, self.found.names.strings.texts
        starts, numbers = self.found.evidence.starts, self.found.evidence.numbers
        subject, occasion = block.subject[rows], block.occasion[rows]
        parts, several = self._parts(rows), starts[rows + 1] - starts[rows]
        new = np.flatnonzero(np.diff(subject, prepend=-1))
        named = np.array([form.subject(texts[code]) for code in subject[new].tolist()], object)
        who, what = named.repeat(np.diff(new, append=len(rows))), np.full(len(rows), b"", object)
        occurred = np.flatnonzero(occasion >= 0)
        what[occurred] = self.words[self.places[occasion[occurred]]]
        for row, line in self._apart(rows):
            parts[row], who[row], what[row], several[row] = (line, b"", b"", b""), b"", b"", 0
        # Which row has which names, in the order of the line, and which of its names each is.
        nth = np.arange(several.sum()) - (np.cumsum(several) - several).repeat(several)
        of = np.arange(len(rows)).repeat(several)
        of, place = np.divmod(np.sort(of * _SHIFT + self.places[numbers[starts[rows][of] + nth]]), _SHIFT)
        # Between the names are as many less one.
        sizes = _PARTS + 2 + np.maximum(2 * several - 1, 0)
        first = np.cumsum(sizes) - sizes
        pieces = np.full(sizes.sum(), form.around[1], object)
        for number, column in enumerate((parts[:, 0], who, parts[:, 1], what, parts[:, 2])):
            pieces[first + number] = column
        pieces[first[of] + number + 1 + 2 * nth] = self.words[place]
        pieces[first + sizes - 1] = parts[:, 3]
        for row in set(of[self.odd[place]].tolist()):
            listed = slice(first[row] + number + 1, first[row] + sizes[row] - 1)
            pieces[listed] = b""
            pieces[listed.start] = form.names([self.ids[each] for each in place[of == row].tolist()])
        return cast("list[bytes]", pieces.tolist())

    def _parts(self, rows: Array) -> Array:
        """Return the parts of each row's kind."""
        codes = self.codes[rows]
        for code in set(codes.tolist()):
            if self.kinds[code, 0] is None:
                (like,) = rows_of(self.found.block, rows[codes == code][:1], self.found.names)
                self.kinds[code] = _kind(self.bound, like, self.form)
        return self.kinds[codes]

    def _apart(self, rows: Array) -> Iterator[tuple[int, bytes]]:
        """Yield of those of the rows that are about somebody apart the place among them, and the whole line."""
        block, names = self.found.block, self.found.names
        apart = np.flatnonzero(np.isin(block.subject[rows], list(self.found.apart)))
        if len(apart):
            subjects = {names.strings.texts[code] for code in block.subject[rows[apart]].tolist()}
            judged = {_identity(finding): finding for finding in self.judge(self.bound, subjects)}
            for place, row in zip(apart.tolist(), rows_of(block, rows[apart], names), strict=True):
                yield place, self.form.whole(judged[_identity(row)]) + b"\n"


def lines_of_findings(findings: Iterable[Finding], form: LineForm) -> Iterator[Lines]:
    """Yield the lines of findings that are made already, some thousand at a time."""
    given = iter(findings)
    while some := list(islice(given, _AT_ONCE)):
        counts = Counter(finding.status for finding in some)
        data = b"".join([form.whole(finding) + b"\n" for finding in some])
        yield Lines(data, {status: counts[status] for status in STATUSES})


def _identity(of: Finding | FindingRow) -> tuple[str, Period | None, str | None]:
    return of.subject, of.period, of.occasion


def _kind(bound: Bound[Duty], row: FindingRow, form: LineForm) -> tuple[bytes, ...]:
    """Return what stands before, between and behind what is filled into the lines of findings like one.

    That is subject, occasion and list of records; without an occasion nothing stands before and in its place.
    """
    marked = row._replace(subject=_SUBJECT, occasion=None if row.occasion is None else _OCCASION)
    said = SaidOfFinding(*(getattr(row, name) for name in SaidOfFinding._fields if name != "pair"))
    finding = Finding(
        **marked._asdict(), evidence=(_RECORD,), readings=bound.readings, message=finding_message(bound, said)
    )
    rest = form.whole(finding)
    before, _, behind = form.around
    parts = []
    occasion = () if row.occasion is None else (form.words((_OCCASION,))[0][0],)
    for mark in (form.subject(_SUBJECT), *occasion, form.names((_RECORD,))):
        part, found, rest = rest.partition(mark)
        if not found:
            raise EngineError(f"rule `{row.rule}`: a line of it does not have {mark!r} where it should")
        parts.append(part)
    who, *what, listed = parts
    return (who, *(what or (b"",)), listed + before, behind + rest + b"\n")
