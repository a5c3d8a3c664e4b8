"""The clause ledger of lzcu2012: complete, consistent, in our own words, and true to its source."""

import os

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
    judged_by={"building_group", "guidance_department", "school_committee", "student_affairs"},
    # A folder with the source as lzcu2012.txt; the source itself is not part of the repository.
    sources=os.environ.get("PARTYRULES_SOURCES"),
)
