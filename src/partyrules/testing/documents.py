"""What holds of a pack's account of its document: complete, consistent, in its own words, and true to the source.

from partyrules.testing.documents import document_tests
TestDocument = document_tests(pack, lines=67, carries={"L12": ("3.1", "3.1.1")}, judged_by={"branch"}, sources=None)
"""

# ruff: noqa: S101 - assert is how a test speaks

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from partyrules.packs.document import Document, compare_with_source, coverage, fingerprint, split_sentences
from partyrules.packs.pack import Pack

_LONGEST_QUOTATION: Final = 12


class DocumentLaws:
    """A pack's account of its document, with what is expected of it, and what holds of every such account."""

    pack: Pack
    lines: int
    carries: Mapping[str, tuple[str, ...]]
    judged_by: Collection[str]
    sources: str | None

    @property
    def document(self) -> Document:
        """The document of the pack."""
        return self.pack.document

    @property
    def source(self) -> str:
        """The source text; without a folder of sources the test that reads it is skipped."""
        if self.sources is None:
            pytest.skip("no folder with the source documents is named")
        return (Path(self.sources) / f"{self.document.id}.txt").read_text(encoding="utf-8")

    def test_sentences_are_numbered_without_a_gap(self) -> None:
        """The numbers run from 1 to the last, a sentence broken over two counted lines having both."""
        numbers = [int(n) for sentence in self.document.sentences for n in re.findall(r"\d+", sentence.number)]
        assert numbers == list(range(1, self.lines + 1))

    def test_sentences_carry_their_clauses(self) -> None:
        """The sentences that most depends on carry exactly these clauses."""
        carried = {sentence.number: sentence.clauses for sentence in self.document.sentences}
        assert {number: carried[number] for number in self.carries} == self.carries

    def test_clauses_are_listed_in_the_order_of_the_source(self) -> None:
        """The clauses first appear in the sentences in the order in which the document lists them."""
        first = dict.fromkeys(name for sentence in self.document.sentences for name in sentence.clauses)
        assert list(first) == [clause.id for clause in self.document.clauses]

    def test_rules_and_document_account_for_each_other(self) -> None:
        """Every sentence, clause and rule of the pack is accounted for."""
        covered = coverage(self.document, {rule.id: rule.clause for rule in self.pack.rules})
        assert covered.complete, covered
        assert sum(covered.treatments.values()) == len(self.document.sentences)

    def test_a_judged_clause_is_never_a_rule(self) -> None:
        """No clause that waits for a judgement shares its id with a rule, so that one name means one answer."""
        judged = {clause.id for clause in self.document.clauses if clause.judges is not None}
        assert judged.isdisjoint(rule.id for rule in self.pack.rules)

    def test_judgements_are_about_kinds_of_unit_that_exist(self) -> None:
        """Every judged clause is answered for by a kind of unit of this document."""
        assert {clause.judges for clause in self.document.clauses} - {None} == set(self.judged_by)

    def test_the_source_has_not_drifted(self) -> None:
        """The source text has exactly the sentences of the account, in its order."""
        assert compare_with_source(self.document, self.source).clean

    def test_a_sentence_lost_from_the_source_is_missed(self) -> None:
        """Without one of its sentences the source lacks that one and nothing else."""
        numbers = {sentence.fingerprint: sentence.number for sentence in self.document.sentences}
        whole = {numbers.get(fingerprint(text)): text for text in split_sentences(self.source)}
        # One that is broken over lines is none of the pieces.
        for lost in self.carries.keys() & whole.keys():
            drift = compare_with_source(self.document, self.source.replace(whole[lost], ""))
            assert (drift.missing, drift.changed, drift.new) == ((lost,), (), ())

    def test_summaries_are_in_words_of_their_own(self) -> None:
        """No summary or reason repeats a dozen characters of the source in a row."""
        plain = "".join(self.source.split())
        parts: tuple[Any, ...] = (*self.document.clauses, *self.document.sentences)
        texts = [getattr(part, name, None) for part in parts for name in ("summary", "reason")]
        said = [text.zh for text in texts if text is not None]
        quoted = [
            text[start : start + _LONGEST_QUOTATION]
            for text in said
            for start in range(len(text) - _LONGEST_QUOTATION + 1)
        ]
        assert not [part for part in quoted if part in plain]


def document_tests(
    pack: Pack,
    *,
    lines: int,
    carries: Mapping[str, tuple[str, ...]],
    judged_by: Collection[str],
    sources: str | None,
) -> type:
    """Return a test class about a pack's account of its document; assign it to a name that pytest collects.

    `lines` is how many counted lines the source has, `carries` names sentences with the clauses they must carry,
    `judged_by` the kinds of unit whose judgements are awaited. `sources` is a folder with the source as `ID.txt` in
    UTF-8; without one, what reads it is skipped.
    """
    expected = {"pack": pack, "lines": lines, "carries": carries, "judged_by": judged_by, "sources": sources}
    described = {"__doc__": f"What holds of the document of `{pack.id}`.", "__module__": __name__}
    return type("DocumentTests", (DocumentLaws,), {**described, **expected})
