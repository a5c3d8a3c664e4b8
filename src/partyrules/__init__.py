"""partyrules: who must do what, how often, and who may pass to the next stage, answered by clause and evidence.

Record facts in a ledger, adopt the packs of your institution, then audit as of a day or decide a step.

What stands here is imported when it is first used, so that importing the package costs next to nothing. Where the
environment has `EAGER_IMPORT`, all of it is imported at once.
"""

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import Any

if os.environ.get("EAGER_IMPORT"):
    from partyrules.adoptions import read_adoption
    from partyrules.audit import Audit, audit
    from partyrules.calendar import CivilDate, Period, parse_civil_date
    from partyrules.clauses import Text
    from partyrules.codec import decode_fact, encode_fact
    from partyrules.contested import contested
    from partyrules.decisions import decide
    from partyrules.discovery import installed_packs
    from partyrules.errors import (
        EngineError,
        FactError,
        LedgerError,
        OutputError,
        PackError,
        PartyRulesError,
        QueryError,
    )
    from partyrules.evaluators.inference import engine_report
    from partyrules.explanation import explain, explain_finding, justification
    from partyrules.funnels import Funnel, funnel
    from partyrules.ledger.base import Ledger
    from partyrules.ledger.sqlite import open_ledger
    from partyrules.monitor.changes import Change, Passage
    from partyrules.monitor.watch import Monitor
    from partyrules.packs import Adoption, Pack, adopt, load_pack
    from partyrules.projection.store import Projection, open_projection
    from partyrules.records import record_of, replay
    from partyrules.sources import facts_in
    from partyrules.verdicts import Decision, Finding, Irregular, encode

__all__ = [
    "Adoption",
    "Audit",
    "Change",
    "CivilDate",
    "Decision",
    "EngineError",
    "FactError",
    "Finding",
    "Funnel",
    "Irregular",
    "Ledger",
    "LedgerError",
    "Monitor",
    "OutputError",
    "Pack",
    "PackError",
    "PartyRulesError",
    "Passage",
    "Period",
    "Projection",
    "QueryError",
    "Text",
    "adopt",
    "audit",
    "contested",
    "decide",
    "decode_fact",
    "encode",
    "encode_fact",
    "engine_report",
    "explain",
    "explain_finding",
    "facts_in",
    "funnel",
    "installed_packs",
    "justification",
    "load_pack",
    "open_ledger",
    "open_projection",
    "parse_civil_date",
    "read_adoption",
    "record_of",
    "replay",
]

# The same as the imports above, from which type checkers and editors learn what each name is.
_HOMES = {
    "adoptions": ("read_adoption",),
    "audit": ("Audit", "audit"),
    "calendar": ("CivilDate", "Period", "parse_civil_date"),
    "clauses": ("Text",),
    "codec": ("decode_fact", "encode_fact"),
    "contested": ("contested",),
    "decisions": ("decide",),
    "discovery": ("installed_packs",),
    "errors": ("EngineError", "FactError", "LedgerError", "OutputError", "PackError", "PartyRulesError", "QueryError"),
    "evaluators.inference": ("engine_report",),
    "explanation": ("explain", "explain_finding", "justification"),
    "funnels": ("Funnel", "funnel"),
    "ledger.base": ("Ledger",),
    "ledger.sqlite": ("open_ledger",),
    "monitor.changes": ("Change", "Passage"),
    "monitor.watch": ("Monitor",),
    "packs": ("Adoption", "Pack", "adopt", "load_pack"),
    "projection.store": ("Projection", "open_projection"),
    "records": ("record_of", "replay"),
    "sources": ("facts_in",),
    "verdicts": ("Decision", "Finding", "Irregular", "encode"),
}
_HOME_OF = {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names}


class _Facade(ModuleType):
    """The package, whose names are imported when they are first asked for."""

    def __getattr__(self, name: str) -> Any:
        if name not in _HOME_OF:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)
        found = getattr(import_module(_HOME_OF[name]), name)
        self.__dict__[name] = found
        return found

    def __setattr__(self, name: str, value: object) -> None:
        # A function may have the name of the module that it is from, which must not take its place when it is loaded.
        if not (name in _HOME_OF and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*self.__dict__, *__all__})


sys.modules[__name__].__class__ = _Facade
