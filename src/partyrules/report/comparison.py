"""Two packs side by side as people read it: each rule beside its counterpart, and the history that tells them apart."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from partyrules.analysis.compare import Comparison, Pairing, Witness
from partyrules.answers.messages import LIST_WORDS, STATUS_WORDS
from partyrules.errors.chinese import chinese
from partyrules.language.text import Lang, Text, counted_in_english, filled, joined, say, texts_beside

_SAID: Final = texts_beside(__file__)
_RELATIONS: Final = _SAID["relations"]
_CLASHES: Final = _SAID["clashes"]
_ASPECTS: Final = _SAID["aspects"]


def comparison_lines(
    compared: Comparison, titles: Mapping[str, Text], lang: Lang, *, name: Callable[[Pairing, Witness], str | None]
) -> Iterator[str]:
    """Yield the lines of a comparison; `name` says in which file a history was written, None where in none.

    `titles` are those of the rules of both, by their ids.
    """
    yield f"A = {compared.a}, B = {compared.b}"
    for pairing in compared.pairings:
        rules = " – ".join(f"{rule} {say(titles[rule], lang)}" for rule in (pairing.a, pairing.b) if rule is not None)
        chosen = ", ".join(f"{key}={option}" for key, option in pairing.readings.items())
        under = filled("（{}）", " ({})", chosen) if chosen else ""
        yield say(filled("{}：{}{}", "{}: {}{}", _RELATIONS[pairing.relation], rules, under), lang)
        if pairing.relation != "same":
            for aspect in pairing.aspects:
                told = filled("{}：A {}；B {}", "{}: A {}; B {}", _ASPECTS[aspect.name], aspect.a, aspect.b)
                yield f"    {say(told, lang)}"
        if pairing.why is not None:
            yield f"    {say(filled('原因：{}', 'because: {}', pairing.why), lang)}"
        for witness in pairing.witnesses:
            yield from _witness_lines(witness, lang, name(pairing, witness))
    for clash in compared.clashes:
        told = filled("{}：{}：{}", "{}: {}: {}", _CLASHES[clash.kind], " – ".join(clash.rules), clash.why)
        yield say(told, lang)
    counts = {relation: sum(one.relation == relation for one in compared.pairings) for relation in _RELATIONS}
    summed = (filled("{} {}", "{} {}", _RELATIONS[one], number) for one, number in counts.items() if number)
    yield say(joined("，", ", ", summed), lang)


def _witness_lines(witness: Witness, lang: Lang, file: str | None) -> Iterator[str]:
    number = len(witness.facts)
    facts = Text(zh=f"{number} 条记录", en=counted_in_english(number, "facts"))
    zh, en = "{} 的 {}：A {}，B {}（{}）", "{1} on {0}: A {2}, B {3} ({4})"
    told = filled(zh, en, witness.as_of, witness.subject, *map(_status, witness.statuses), facts)
    yield f"    {say(told, lang)}"
    if file is not None:
        for command in witness.commands:
            yield f"      {command.replace('FILE', file, 1)}"


def _status(status: str) -> Text:
    """Return what a rule comes to: the status of a finding, or the list of a decision; in English as it is written."""
    words: dict[str, Text] = {name: text for each in (LIST_WORDS, STATUS_WORDS) for name, text in each.items()}
    return Text(zh=words[status].zh if status in words else chinese(status), en=status)
