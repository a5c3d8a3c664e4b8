"""A failing case as the command line can run it again: its facts as JSON Lines, and the command."""

import shlex
from collections.abc import Iterator
from datetime import date, datetime

from attrs import field, frozen

from partyrules.facts.codec import encode_fact
from partyrules.packs.pack import Adoption
from partyrules.testing.institution import Facts
from partyrules.testing.scenes import Scene

_FILE = "case.jsonl"
_ADOPTION = "case.toml"


@frozen(kw_only=True)
class ReplayCase:
    """Facts, who adopted what, and when a question is asked; `person` and `step` where it asks for a decision."""

    # Told by the command; every rule of it would stand in each message about a case.
    adoption: Adoption = field(repr=False)
    facts: Facts
    as_of: date
    known_at: datetime | None = None
    person: str | None = None
    step: str | None = None


def replay_case(scene: Scene, adoption: Adoption) -> ReplayCase:
    """Return the case that a scene is under an adoption."""
    person = None if scene.step is None else scene.subject
    return ReplayCase(adoption=adoption, facts=scene.facts, as_of=scene.as_of, person=person, step=scene.step)


def replay(case: ReplayCase) -> str:
    """Return the facts of a case as JSON Lines, with the command that asks the same question of them.

    Where the adoption has a table of holidays, the lines of an adoption file that holds it follow.
    """
    lines = [encode_fact(fact).decode() for fact in case.facts]
    told = [f"# Save these {len(lines)} lines as {_FILE}, then: {command(case)}", *lines]
    if case.adoption.holidays:
        told += [f"# Save these lines as {_ADOPTION}:", *_adoption_file(case.adoption)]
    return "\n".join(told)


def _adoption_file(adoption: Adoption) -> Iterator[str]:
    packs = ", ".join(f'"{pack.id}"' for pack in adoption.packs)
    yield f"packs = [{packs}]"
    yield "[holidays]"
    for name, free in (("free", True), ("worked", False)):
        days = ", ".join(str(day) for day in sorted(adoption.holidays) if adoption.holidays[day] == free)
        yield f"{name} = [{days}]"


def command(case: ReplayCase) -> str:
    """Return the command that asks what the case asks, of a file of its facts."""
    adoption = case.adoption
    words = ["partyrules", "audit" if case.step is None else "decide", _FILE]
    if adoption.holidays:
        words += ["--adoption", _ADOPTION]
    else:
        for pack in adoption.packs:
            words += ["--pack", pack.id]
    for key, option in adoption.readings.items():
        words += ["--reading", f"{key}={option}"]
    for key, value in adoption.parameters.items():
        words += ["--set", f"{key}={value}"]
    if case.step is None:
        words += ["--as-of", str(case.as_of)]
    else:
        words += ["--person", str(case.person), "--to", case.step, "--on", str(case.as_of)]
    if case.known_at is not None:
        words += ["--known-at", case.known_at.isoformat()]
    return shlex.join(words)
