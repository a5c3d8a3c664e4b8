"""The attendances that lzwl2017 asks for, counted by person and period on Polars' lazy frames; nothing is judged."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from tests.benchmarks.peers.sql import KINDS

__all__ = ["prepared"]


def prepared(folder: Path, as_of: date) -> Callable[[], pl.DataFrame]:
    """Return what counts, planned once, over the Parquet files of a folder held in memory.

    It returns how often each person attended what each rule, by its number, asks for in each of its periods, by
    their first day; nothing where that was never.
    """
    files = {
        name: pl.read_parquet(folder / f"{name}.parquet").lazy() for name in ("attended", "event", "term", "retracted")
    }
    again = files["retracted"].select("target")
    gone = files["retracted"].join(again, left_on="number", right_on="target", how="anti").select("target")
    semesters = files["term"].filter(pl.col("kind") == "semester").select("day", "until").sort("day")
    kinds = pl.DataFrame({"kind": KINDS, "rule": range(len(KINDS))}, schema_overrides={"rule": pl.Int8}).lazy()
    lecture = pl.col("rule") == KINDS.index("party_lecture")
    held = (
        files["event"]
        .filter(pl.col("day") <= as_of)
        .join(gone, left_on="number", right_on="target", how="anti")
        .join(kinds, on="kind")
        .sort("day")
        .join_asof(semesters.with_columns(start="day"), on="day", strategy="backward", check_sortedness=False)
        .filter(lecture | (pl.col("day") <= pl.col("until")))
        .with_columns(
            start=pl.when(lecture)
            .then(pl.date(pl.col("day").dt.year(), ((pl.col("day").dt.month() - 1) // 6) * 6 + 1, 1))
            .otherwise("start")
        )
        .select(event="number", rule="rule", start="start")
    )
    counts = files["attended"].join(held, on="event").group_by("person", "rule", "start").len()
    return counts.collect
