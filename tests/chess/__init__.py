"""A small, invented chess club as a policy pack: its own facts, relation, kinds and stages, nothing of the core's."""

from pathlib import Path
from typing import Final

from partyrules.packs.pack import Pack
from tests.chess.clauses import DOCUMENT
from tests.chess.facts import FACT_TYPES, RELATIONS, STANDINGS
from tests.chess.rules import DUTIES, KINDS, REQUIREMENTS, STAGES, VETOES

__all__ = ["STATUTE", "pack"]

STATUTE: Final = Path(__file__).with_name("statute.txt")

pack: Final = Pack(
    document=DOCUMENT,
    version="1",
    stages=STAGES,
    duties=DUTIES,
    requirements=REQUIREMENTS,
    vetoes=VETOES,
    fact_types=FACT_TYPES,
    relations=RELATIONS,
    standings=STANDINGS,
    kinds=KINDS,
)
