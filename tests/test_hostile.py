"""Whatever is fed to a command, it ends with words: a few hundred hostile inputs of the many in tests/hostile.py."""

import os

from tests.hostile import tried
from tests.sweeps import slow

# `PARTYRULES_HOSTILE=30000 pytest tests/test_hostile.py`, or `python -m tests.hostile`, tries more.
COUNT = int(os.environ.get("PARTYRULES_HOSTILE", "400"))


@slow
def test_no_hostile_input_ends_otherwise_than_in_words() -> None:
    """Damaged, forged and random files and arguments are answered or refused, and never put down to partyrules."""
    odd = [each for each in tried(COUNT, seed=2018) if not each.meant]
    assert odd == []
