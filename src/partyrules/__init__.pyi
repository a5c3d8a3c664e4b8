# Written by `python -m tests.pages.facade` from the list in __init__.py.
from partyrules.adoptions import read_adoption as read_adoption
from partyrules.audits import Audit as Audit
from partyrules.audits import audit as audit
from partyrules.calendar import CivilDate as CivilDate
from partyrules.calendar import Period as Period
from partyrules.calendar import parse_civil_date as parse_civil_date
from partyrules.clauses import Text as Text
from partyrules.codec import decode_fact as decode_fact
from partyrules.codec import encode_fact as encode_fact
from partyrules.contests import contested as contested
from partyrules.decisions import decide as decide
from partyrules.discovery import installed_packs as installed_packs
from partyrules.errors import EngineError as EngineError
from partyrules.errors import FactError as FactError
from partyrules.errors import LedgerError as LedgerError
from partyrules.errors import OutputError as OutputError
from partyrules.errors import PackError as PackError
from partyrules.errors import PartyRulesError as PartyRulesError
from partyrules.errors import QueryError as QueryError
from partyrules.evaluators.inference import engine_report as engine_report
from partyrules.explanation import explain as explain
from partyrules.explanation import explain_finding as explain_finding
from partyrules.explanation import justification as justification
from partyrules.funnels import Funnel as Funnel
from partyrules.funnels import funnel as funnel
from partyrules.ledger.base import Ledger as Ledger
from partyrules.ledger.sqlite import open_ledger as open_ledger
from partyrules.monitor.changes import Change as Change
from partyrules.monitor.changes import Passage as Passage
from partyrules.monitor.watch import Monitor as Monitor
from partyrules.packs import Adoption as Adoption
from partyrules.packs import Pack as Pack
from partyrules.packs import adopt as adopt
from partyrules.packs import load_pack as load_pack
from partyrules.projection.store import Projection as Projection
from partyrules.projection.store import open_projection as open_projection
from partyrules.records import record_of as record_of
from partyrules.records import replay as replay
from partyrules.sources import facts_in as facts_in
from partyrules.verdicts import Decision as Decision
from partyrules.verdicts import Finding as Finding
from partyrules.verdicts import Irregular as Irregular
from partyrules.verdicts import encode as encode

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
