"""Who has to be at which of many occasions, in the order of findings, and whom each of these lists."""

from collections.abc import Iterator, Sequence
from itertools import pairwise, starmap
from typing import Final

import numpy as np

from partyrules.evaluate.columnar.joins import bounded, in_order, places
from partyrules.evaluate.columnar.matching import Listing, Matcher
from partyrules.evaluate.columnar.stretches import Met
from partyrules.evaluate.columnar.truths import Array
from partyrules.evaluate.columnar.view import Rows
from partyrules.language.kernel import Match

# What is worked out of so many pairs stays in the processor's cache.
_AT_ONCE: Final = 1 << 17


def pairs_in_order(
    matcher: Matcher, rows: Rows, match: Match, codes: Array, met: Met, fields: Sequence[str]
) -> tuple[Array, Array, dict[str, Array]]:
    """Return each code with each of the rows that it met: codes, and rows, which match `match`.

    They stand in the order of the codes' texts, then of the facts' ids. Besides, for each of some fields that list
    codes, whether the row lists the code.
    """
    view, wire, below = matcher.view, rows.table.wire, len(fields)
    size = bounded(int(met.many.sum()))
    ranks, order = in_order(view.ranks[codes])
    codes, first, count = codes[order], met.first[order], met.many[order]
    turns, of_line = matcher.turns(wire, match), rows.places[met.line]
    turn, low = turns[of_line].astype(np.int64) << below, len(turns).bit_length() + below
    row_of, place = np.empty(len(turns), np.int64), np.full(len(view.whole(wire)), -1, np.int32)
    row_of[turns[of_line]], place[of_line] = met.line, np.arange(len(met.line))
    listings = [matcher.listing(wire, match, name) for name in fields]
    row = np.empty(size, np.int64)
    named = {name: np.empty(size, np.bool_) for name in fields}
    done = 0
    for block in _blocks(ranks, count):
        # A number for each pair: below its place in the order stands in a bit for each field whether it is listed.
        placed = (ranks[block] << low).repeat(count[block]) | turn.take(places(first[block], count[block]))
        for bit, listing in enumerate(listings):
            if listing is not None:
                listed = _listed(listing, place, codes[block], first[block], count[block])
                placed |= listed.astype(np.int64) << bit
        placed.sort()
        here = slice(done, done := done + len(placed))
        row[here] = row_of.take(placed >> below & ((1 << low - below) - 1))
        for bit, name in enumerate(fields):
            named[name][here] = placed >> bit & 1
    return codes.astype(np.int32).repeat(count), row, named


def _blocks(ranks: Array, count: Array) -> Iterator[slice]:
    """Yield slices of so many as have about that many pairs, those of one rank in one."""
    begins = np.flatnonzero(np.diff(ranks, prepend=-1))
    edges = begins[np.diff((np.cumsum(count) - count)[begins] // _AT_ONCE, prepend=-1) > 0]
    return starmap(slice, pairwise([*edges.tolist(), len(ranks)]))


def _listed(listing: Listing, place: Array, codes: Array, first: Array, count: Array) -> Array:
    """Return whether each code is listed in each of the `count` rows from the place `first` on.

    Who is listed looks for the pair, which is sooner done than that each pair looks for an entry of the list.
    """
    of_code = np.minimum(codes, len(listing.starts) - 1)
    several = listing.lengths.take(of_code)
    entry = places(listing.starts.take(of_code), several)
    nth = place.take(listing.rows.take(entry)) - first.astype(np.int32).repeat(several)
    # What stands nowhere, or before the first, is a large number without its sign.
    inside = nth.view(np.uint32) < count.astype(np.uint32).repeat(several)
    found = np.zeros(int(count.sum()), np.bool_)
    found[(nth + (np.cumsum(count) - count).repeat(several))[inside]] = True
    return found
