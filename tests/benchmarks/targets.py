"""What is aimed at: each target by its name, in words, with its limit."""

from collections.abc import Mapping
from typing import Final, Literal

from attrs import frozen

__all__ = ["TARGETS", "Target"]


@frozen
class Target:
    """A figure that is to be kept: `unit` is that of the limit, `×` for a ratio."""

    told: str
    bound: Literal["at most", "at least"]
    limit: float
    unit: str = "×"

    def keeps(self, value: float) -> bool:
        """Tell whether a value keeps to the limit, which itself does."""
        return value <= self.limit if self.bound == "at most" else value >= self.limit

    def used(self, value: float) -> float:
        """Return how much of what is allowed a value uses: 1 is the limit, less is better."""
        return value / self.limit if self.bound == "at most" else self.limit / value


TARGETS: Final[Mapping[str, Target]] = {
    "import": Target("`import partyrules`, beyond a bare start of Python", "at most", 0.15, "s"),
    "help": Target("`partyrules --help`, start included", "at most", 0.25, "s"),
    "kept": Target(
        "the summary of an audit of a ledger whose columns are current, start included", "at most", 1.0, "s"
    ),
    "decide": Target("`decide` on the command line, start included", "at most", 0.6, "s"),
    "explain": Target("`explain` on the command line, start included", "at most", 0.6, "s"),
    "cold": Target("from JSON Lines to the summary, beside DuckDB doing the same", "at most", 2.0),
    "record": Target("rate of `record`, beside `json.loads` and `executemany` with the same columns", "at least", 0.9),
    "project": Target("building columns of a ledger, beside `json.loads` of its lines", "at most", 3.0),
    "csv": Target("findings leave as CSV", "at least", 300_000, "a second"),
    "jsonl": Target("findings leave as JSON Lines", "at least", 300_000, "a second"),
    "parquet": Target("findings leave as Parquet", "at least", 1_000_000, "a second"),
    "flat": Target("memory of an export, beside that of the audit alone", "at most", 1.25),
    "statuses": Target("warm audit, beside DuckDB in memory asked for statuses alone", "at most", 0.5),
    "parquet-sql": Target("warm audit, beside DuckDB over Parquet asked for statuses alone", "at most", 0.5),
    "counts": Target("warm audit, beside DuckDB in memory asked for counts too", "at most", 0.2),
    "compiled": Target("warm audit, beside a compiled pass over the same arrays", "at most", 4.0),
    "numpy": Target("warm audit, beside a bare NumPy pass that only counts", "at most", 3.0),
    "whole": Target("the whole pack, beside its period duties", "at most", 3.0),
    "standing": Target("one person's full standing in both packs, median, from an open ledger", "at most", 0.002, "s"),
    "decision": Target("one decision, median, from an open ledger", "at most", 0.001, "s"),
    "explanation": Target("one explanation, median, from an open ledger", "at most", 0.01, "s"),
    "meeting": Target("a meeting taken in by a monitor, median", "at most", 0.001, "s"),
    "watch": Target("the start of a monitor, beside a warm audit", "at most", 3.0),
    "growth": Target("the warm audit of the whole pack on ten times as many people", "at most", 10.5),
    "memory-M": Target("greatest memory: 30,000 people in columns, built and audited", "at most", 2048, "MB"),
    "memory-L": Target("greatest memory: the whole pack for 300,000 people, in memory", "at most", 3072, "MB"),
    "out-of-core": Target("greatest memory: the whole pack for 300,000 people, out of core", "at most", 1024, "MB"),
    "engines": Target("counting attendances, how much faster than a rule engine", "at least", 50.0),
}
"""The targets in the order of the page."""
