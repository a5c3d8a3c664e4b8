"""partyrules: who must do what, how often, and who may pass to the next stage, answered by clause and evidence.

Record facts in a ledger, adopt the packs of your institution, then audit as of a day or decide a step.
"""

from partyrules.adoptions import read_adoption
from partyrules.audit import Audit, audit
from partyrules.calendar import CivilDate, Period, parse_civil_date
from partyrules.clauses import Text
from partyrules.codec import decode_fact, encode_fact
from partyrules.contested import contested
from partyrules.decisions import Funnel, decide, funnel, justification
from partyrules.errors import EngineError, FactError, LedgerError, PackError, PartyRulesError, QueryError
from partyrules.evaluators.engines import engine_report
from partyrules.explanation import explain, explain_finding
from partyrules.ledger.base import Ledger
from partyrules.ledger.sqlite import open_ledger
from partyrules.packs import Adoption, Pack, adopt, installed_packs, load_pack
from partyrules.records import record_of, replay
from partyrules.sources import facts_in
from partyrules.verdicts import Decision, Finding, Irregular, encode

__all__ = [
    "Adoption",
    "Audit",
    "CivilDate",
    "Decision",
    "EngineError",
    "FactError",
    "Finding",
    "Funnel",
    "Irregular",
    "Ledger",
    "LedgerError",
    "Pack",
    "PackError",
    "PartyRulesError",
    "Period",
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
    "parse_civil_date",
    "read_adoption",
    "record_of",
    "replay",
]
