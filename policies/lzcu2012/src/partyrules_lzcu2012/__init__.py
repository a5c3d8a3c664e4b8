"""The policy pack of Lanzhou Commercial College (兰州商学院): Party work in student apartments, 2012."""

from partyrules.packs.pack import Pack
from partyrules_lzcu2012.clauses import DOCUMENT
from partyrules_lzcu2012.duties import DUTIES
from partyrules_lzcu2012.labels import LABELS
from partyrules_lzcu2012.pipeline import REQUIREMENTS, STAGES, VETOES

__all__ = ["pack"]

pack = Pack(
    document=DOCUMENT,
    version="0.1.0",
    stages=STAGES,
    duties=DUTIES,
    requirements=REQUIREMENTS,
    vetoes=VETOES,
    labels=LABELS,
)
