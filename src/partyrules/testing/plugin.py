"""The pytest plugin that the wheel ships: `--rule-coverage` reports what the tests have met of a pack's rules."""

from typing import Any, Final

import pytest

_NAME: Final = "partyrules-rule-coverage"
_KEY: Final = "partyrules_rule_coverage"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("partyrules", "rule coverage of partyrules packs")
    group.addoption(
        "--rule-coverage",
        action="append",
        default=[],
        metavar="ID|PATH",
        help="Report which statuses, readings and boundary days of each rule of this pack, installed as ID or in the "
        "folder PATH, the tests met; repeatable.",
    )
    group.addoption(
        "--rule-coverage-fail-under",
        type=float,
        default=None,
        metavar="N",
        help="Fail if less than N percent of the reachable statuses of some reported pack were met.",
    )
    group.addoption(
        "--rule-coverage-write",
        action="store_true",
        help="Write what its own tests met of each reported pack beside them, where the pack's page finds it.",
    )
    group.addoption(
        "--rule-coverage-check",
        action="store_true",
        help="Fail if that file is not what the pack's own tests, all of them run, met.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Watch every answer where coverage is asked for."""
    if config.getoption("rule_coverage"):
        # Imported here, so that a run that does not measure does not load the library.
        from partyrules.testing.measuring import Measuring  # noqa: PLC0415 - see above

        config.pluginmanager.register(Measuring(config, _KEY), _NAME)


def pytest_report_header(config: pytest.Config) -> Any:
    """Say that rule coverage is measured."""
    packs = config.getoption("rule_coverage")
    return f"rule coverage: {', '.join(packs)}" if packs else None
