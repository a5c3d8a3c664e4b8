"""What only a chess club records: games, votes, ratings renewed, and who mentors whom."""

from typing import ClassVar, Final

from attrs import frozen

from partyrules.facts.vocabulary import Fact, Name, Person
from partyrules.history import Relation
from partyrules.language.kernel import holds, its
from partyrules.language.standing import RecordStanding

__all__ = [
    "FACT_TYPES",
    "RELATIONS",
    "STANDINGS",
    "GamePlayed",
    "MentoringEnded",
    "MentoringStarted",
    "RatingRenewed",
    "VoteTaken",
]


@frozen(kw_only=True)
class GamePlayed(Fact):
    """Somebody played a game (对局); `guest` tells whether the opponent was a guest."""

    wire: ClassVar[str] = "game_played"

    player: Person
    opponent: Person
    occasion: Name
    guest: bool | None = None


@frozen(kw_only=True)
class VoteTaken(Fact):
    """The members voted (表决) on somebody's step: how many were entitled, were present, were in favour."""

    wire: ClassVar[str] = "vote_taken"

    person: Person
    step: Name
    entitled: int | None = None
    present: int | None = None
    in_favour: int | None = None


@frozen(kw_only=True)
class RatingRenewed(Fact):
    """A player's rating (等级分) was worked out anew by somebody."""

    wire: ClassVar[str] = "rating_renewed"

    player: Person
    by: Person


@frozen(kw_only=True)
class MentoringStarted(Fact):
    """A mentor (导师) takes on a novice from `on`."""

    wire: ClassVar[str] = "mentoring_started"

    mentor: Person
    novice: Person


@frozen(kw_only=True)
class MentoringEnded(Fact):
    """A mentor no longer has a novice from `on`."""

    wire: ClassVar[str] = "mentoring_ended"

    mentor: Person
    novice: Person


FACT_TYPES: Final = (GamePlayed, VoteTaken, RatingRenewed, MentoringStarted, MentoringEnded)
RELATIONS: Final = (
    Relation("mentoring", "mentoring_started", "mentoring_ended", ("mentor", "novice"), person="mentor"),
)
STANDINGS: Final = (
    RecordStanding(
        "rating_renewed", "player", ((holds("role", person=its("by"), role="rating_officer"), "not_the_officer"),)
    ),
)
