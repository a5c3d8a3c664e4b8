"""Packs as an author has them: installed under an id, or in a folder that is not installed at all."""

import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from attrs import frozen

from partyrules.errors import PackError, QueryError
from partyrules.packs import ENTRY_POINT_GROUP, Pack, installed_packs, load_pack

__all__ = ["Project", "project_of", "text_of"]


@frozen(kw_only=True)
class Project:
    """A pack with the folder of its modules and that of its tests, None where they are not at hand."""

    pack: Pack
    package: Path | None
    tests: Path | None


def project_of(name: str) -> Project:
    """Return the installed pack of that id, or the pack in the folder of that path; raise PackError otherwise."""
    installed = installed_packs()
    if name in installed:
        pack = load_pack(name)
        return _project(pack, _package_of(installed[name]))
    folder = Path(name)
    if not folder.is_dir():
        try:
            load_pack(name)
        except PackError as error:
            raise PackError(f"{error}; a path names the folder with the pack's pyproject.toml") from None
    return _from_folder(folder)


def _project(pack: Pack, package: Path | None) -> Project:
    folders = package.parents if package is not None else ()
    root = next((folder for folder in [*folders][:2] if (folder / "pyproject.toml").is_file()), None)
    tests = root / "tests" if root is not None else None
    return Project(pack=pack, package=package, tests=tests if tests is not None and tests.is_dir() else None)


def _package_of(entry: EntryPoint) -> Path | None:
    spec = find_spec(entry.module)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def _from_folder(folder: Path) -> Project:
    file = folder / "pyproject.toml"
    try:
        said = tomllib.loads(text_of(file))
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"{file}: it is not TOML: {error}") from None
    except QueryError as error:
        raise PackError(str(error)) from None
    named = _table(_table(_table(said, "project"), "entry-points"), ENTRY_POINT_GROUP)
    if len(named) != 1:
        allowed = f'allowed: one line `ID = "module:pack"` under [project.entry-points."{ENTRY_POINT_GROUP}"]'
        raise PackError(f"{file}: found {len(named)} packs; {allowed}")
    ((name, value),) = named.items()
    entry = EntryPoint(name, str(value), ENTRY_POINT_GROUP)
    source = folder / "src" if (folder / "src").is_dir() else folder
    with _importable(source.resolve(), entry):
        pack = _loaded(entry)
        return _project(pack, _package_of(entry))


def _table(said: object, key: str) -> dict[str, object]:
    found = said.get(key) if isinstance(said, dict) else None
    return found if isinstance(found, dict) else {}


def _loaded(entry: EntryPoint) -> Pack:
    try:
        import_module(entry.module)
        pack = entry.load()
    except PackError:
        raise
    except Exception as error:  # an author's module may fail in any way; the pack is named, the cause is kept
        raise PackError(f"pack `{entry.name}`: cannot be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(pack, Pack) or pack.id != entry.name:
        found = f"the pack `{pack.id}`" if isinstance(pack, Pack) else type(pack).__name__
        raise PackError(f"pack `{entry.name}`: its entry point must name a Pack with this id, found {found}")
    return pack


@contextmanager
def _importable(source: Path, entry: EntryPoint) -> Iterator[None]:
    """Let the modules of a folder be imported for a while, in the place of a package of the same name."""
    installed = _taken_out(entry.module.partition(".")[0])
    sys.path.insert(0, str(source))
    try:
        yield
    finally:
        sys.path.remove(str(source))
        _taken_out(entry.module.partition(".")[0])
        sys.modules.update(installed)


def _taken_out(top: str) -> dict[str, ModuleType]:
    """Forget a package and its modules, and return them."""
    invalidate_caches()
    return {name: sys.modules.pop(name) for name in [*sys.modules] if name == top or name.startswith(f"{top}.")}


def text_of(path: Path) -> str:
    """Return the text of a file in UTF-8; raise QueryError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise QueryError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise QueryError(f"{path}: it is not UTF-8 text; convert it first, e.g. iconv -f GB18030 -t UTF-8") from None
