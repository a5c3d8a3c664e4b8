"""A decision as a letter of one page to the person concerned."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from partyrules.answers.messages import LIST_WORDS, OUTCOME_WORDS, document_text, needs_text, reason_text
from partyrules.answers.verdicts import Decision, Item
from partyrules.evaluate.wording import Labels, fact_text
from partyrules.history import History
from partyrules.history.units import units_of
from partyrules.language.text import Lang, both, say
from partyrules.packs.document import Text
from partyrules.packs.pack import Adoption, Bound
from partyrules.questions.sources import Source, history_from, projected
from partyrules.report.page import templates

_GROUNDS: Final = Text(zh=" 所述理由：", en=" gives the grounds: ")
_WITH_ID: Final = Text(zh="{}［{}］", en="{} [{}]")


def letter(
    source: Source,
    adoption: Adoption,
    decision: Decision,
    *,
    lang: Lang,
    form: Literal["html", "md"] = "html",
    names: Mapping[str, str] | None = None,
    known_at: datetime | None = None,
) -> str:
    """Return a decision, which was made of this source and adoption, as a page to print or as Markdown.

    It tells the outcome, each condition with its records, what is missing, document and clause, what would lift a veto
    and how to object; and that conditions were checked here, while the decision is the organisation's. `names` are
    shown beside ids.
    """
    projection = projected(source)
    history = history_from(projection, adoption, as_of=decision.on, known_at=known_at)
    bounds: tuple[Bound[Any], ...] = (*adoption.requirements, *adoption.vetoes)
    rules = {bound.id: bound for bound in bounds}
    stage = next((stage.title for stage in adoption.stages if stage.name == decision.to), both(decision.to))
    lists = [
        {
            "name": name,
            "heading": say(words, lang),
            "items": [_item(item, rules[item.rule], history, lang) for item in items],
        }
        for name, words in LIST_WORDS.items()
        if (items := getattr(decision, name))
    ]
    found = (
        templates()
        .get_template(f"letter.{form}.jinja")
        .render(
            lang=lang,
            say=lambda text: say(text, lang),
            w=lambda zh, en: zh if lang == "zh" else en,
            decision=decision,
            who=_named(decision.person, names or {}),
            units=[_named(unit, names or {}) for unit in units_of(history)(decision.person)],
            stage=stage,
            outcome=OUTCOME_WORDS[decision.outcome],
            reason=None if decision.reason is None else reason_text(decision.reason),
            needs=needs_text(decision.needs) if decision.needs else None,
            lists=lists,
            irregular=[
                _record(record.id, history, adoption.labels, lang) + f" — {say(reason_text(record.reason), lang)}"
                for record in decision.irregular
            ],
            packs=[(say(document_text(pack.document), lang), pack) for pack in adoption.packs],
            institution=adoption.institution,
            head=projection.head,
        )
    )
    return found if found.endswith("\n") else f"{found}\n"


def _named(person: str, names: Mapping[str, str]) -> str:
    return f"{names[person]}（{person}）" if person in names else person


def _item(item: Item, bound: Bound[Any], history: History, lang: Lang) -> Mapping[str, Any]:
    """Return what the letter says of one condition; its message names the records, but not what grounds they give."""
    return {
        "message": say(item.message, lang),
        "grounds": [
            f"{known}{say(_GROUNDS, lang)}{grounds}"
            for known in item.evidence
            if (grounds := getattr(history.by_id.get(known), "grounds", None))
        ],
        "document": say(document_text(bound.pack.document), lang),
        "clause": item.clause,
    }


def _record(known: str, history: History, labels: Labels, lang: Lang) -> str:
    """Return a record in words, with its id."""
    fact = history.by_id.get(known)
    return known if fact is None else say(_WITH_ID, lang).format(say(fact_text(fact, labels), lang), known)
