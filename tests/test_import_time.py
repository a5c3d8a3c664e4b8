"""Importing the package loads next to nothing, and what it offers is there when it is asked for."""

import inspect
import os
import subprocess
import sys
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import pytest

import partyrules
from tests.pages.facade import facade_stub

# What takes long to load, and what only some uses of the package need.
HEAVY = {"durable_rules_engine", "click", "hypothesis", "numpy", "pendulum", "polars", "pandas", "pyarrow", "rich"}


def loaded_by(statement: str, **environment: str) -> set[str]:
    """Return the names of the modules that a fresh interpreter loads for a statement."""
    ran = subprocess.run(  # noqa: S603 - this interpreter, on statements that stand below
        [sys.executable, "-c", f"{statement}; import sys; print(*sys.modules)"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(ran.stdout.split())


def test_the_package_alone() -> None:
    """Importing the package loads no other module of it, and nothing that is installed besides."""
    loaded = loaded_by("import partyrules")
    assert "partyrules" in loaded
    assert not {name for name in loaded if name.startswith("partyrules.")}
    assert not {name.partition(".")[0] for name in loaded} & {*HEAVY, "attr", "attrs", "msgspec"}


@pytest.mark.parametrize("name", ["adopt", "decode_fact", "open_ledger", "read_adoption", "Finding"])
def test_nothing_heavy(name: str) -> None:
    """What records facts and adopts packs loads neither arrays, nor date arithmetic, nor the command line."""
    loaded = loaded_by(f"from partyrules import {name}")
    assert not {found.partition(".")[0] for found in loaded} & HEAVY


def test_the_help_of_the_command_line() -> None:
    """The list of commands is shown without loading arrays, the packs' language or a ledger."""
    loaded = loaded_by("from partyrules.cli import main; main(['--help'], standalone_mode=False)")
    assert not {name.partition(".")[0] for name in loaded} & (HEAVY - {"click", "rich"})
    assert not loaded & {"partyrules.language.kernel", "partyrules.ledger.sqlite", "partyrules.packs.pack"}


def test_every_name_is_there() -> None:
    """Each name of the package is what the module that it comes from calls so, never that module."""
    for name in partyrules.__all__:
        found = getattr(partyrules, name)
        assert not isinstance(found, ModuleType), name
        assert inspect.getattr_static(found, "__name__", name) == name or name in dir(sys.modules[found.__module__])


def test_no_module_has_the_name_of_what_the_package_offers() -> None:
    """No name of the package is that of a module in it, which would take its place when it is loaded."""
    assert not {name for _, name, _ in iter_modules(partyrules.__path__)} & set(partyrules.__all__)


def test_what_type_checkers_read_is_the_one_list() -> None:
    """The stub has each name from the module that has it; otherwise write it again as its first line says."""
    stub = Path(partyrules.__file__).with_suffix(".pyi")
    assert stub.read_text(encoding="utf-8") == facade_stub()


def test_dir_is_complete() -> None:
    """What the package lists is sorted and has every name that it offers."""
    assert list(partyrules.__all__) == sorted(partyrules.__all__)
    assert set(partyrules.__all__) <= set(dir(partyrules))


def test_all_at_once() -> None:
    """Where the environment asks for it, every name is bound when the package is imported."""
    statement = "import partyrules; assert set(partyrules.__all__) <= set(vars(partyrules))"
    assert "partyrules.questions.audit" in loaded_by(statement, EAGER_IMPORT="1")


def test_unknown_name() -> None:
    """A name that the package does not have is an AttributeError that says so."""
    with pytest.raises(AttributeError, match="has no attribute 'audited'"):
        _ = partyrules.audited  # type: ignore[attr-defined]  # as somebody might misspell it
