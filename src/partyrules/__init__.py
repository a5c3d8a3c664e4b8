"""partyrules: who must do what, how often, and who may pass to the next stage, answered by clause and evidence.

Record facts in a ledger, adopt the packs of your institution, then audit as of a day or decide a step.

What stands here is imported when it is first used, so that importing the package costs next to nothing. Where the
environment has `EAGER_IMPORT`, all of it is imported at once.
"""

import os
import sys
from importlib import import_module
from typing import Any, Final

# Every name and the module that it is from; what type checkers read, __init__.pyi, is written from this list.
_HOMES: Final = {
    "Adoption": "packs",
    "Audit": "audits",
    "Change": "monitor.changes",
    "CivilDate": "calendar",
    "Decision": "verdicts",
    "EngineError": "errors",
    "FactError": "errors",
    "Finding": "verdicts",
    "Funnel": "funnels",
    "Irregular": "verdicts",
    "Ledger": "ledger.base",
    "LedgerError": "errors",
    "Monitor": "monitor.watch",
    "OutputError": "errors",
    "Pack": "packs",
    "PackError": "errors",
    "PartyRulesError": "errors",
    "Passage": "monitor.changes",
    "Period": "calendar",
    "Projection": "projection.store",
    "QueryError": "errors",
    "Text": "clauses",
    "adopt": "packs",
    "audit": "audits",
    "contested": "contests",
    "decide": "decisions",
    "decode_fact": "codec",
    "encode": "verdicts",
    "encode_fact": "codec",
    "engine_report": "evaluators.inference",
    "explain": "explanation",
    "explain_finding": "explanation",
    "facts_in": "sources",
    "funnel": "funnels",
    "installed_packs": "discovery",
    "justification": "explanation",
    "load_pack": "packs",
    "open_ledger": "ledger.sqlite",
    "open_projection": "projection.store",
    "parse_civil_date": "calendar",
    "read_adoption": "adoptions",
    "record_of": "records",
    "replay": "records",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 - of the one list


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=sys.modules[__name__])
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


if os.environ.get("EAGER_IMPORT"):
    for _name in __all__:
        __getattr__(_name)
