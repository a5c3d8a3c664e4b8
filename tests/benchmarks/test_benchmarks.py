"""That the benchmarks compare equal things; nothing here depends on how long anything takes."""

import json
import re
from pathlib import Path

import pytest

from partyrules.ledger.sqlite import open_ledger
from tests.benchmarks import earlier, page
from tests.benchmarks.__main__ import main, sections
from tests.benchmarks.audits import beside_peers, from_lines
from tests.benchmarks.data import ledger_of
from tests.benchmarks.engines import beside_engines
from tests.benchmarks.measure import Taken, figure, ratio
from tests.benchmarks.peers.compiled import compiler
from tests.benchmarks.synthetic import Institution, institution
from tests.benchmarks.targets import TARGETS
from tests.sweeps import slow

SMALL = Institution(150, years=2, seed=5)


def test_a_seed_gives_the_same_institution_and_another_seed_another() -> None:
    """The lines hang on people, years and seed alone."""
    assert institution(SMALL) == institution(SMALL)
    assert institution(SMALL) != institution(Institution(150, years=2, seed=6))


def test_everything_in_it_is_labelled_synthetic() -> None:
    """Each id of a fact says that it is made up."""
    assert all(json.loads(line.text)["id"].startswith("syn-") for line in institution(SMALL))


def test_its_ledger_holds_every_line(tmp_path: Path) -> None:
    """A ledger takes all of it, months of one precision included, and verifies."""
    of = Institution(150, years=2, seed=5, open_months=0.1)
    with open_ledger(ledger_of(of, where=tmp_path)) as ledger:
        assert ledger.head().position == len(institution(of))
        assert ledger.verify().ok


@slow
def test_the_peers_come_to_what_the_audit_comes_to(tmp_path: Path) -> None:
    """Statuses and counts are the same by SQL, counts by NumPy and Polars, both by C, or nothing is told."""
    beside = [one.against for one in beside_peers(SMALL, 1, where=tmp_path)]
    assert [name for name in ("DuckDB in memory", "Polars", "NumPy") if not any(name in one for one in beside)] == []
    assert any("compiled C" in one for one in beside) == (compiler() is not None)


def test_duckdb_counts_the_same_from_the_lines(tmp_path: Path) -> None:
    """From JSON Lines both come to the same number of findings of each rule in each status, or nothing is told."""
    (one,) = from_lines(SMALL, 1, where=tmp_path)
    assert one.target == "cold"


# durable-rules asks for the time in a way that Python 3.12 calls deprecated.
@pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning")
def test_rule_engines_come_to_what_the_audit_comes_to(tmp_path: Path) -> None:
    """Counts and breaches are the same by every engine that can be loaded, or the benchmark refuses to go on."""
    assert beside_engines(Institution(40, years=1, plain=True), 1, where=tmp_path)


def test_a_figure_tells_whether_its_target_is_kept() -> None:
    """At most and at least are told apart, the limit itself is kept, and without a target nothing is."""
    second, ten = [Taken(1.0, 1.0)], [Taken(10.0, 10.0)]
    assert figure("x", "memory", 3072.0, unit="MB", target="memory-L").met
    assert ratio("x", "slow", ten, ("peer", second), "statuses").met is False
    assert ratio("x", "quick", second, ("peer", ten), "engines").value == 10
    assert ratio("x", "quick", second, ("peer", [Taken(50.0, 50.0)]), "engines").met
    assert ratio("x", "compared", second, ("peer", ten)).met is None
    assert TARGETS["engines"].used(25.0) == 2


def test_of_a_time_alone_the_processors_is_held_against_the_target() -> None:
    """What else the machine did meanwhile is not ours: the time on the clock is told, and not compared."""
    helped = figure("start", "help", 2.0, busy=0.2, target="help")
    assert (helped.ours, helped.value, helped.met) == (2.0, 0.2, True)


def test_works_are_compared_turn_by_turn() -> None:
    """A turn in which the machine was slow is slow for both, so the ratio is that within each turn."""
    ours, theirs = ([Taken(each, each) for each in some] for some in ((1.0, 8.0, 1.0), (2.0, 16.0, 2.0)))
    assert ratio("x", "steady", ours, ("peer", theirs)).value == 0.5


def written(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Return a copy of the page that the run writes instead of the page."""
    place = folder / "benchmarks.md"
    place.write_text(page.PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", place)
    return place


def test_the_run_writes_its_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what stands between the marks is replaced; the numbers and the picture lie beside the page."""
    text = page.PAGE.read_text(encoding="utf-8")
    place = written(monkeypatch, tmp_path)
    one = ratio("audit", "a warm audit", [Taken(1.0, 1.0)], ("SQL", [Taken(4.0, 4.0)]), "statuses")
    page.write_page([one], {"processor": "one of many"}, {"seed": 2017})
    page.write_page([one], {"processor": "one of many"}, {"seed": 2017})
    after = place.read_text(encoding="utf-8")
    assert after.count("| a warm audit |") == 1
    assert after.split("<!-- to here -->")[1] == text.split("<!-- to here -->")[1]
    assert json.loads((tmp_path / "benchmarks" / "figures.json").read_text(encoding="utf-8"))["figures"][0]["met"]
    picture = (tmp_path / "benchmarks" / "figures.svg").read_text(encoding="utf-8")
    assert "a warm audit / SQL" in picture
    assert "<script" not in picture


def test_the_page_tells_each_target() -> None:
    """Each has its row with its limit, and what the last run measured is told beside it, or that it did not."""
    text = page.PAGE.read_text(encoding="utf-8")
    assert [target.told for target in TARGETS.values() if f"| {target.told} |" not in text] == []


def test_what_is_missed_is_accounted_for() -> None:
    """Of each target that the last run missed the page says in words what is in the way and what was tried."""
    figures = json.loads((page.PAGE.parent / "benchmarks" / "figures.json").read_text(encoding="utf-8"))["figures"]
    words = page.PAGE.read_text(encoding="utf-8").split("<!-- to here -->")[1]
    missed = {list(TARGETS).index(one["target"]) + 1 for one in figures if one["met"] is False}
    headings = re.findall(r"^\*\*Targets? ([\d, and]+)", words, re.MULTILINE)
    assert missed <= {int(number) for heading in headings for number in re.findall(r"\d+", heading)}


@slow
@pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning")
def test_a_whole_run_tells_every_section(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the smallest size all is measured, every answer found equal, and the page has every section's rows."""
    written(monkeypatch, tmp_path)
    assert main(["--size", "XS", "--repeats", "1", "--where", str(tmp_path / "data"), "--write-docs"]) == 0
    figures = json.loads((tmp_path / "benchmarks" / "figures.json").read_text(encoding="utf-8"))["figures"]
    assert {one["section"] for one in figures} == set(sections("XS", 1))
    of_larger_sizes = {"growth", "memory-M", "memory-L", "out-of-core"} | (set() if compiler() else {"compiled"})
    assert {one["target"] for one in figures if one["target"]} == set(TARGETS) - of_larger_sizes


@slow
def test_a_version_stands_beside_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each version does its part in a process that takes the library from the tree that is named."""
    written(monkeypatch, tmp_path)
    monkeypatch.setattr(earlier, "_TURNS", 1)
    monkeypatch.setenv("PYTHONPATH", "")
    found = earlier.beside_earlier(Path(__file__).parents[2], "XS", tmp_path)
    assert all(before > 0 and now > 0 for before, now in found.values())
    page.write_earlier(earlier.table(found), "XS")
    assert page.PAGE.read_text(encoding="utf-8").count("| one decision, both packs, median |") == 1
