"""What the names of the vocabulary are called in both languages: fact types, fields, values, kinds, readings."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from partyrules.language.kinds import KINDS
from partyrules.language.text import Text, texts_beside

# A pack adds what its own names are called. Readings stand under `reading:NAME`, their options under
# `reading:NAME=OPTION`, parameters under `parameter:NAME`.
LABELS: Final[Mapping[str, Text]] = {
    name: text for called in (*KINDS.values(), *texts_beside(__file__).values()) for name, text in called.items()
}


def label(name: str, own: Mapping[str, Text] | None = None) -> Text:
    """Return what a name is called, by a pack's `own` labels or those here; without one it stands for itself."""
    return (own.get(name) if own else None) or LABELS.get(name) or _bare(name)


@lru_cache(maxsize=16384)
def _bare(name: str) -> Text:
    bare = re.split("[:=]", name)[-1]
    return Text(zh=bare, en=bare.replace("_", " ").strip() or bare)
