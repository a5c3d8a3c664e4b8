"""Mutation score of the policy packs: how many changes of a rule make a test of its pack fail.

    python -m tests.mutation                      every pack of policies/
    python -m tests.mutation lzcu2012 --rule 5.*  some rules of one pack
    python -m tests.mutation --list               the mutants, without running them

The tests of a pack are collected once; a run without mutants records which tests ask about which rule. For each
mutant a forked child puts the changed pack in place and runs the tests that ask about its rule until one fails.
Works where os.fork exists.
"""

import argparse
import importlib
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from fnmatch import fnmatchcase
from io import StringIO
from pathlib import Path
from typing import Any, TextIO

import attrs
import pytest

import partyrules.evaluate.pipeline
from partyrules.errors import PackError
from partyrules.language.rules import Duty
from partyrules.packs.pack import Pack
from partyrules.questions.audit import Audit
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutants import Mutant, mutants_of

POLICIES = Path(__file__).parents[2] / "policies"
KILLED, SURVIVED = 1, 0
REWRITING = "ignore::pytest.PytestAssertRewriteWarning"


def packs() -> list[str]:
    """Return the ids of the packs in this repository."""
    return sorted(found.parent.name for found in POLICIES.glob("*/tests"))


def with_rule(pack: Pack, old: Any, new: Any) -> Pack:
    """Return the pack with one rule in place of another."""
    groups: dict[str, Any] = {
        name: tuple(new if rule is old else rule for rule in getattr(pack, name))
        for name in ("duties", "requirements", "vetoes")
    }
    return attrs.evolve(pack, **groups)


def _say(line: str, *, to: TextIO | None = None) -> None:
    (to or sys.stdout).write(f"{line}\n")


class Runner:
    """A pytest plugin that runs mutants instead of the collected tests."""

    def __init__(self, pack_id: str, rules: str, *, verbose: bool) -> None:
        self.module = importlib.import_module(f"partyrules_{pack_id}")
        self.pack: Pack = self.module.pack
        self.rules = rules
        self.verbose = verbose
        self.total = 0
        self.equivalent: list[str] = []
        self.survivors: list[str] = []
        self._asked: set[str] = set()
        self._failed = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests once as they are, then once for each mutant those that ask about its rule."""
        if session.testsfailed:
            raise session.Failed(f"{session.testsfailed} errors while the tests were collected")
        asking: dict[str, list[tuple[float, pytest.Item]]] = {}
        with self._watched():
            for item in session.items:
                self._asked.clear()
                started = time.perf_counter()
                self._run(item)
                took = time.perf_counter() - started
                if self._failed:
                    raise session.Failed(f"{item.nodeid} fails without any mutant")
                for name in self._asked:
                    asking.setdefault(name, []).append((took, item))
        for rule in self.pack.rules:
            if fnmatchcase(rule.id, self.rules):
                name = rule.id if isinstance(rule, Duty) else "pipeline"
                found = sorted(asking.get(name, []), key=lambda entry: entry[0])
                self._mutate(rule, [item for _, item in found])
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure."""
        self._failed = self._failed or report.failed

    def _run(self, item: pytest.Item) -> None:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Note, while this context lasts, each question with the rule it asks about."""
        findings, case_of = Audit.findings, partyrules.evaluate.pipeline.case_of

        def noted_findings(audit: Any, *, rule: str = "*", **asked: Any) -> Any:
            self._asked.update(duty.id for duty in self.pack.duties if fnmatchcase(f"{self.pack.id}:{duty.id}", rule))
            return findings(audit, rule=rule, **asked)

        def noted_case(*arguments: Any, **asked: Any) -> Any:
            self._asked.add("pipeline")
            return case_of(*arguments, **asked)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Audit, "findings", noted_findings)
            for module in list(sys.modules.values()):
                if getattr(module, "case_of", None) is case_of:
                    patch.setattr(module, "case_of", noted_case)
            yield

    def _mutate(self, rule: Any, items: list[pytest.Item]) -> None:
        for mutant in self._mutants(rule):
            name = f"{self.pack.id}:{rule.id}  {mutant.change}"
            if name in EQUIVALENT:
                self.equivalent.append(name)
                continue
            try:
                changed = with_rule(self.pack, rule, mutant.rule)
            except PackError:
                continue
            self.total += 1
            survived = self._outcome(changed, items) == SURVIVED
            if survived:
                self.survivors.append(name)
            if survived or self.verbose:
                _say(("survived  " if survived else "killed    ") + name, to=sys.__stderr__)

    @staticmethod
    def _mutants(rule: Any) -> Iterator[Mutant]:
        seen = {repr(rule)}
        named: Counter[str] = Counter()
        for mutant in mutants_of(rule):
            if repr(mutant.rule) not in seen:
                seen.add(repr(mutant.rule))
                named[mutant.change] += 1
                again = f" ({named[mutant.change]})" if named[mutant.change] > 1 else ""
                yield mutant._replace(change=mutant.change + again)

    def _outcome(self, changed: Pack, items: list[pytest.Item]) -> int:
        child = os.fork()
        if child:
            _, status = os.waitpid(child, 0)
            return SURVIVED if status == 0 else KILLED
        code = KILLED
        try:
            self.module.pack = changed  # type: ignore[attr-defined]  # what a pack's module is for
            code = SURVIVED
            for item in items:
                self._run(item)
                if self._failed:
                    code = KILLED
                    break
        finally:
            os._exit(code)


def main() -> int:
    """Print the score of each pack, and the mutants that no test noticed; return 1 where it is below the least."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__.splitlines()[0])
    parser.add_argument("packs", nargs="*", help="ids of packs, every one if none is named")
    parser.add_argument("--rule", default="*", help="only the rules that match this glob")
    parser.add_argument("--least", type=float, default=95.0, help="least score in per cent")
    parser.add_argument("--list", action="store_true", help="print the mutants and run nothing")
    parser.add_argument("--verbose", action="store_true", help="print those that were killed too")
    chosen = parser.parse_args()
    below = False
    for pack_id in chosen.packs or packs():
        runner = Runner(pack_id, chosen.rule, verbose=chosen.verbose)
        if chosen.list:
            for rule in runner.pack.rules:
                for mutant in runner._mutants(rule):  # noqa: SLF001 - this module's own
                    _say(f"{pack_id}:{rule.id}  {mutant.change}")
            continue
        started = time.perf_counter()
        output = StringIO()
        with redirect_stdout(output):
            code = pytest.main(
                # The library is loaded before pytest could rewrite its asserts, which costs words in a failure alone.
                ["-q", "-p", "no:cacheprovider", "-W", REWRITING, str(POLICIES / pack_id / "tests")],
                plugins=[runner],
            )
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            _say(output.getvalue(), to=sys.stderr)
            _say(f"{pack_id}: the tests do not pass as they are (pytest exit code {code})", to=sys.stderr)
            return 2
        killed = runner.total - len(runner.survivors)
        score = 100 * killed / runner.total if runner.total else 100.0
        below = below or score < chosen.least
        _say(
            f"{pack_id}: {killed} of {runner.total} mutants killed ({score:.1f} %), "
            f"{len(runner.equivalent)} equivalent, {time.perf_counter() - started:.0f} s"
        )
        for name in runner.survivors:
            _say(f"  survived: {name}")
    return int(below)


if __name__ == "__main__":
    sys.exit(main())
