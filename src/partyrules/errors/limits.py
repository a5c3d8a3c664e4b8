"""How large what is read may be: every limit of a line, a field, an id, a file and a batch, and only here.

Each is far beyond what an institution records and far below what a machine chokes on; docs/decisions/0013 says why.
"""

from typing import Final

LINE_BYTES: Final = 4 * 2**20
"""The longest line of JSON: one fact."""

ID_CHARACTERS: Final = 200
"""The longest id of a fact."""

NAME_CHARACTERS: Final = 1000
"""The longest id of a person, unit, building or term, and the longest kind."""

LIST_ENTRIES: Final = 100_000
"""The most entries of one list, such as who attended."""

BATCH_LINES: Final = 2_000_000
"""The most lines of facts that are read as one batch."""

BATCH_BYTES: Final = 2**30
"""The most bytes of facts that are read as one batch."""

TEXT_BYTES: Final = 64 * 2**20
"""The longest text that is read as a whole: a decision record, a pack, a source document."""

TOML_BYTES: Final = 2**20
"""The longest file in TOML: an adoption file, or what a folder says of its pack."""

TOML_PARTS: Final = 100
"""The most dots in a line of TOML, each of which nests a table in another; what reads it takes their square."""

PROBLEMS_KEPT: Final = 100_000
"""The most problems of a batch that are told one by one; further ones are counted."""
