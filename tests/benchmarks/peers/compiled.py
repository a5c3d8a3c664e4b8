"""A lower bound in C: eight duties of attendance counted, scoped and judged in two passes over arrays in memory.

It is given who was in scope and on leave from when to when, attendances as whole numbers and each duty's periods, and
knows no register, no reason that somebody recorded and no day in doubt. Whatever compiles C here compiles it, for
this machine.
"""

import shutil
import subprocess
from collections.abc import Callable
from ctypes import CDLL, c_int64, c_void_p
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from tests.benchmarks.peers.numpy_pass import Arrays, periods_of

__all__ = ["Judged", "compiler", "prepared"]

Array = NDArray[Any]

_C: Final = """
#include <stdint.h>
#include <string.h>

/* counts[person][slot]: one for each attendance of an event that counts in a slot. */
void count(int64_t events, const int16_t *slot, const int32_t *starts, const int32_t *person,
           int64_t people, int64_t slots, uint8_t *counts) {
    memset(counts, 0, people * slots);
    for (int64_t e = 0; e < events; e++) {
        if (slot[e] < 0) continue;
        for (int32_t j = starts[e]; j < starts[e + 1]; j++) counts[person[j] * slots + slot[e]]++;
    }
}

static int32_t covered(int32_t from, int32_t to, const int32_t *since, const int32_t *till,
                       int32_t first, int32_t last) {
    int32_t days = 0;
    for (int32_t i = from; i < to; i++) {
        int32_t a = since[i] > first ? since[i] : first, b = till[i] < last + 1 ? till[i] : last + 1;
        if (b > a) days += b - a;
    }
    return days;
}

/* A row for each person and slot with a day in scope; returns how many. */
int64_t judge(int64_t people, int64_t periods, const int32_t *first, const int32_t *last, const int32_t *seen,
              const int16_t *duties, const int16_t *slot_of,
              const int32_t *scope, const int32_t *since, const int32_t *till,
              const int32_t *leave, const int32_t *away, const int32_t *back,
              int64_t slots, const uint8_t *counts,
              int32_t *subject, uint8_t *slot, int8_t *status, uint8_t *actual) {
    int64_t row = 0;
    for (int64_t i = 0; i < people; i++) {
        if (scope[i] == scope[i + 1]) continue;
        for (int64_t p = 0; p < periods; p++) {
            int32_t days = covered(scope[i], scope[i + 1], since, till, first[p], seen[p]);
            if (!days) continue;
            int32_t length = seen[p] - first[p] + 1, gone = 0;
            if (leave[i] < leave[i + 1]) gone = covered(leave[i], leave[i + 1], away, back, first[p], seen[p]);
            int8_t unbound = days < length || 2 * gone > length;
            int8_t lacking = last[p] > seen[p] ? 1 : 2;
            for (int16_t k = 0; k < duties[p]; k++) {
                uint8_t number = counts[i * slots + slot_of[p] + k];
                subject[row] = (int32_t) i;
                slot[row] = (uint8_t) (slot_of[p] + k);
                status[row] = unbound ? 5 : number ? 0 : lacking;
                actual[row++] = number;
            }
        }
    }
    return row;
}
"""


def compiler() -> str | None:
    """Return where C is compiled here, None where it is not."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


@frozen(eq=False)
class Judged:
    """What came out: a row for each finding; `bytes` were read and written for it."""

    rule: Array
    start: Array
    subject: Array
    status: Array
    actual: Array
    bytes: int


@frozen(eq=False)
class Bound:
    """All that the two passes read, where they write, and the passes."""

    count: Callable[[], object]
    judge: Callable[[], int]
    rules: Array
    starts: Array
    read: list[Array]
    counts: Array
    written: list[Array] = field(factory=list)

    def __call__(self) -> int:
        """Count and judge, and return how many findings there are."""
        self.count()
        return self.judge()

    def judged(self) -> Judged:
        """Count and judge, and return the findings."""
        rows = self()
        subject, slot, status, actual = (column[:rows] for column in self.written)
        moved = sum(array.nbytes for array in (*self.read, subject, slot, status, actual)) + 2 * self.counts.nbytes
        return Judged(self.rules[slot], self.starts[slot], subject, status, actual, moved)


def _library(build: Path) -> CDLL:
    made = build / f"bound-{blake2b(_C.encode(), digest_size=5).hexdigest()}.so"
    if not made.exists():
        source, unfinished = made.with_suffix(".c"), made.with_suffix(".making")
        source.write_text(_C, encoding="ascii")
        command = [str(compiler()), "-O3", "-march=native", "-shared", "-fPIC", "-o", str(unfinished), str(source)]
        subprocess.run(command, check=True)  # noqa: S603 - our own source
        unfinished.replace(made)
    return CDLL(str(made))


def prepared(given: Arrays, scope: dict[str, Array], away: dict[str, Array], as_of: date, build: Path) -> Bound:
    """Return the two passes over the arrays of an institution; `scope` and `away` are stretches by subject."""
    latest = (as_of - date(1970, 1, 1)).days
    force = int(scope["since"].min().astype("datetime64[D]").astype(np.int64))
    grains = [periods_of(given, "semester"), periods_of(given, "half_year", since=force)]
    duties = [list(range(7)), [7]]
    periods: list[tuple[int, int]] = []
    first_slot, number, rules, starts = [], [], [], []
    slot_of_duty: dict[int, list[tuple[int, int, int]]] = {}
    width = 0
    for grain, bounds in enumerate(grains):
        for start, end in bounds.tolist():
            if end < force or start > latest:
                continue
            periods.append((start, end))
            first_slot.append(width)
            number.append(len(duties[grain]))
            for rule in duties[grain]:
                slot_of_duty.setdefault(rule, []).append((start, end, width))
                rules.append(rule)
                starts.append(start)
                width += 1
    slot = np.full(len(given.day), -1, np.int16)
    for rule, spans in slot_of_duty.items():
        of = given.kind == rule
        for start, end, place in spans:
            slot[of & (given.day >= start) & (given.day <= end)] = place
    events, people = given.attendance
    order = np.argsort(events, kind="stable")
    person = np.ascontiguousarray(people[order], np.int32)
    event_starts = np.concatenate(([0], np.cumsum(np.bincount(events, minlength=len(slot))))).astype(np.int32)
    scoped, left = (_stretches(spans, given.names) for spans in (scope, away))
    first, last = (np.array(days, np.int32) for days in zip(*periods, strict=True))
    seen = np.minimum(last, np.int32(latest))
    of_period = (np.array(number, np.int16), np.array(first_slot, np.int16))
    counts = np.zeros((given.names, width), np.uint8)
    most = int(np.count_nonzero(np.diff(scoped[0]))) * width
    written = [np.empty(most, kind) for kind in (np.int32, np.uint8, np.int8, np.uint8)]
    read: list[Array] = [slot, event_starts, person, first, last, seen, *of_period, *scoped, *left]
    library = _library(build)
    library.judge.restype = c_int64

    def at(*arrays: Array) -> list[c_void_p]:
        return [c_void_p(array.ctypes.data) for array in arrays]

    sizes = c_int64(given.names), c_int64(width)
    counting = (c_int64(len(slot)), *at(slot, event_starts, person), *sizes, *at(counts))
    judging = (c_int64(given.names), c_int64(len(first)), *at(first, last, seen, *of_period, *scoped, *left),
               sizes[1], *at(counts, *written))  # fmt: skip
    return Bound(
        count=lambda: library.count(*counting),
        judge=lambda: int(library.judge(*judging)),
        rules=np.array(rules, np.int8),
        starts=np.array(starts, np.int64),
        read=read,
        counts=counts,
        written=written,
    )


def _stretches(spans: dict[str, Array], names: int) -> list[Array]:
    """Return where each subject's stretches begin, their first days and the days after their last."""
    order = np.argsort(spans["subject"], kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(spans["subject"], minlength=names)))).astype(np.int32)
    since, till = (spans[name][order].astype("datetime64[D]").astype(np.int32) for name in ("since", "till"))
    return [starts, since, till]
