"""The policy pack of Lanzhou University of Arts and Science (兰州文理学院): its implementation opinions of 2017."""

from partyrules.packs.pack import Pack
from partyrules_lzwl2017.clauses import DOCUMENT
from partyrules_lzwl2017.labels import LABELS
from partyrules_lzwl2017.members import MEMBERS_DUTIES
from partyrules_lzwl2017.offices import OFFICES
from partyrules_lzwl2017.pipeline import REQUIREMENTS, STAGES

__all__ = ["pack"]

pack = Pack(
    document=DOCUMENT,
    version="0.1.0",
    stages=STAGES,
    duties=(*OFFICES, *MEMBERS_DUTIES),
    requirements=REQUIREMENTS,
    labels=LABELS,
)
