"""The clause ledger of lzcu2012: complete, consistent, in our own words, and true to its source."""

import os

from partyrules.language.labels import LABELS
from partyrules.language.rules import Rule, all_readings
from partyrules.testing.documents import document_tests
from partyrules_lzcu2012 import pack

TestDocument = document_tests(
    pack,
    lines=67,
    carries={
        "L12": ("3.1", "3.1.1"),
        "L30": ("4.3.3.1", "4.3.3.2", "4.3.3.3"),
        "L47": ("5.2.1", "5.2.2", "5.2.2.1", "5.2.3", "5.2.4"),
        "L58": ("5.5.2",),
        "L66+67": (),
    },
    judged_by={"building_group", "guidance_department", "student_affairs"},
    # A folder with the source as lzcu2012.txt; the source itself is not part of the repository.
    sources=os.environ.get("PARTYRULES_SOURCES"),
)


def test_every_reading_and_parameter_has_a_name() -> None:
    """Each reading, each option and each parameter is called something in both languages, and no name is left over."""
    rules: tuple[Rule, ...] = (*pack.duties, *pack.requirements, *pack.vetoes)
    readings = [reading for rule in rules for reading in all_readings(rule)]
    named = {f"reading:{one.name}" for one in readings}
    options = {f"reading:{one.name}={option}" for one in readings for option in one.options}
    parameters = {f"parameter:{one.name}" for rule in rules for one in rule.parameters}
    assert {*named, *options, *parameters} == {*pack.labels} | {name for name in LABELS if ":" in name}
    assert all(text.zh and text.en and text.zh != text.en for text in pack.labels.values())
