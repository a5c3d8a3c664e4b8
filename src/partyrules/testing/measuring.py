"""Measuring rule coverage in one pytest run, on one process or several."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from partyrules.answers.observers import observing
from partyrules.errors import PackError, QueryError
from partyrules.facts.writing import our_file
from partyrules.packs.pack import Pack
from partyrules.packs.projects import Project, project_of
from partyrules.testing import coverage


class Measuring:
    """Observes every answer of a run, joins what other processes met, and reports at the end.

    What a pack's own tests met is kept apart from what any others did. Tests that draw their cases by chance are no
    part of it: which answers they meet depends on the version of what draws them.
    """

    def __init__(self, config: pytest.Config, key: str) -> None:
        try:
            found = [project_of(name) for name in config.option.rule_coverage]
        except PackError as error:
            raise pytest.UsageError(f"--rule-coverage: {error}") from None
        self.projects: dict[str, Project] = {project.pack.id: project for project in found}
        self.least: float | None = config.option.rule_coverage_fail_under
        self.writes: bool = config.option.rule_coverage_write
        self.checks: bool = config.option.rule_coverage_check
        for project in self.projects.values():
            if (self.writes or self.checks) and project.tests is None:
                raise pytest.UsageError(
                    f"--rule-coverage: the tests of `{project.pack.id}` are not at hand; name the pack by its folder"
                )
        self.key = key
        self.seen = coverage.RulesMet()
        self.own = coverage.RulesMet(lambda rule: rule.partition(":")[0] in self.testing)
        self.testing: frozenset[str] = frozenset()
        observing(self.seen.observer)
        observing(self.own.observer)

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The packs that are reported."""
        return tuple(project.pack for project in self.projects.values())

    # What is met -------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Know of which packs the test that runs is an own one."""
        drawn = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        self.testing = frozenset() if drawn else frozenset(self.owners(item.path))
        try:
            return (yield)
        finally:
            self.testing = frozenset()

    def owners(self, test: Path) -> Iterator[str]:
        """Yield the ids of the packs below whose tests a file stands."""
        for name, project in self.projects.items():
            if project.tests is not None and test.resolve().is_relative_to(project.tests.resolve()):
                yield name

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Join what a process of pytest-xdist met."""
        met = getattr(node, "workeroutput", {}).get(self.key, {})
        self.seen.join(met.get("seen", {}))
        self.own.join(met.get("own", {}))

    # What becomes of it ------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Hand over what was met, or fail the run where it is too little or not what is written down."""
        # Before the yield, for inside it a process of pytest-xdist sends off what it hands over.
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[self.key] = {"seen": self.seen.to_wire(), "own": self.own.to_wire()}
        result = yield
        if output is None and session.exitstatus == pytest.ExitCode.OK:
            if self.writes:
                self.write()
            if self.short() or self.stale():
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        return result

    def file(self, name: str) -> Path:
        """Return the file that says what the own tests of a pack met."""
        tests = self.projects[name].tests
        assert tests is not None  # noqa: S101 - refused at the start where it is asked for
        return tests / coverage.MET_FILE

    def write(self) -> None:
        """Write what the own tests of each pack met."""
        for name, project in self.projects.items():
            with our_file(self.file(name), begins=coverage.MET_BEGINS) as file:
                file.write(coverage.met_text(project.pack, self.own).encode())

    def stale(self) -> list[str]:
        """Return the ids of the packs whose file is to be, and is not, what their own tests met."""
        return [name for name in self.projects if self.checks and not self.current(name)]

    def current(self, name: str) -> bool:
        """Tell whether the file of a pack is what its own tests met."""
        pack = self.projects[name].pack
        try:
            seen = coverage.seen_in(self.file(name))
        except QueryError:
            return False
        return seen is not None and coverage.met_text(pack, seen) == coverage.met_text(pack, self.own)

    def short(self) -> list[str]:
        """Return the ids of the packs of whose statuses too few were met."""
        if self.least is None:
            return []
        return [pack.id for pack in self.packs if coverage.percentage(coverage.covered(pack, self.seen)) < self.least]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the report."""
        for pack in self.packs:
            terminalreporter.section(f"rule coverage: {pack.id}")
            for line in coverage.coverage_report(pack, coverage.covered(pack, self.seen)):
                terminalreporter.write_line(line)
        if short := self.short():
            terminalreporter.write_line(f"rule coverage below {self.least} %: {', '.join(short)}", red=True)
        for name in self.stale():
            cure = f"run all its tests with --rule-coverage={name} --rule-coverage-write, then write its page again"
            terminalreporter.write_line(f"{self.file(name)} is not what the tests of {name} met; {cure}", red=True)
