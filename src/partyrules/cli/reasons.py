"""What `decide` says where it is asked: why, and what another reading would change."""

from datetime import date, datetime

import msgspec

from partyrules.cli.options import notices_beside
from partyrules.cli.output import lines_out, screen, show
from partyrules.language.text import Lang
from partyrules.packs.pack import Adoption
from partyrules.questions.contested import contested_decision
from partyrules.questions.justification import justification
from partyrules.questions.notices import step_notices
from partyrules.questions.sources import Source, history_from
from partyrules.report.contested import contested_decision_table
from partyrules.report.explanation import derivation_lines


def contested_out(
    facts: Source,
    adoption: Adoption,
    *,
    person: str,
    to: str,
    on: date,
    known_at: datetime | None,
    form: str,
    lang: Lang,
) -> None:
    """Write what another reading would change in a decision."""
    notices_beside(step_notices(adoption, history_from(facts, adoption, as_of=on, known_at=known_at)), lang)
    contested = contested_decision(facts, adoption, person=person, to=to, on=on, known_at=known_at)
    if form == "json":
        lines_out([msgspec.json.encode([each.to_wire() for each in contested])])
    else:
        show(contested_decision_table(contested, adoption, screen=screen(), lang=lang))


def why_out(
    facts: Source, adoption: Adoption, *, person: str, to: str, on: date, known_at: datetime | None, lang: Lang
) -> None:
    """Write the derivation of a decision."""
    tree = justification(facts, adoption, person=person, to=to, on=on, known_at=known_at)
    show(*derivation_lines(tree, screen=screen(), lang=lang))
