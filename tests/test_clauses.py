"""The clause ledger: what it refuses, how it splits and fingerprints, its drift and its coverage."""

from collections.abc import Sequence
from datetime import date
from typing import cast

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from partyrules.errors import PackError
from partyrules.packs.document import (
    Changed,
    Clause,
    Document,
    Drift,
    New,
    Sentence,
    Text,
    Treatment,
    compare_with_source,
    coverage,
    fingerprint,
    split_sentences,
)

WHY = Text("虚构的理由", "an invented reason")
WHITE_SPACE = (" ", "\t", "\n", "\r\n", "\f", "\u3000", "\u00a0", "\u2028")


def document(*, clauses: Sequence[Clause], sentences: Sequence[Sentence], until: date | None = None) -> Document:
    """Return an invented document with these clauses and sentences."""
    return Document(
        id="toy",
        title=Text("虚构办法", "Invented measures"),
        number="虚构〔2020〕1号",
        institution=Text("虚构学院", "Invented College"),
        in_force_from=date(2020, 1, 1),
        in_force_until=until,
        clauses=tuple(clauses),
        sentences=tuple(sentences),
    )


def clause(name: str, *, judges: str | None = None, reason: Text | None = None) -> Clause:
    """Return an invented clause."""
    summary = Text("虚构要求", "an invented demand")
    return Clause(id=name, citation="一", summary=summary, judges=judges, reason=reason)


def ledger_of(sentences: Sequence[str]) -> Document:
    """Return a document whose ledger has these sentences, numbered S1, S2, ..."""
    return document(
        clauses=(),
        sentences=[
            Sentence(f"S{number}", fingerprint(sentence), "heading", reason=WHY)
            for number, sentence in enumerate(sentences, start=1)
        ],
    )


# What a ledger refuses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("zh", "en", "name"), [("", "a", "zh"), ("甲", " ", "en")])
def test_a_text_blank_in_one_language_is_refused(zh: str, en: str, name: str) -> None:
    """A text that is blank in either language is refused, naming that language."""
    with pytest.raises(PackError, match=rf"`Text\(.*\)`, field `{name}`: found .*; allowed: a text that is not blank"):
        Text(zh, en)


DIGITS = fingerprint("甲应当做到乙。")
GOOD = Sentence("S1", DIGITS, "encoded", clauses=("1",), rules=("1",))
OPEN = Sentence("S1", DIGITS, "judgement", clauses=("1",), reason=WHY)


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        (evolve(GOOD, fingerprint="ABC"), "sentence S1: `fingerprint` is 'ABC'"),
        (evolve(GOOD, clauses=("1", "1.1")), "sentence S1: `clauses`: clause '1.1' is not known; allowed: 1"),
        (evolve(GOOD, rules=()), "sentence S1: `rules` is empty"),
        (evolve(OPEN, rules=("1",)), "sentence S1: `rules` names 1; only an encoded sentence"),
        (evolve(OPEN, reason=None), "sentence S1: `reason` is missing; a sentence treated as judgement"),
        (OPEN, "sentence S1: `clauses` names none with `judges`"),
    ],
)
def test_a_sentence_that_contradicts_itself_is_refused(sentence: Sentence, message: str) -> None:
    """A refusal of a sentence names the document, the sentence, the field, and what is allowed."""
    with pytest.raises(PackError, match=f"document toy, {message}"):
        document(clauses=[clause("1")], sentences=[sentence])


def test_a_treatment_that_there_is_not_is_refused() -> None:
    """A sentence that is treated in no known way is refused when it is built, with the nearest."""
    with pytest.raises(PackError, match=r"sentence `S1`, field `treatment`: found 'encode'; .*did you mean `encoded`"):
        evolve(GOOD, treatment=cast("Treatment", "encode"))


def test_an_encoded_sentence_without_clauses_is_refused() -> None:
    """An encoded sentence says which clauses it carries."""
    with pytest.raises(PackError, match="sentence S1: `clauses` is empty"):
        document(clauses=[], sentences=[evolve(GOOD, clauses=())])


def test_two_clauses_or_sentences_of_one_name_are_refused_together() -> None:
    """One error lists every contradiction of a ledger, a line each."""
    with pytest.raises(PackError) as refused:
        document(clauses=[clause("1"), clause("1"), clause("2")], sentences=[GOOD, GOOD])
    assert str(refused.value).splitlines() == [
        "document toy, clause 1: `id` stands more than once; allowed: once",
        "document toy, sentence S1: `number` stands more than once; allowed: once",
        "document toy, clause 2: no sentence names it in its `clauses`",
    ]


def test_a_document_that_ends_before_it_begins_is_refused() -> None:
    """The last day in force is not before the first."""
    with pytest.raises(PackError, match="`in_force_until` is 2019-12-31; allowed: 2020-01-01 or a later day"):
        document(clauses=[], sentences=[], until=date(2019, 12, 31))


# Sentences and fingerprints ---------------------------------------------------------------------------------


def test_sentences_are_lines_split_after_the_full_stop() -> None:
    """Lines that are not blank are split after 。, and what follows the last 。 is a sentence too."""
    text = "第一章\n\n　甲做乙。丙做丁；\n戊做己。（名单另附）\n"
    assert split_sentences(text) == ("第一章", "甲做乙。", "丙做丁；", "戊做己。", "（名单另附）")


def test_a_fingerprint_is_the_start_of_a_sha256() -> None:
    """The fingerprint of 甲 is the start of the SHA-256 of its UTF-8 bytes."""
    assert fingerprint(" 甲\n") == "33e3580c093111e1"


def test_a_fingerprint_composes_letters_and_accents() -> None:
    """A letter and its accent count as the one sign they are, whatever stands between them."""
    assert fingerprint("e \u0301") == fingerprint("e\u0301") == fingerprint("\u00e9")


@given(st.text(), st.data())
def test_white_space_never_changes_a_fingerprint(sentence: str, data: st.DataObject) -> None:
    """White space and line breaks put anywhere into a sentence leave its fingerprint as it was."""
    gaps = data.draw(
        st.lists(st.sampled_from(("", *WHITE_SPACE)), min_size=len(sentence) + 1, max_size=len(sentence) + 1)
    )
    spaced = "".join(gap + character for gap, character in zip(gaps, (*sentence, ""), strict=True))
    assert fingerprint(spaced) == fingerprint(sentence)


@pytest.mark.parametrize("other", ["甲应当做到丙。", "甲应当做到乙", "甲应当做到乙。乙", "甲应当作到乙。"])
def test_another_wording_has_another_fingerprint(other: str) -> None:
    """A changed, dropped or added character changes the fingerprint."""
    assert fingerprint(other) != DIGITS


# Drift against the source -----------------------------------------------------------------------------------


@frozen
class Layout:
    """A text in which each sentence starts at a known line."""

    text: str
    lines: tuple[int, ...]


@st.composite
def sentence_lists(draw: st.DrawFn) -> list[str]:
    """Return sentences and headings none of which is made of others: each opens with a sign of its own."""
    bodies = draw(st.lists(st.tuples(st.text("甲乙丙，；", max_size=6), st.booleans()), min_size=1, max_size=8))
    return [chr(ord("㐀") + place) + body + ("。" if ends else "") for place, (body, ends) in enumerate(bodies)]


@st.composite
def layouts(draw: st.DrawFn, sentences: Sequence[str], *, whole: int | None = None) -> Layout:
    """Return the sentences laid out with breaks and spaces anywhere; the one at `whole` stays on one line.

    A heading has lines of its own; a sentence that ends in 。 may be followed on the same line.
    """
    text, lines = "", []
    for place, sentence in enumerate(sentences):
        if place and not sentences[place - 1].endswith("。"):
            text += "\n"
        text += draw(st.sampled_from(("", "\n", " \n\n")))
        lines.append(text.count("\n") + 1)
        gaps = st.just("") if place == whole else st.sampled_from(("", "", "", " ", "\n", "\n\n\u3000"))
        text += "".join(character + draw(gaps) for character in sentence[:-1]) + sentence[-1]
    return Layout(text, tuple(lines))


@given(sentence_lists(), st.data())
def test_line_wrapping_is_never_drift(sentences: list[str], data: st.DataObject) -> None:
    """A text wrapped, paged and spaced in any way has no drift against the ledger of its sentences."""
    layout = data.draw(layouts(sentences))
    drift = compare_with_source(ledger_of(sentences), layout.text)
    assert drift == Drift()
    assert drift.clean


@given(sentence_lists(), st.data())
def test_one_changed_sentence_is_reported_as_changed_alone(sentences: list[str], data: st.DataObject) -> None:
    """One sentence worded anew is reported as that one changed, with its line, and nothing else."""
    place = data.draw(st.integers(0, len(sentences) - 1))
    worded = [*sentences]
    worded[place] = "改" + sentences[place][1:]
    layout = data.draw(layouts(worded))
    drift = compare_with_source(ledger_of(sentences), layout.text)
    assert drift == Drift(changed=(Changed(f"S{place + 1}", fingerprint(worded[place]), layout.lines[place]),))
    assert not drift.clean


@given(sentence_lists(), st.data())
def test_one_dropped_sentence_is_reported_as_missing_alone(sentences: list[str], data: st.DataObject) -> None:
    """One sentence left out is reported as that one missing, and nothing else."""
    place = data.draw(st.integers(0, len(sentences) - 1))
    layout = data.draw(layouts([*sentences[:place], *sentences[place + 1 :]]))
    drift = compare_with_source(ledger_of(sentences), layout.text)
    assert drift == Drift(missing=(f"S{place + 1}",))


@given(sentence_lists(), st.sampled_from(("新做甲。", "新章")), st.data())
def test_one_added_sentence_is_reported_as_new_alone(sentences: list[str], added: str, data: st.DataObject) -> None:
    """One sentence put in is reported as new after the one before it, with its line, and nothing else."""
    place = data.draw(st.integers(0, len(sentences)))
    layout = data.draw(layouts([*sentences[:place], added, *sentences[place:]], whole=place))
    drift = compare_with_source(ledger_of(sentences), layout.text)
    after = f"S{place}" if place else None
    assert drift == Drift(new=(New(fingerprint(added), layout.lines[place], after),))


def test_a_sentence_that_moved_is_missing_there_and_new_here() -> None:
    """A sentence that left its place is reported at both places under one fingerprint."""
    sentences = ["甲做甲。", "乙做乙。", "丙做丙。", "丁做丁。"]
    drift = compare_with_source(ledger_of(sentences), "甲做甲。\n丙做丙。\n丁做丁。\n乙做\n乙。")
    assert drift == Drift(missing=("S2",), new=(New(fingerprint("乙做乙。"), 4, "S4"),))


def test_two_sentences_in_place_of_one_are_one_changed_and_one_new() -> None:
    """Where more sentences stand than stood, the surplus is new."""
    drift = compare_with_source(ledger_of(["甲做甲。", "乙做乙。"]), "甲做\n丙。甲做丁。\n乙做乙。")
    assert drift == Drift(
        changed=(Changed("S1", fingerprint("甲做丙。"), 1),), new=(New(fingerprint("甲做丁。"), 2, "S1"),)
    )


def test_new_lines_where_nothing_stood_are_reported_line_by_line() -> None:
    """A new heading and the new sentence below it are two, for no line break tells them from one."""
    drift = compare_with_source(ledger_of(["甲做甲。"]), "新章\n新做乙。\n甲做甲。")
    assert drift == Drift(
        new=(New(fingerprint("新章"), 1, None), New(fingerprint("新做乙。"), 2, None)),
    )


def test_changed_lines_are_joined_no_further_than_needed() -> None:
    """Three lines in place of two headings are two changed headings, the first of them over two lines."""
    drift = compare_with_source(ledger_of(["甲章", "乙章"]), "丙\n章\n丁章")
    assert drift == Drift(
        changed=(Changed("S1", fingerprint("丙章"), 1), Changed("S2", fingerprint("丁章"), 3)),
    )


def test_a_long_document_may_repeat_a_sentence() -> None:
    """A sentence that stands very many times is found again however often, next to one that changed."""
    drift = compare_with_source(ledger_of(["甲章。", *["同上。"] * 250]), "乙章。" + "同上。" * 250)
    assert drift == Drift(changed=(Changed("S1", fingerprint("乙章。"), 1),))


def test_an_empty_text_lacks_every_sentence() -> None:
    """Against nothing at all every sentence of the ledger is missing."""
    assert compare_with_source(ledger_of(["甲做甲。", "乙做乙。"]), " \n") == Drift(missing=("S1", "S2"))


def test_a_byte_order_mark_is_no_part_of_the_first_sentence() -> None:
    """A text saved with a byte order mark has no drift for it."""
    assert compare_with_source(ledger_of(["甲做甲。"]), "\ufeff甲做甲。").clean


# Coverage by rules ------------------------------------------------------------------------------------------

COVERED = document(
    clauses=[
        clause("1"),
        clause("2", judges="branch"),
        clause("3", reason=WHY),
        clause("4"),
        clause("5"),
    ],
    sentences=[
        Sentence("S1", DIGITS, "encoded", clauses=("1", "2", "3"), rules=("1-hold", "1-attend")),
        Sentence("S2", DIGITS, "definition", clauses=("4",), reason=WHY),
        Sentence("S3", DIGITS, "encoded", clauses=("5",), rules=("5",)),
    ],
)
RULES = {"1-hold": "1", "1-attend": "1", "5": "5"}


def test_a_ledger_and_rules_that_account_for_each_other_are_complete() -> None:
    """Rules, judgements and reasons together cover every clause, and every sentence is counted once."""
    covered = coverage(COVERED, RULES)
    assert covered.complete
    assert covered.treatments == {
        "encoded": 2,
        "judgement": 0,
        "definition": 1,
        "exhortation": 0,
        "heading": 0,
    }


def test_a_rule_that_the_pack_lacks_leaves_sentence_and_clause_open() -> None:
    """Without its rules an encoded sentence is untreated and its clause unaccounted for."""
    covered = coverage(COVERED, {"1-hold": "1"})
    assert not covered.complete
    assert covered.untreated == ("S3",)
    assert covered.unaccounted == ("5",)
    assert covered.unknown_rules == (("S1", "1-attend"), ("S3", "5"))


def test_a_judged_clause_without_judges_or_reason_is_unaccounted_for() -> None:
    """A judgement on one clause of a sentence does not excuse the others."""
    other = document(
        clauses=[clause("1", judges="branch"), clause("2")],
        sentences=[Sentence("S1", DIGITS, "judgement", clauses=("1", "2"), reason=WHY)],
    )
    assert coverage(other, {}).unaccounted == ("2",)


def test_a_rule_that_cites_no_clause_of_the_document_is_named() -> None:
    """A rule of an unknown clause is reported with that clause, and as placed nowhere."""
    covered = coverage(COVERED, {**RULES, "9": "9"})
    assert covered.unknown_clauses == (("9", "9"),)
    assert covered.unplaced_rules == ("9",)
    assert not covered.complete


def test_a_rule_that_cites_a_clause_of_another_sentence_is_unplaced() -> None:
    """A rule belongs to a sentence that names it and carries the clause it cites."""
    covered = coverage(COVERED, {**RULES, "5": "1"})
    assert covered.unplaced_rules == ("5",)
    assert covered.unaccounted == ("5",)
