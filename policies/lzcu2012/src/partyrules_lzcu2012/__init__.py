"""The policy pack of Lanzhou University of Finance and Economics' predecessor (兰州商学院): apartment Party work, 2012."""

from partyrules.packs import Pack
from partyrules_lzcu2012.clauses import DOCUMENT
from partyrules_lzcu2012.duties import DUTIES
from partyrules_lzcu2012.pipeline import REQUIREMENTS, STAGES, VETOES

__all__ = ["pack"]

pack = Pack(
    document=DOCUMENT,
    version="0.1.0",
    stages=STAGES,
    duties=DUTIES,
    requirements=REQUIREMENTS,
    vetoes=VETOES,
)
