"""Lists of who was there: the rows that tell one meeting or activity, on one sheet or several, as one fact."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from attrs import define, field

from partyrules.importers.contradictions import RowFact, told_apart
from partyrules.importers.mapping import PEOPLE, TOPIC
from partyrules.importers.plans import Teller
from partyrules.importers.refusals import Page


@define(eq=False)
class SignInList:
    """A meeting or an activity, what the rows of a sheet say of who was there, and whether it is that of a column.

    `apart` is as in `RowFact`, `at` the column of the marks; it is `marked` where anybody has a mark.
    """

    said: dict[str, Any]
    apart: Mapping[str, str]
    teller: Teller
    page: Page
    at: int
    across: bool
    rows: list[int] = field(factory=list)
    people: dict[str, str] = field(factory=dict)
    marked: bool = False


def facts_of_lists(lists: Sequence[SignInList]) -> list[RowFact]:
    """Return what lists tell, those as one that go on with each other, of which it is remarked.

    So do lists of one day that say nothing otherwise and have nobody in common.
    """
    # Of which most is known goes first: what tells less may belong to several, and then to none.
    ordered = sorted(lists, key=lambda each: -len(each.apart))
    by_key: dict[tuple[Any, ...], list[list[SignInList]]] = defaultdict(list)
    for each in ordered:
        said, told = each.said, each.teller.told
        known = by_key[said["fact"], *(str(said.get(name)) for name in (told.needed or ("on",)))]
        fitting = [pages for pages in known if all(_may_be_one(each, page) for page in pages)]
        if not fitting:
            # Of rows of one sheet at different times, when nobody was there twice, the times are when each signed.
            fitting = [pages for pages in known if all(_at_other_times(each, page) for page in pages)]
        on_one_day = len(said["on"]) == len("2018-03-05")
        if len(fitting) == 1 and on_one_day and all(page.people.keys().isdisjoint(each.people) for page in fitting[0]):
            fitting[0].append(each)
        else:
            known.append([each])
    told_by = {id(pages[0]): pages for some in by_key.values() for pages in some}
    found = (_fact_of(told_by[id(each)]) for each in lists if id(each) in told_by)
    return [fact for fact in found if fact is not None]


def _may_be_one(one: SignInList, other: SignInList) -> bool:
    """Tell whether two lists say nothing otherwise of what they are of."""
    fact = RowFact(one.said, one.page, (), one.teller, one.apart)
    both = one.said.keys() & other.said.keys()
    return not told_apart(fact, other.said, other.apart) and all(one.said[name] == other.said[name] for name in both)


def _at_other_times(one: SignInList, other: SignInList) -> bool:
    """Tell whether two lists of a sheet say nothing otherwise but the time of the day."""
    return one.page is other.page and _may_be_one(*(attrs.evolve(each, apart=_timeless(each)) for each in (one, other)))


def _timeless(one: SignInList) -> Mapping[str, str]:
    return {name: value for name, value in one.apart.items() if name == TOPIC}


def _fact_of(pages: Sequence[SignInList]) -> RowFact | None:
    first, *others = pages
    said = {name: value for page in reversed(pages) for name, value in page.said.items()}
    people = {person: mark for page in pages for person, mark in page.people.items()}
    marked = any(page.marked for page in pages)
    if marked:
        by_mark = {name: tuple(sorted(who for who, mark in people.items() if mark == name)) for name in PEOPLE}
        said |= {name: who for name, who in by_mark.items() if who or name == "attended"}
    elif first.across:
        # A column that waits for its meeting says of none that it was held.
        first.page.remark(f"no mark at all under {said['on']}; nothing is told of it")
        return None
    else:
        first.page.remark("no mark at all; who was there is taken as not recorded")
    apart = {name: value for page in pages for name, value in page.apart.items()}
    if any(page.apart.get(name, value) != value for page in pages for name, value in apart.items()):
        apart = {name: value for page in pages for name, value in _timeless(page).items()}
    for page in others:
        if page.page is first.page:
            first.page.remark(f"rows of {said['on']} with different times and nobody twice; they are told as one")
            break
        first.page.remark(f"the list of {said['on']} goes on in {page.page.sheet.where}; both are told as one")
    return RowFact(
        said,
        first.page,
        first.rows,
        first.teller,
        apart=apart,
        people=people if marked else None,
        at=first.at,
        more=[(page.page, page.rows) for page in others],
    )
