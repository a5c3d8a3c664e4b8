"""The clause ledger of lzwl2017: complete, consistent, in our own words, and true to its source."""

import os

from partyrules.testing.documents import document_tests
from partyrules_lzwl2017 import pack

TestDocument = document_tests(
    pack,
    lines=74,
    carries={
        "W14": ("1.2.1", "1.2.2", "1.2.3"),
        "W50": ("4.4.1", "4.4.2"),
        "W65": ("8.1.1", "8.1.2", "8.1.3", "8.1.4", "8.1.5", "8.1.6", "8.1.7"),
        "W68": ("8.2.1", "8.2.2", "8.2.3", "8.2.4"),
        "W74": ("8.4.4",),
    },
    judged_by={
        "branch",
        "general_branch",
        "organisation_department",
        "party_school",
        "publicity_department",
        "school_committee",
        "student_affairs",
    },
    # A folder with the source as lzwl2017.txt; the source itself is not part of the repository.
    sources=os.environ.get("PARTYRULES_SOURCES"),
)
