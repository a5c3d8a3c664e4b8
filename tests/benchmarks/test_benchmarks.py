"""That the benchmarks compare equal things; nothing here depends on how long anything takes."""

import json
from pathlib import Path

import pytest

from partyrules.ledger.sqlite import open_ledger
from tests.benchmarks import page
from tests.benchmarks.audits import beside_engines, beside_sql
from tests.benchmarks.data import ledger_of
from tests.benchmarks.measure import figure, ratio
from tests.benchmarks.synthetic import Institution, institution

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


def test_sql_and_numpy_come_to_what_the_audit_comes_to(tmp_path: Path) -> None:
    """Statuses are the same by SQL, counts by NumPy, or the benchmark refuses to go on."""
    assert len(beside_sql(SMALL, 1, where=tmp_path)) == 2


# durable-rules asks for the time in a way that Python 3.12 calls deprecated.
@pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning")
def test_rule_engines_come_to_what_the_audit_comes_to(tmp_path: Path) -> None:
    """Counts and breaches are the same by every engine that can be loaded, or the benchmark refuses to go on."""
    assert beside_engines(Institution(40, years=1, plain=True), 1, where=tmp_path)


def test_a_figure_tells_whether_its_limit_is_kept() -> None:
    """At most and at least are told apart, and the limit itself is kept."""
    assert figure("x", "memory", 2.0, at_most=2.0).met
    assert not ratio("x", "slow", 3.0, ("peer", 1.0), at_most=2.0).met
    assert ratio("x", "quick", 1.0, ("peer", 50.0), at_least=50.0).met
    assert ratio("x", "half as quick", 1.0, ("peer", 25.0), at_least=50.0).used == 2


def test_the_run_writes_its_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what stands between the marks is replaced; the numbers and the plot lie beside the page."""
    place = tmp_path / "benchmarks.md"
    text = page.PAGE.read_text(encoding="utf-8")
    place.write_text(text, encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", place)
    one = ratio("audit", "warm audit", 1.0, ("SQL", 4.0), at_most=0.5)
    page.write_page([one], {"processor": "one of many"}, {"seed": 2017})
    page.write_page([one], {"processor": "one of many"}, {"seed": 2017})
    written = place.read_text(encoding="utf-8")
    assert written.count("| warm audit |") == 1
    assert written.split("<!-- to here -->")[1] == text.split("<!-- to here -->")[1]
    assert json.loads((tmp_path / "benchmarks" / "figures.json").read_text(encoding="utf-8"))["figures"][0]["met"]
    assert "warm audit" in (tmp_path / "benchmarks" / "figures.svg").read_text(encoding="utf-8")
