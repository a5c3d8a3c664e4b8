"""Source documents as clause ledgers: what each clause says in our words, how each sentence is treated."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from difflib import SequenceMatcher
from hashlib import sha256
from itertools import pairwise
from typing import ClassVar, Final, Literal, get_args

from attrs import field, frozen

from partyrules.errors import PackError, Problem, refusal
from partyrules.errors.arguments import Built
from partyrules.language.text import Text

__all__ = ["TODO", "TREATMENTS", "Changed", "Clause", "Coverage", "Document", "Drift", "New", "Sentence", "Text"]
__all__ += ["Treatment", "compare_with_source", "coverage", "fingerprint", "split_sentences"]

Treatment = Literal["encoded", "judgement", "definition", "exhortation", "heading", "todo"]

TODO: Final = "todo"
# What may become of a sentence in the end; `todo` says that nobody has settled it yet.
TREATMENTS: Final[tuple[Treatment, ...]] = tuple(one for one in get_args(Treatment) if one != TODO)
FULL_STOP: Final = "。"
BYTE_ORDER_MARK: Final = "\ufeff"
FINGERPRINT_DIGITS: Final = 16
# Narrow columns break the longest sentence over fewer lines than this; it bounds the work on a file that is
# not the source at all.
LONGEST_RUN: Final = 32


@frozen(kw_only=True)
class Clause(Built):
    """What one clause (条款) asks, paraphrased, under an `id` of ours and the source's own numbering.

    Attributes:
        id: Section, paragraph or item, then sentence or part, in figures: `8.1.3`.
        citation: The source's own numbering: `八、1`.
        summary: The content in our words; never the source's sentence.
        judges: The kind of unit that answers for an open-textured clause, one judgement for each unit of it.
        reason: Why the clause has neither rule nor judgement although a sentence that is encoded carries it.
    """

    id: str
    citation: str
    summary: Text
    judges: str | None = None
    reason: Text | None = None

    named: ClassVar[tuple[str, str] | None] = ("clause", "id")


@frozen
class Sentence(Built):
    """How one sentence of the source is treated, known by its fingerprint and never by its words.

    Attributes:
        number: The sentence's place in the source, such as `W14`; `W2+3` where a line break inside counted.
        fingerprint: What `fingerprint` returns for the sentence.
        treatment: The one thing the sentence is: `encoded` if any rule is made of it. What else such a
            sentence carries is then a clause that `judges`, or one with its own `reason`. `todo` while nobody has
            settled it: then it is accounted for nowhere.
        clauses: The ids of the clauses it carries, in their order; a heading usually has none.
        rules: The ids of the rules made of it; for `encoded` alone.
        reason: Why no rule is made of it; for every treatment but `encoded` and `todo`.
    """

    number: str
    fingerprint: str
    treatment: Treatment
    clauses: tuple[str, ...] = field(default=(), kw_only=True)
    rules: tuple[str, ...] = field(default=(), kw_only=True)
    reason: Text | None = field(default=None, kw_only=True)

    named: ClassVar[tuple[str, str] | None] = ("sentence", "number")


@frozen(kw_only=True)
class Document(Built):
    """A source document and its clause ledger: every clause that says something and every sentence.

    Attributes:
        id: The id of the pack that encodes it.
        title: The document's title, in English translated.
        number: The document number (文号).
        institution: Whose document it is.
        in_force_from: The first day on which it binds.
        in_force_until: The last day on which it binds; None while nothing ends it.
        clauses: In the order of the source.
        sentences: All of them, in the order of the source.

    Raises:
        PackError: The ledger contradicts itself; one line for each place.
    """

    id: str
    title: Text
    number: str
    institution: Text
    in_force_from: date
    in_force_until: date | None = None
    clauses: tuple[Clause, ...]
    sentences: tuple[Sentence, ...]

    named: ClassVar[tuple[str, str] | None] = ("document", "id")

    def __repr__(self) -> str:
        return f"<Document: {self.id}, {len(self.clauses)} clauses, {len(self.sentences)} sentences>"

    def refuse(self) -> None:
        """Refuse a ledger that contradicts itself, naming each place."""
        problems = [*_document_problems(self)]
        if problems:
            raise PackError("\n".join(str(problem) for problem in problems))

    def in_force(self, on: date) -> bool:
        """Tell whether the document binds on a day."""
        return self.in_force_from <= on and (self.in_force_until is None or on <= self.in_force_until)


# What makes a ledger contradict itself ----------------------------------------------------------------------


def _document_problems(document: Document) -> Iterator[Problem]:
    where = f"document {document.id}"
    if document.in_force_until is not None and document.in_force_until < document.in_force_from:
        until, earliest = document.in_force_until, document.in_force_from
        yield Problem(where, f"`in_force_until` is {until}; allowed: {earliest} or a later day")
    known = frozenset(clause.id for clause in document.clauses)
    for repeated in _repeated(clause.id for clause in document.clauses):
        yield Problem(f"{where}, clause {repeated}", "`id` stands more than once; allowed: once")
    for repeated in _repeated(sentence.number for sentence in document.sentences):
        yield Problem(f"{where}, sentence {repeated}", "`number` stands more than once; allowed: once")
    judged = frozenset(clause.id for clause in document.clauses if clause.judges is not None)
    for sentence in document.sentences:
        place = f"{where}, sentence {sentence.number}"
        for what in (*_name_problems(sentence, known), *_treatment_problems(sentence, judged)):
            yield Problem(place, what)
    carried = {carries for sentence in document.sentences for carries in sentence.clauses}
    for clause in document.clauses:
        if clause.id not in carried:
            yield Problem(f"{where}, clause {clause.id}", "no sentence names it in its `clauses`")


def _name_problems(sentence: Sentence, known: frozenset[str]) -> Iterator[str]:
    digits = sentence.fingerprint
    if len(digits) != FINGERPRINT_DIGITS or not set(digits) <= set("0123456789abcdef"):
        yield f"`fingerprint` is {digits!r}; allowed: {FINGERPRINT_DIGITS} lower-case hexadecimal digits"
    for name in sentence.clauses:
        if name not in known:
            yield f"`clauses`: {refusal('clause', name, known)}"


def _treatment_problems(sentence: Sentence, judged: frozenset[str]) -> Iterator[str]:
    if sentence.treatment == "encoded":
        if not sentence.rules:
            yield "`rules` is empty; an encoded sentence names the rules made of it"
        if not sentence.clauses:
            yield "`clauses` is empty; an encoded sentence names the clauses it carries"
        return
    if sentence.rules:
        yield f"`rules` names {', '.join(sentence.rules)}; only an encoded sentence has rules"
    if sentence.reason is None and sentence.treatment != TODO:
        yield f"`reason` is missing; a sentence treated as {sentence.treatment} says why it has no rule"
    if sentence.treatment == "judgement" and not judged.intersection(sentence.clauses):
        yield "`clauses` names none with `judges`; a judgement is made on at least one clause"


def _repeated(names: Iterable[str]) -> tuple[str, ...]:
    ordered = sorted(names)
    return tuple(sorted({one for one, other in pairwise(ordered) if one == other}))


# Sentences and fingerprints ---------------------------------------------------------------------------------


def split_sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a Chinese text in order: its lines that are not blank, each split after 。.

    A sentence broken over lines or pages comes out in pieces; `compare_with_source` knows it all the same.
    """
    return tuple(piece for piece, _ in _pieces(text))


def fingerprint(sentence: str) -> str:
    """Return 16 hexadecimal digits that stay the same however the sentence is spaced and wrapped.

    They open the SHA-256 of the sentence without any white space, in Unicode's NFC.
    """
    # White space goes first: between a letter and its accent it would keep NFC from composing the two.
    plain = unicodedata.normalize("NFC", "".join(sentence.split()))
    return sha256(plain.encode()).hexdigest()[:FINGERPRINT_DIGITS]


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    for line, content in enumerate(text.removeprefix(BYTE_ORDER_MARK).splitlines(), start=1):
        *ended, rest = content.split(FULL_STOP)
        for piece in [*(part + FULL_STOP for part in ended), rest]:
            if piece.strip():
                yield piece.strip(), line


# Drift against the source -----------------------------------------------------------------------------------


@frozen
class Changed:
    """A sentence of the ledger in whose place the source now has another one: its fingerprint and line."""

    number: str
    found: str
    line: int


@frozen
class New:
    """A sentence that the source has and the ledger has not, `after` a numbered one or at the start."""

    found: str
    line: int
    after: str | None


@frozen(kw_only=True)
class Drift:
    """How a source text differs from the ledger made of it; lines count from 1, blank ones included."""

    changed: tuple[Changed, ...] = ()
    missing: tuple[str, ...] = ()
    new: tuple[New, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether the text has exactly the sentences of the ledger, in its order."""
        return not (self.changed or self.missing or self.new)


@frozen
class _Found:
    text: str
    line: int
    digits: str


def compare_with_source(document: Document, text: str) -> Drift:
    """Return what changed, is missing or is new in `text` against the sentences of `document`.

    White space and line breaks never count, inside a sentence or between two. A sentence that left its place
    in the order is missing there and new elsewhere.
    """
    ledger = document.sentences
    known = [sentence.fingerprint for sentence in ledger]
    found = _joined(text, frozenset(known))
    changed: list[Changed] = []
    missing: list[str] = []
    new: list[New] = []
    matcher = SequenceMatcher(None, known, [one.digits for one in found], autojunk=False)
    for kind, start, end, found_start, found_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        stand = _brought_to(found[found_start:found_end], end - start)
        gone = ledger[start:end]
        pairs = min(len(gone), len(stand))
        changed += [
            Changed(was.number, one.digits, one.line) for was, one in zip(gone[:pairs], stand[:pairs], strict=True)
        ]
        missing += [was.number for was in gone[pairs:]]
        after = ledger[end - 1].number if end else None
        new += [New(one.digits, one.line, after) for one in stand[pairs:]]
    return Drift(changed=tuple(changed), missing=tuple(missing), new=tuple(new))


def _joined(text: str, known: frozenset[str]) -> list[_Found]:
    """Return the sentences of a text, those that the ledger knows put together again from their lines."""
    pieces = [_Found(piece, line, fingerprint(piece)) for piece, line in _pieces(text)]
    joined: list[_Found] = []
    start = 0
    while start < len(pieces):
        end, one = _longest_known(pieces, start, known)
        joined.append(one)
        start = end
    return joined


def _longest_known(pieces: list[_Found], start: int, known: frozenset[str]) -> tuple[int, _Found]:
    """Return where the longest known run of pieces from `start` ends, and the run; else the one piece."""
    best = start + 1, pieces[start]
    run = pieces[start].text
    for end in range(start + 1, min(start + LONGEST_RUN, len(pieces))):
        if run.endswith(FULL_STOP):
            break
        run += pieces[end].text
        digits = fingerprint(run)
        if digits in known:
            best = end + 1, _Found(run, pieces[start].line, digits)
    return best


def _brought_to(stand: list[_Found], count: int) -> list[_Found]:
    """Return found sentences joined over line breaks, from the first on, while they outnumber `count`.

    Where nothing stood before, every line counts as a sentence of its own: it may as well be a heading.
    """
    joined: list[_Found] = []
    surplus = len(stand) - count if count else 0
    for one in stand:
        if surplus > 0 and joined and not joined[-1].text.endswith(FULL_STOP):
            last = joined.pop()
            run = last.text + one.text
            joined.append(_Found(run, last.line, fingerprint(run)))
            surplus -= 1
        else:
            joined.append(one)
    return joined


# Coverage by rules ------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Coverage:
    """How far a pack's rules and its clause ledger account for each other.

    Attributes:
        treatments: How many sentences have each treatment, in the order of `TREATMENTS`, zeros included.
        todo: Numbers of the sentences that nobody has settled yet.
        untreated: Numbers of the sentences said to be encoded of whose rules the pack has none.
        unaccounted: Ids of the clauses with neither rule nor judgement nor reason.
        unknown_clauses: (rule, clause) for each rule that cites a clause the document does not have.
        unknown_rules: (sentence, rule) for each rule that a sentence names and the pack does not have.
        unplaced_rules: Ids of the rules that no sentence names among those made of the clause they cite.
    """

    treatments: Mapping[Treatment, int]
    todo: tuple[str, ...] = ()
    untreated: tuple[str, ...]
    unaccounted: tuple[str, ...]
    unknown_clauses: tuple[tuple[str, str], ...]
    unknown_rules: tuple[tuple[str, str], ...]
    unplaced_rules: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every sentence, clause and rule is accounted for."""
        left = (self.todo, self.untreated, self.unaccounted, self.unknown_clauses, self.unknown_rules)
        return not (any(left) or self.unplaced_rules)


def coverage(document: Document, rules: Mapping[str, str]) -> Coverage:
    """Return how the rules of a pack, each with the id of the clause it cites, cover the document."""
    sentences, cited = document.sentences, sorted(rules.items())
    known = {clause.id for clause in document.clauses}
    placed = {(rule, clause) for one in sentences for rule in one.rules for clause in one.clauses}
    plain = [one for one in sentences if one.treatment not in ("encoded", "judgement", TODO)]
    answered = {*rules.values(), *(clause for one in plain for clause in one.clauses)}
    bare = [clause.id for clause in document.clauses if clause.judges is None and clause.reason is None]
    encoded = [one for one in sentences if one.treatment == "encoded"]
    return Coverage(
        treatments={kind: sum(one.treatment == kind for one in sentences) for kind in TREATMENTS},
        todo=tuple(one.number for one in sentences if one.treatment == TODO),
        untreated=tuple(one.number for one in encoded if not rules.keys() & one.rules),
        unaccounted=tuple(name for name in bare if name not in answered),
        unknown_clauses=tuple((rule, clause) for rule, clause in cited if clause not in known),
        unknown_rules=tuple((one.number, rule) for one in sentences for rule in one.rules if rule not in rules),
        unplaced_rules=tuple(rule for rule, clause in cited if (rule, clause) not in placed),
    )
