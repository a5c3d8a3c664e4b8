"""What `check` can find: a stable code for each kind of fault, how grave it is, and the cure."""

from collections.abc import Mapping
from typing import Final, Literal

from attrs import frozen

from partyrules.errors.chinese import chinese
from partyrules.language.text import Text
from partyrules.packs.places import SourcePlace

__all__ = ["CODES", "Code", "Remark", "Severity", "remark"]

Severity = Literal["error", "warning"]


@frozen
class Code:
    """A kind of fault: its stable `id`, a `name` in one or two words, what it means, and how it is cured."""

    id: str
    name: str
    severity: Severity
    meaning: str
    cure: str


@frozen(kw_only=True)
class Remark:
    """One fault found: of which kind, at what, in which field, and what is wrong with it in one line.

    `where` is a rule (`lzwl2017:8.1.3`), a clause, a sentence, or the pack itself; `place` the line of a module
    or of the source where it is known.
    """

    code: Code
    where: str
    field: str | None
    what: Text
    place: SourcePlace | None = None

    def __str__(self) -> str:
        return self.line.en

    @property
    def line(self) -> Text:
        """The whole of it in one line: where, what, and the cure."""
        at = f"{self.place.file}:{self.place.line}: " if self.place else ""
        field = f", field `{self.field}`" if self.field else ""
        head, cure = f"{self.code.severity} {self.code.id} {self.where}{field}", self.code.cure
        return Text(
            zh=f"{at}{chinese(head)}：{self.what.zh}；{chinese(cure)}", en=f"{at}{head}: {self.what.en}; {cure}"
        )


def _table(*codes: Code) -> Mapping[str, Code]:
    return {code.id: code for code in codes}


CODES: Final = _table(
    Code(
        "PR001",
        "sentence-todo",
        "error",
        "a sentence of the document that nobody has settled yet",
        "make rules of it, name who judges it, or give the reason why it has neither",
    ),
    Code(
        "PR002",
        "sentence-drifted",
        "error",
        "the source text and the ledger differ in a sentence",
        "read the sentence again, revise its rules, and put in its fingerprint",
    ),
    Code(
        "PR003",
        "sentence-without-rule",
        "error",
        "a sentence said to be encoded names a rule that the pack does not have",
        "write the rule, or take its id from the sentence",
    ),
    Code(
        "PR004",
        "clause-without-rule",
        "error",
        "a clause with neither a rule nor somebody who judges it nor a reason",
        "write a rule for it, or give it `judges` or `reason`",
    ),
    Code(
        "PR005",
        "rule-without-sentence",
        "error",
        "a rule that no sentence carrying its clause names among its own",
        "name the rule in `rules` of the sentence it is made of, or cite the clause it is made of",
    ),
    Code(
        "PR006",
        "number-not-given",
        "error",
        "a number in a rule that its clause does not give",
        "correct the number, or the clause's summary if it leaves the number out",
    ),
    Code(
        "PR007",
        "number-not-used",
        "error",
        "a number or date of a clause, told in both languages, that no rule of the clause uses",
        "use it in a rule; if it needs none, say so in the clause's `reason`",
    ),
    Code(
        "PR008",
        "period-not-given",
        "error",
        "a period, span or day in a rule that its clause does not give",
        "correct it; where the clause gives none, make it a parameter or a reading",
    ),
    Code(
        "PR009",
        "reading-without-effect",
        "error",
        "a reading that no part of its rule depends on, or two options of which come to the same",
        "use it with `by_reading`, let its options differ, or remove it",
    ),
    Code(
        "PR010",
        "parameter-unused",
        "error",
        "a parameter that no part of its rule depends on",
        "use it as `Given(name)`, or remove it",
    ),
    Code(
        "PR011",
        "kind-misspelt",
        "error",
        "a kind that nobody declared and that is almost the name of a known one",
        "spell it like the known one, or declare it in `kinds` of the pack",
    ),
    Code(
        "PR014",
        "rule-dead",
        "error",
        "a rule that can never bind, or never be met, or a veto that can never apply",
        "remove the part that contradicts the others",
    ),
    Code(
        "PR015",
        "rule-idle",
        "error",
        "a rule that can never fail: whatever is recorded, it is met",
        "let it ask for something, or remove it",
    ),
    Code(
        "PR016",
        "out-of-place",
        "error",
        "something that has no meaning where it stands: words for a ground that its veto does not stand on",
        "speak of a ground of the veto, or leave it out",
    ),
    Code(
        "PR017",
        "rules-contradict",
        "error",
        "two rules that cannot both be met, on one step or for one bearer in one period",
        "correct one of them, or let a reading choose between them",
    ),
    Code(
        "PR018",
        "period-impossible",
        "error",
        "a duty whose period never comes whole while the document binds, or whose deadline is past from the start",
        "correct the span, or the days on which the document is in force",
    ),
    Code(
        "PR019",
        "veto-for-ever",
        "error",
        "a veto that no later record can lift",
        "look at the latest record, bound the window, or let evidence expire",
    ),
    Code(
        "PR020",
        "text-unfinished",
        "error",
        "a message that is missing in one language, the same in both, or still to be written",
        "write it in Chinese and in English",
    ),
    Code(
        "PR021",
        "rule-untested",
        "warning",
        "a rule that no file of the pack's tests names",
        "write a test that meets it and one that does not",
    ),
    Code(
        "PR022",
        "source-quoted",
        "error",
        "a message that repeats more than twelve characters of the source in a row",
        "say it in words of your own",
    ),
    Code(
        "PR023",
        "citation-unfinished",
        "error",
        "a clause or document without the number that the source prints",
        "cite it as the source numbers it",
    ),
    Code(
        "PR024",
        "kind-unread",
        "warning",
        "something in the facts that is likely a slip, such as a kind that no rule of the pack reads",
        "correct the facts, or read that kind in a rule",
    ),
    Code(
        "PR025",
        "not-decided",
        "warning",
        "a rule, or two rules, of which no argument and no history tells whether they can be met",
        "say it in a way that can be decided, or show by a test that it can be met",
    ),
    Code(
        "PR026",
        "reason-without-effect",
        "warning",
        "a duty that is not judged per period and says `normally`, though no recorded reason excuses from it",
        "let it be satisfied by the record of the reason too, or take the modality `shall`",
    ),
)


def remark(code: str, where: str, field: str | None, what: Text | str, *, place: SourcePlace | None = None) -> Remark:
    """Return a remark of the kind with that code; what is wrong is written in English or in both languages."""
    said = what if isinstance(what, Text) else Text(zh=chinese(what), en=what)
    return Remark(code=CODES[code], where=where, field=field, what=said, place=place)
