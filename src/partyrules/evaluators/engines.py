"""Which inference engine answers: durable-rules where it can be loaded, else the built-in one; and why."""

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from attrs import frozen

from partyrules.errors import QueryError, refusal
from partyrules.evaluators.builtin import BuiltInEngine
from partyrules.evaluators.chaining import Engine
from partyrules.evaluators.durable import DurableEngine, durable_engine

__all__ = ["ENGINES", "EngineReport", "choose_engine", "engine_report"]

ENGINES: Final = (DurableEngine.name, BuiltInEngine.name)


@frozen
class EngineReport:
    """Which engine answers by default and why; `durable_version` is None where it is not installed."""

    engine: str
    reason: str
    durable_version: str | None
    python: str


def choose_engine(name: str | None = None) -> Engine:
    """Return the engine called `name`, by default the first of ENGINES that can be loaded.

    Raises:
        QueryError: no engine has that name, or it cannot be loaded here.
    """
    if name not in (None, *ENGINES):
        raise QueryError(refusal("engine", name, ENGINES))
    if name == BuiltInEngine.name:
        return BuiltInEngine()
    try:
        return durable_engine()
    except ImportError as error:
        if name is None:
            return BuiltInEngine()
        raise QueryError(f"engine `{name}` cannot be loaded: {error}; `{BuiltInEngine.name}` can") from error


def engine_report() -> EngineReport:
    """Return which engine `choose_engine` takes in this process."""
    try:
        durable_engine()
    except ImportError as error:
        engine, reason = BuiltInEngine.name, f"durable-rules cannot be loaded: {error}"
    else:
        engine, reason = DurableEngine.name, "durable-rules can be loaded"
    return EngineReport(engine, reason, _durable_version(), platform.python_version())


def _durable_version() -> str | None:
    try:
        return version("durable-rules")
    except PackageNotFoundError:
        return None
