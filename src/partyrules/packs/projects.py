"""Packs as an author has them: installed under an id, or in a folder that is not installed at all."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import invalidate_caches
from pathlib import Path
from types import ModuleType

from attrs import frozen

from partyrules.errors import PackError, QueryError
from partyrules.facts.reading import toml_of
from partyrules.packs.discovery import ENTRY_POINT_GROUP, Provider, installed_packs, provider_of
from partyrules.packs.pack import Pack, load_pack, pack_from
from partyrules.packs.places import package_of


@frozen(kw_only=True)
class Project:
    """A pack with the folder or file of its modules and the folder of its tests, None where they are not at hand."""

    pack: Pack
    package: Path | None
    tests: Path | None


def project_of(name: str) -> Project:
    """Return the installed pack of that id, or the pack in the folder of that path; raise PackError otherwise."""
    if name.endswith(".json"):
        return Project(pack=load_pack(name), package=None, tests=None)
    if name not in installed_packs() and Path(name).is_dir():
        return _from_folder(Path(name))
    try:
        provider = provider_of(name)
    except PackError as error:
        otherwise = "" if name in installed_packs() else "; a path names the folder with the pack's pyproject.toml"
        raise PackError(f"{error}{otherwise}") from None
    return _project(pack_from(provider), package_of(provider.module))


def _project(pack: Pack, package: Path | None) -> Project:
    folders = package.parents if package is not None else ()
    root = next((folder for folder in [*folders][:2] if (folder / "pyproject.toml").is_file()), None)
    tests = root / "tests" if root is not None else None
    return Project(pack=pack, package=package, tests=tests if tests is not None and tests.is_dir() else None)


def _from_folder(folder: Path) -> Project:
    file = folder / "pyproject.toml"
    try:
        said = toml_of(file)
    except QueryError as error:
        raise PackError(str(error)) from None
    named = _table(_table(_table(said, "project"), "entry-points"), ENTRY_POINT_GROUP)
    if len(named) != 1:
        allowed = f'allowed: one line `ID = "module:pack"` under [project.entry-points."{ENTRY_POINT_GROUP}"]'
        raise PackError(f"{file}: found {len(named)} packs; {allowed}")
    ((name, value),) = named.items()
    provider = Provider(name, str(value), f"the folder {folder}")
    source = folder / "src" if (folder / "src").is_dir() else folder
    with _importable(source.resolve(), provider.module):
        return _project(pack_from(provider), package_of(provider.module))


def _table(said: object, key: str) -> dict[str, object]:
    found = said.get(key) if isinstance(said, dict) else None
    return found if isinstance(found, dict) else {}


@contextmanager
def _importable(source: Path, module: str) -> Iterator[None]:
    """Let the modules of a folder be imported for a while, in the place of a package of the same name.

    No bytecode of them is kept: it tells no change within the same second, and the folder is its author's.
    """
    installed = _taken_out(module.partition(".")[0])
    sys.path.insert(0, str(source))
    kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = kept
        sys.path.remove(str(source))
        _taken_out(module.partition(".")[0])
        sys.modules.update(installed)


def _taken_out(top: str) -> dict[str, ModuleType]:
    """Forget a package and its modules, and return them."""
    invalidate_caches()
    return {name: sys.modules.pop(name) for name in [*sys.modules] if name == top or name.startswith(f"{top}.")}
