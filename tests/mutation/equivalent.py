"""Mutants that say the same as the rule, so that no test can tell: each with its reason."""

from typing import Final

_NO_ENTRY: Final = "a duty knows no entry into a stage, so every day is since then"
_NO_MORE: Final = "there are no more different kinds than those asked for"
_ONE_OPEN: Final = "a unit has a facility of one kind open once, whatever is opened again"
_AMONG: Final = "what is counted is among what is asked for"
_APART: Final = "no semester starts on the day that a vacation does"
_OWN_BUILDINGS: Final = "what is counted is each building that the bearer instructs, once, whoever's roles lead there"
_STANDS: Final = "each building that is asked about is one that stands"
_SILENCE: Final = "silence will do, and whatever answers is evidence either way"
_NO_ACTIVIST: Final = "whoever is bound is a member, and so is no activist to be linked"
_ONE_UNIT: Final = "a unit is open once, so at least one holding of it is exactly one"
_IN_THE_VACATION: Final = "a vacation's own days are those of the period"

EQUIVALENT: Final[dict[str, str]] = {
    "lzcu2012:4.3.1  requires: at least → exactly": _NO_MORE,
    "lzcu2012:4.3.1  requires: at least → exactly (2)": _ONE_UNIT,
    "lzcu2012:4.3.1  requires: window ever → since_entry": _NO_ENTRY,
    "lzcu2012:4.3.2  requires: at least → exactly": _NO_MORE,
    "lzcu2012:4.3.2  requires: at least → exactly (2)": _ONE_UNIT,
    "lzcu2012:4.3.2  requires: window ever → since_entry": _NO_ENTRY,
    "lzcu2012:4.4.1  requires: at least → exactly": _NO_MORE,
    "lzcu2012:4.4.1  requires: not distinct": _ONE_OPEN,
    "lzcu2012:3.3-counsellor  requires: at least → exactly": _AMONG,
    "lzcu2012:3.3-counsellor  requires: Holdings(role building_instructor) without person": _OWN_BUILDINGS,
    "lzcu2012:3.3-counsellor  requires: Holdings(role building_instructor) without role": _OWN_BUILDINGS,
    "lzcu2012:3.3-counsellor  requires: Holds(role building_instructor) without person (2)": _OWN_BUILDINGS,
    "lzcu2012:3.3-counsellor  requires: Holds(role building_instructor) without role (2)": _OWN_BUILDINGS,
    "lzcu2012:3.7-only  requires: at least → exactly": _AMONG,
    "lzcu2012:4.3.3.2  requires: [consent] at least 1 → 0": _SILENCE,
    "lzcu2012:5.3.1  requires: [each_building] at least → exactly": _AMONG,
    "lzcu2012:5.3.1  requires: [each_building] AllOf without Holds(building)": _STANDS,
    "lzcu2012:5.3.1  requires: [each_building] Holds(building) without building (2)": _STANDS,
    "lzcu2012:5.5.1  requires: at least → exactly": _ONE_OPEN,
    "lzwl2017:1.3.2  requires: at least → exactly": _NO_MORE,
    "lzwl2017:1.3.2  requires: window ever → since_entry": _NO_ENTRY,
    "lzwl2017:1.3.3  requires: [each] at least → exactly": "no more general branches are reviewed than there are",
    "lzwl2017:1.3.3  requires: [each] at least → exactly (2)": _ONE_UNIT,
    "lzwl2017:5.1  requires: at least → exactly": _NO_MORE,
    "lzwl2017:5.1  requires: not distinct": _ONE_OPEN,
    "lzwl2017:4.4.2  requires: window by_trigger → by_deadline": "without a deadline the trigger's day is it",
    "lzwl2017:8.4.1  requires: AllOf without Not": _NO_ACTIVIST,
    "lzwl2017:8.4.1  requires: Subject() → other options": _NO_ACTIVIST,
    "lzwl2017:7.2  requires: vacation: each_vacation means one_per_year": _IN_THE_VACATION,
    "lzwl2017:7.2  requires: [each_vacation] window period → period_or_vacation_before": _APART,
}
