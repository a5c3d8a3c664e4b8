"""Who is there at all, whatever a pack says: conditions on the relations of the core, of whoever is asked about."""

from collections.abc import Mapping
from typing import Final

from partyrules.history import NO_STAGE
from partyrules.language.kernel import SUBJECT, Holds, holds

REGISTERED: Final = holds("registration", person=SUBJECT)
STUDENT: Final = holds("registration", person=SUBJECT, category="student")
ENDED: Final = holds("stage", person=SUBJECT, stage=NO_STAGE)
"""True of a person whose pipeline has ended (发展终止)."""
ON_LEAVE: Final = holds("leave", person=SUBJECT)
STANDS: Final[Mapping[str, Holds]] = {
    "unit": holds("unit", unit=SUBJECT),
    "building": holds("building", building=SUBJECT),
}
"""By the kind of bearer, that a unit or building is established, or open."""
