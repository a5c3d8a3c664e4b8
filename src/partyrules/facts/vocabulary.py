"""The fact classes: what may be recorded, one frozen value for each wire name."""

from datetime import date
from types import MappingProxyType
from typing import ClassVar, Final, Literal

from attrs import field, frozen

from partyrules.facts.fact import (
    Building,
    Fact,
    FactId,
    Name,
    Number,
    Person,
    Text,
    Unit,
    Vocabulary,
    bounded,
    not_negative,
)
from partyrules.time.calendar import Term, TermKind

# What is passed on.
__all__ = ["Building", "Fact", "FactId", "Name", "Number", "Person", "Text", "Unit", "Vocabulary"]


# Relations: a start and an end each --------------------------------------------------------------------------------


@frozen(kw_only=True)
class UnitEstablished(Fact):
    """A unit (组织) came to exist; `kind` such as `branch` (党支部)."""

    wire: ClassVar[str] = "unit_established"

    unit: Unit
    kind: Name
    name: Text | None = None
    parent: Unit | None = None
    building: Building | None = None


@frozen(kw_only=True)
class UnitDissolved(Fact):
    """A unit no longer exists from `on`."""

    wire: ClassVar[str] = "unit_dissolved"

    unit: Unit


@frozen(kw_only=True)
class BuildingOpened(Fact):
    """An apartment building (公寓楼) is in use from `on`."""

    wire: ClassVar[str] = "building_opened"

    building: Building
    campus: Name | None = None


@frozen(kw_only=True)
class BuildingClosed(Fact):
    """A building is out of use from `on`."""

    wire: ClassVar[str] = "building_closed"

    building: Building


@frozen(kw_only=True)
class PersonRegistered(Fact):
    """A person is on the institution's books as a student or as staff from `on`."""

    wire: ClassVar[str] = "person_registered"

    person: Person
    category: Literal["student", "staff"] = "student"
    name: Text | None = None
    student_no: Text | None = None


@frozen(kw_only=True)
class PersonLeft(Fact):
    """A person is off the books from `on`."""

    wire: ClassVar[str] = "person_left"

    person: Person
    reason: Text | None = None


@frozen(kw_only=True)
class StageEntered(Fact):
    """A stage of the development pipeline (发展阶段) takes effect on `on`; every clock starts there."""

    wire: ClassVar[str] = "stage_entered"

    person: Person
    stage: Name
    decided_on: date | None = None


@frozen(kw_only=True)
class MembershipStarted(Fact):
    """A person belongs to a unit from `on`."""

    wire: ClassVar[str] = "membership_started"

    person: Person
    unit: Unit


@frozen(kw_only=True)
class MembershipEnded(Fact):
    """A person no longer belongs to a unit from `on`."""

    wire: ClassVar[str] = "membership_ended"

    person: Person
    unit: Unit


@frozen(kw_only=True)
class CultivationStarted(Fact):
    """A unit cultivates (培养联系) a person who is no member of it from `on`."""

    wire: ClassVar[str] = "cultivation_started"

    person: Person
    unit: Unit


@frozen(kw_only=True)
class CultivationEnded(Fact):
    """A unit no longer cultivates a person from `on`."""

    wire: ClassVar[str] = "cultivation_ended"

    person: Person
    unit: Unit


@frozen(kw_only=True)
class RoleStarted(Fact):
    """A person holds a role (职务), of a unit or for a building where one is named."""

    wire: ClassVar[str] = "role_started"

    person: Person
    role: Name
    unit: Unit | None = None
    building: Building | None = None


@frozen(kw_only=True)
class RoleEnded(Fact):
    """A person no longer holds a role from `on`."""

    wire: ClassVar[str] = "role_ended"

    person: Person
    role: Name
    unit: Unit | None = None
    building: Building | None = None


@frozen(kw_only=True)
class ResidenceStarted(Fact):
    """A person lives in a room from `on`; it ends the room they had."""

    wire: ClassVar[str] = "residence_started"

    person: Person
    building: Building
    room: Name


@frozen(kw_only=True)
class ResidenceEnded(Fact):
    """A person no longer lives in a room from `on`."""

    wire: ClassVar[str] = "residence_ended"

    person: Person
    building: Building
    room: Name


@frozen(kw_only=True)
class LeaveStarted(Fact):
    """A person is on leave (请假、休学、出国) from `on`."""

    wire: ClassVar[str] = "leave_started"

    person: Person
    kind: Name


@frozen(kw_only=True)
class LeaveEnded(Fact):
    """A leave is over from `on`."""

    wire: ClassVar[str] = "leave_ended"

    person: Person
    kind: Name


@frozen(kw_only=True)
class LinkStarted(Fact):
    """A person is responsible for a target (联系); a room is written `<building>/<room>`."""

    wire: ClassVar[str] = "link_started"

    link: Name
    holder: Person
    target: Name


@frozen(kw_only=True)
class LinkEnded(Fact):
    """A link no longer holds from `on`."""

    wire: ClassVar[str] = "link_ended"

    link: Name
    holder: Person
    target: Name


@frozen(kw_only=True)
class NameplatePosted(Fact):
    """A member's nameplate (党员明示牌) hangs at a room from `on`."""

    wire: ClassVar[str] = "nameplate_posted"

    person: Person
    building: Building
    room: Name


@frozen(kw_only=True)
class NameplateRemoved(Fact):
    """A nameplate is gone from `on`."""

    wire: ClassVar[str] = "nameplate_removed"

    person: Person
    building: Building
    room: Name


@frozen(kw_only=True)
class FacilityOpened(Fact):
    """A unit offers a facility (阵地) from `on`."""

    wire: ClassVar[str] = "facility_opened"

    facility: Name
    unit: Unit


@frozen(kw_only=True)
class FacilityClosed(Fact):
    """A facility is closed from `on`."""

    wire: ClassVar[str] = "facility_closed"

    facility: Name
    unit: Unit


# Events ------------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class StageExtended(Fact):
    """The stage that a person holds is prolonged (延长预备期) through `until`; decided on `on`."""

    wire: ClassVar[str] = "stage_extended"

    person: Person
    stage: Name

    def __attrs_post_init__(self) -> None:
        """Refuse an extension without its last day."""
        if self.until is None:
            raise ValueError("`until`: missing; allowed: a full date YYYY-MM-DD, the last day of the extension")
        super().__attrs_post_init__()


@frozen(kw_only=True)
class MeetingHeld(Fact):
    """A unit held a meeting (会议); `attended` None means not recorded, empty means nobody came.

    One that was of several kinds lists the others in `also`, and counts as each of them.
    """

    wire: ClassVar[str] = "meeting_held"

    meeting: Name
    unit: Unit
    attended: tuple[Person, ...] | None = None
    excused: tuple[Person, ...] | None = None
    agenda: tuple[Text, ...] | None = None
    also: tuple[Name, ...] | None = None


@frozen(kw_only=True)
class ActivityHeld(Fact):
    """A unit held an activity (活动) of `hours` hours; `attended` as for meetings."""

    wire: ClassVar[str] = "activity_held"

    activity: Name
    unit: Unit
    attended: tuple[Person, ...] | None = None
    excused: tuple[Person, ...] | None = None
    led_by: tuple[Person, ...] | None = None
    hours: Number | None = field(default=None, validator=not_negative)


@frozen(kw_only=True)
class DocumentFiled(Fact):
    """A person or unit filed a document (文件).

    With `for_period` it counts in the periods that hold that day, if filed by their end, and in no others.
    """

    wire: ClassVar[str] = "document_filed"

    document: Name
    author: Name
    to: Name | None = None
    about: Name | None = None
    sections: tuple[Text, ...] | None = None
    for_period: date | None = None


@frozen(kw_only=True)
class TrainingCompleted(Fact):
    """A person completed a course (培训) of `days` days or `hours` class hours; `passed` None is not known."""

    wire: ClassVar[str] = "training_completed"

    person: Person
    course: Name
    started: date | None = None
    days: Number | None = field(default=None, validator=not_negative)
    hours: Number | None = field(default=None, validator=not_negative)
    exam_score: Number | None = field(default=None, validator=bounded)
    passed: bool | None = None
    organiser: Name | None = None


@frozen(kw_only=True)
class CertificateIssued(Fact):
    """A certificate (证书) was issued to a person."""

    wire: ClassVar[str] = "certificate_issued"

    person: Person
    certificate: Name
    by: Name | None = None


@frozen(kw_only=True)
class ResultRegistered(Fact):
    """A unit registered (登记备案) the result of the training with id `of`."""

    wire: ClassVar[str] = "result_registered"

    person: Person
    of: FactId
    unit: Unit


@frozen(kw_only=True)
class DormEvaluated(Fact):
    """Somebody rated a person's conduct in the apartment (公寓表现评价)."""

    wire: ClassVar[str] = "dorm_evaluated"

    person: Person
    by: Person
    rating: Literal["excellent", "good", "fair", "poor"]
    grounds: Text | None = None


@frozen(kw_only=True)
class OpinionRequested(Fact):
    """Unit `by` asked unit `of` for its opinion (征求意见) on a person's step into stage `step`."""

    wire: ClassVar[str] = "opinion_requested"

    person: Person
    step: Name
    by: Unit
    of: Unit


@frozen(kw_only=True)
class OpinionGiven(Fact):
    """Unit `by` gave its opinion on a person's step into stage `step`."""

    wire: ClassVar[str] = "opinion_given"

    person: Person
    step: Name
    by: Unit
    verdict: Literal["support", "oppose"]
    grounds: Text | None = None


@frozen(kw_only=True)
class RecommendationMade(Fact):
    """Unit `by` recommended (推荐) a person for the step into stage `step`."""

    wire: ClassVar[str] = "recommendation_made"

    person: Person
    step: Name
    by: Unit


@frozen(kw_only=True)
class ReviewCompleted(Fact):
    """A review (审查) of a person was completed."""

    wire: ClassVar[str] = "review_completed"

    person: Person
    review: Name
    outcome: Literal["pass", "fail"]
    by: Name | None = None


@frozen(kw_only=True)
class TalkHeld(Fact):
    """A talk (谈话) was held with a person."""

    wire: ClassVar[str] = "talk_held"

    person: Person
    talk: Name
    by: Name | None = None


@frozen(kw_only=True)
class CommendationMade(Fact):
    """A person was commended (表彰)."""

    wire: ClassVar[str] = "commendation_made"

    person: Person
    award: Name
    by: Name | None = None


@frozen(kw_only=True)
class JudgementMade(Fact):
    """Somebody answered an open-textured clause, or gave the reason for a `normally` breach.

    `about` is a person or unit; `period` is the first day of the period that the judgement concerns.
    """

    wire: ClassVar[str] = "judgement_made"

    clause: Name
    about: Name
    by: Name
    outcome: Literal["met", "not_met", "explained"]
    period: date | None = None
    grounds: Text | None = None


# Facts about the record itself; they act from `recorded_at` alone --------------------------------------------------


@frozen(kw_only=True)
class TermDeclared(Fact):
    """A semester or vacation (学期、寒暑假) runs from `on` to `until`, both inclusive and full dates."""

    wire: ClassVar[str] = "term_declared"

    term: Name
    kind: TermKind
    academic_year: Name | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a term without its two full dates."""
        if not self.on.exact:
            raise ValueError(f"`on`: found {self.on}; allowed: a full date YYYY-MM-DD, the term's first day")
        if self.until is None:
            raise ValueError("`until`: missing; allowed: a full date YYYY-MM-DD, the term's last day")
        super().__attrs_post_init__()

    @property
    def declares(self) -> Term:
        """The term; facts that declare the same count once."""
        first, last = self.on.first, self.until or self.on.first
        return Term(first, last, self.kind, self.term, self.academic_year)


@frozen(kw_only=True)
class RegisterClosed(Fact):
    """The record of a unit, or of the institution where none is named, is complete `through` that day inclusive."""

    wire: ClassVar[str] = "register_closed"

    through: date
    unit: Unit | None = None


@frozen(kw_only=True)
class RegisterOpened(Fact):
    """The record of a unit, or of the institution where none is named, covers what happened from `on`, no earlier."""

    wire: ClassVar[str] = "register_opened"

    unit: Unit | None = None


@frozen(kw_only=True)
class FactRetracted(Fact):
    """The fact with id `target` was recorded in error; history keeps both."""

    wire: ClassVar[str] = "fact_retracted"

    target: FactId
    reason: Text


CORE_VOCABULARY: Final = Vocabulary(
    MappingProxyType(
        {
            cls.wire: cls
            for cls in list(globals().values())
            if isinstance(cls, type) and issubclass(cls, Fact) and cls is not Fact
        }
    )
)
