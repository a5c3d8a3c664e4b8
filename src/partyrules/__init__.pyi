# Written by `python -m tests.pages.facade` from the list in __init__.py.
from partyrules.answers.verdicts import Decision as Decision
from partyrules.answers.verdicts import Finding as Finding
from partyrules.answers.verdicts import Irregular as Irregular
from partyrules.answers.verdicts import encode as encode
from partyrules.errors import EngineError as EngineError
from partyrules.errors import FactError as FactError
from partyrules.errors import LedgerError as LedgerError
from partyrules.errors import OutputError as OutputError
from partyrules.errors import PackError as PackError
from partyrules.errors import PartyRulesError as PartyRulesError
from partyrules.errors import QueryError as QueryError
from partyrules.evaluate.inference import engine_report as engine_report
from partyrules.facts.codec import decode_fact as decode_fact
from partyrules.facts.codec import encode_fact as encode_fact
from partyrules.ledger.base import Ledger as Ledger
from partyrules.ledger.sqlite import open_ledger as open_ledger
from partyrules.packs.adoption_file import read_adoption as read_adoption
from partyrules.packs.discovery import installed_packs as installed_packs
from partyrules.packs.document import Text as Text
from partyrules.packs.pack import Adoption as Adoption
from partyrules.packs.pack import Pack as Pack
from partyrules.packs.pack import adopt as adopt
from partyrules.packs.pack import load_pack as load_pack
from partyrules.questions.audit import Audit as Audit
from partyrules.questions.audit import audit as audit
from partyrules.questions.between import Standpoint as Standpoint
from partyrules.questions.changes import Changes as Changes
from partyrules.questions.changes import changes as changes
from partyrules.questions.contested import contested as contested
from partyrules.questions.decide import decide as decide
from partyrules.questions.explain import explain as explain
from partyrules.questions.explain import explain_finding as explain_finding
from partyrules.questions.funnel import Funnel as Funnel
from partyrules.questions.funnel import funnel as funnel
from partyrules.questions.justification import justification as justification
from partyrules.questions.record import record_of as record_of
from partyrules.questions.record import replay as replay
from partyrules.questions.sources import facts_in as facts_in
from partyrules.report.content import Report as Report
from partyrules.report.content import report_on as report_on
from partyrules.report.files import report_files as report_files
from partyrules.report.files import write_report as write_report
from partyrules.report.letter import letter as letter
from partyrules.store.projection import Projection as Projection
from partyrules.store.projection import open_projection as open_projection
from partyrules.time.calendar import CivilDate as CivilDate
from partyrules.time.calendar import Period as Period
from partyrules.time.calendar import parse_civil_date as parse_civil_date
from partyrules.watch.changes import Change as Change
from partyrules.watch.changes import Passage as Passage
from partyrules.watch.monitor import Monitor as Monitor
from partyrules.wide.outofcore import audit_in_parts as audit_in_parts

__all__ = [
    "Adoption",
    "Audit",
    "Change",
    "Changes",
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
    "Report",
    "Standpoint",
    "Text",
    "adopt",
    "audit",
    "audit_in_parts",
    "changes",
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
    "letter",
    "load_pack",
    "open_ledger",
    "open_projection",
    "parse_civil_date",
    "read_adoption",
    "record_of",
    "replay",
    "report_files",
    "report_on",
    "write_report",
]
