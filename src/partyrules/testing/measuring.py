"""Measuring rule coverage in one pytest run, on one process or several."""

from collections.abc import Generator
from typing import Any

import pytest

from partyrules.errors import PackError
from partyrules.observers import observing
from partyrules.packs import Pack, load_pack
from partyrules.testing.coverage import Seen, coverage_report, covered, percentage

__all__ = ["Measuring"]


class Measuring:
    """Observes every answer of a run, joins what other processes met, and reports at the end."""

    def __init__(self, config: pytest.Config, key: str) -> None:
        try:
            self.packs: tuple[Pack, ...] = tuple(load_pack(name) for name in dict.fromkeys(config.option.rule_coverage))
        except PackError as error:
            raise pytest.UsageError(f"--rule-coverage: {error}") from None
        self.least: float | None = config.option.rule_coverage_fail_under
        self.key = key
        self.seen = Seen()
        observing(self.seen.observer)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Join what a process of pytest-xdist met."""
        self.seen.join(getattr(node, "workeroutput", {}).get(self.key, {}))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Hand over what was met, or fail the run where it is too little."""
        # Before the yield, for inside it a process of pytest-xdist sends off what it hands over.
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[self.key] = self.seen.to_wire()
        result = yield
        if output is None and session.exitstatus == pytest.ExitCode.OK and self.short():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        return result

    def short(self) -> list[str]:
        """Return the ids of the packs of whose statuses too few were met."""
        if self.least is None:
            return []
        return [pack.id for pack in self.packs if percentage(covered(pack, self.seen)) < self.least]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the report."""
        for pack in self.packs:
            terminalreporter.section(f"rule coverage: {pack.id}")
            for line in coverage_report(pack, covered(pack, self.seen)):
                terminalreporter.write_line(line)
        if short := self.short():
            terminalreporter.write_line(f"rule coverage below {self.least} %: {', '.join(short)}", red=True)
