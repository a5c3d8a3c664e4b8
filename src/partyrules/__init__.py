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
    "Adoption": "packs.pack",
    "Audit": "questions.audit",
    "Change": "watch.changes",
    "Changes": "questions.changes",
    "CivilDate": "time.calendar",
    "Decision": "answers.verdicts",
    "EngineError": "errors",
    "FactError": "errors",
    "Finding": "answers.verdicts",
    "Funnel": "questions.funnel",
    "Irregular": "answers.verdicts",
    "Ledger": "ledger.base",
    "LedgerError": "errors",
    "Monitor": "watch.monitor",
    "OutputError": "errors",
    "Pack": "packs.pack",
    "PackError": "errors",
    "PartyRulesError": "errors",
    "Passage": "watch.changes",
    "Period": "time.calendar",
    "Projection": "store.projection",
    "QueryError": "errors",
    "Report": "report.content",
    "Standpoint": "questions.between",
    "Text": "packs.document",
    "adopt": "packs.pack",
    "audit": "questions.audit",
    "audit_in_parts": "wide.outofcore",
    "changes": "questions.changes",
    "contested": "questions.contested",
    "decide": "questions.decide",
    "decode_fact": "facts.codec",
    "encode": "answers.verdicts",
    "encode_fact": "facts.codec",
    "engine_report": "evaluate.inference",
    "explain": "questions.explain",
    "explain_finding": "questions.explain",
    "facts_in": "questions.sources",
    "funnel": "questions.funnel",
    "installed_packs": "packs.discovery",
    "justification": "questions.justification",
    "letter": "report.letter",
    "load_pack": "packs.pack",
    "open_ledger": "ledger.sqlite",
    "open_projection": "store.projection",
    "parse_civil_date": "time.calendar",
    "read_adoption": "packs.adoption_file",
    "record_of": "questions.record",
    "replay": "questions.record",
    "report_files": "report.files",
    "report_on": "report.content",
    "write_report": "report.files",
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
