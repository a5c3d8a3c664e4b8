"""The files of a new pack, as templates in the order in which an author reads them."""

from collections.abc import Mapping
from typing import Final

__all__ = ["TEMPLATES"]

_README: Final = """\
# $distribution

A policy pack for partyrules: one document as rules over facts.

1. Fill in the document's title, number and first day in `src/$package/clauses.py`.
2. Treat each sentence that is still `todo`: write the clauses it carries in your own words, and either make
   rules of it (`encoded`), name who judges it (`judgement`), or say why nothing is asked (`definition`,
   `exhortation`, `heading`). The text of the document stays outside the pack.
3. Put your duties in the place of the example in `duties.py`, your requirements in `pipeline.py`.
4. After each step:

       partyrules check . --source document.txt
       $variable=document.txt python -m pytest
"""

_PYPROJECT: Final = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "$distribution"
version = "0.1.0"
description = "Policy pack for partyrules."
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["partyrules>=0.1"]

[project.optional-dependencies]
test = ["partyrules[testing]"]

[project.entry-points."partyrules.packs"]
$id = "$package:pack"

[tool.setuptools.packages.find]
where = ["src"]

[tool.setuptools.package-data]
$package = ["py.typed"]

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["src"]
"""

_INIT: Final = '''\
"""The policy pack $id."""

from partyrules.packs.pack import Pack

from $package.clauses import DOCUMENT
from $package.duties import DUTIES
from $package.pipeline import REQUIREMENTS, STAGES

__all__ = ["pack"]

pack = Pack(document=DOCUMENT, version="0.1.0", stages=STAGES, duties=DUTIES, requirements=REQUIREMENTS)
'''

_CLAUSES: Final = '''\
"""The clause ledger: every clause in our own words, every sentence by its fingerprint."""

from datetime import date

from partyrules.packs.document import Clause, Document, Sentence, Text

CLAUSES = (
    Clause(
        id="example.1",
        citation="TODO",
        summary=Text(zh="示例：支部每月开会两次", en="Example: the branch meets twice a month"),
    ),
    Clause(
        id="example.2",
        citation="TODO",
        summary=Text(zh="示例：确定为积极分子之前谈话", en="Example: a talk before somebody becomes an activist"),
    ),
)

# A sentence is settled when `todo` has become what it is, with its clauses, and its rules or its reason:
#   Sentence("S5", "...", "encoded", clauses=("1.1",), rules=("1.1",)),
#   Sentence("S6", "...", "judgement", clauses=("1.2",), reason=Text(zh="...", en="...")),
#   Sentence("S7", "...", "heading", reason=Text(zh="...", en="...")),
SENTENCES = (
$sentences
)

DOCUMENT = Document(
    id="$id",
    title=Text(zh="TODO 文件名称", en="TODO the title, translated"),
    number="TODO",
    institution=Text(zh="TODO 单位名称", en="TODO whose document it is"),
    in_force_from=date(2000, 1, 1),  # TODO the first day on which it binds
    clauses=CLAUSES,
    sentences=SENTENCES,
)
'''

_DUTIES: Final = '''\
"""What must be done, by whom, and how often."""

from partyrules.packs.document import Text
from partyrules.language.kernel import SUBJECT, at_least, events, holds
from partyrules.language.rules import Bearer, Duty, PerPeriod

DUTIES = (
    # An example: put your own duties in its place.
    Duty(
        id="example.1",
        clause="example.1",
        title=Text(zh="支部每月开会", en="hold meetings of the branch each month"),
        counted=Text(zh="次会议", en="meetings"),
        bearer=Bearer("unit", holds("unit", unit=SUBJECT, kind="branch")),
        per=PerPeriod("month"),
        requires=at_least(2, events("meeting_held", meeting="branch_assembly", unit=SUBJECT)),
    ),
)
'''

_PIPELINE: Final = '''\
"""The stages that a person passes through, and what is required before a step."""

from partyrules.packs.document import Text
from partyrules.language.kernel import SUBJECT, at_least, events
from partyrules.language.rules import Requirement, Stage

STAGES = (
    Stage("applicant", Text(zh="入党申请人", en="applicant")),
    Stage("activist", Text(zh="入党积极分子", en="activist")),
)

REQUIREMENTS = (
    # An example: put your own requirements in its place.
    Requirement(
        id="example.2",
        clause="example.2",
        title=Text(zh="谈话", en="a talk held with the person"),
        steps=("activist",),
        requires=at_least(1, events("talk_held", person=SUBJECT, window="since_entry")),
    ),
)
'''

_TESTS: Final = '''\
"""The pack $id: it builds, its ledger is its document's, and its rules answer as they should."""

import os
from datetime import date
from pathlib import Path

import pytest

from partyrules import adopt, audit, decide, parse_civil_date
from partyrules.packs.document import compare_with_source
from partyrules.facts.vocabulary import MeetingHeld, StageEntered, TalkHeld, UnitEstablished

from $package import pack

# The file with the text of the document; the text is no part of the pack.
SOURCE = os.environ.get("$variable")


def test_the_pack_builds() -> None:
    """The pack is built, under its id."""
    assert pack.id == "$id"


@pytest.mark.skipif(SOURCE is None, reason="$variable names no file")
def test_the_ledger_is_that_of_the_document() -> None:
    """The text has exactly the sentences of the ledger, in its order."""
    assert compare_with_source(pack.document, Path(SOURCE or "").read_text(encoding="utf-8-sig")).clean


@pytest.mark.parametrize(("days", "status"), [((5, 19), "satisfied"), ((5,), "breached")])
def test_a_branch_meets_each_month(days: tuple[int, ...], status: str) -> None:
    """Two meetings in a month satisfy example.1, one does not."""
    unit = UnitEstablished(on=parse_civil_date("2024-01-01"), unit="B1", kind="branch")
    held = [
        MeetingHeld(on=parse_civil_date(f"2024-03-{day:02}"), meeting="branch_assembly", unit="B1") for day in days
    ]
    findings = audit([unit, *held], adopt([pack]), as_of=date(2024, 3, 31)).findings(rule="$id:example.1")
    (march,) = (one for one in findings if one.period is not None and one.period.start == date(2024, 3, 1))
    assert (march.status, march.actual) == (status, len(days))


@pytest.mark.parametrize(("talked", "outcome"), [(True, "permitted"), (False, "blocked")])
def test_a_talk_comes_before_the_step(*, talked: bool, outcome: str) -> None:
    """By example.2 the step into activist takes a talk."""
    facts = [StageEntered(on=parse_civil_date("2024-01-01"), person="p1", stage="applicant")]
    talk = TalkHeld(on=parse_civil_date("2024-02-01"), person="p1", talk="heart_to_heart")
    facts_known = [*facts, talk] if talked else facts
    decision = decide(facts_known, adopt([pack]), person="p1", to="activist", on=date(2024, 3, 1))
    assert decision.outcome == outcome
'''

TEMPLATES: Final[Mapping[str, str]] = {
    "README.md": _README,
    "pyproject.toml": _PYPROJECT,
    "src/$package/__init__.py": _INIT,
    "src/$package/py.typed": "",
    "src/$package/clauses.py": _CLAUSES,
    "src/$package/duties.py": _DUTIES,
    "src/$package/pipeline.py": _PIPELINE,
    "tests/test_$id.py": _TESTS,
}
