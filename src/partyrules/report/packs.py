"""Packs as people read them: their rules, readings and parameters, and how their clauses are accounted for."""

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import asdict

from partyrules.language.labels import label
from partyrules.language.rules import MODALITIES
from partyrules.language.text import Lang, say
from partyrules.packs.document import Clause, Coverage, Drift
from partyrules.packs.listing import PackSummary, summary_of
from partyrules.packs.pack import Pack, reading_key
from partyrules.report.readings import pack_readings, readings_table
from partyrules.report.terminal import Screen
from partyrules.report.words import TAKES, TREATMENTS, columns


def _word(lang: Lang, zh: str, en: str) -> str:
    return zh if lang == "zh" else en


def packs_table(packs: Sequence[PackSummary], *, screen: Screen, lang: Lang) -> str:
    """Return a table of packs, each with its document, force, and numbers of rules."""
    heads = columns(lang, "pack!", "version!", "document", "in_force!", "duties#", "requirements#", "vetoes#")
    rows = [
        [
            pack.id,
            pack.version,
            _word(lang, f"{pack.zh}（{pack.number}）", f"{pack.en} ({pack.number})"),
            pack.in_force,
            str(pack.duties),
            str(pack.requirements),
            str(pack.vetoes),
        ]
        for pack in packs
    ]
    return screen.table(heads, rows)


def pack_details(pack: Pack, *, screen: Screen, lang: Lang) -> Iterator[str]:
    """Yield the table of a pack itself, of its rules, of its readings, and of its parameters."""
    yield packs_table([summary_of(pack)], screen=screen, lang=lang)
    clauses = {clause.id: clause for clause in pack.document.clauses}
    yield screen.table(
        columns(lang, "rule!", "clause!", "modality!", "what"),
        [
            [
                f"{pack.id}:{rule.id}",
                clauses[rule.clause].citation,
                say(MODALITIES[rule.modality], lang),
                say(rule.title, lang),
            ]
            for rule in pack.rules
        ],
    )
    yield readings_table(pack_readings(pack), screen=screen, lang=lang)
    parameters = {reading_key(pack, rule, each): each for rule in pack.rules for each in rule.parameters}
    if parameters:
        yield screen.table(
            columns(lang, "--set!", "takes", "why_default"),
            [[key, say(TAKES[each.takes], lang), say(each.why, lang)] for key, each in parameters.items()],
        )


def _treated(pack: Pack, clause: Clause, lang: Lang) -> str:
    """Return what became of a clause: its rules, or who judges it, or why it has neither."""
    rules = [rule.id for rule in pack.rules if rule.clause == clause.id]
    told = [", ".join(rules)] if rules else []
    if clause.judges:
        who = label(clause.judges, pack.labels)
        told.append(_word(lang, f"须作认定：{who.zh}", f"judged: {who.en}"))
    if clause.reason:
        told.append(say(clause.reason, lang))
    if not told:
        treatments = {sentence.treatment for sentence in pack.document.sentences if clause.id in sentence.clauses}
        told.append(", ".join(say(TREATMENTS[each], lang) for each in sorted(treatments)))
    return "; ".join(told)


def clause_table(pack: Pack, *, screen: Screen, lang: Lang) -> str:
    """Return a table of every clause of a pack's document and what became of it."""
    heads = columns(lang, "clause!", "citation", "asks", "treated")
    rows = [
        [clause.id, clause.citation, say(clause.summary, lang), _treated(pack, clause, lang)]
        for clause in pack.document.clauses
    ]
    return screen.table(heads, rows)


def coverage_lines(pack: Pack, covered: Coverage, lang: Lang) -> Iterator[str]:
    """Yield how many sentences have each treatment, and whatever is not accounted for."""
    total = len(pack.document.sentences)
    counts = ", ".join(f"{say(TREATMENTS[name], lang)} {number}" for name, number in covered.treatments.items())
    yield _word(lang, f"{pack.id}：{total} 句（{counts}）", f"{pack.id}: {total} sentences ({counts})")
    gaps = {
        _word(lang, "尚未处理的句子", "sentences still to be treated"): covered.todo,
        _word(lang, "标为已编码而没有规则的句子", "sentences said to be encoded without a rule"): covered.untreated,
        _word(lang, "没有着落的条款", "clauses not accounted for"): covered.unaccounted,
        _word(lang, "引用不存在条款的规则", "rules that cite no clause"): _pairs(covered.unknown_clauses),
        _word(lang, "句子所列而不存在的规则", "rules named and not in the pack"): _pairs(covered.unknown_rules),
        _word(lang, "没有句子的规则", "rules that no sentence names"): covered.unplaced_rules,
    }
    for told, names in gaps.items():
        if names:
            yield f"  {told}: {', '.join(names)}"
    if covered.complete:
        yield _word(lang, "每一句、每一条、每一规则均有着落。", "Every sentence, clause and rule is accounted for.")


def _pairs(pairs: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{one} → {other}" for one, other in pairs)


def drift_lines(drift: Drift, lang: Lang) -> Iterator[str]:
    """Yield where a source text differs from the document as encoded."""
    if drift.clean:
        yield _word(lang, "与原文逐句一致。", "The source text is the one that was encoded, sentence by sentence.")
        return
    for each in drift.changed:
        yield _word(
            lang,
            f"第 {each.line} 行：{each.number} 与编码时不同（现指纹 {each.found}）",
            f"line {each.line}: sentence {each.number} is not the one encoded (now {each.found})",
        )
    for number in drift.missing:
        yield _word(lang, f"原文缺 {number}", f"sentence {number} is missing")
    for new in drift.new:
        after = new.after or _word(lang, "开头", "the start")
        yield _word(
            lang,
            f"第 {new.line} 行：{after} 之后多出一句（指纹 {new.found}）",
            f"line {new.line}: a new sentence after {after} ({new.found})",
        )


def coverage_wire(pack: Pack, covered: Coverage, drift: Drift | None) -> dict[str, Any]:
    """Return coverage, and drift where there was a source text, as a JSON object."""
    wire: dict[str, Any] = {
        "pack": pack.id,
        "version": pack.version,
        "sentences": len(pack.document.sentences),
        **asdict(covered, recurse=False),
        "complete": covered.complete,
        "drift": None,
    }
    if drift is not None:
        wire["drift"] = {
            "clean": drift.clean,
            "changed": [{"sentence": c.number, "found": c.found, "line": c.line} for c in drift.changed],
            "missing": drift.missing,
            "new": [{"found": n.found, "line": n.line, "after": n.after} for n in drift.new],
        }
    return wire
