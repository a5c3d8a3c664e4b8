"""Installed packs: which distribution provides which, read without running any; and how one is imported safely."""

import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from functools import lru_cache, reduce
from importlib import import_module
from importlib.metadata import Distribution, distributions, version
from pathlib import Path
from traceback import walk_tb
from types import FrameType, MappingProxyType
from typing import Final, TextIO

from attrs import frozen

from partyrules.errors import PackError, refusal
from partyrules.packs.places import Places, SourcePlace, package_of

ENTRY_POINT_GROUP: Final = "partyrules.packs"

_ID: Final = re.compile(r"[\w.-]+")
_VALUE: Final = re.compile(r"(?P<module>\w+(\.\w+)*)\s*:\s*(?P<object>\w+(\.\w+)*)\s*(\[.*\])?")
_LONGEST: Final = 200


@frozen
class Provider:
    """Who provides a pack: its id, the `module:object` that is the pack, and the distribution or folder it is in."""

    id: str
    value: str
    origin: str

    @property
    def module(self) -> str:
        """The module that has the pack; raise PackError where the entry point names none."""
        return self._parts()[0]

    def load(self) -> object:
        """Return what the entry point names; raise PackError, with file and line, for whatever comes instead.

        Importing runs the code of the pack. What that prints goes to standard error, never among the data, and
        whatever it raises, SystemExit as well, is a fault of the pack. Ctrl-C remains the user's.
        """
        module, path = self._parts()
        with _aside(), _interrupts() as may_be_the_users:
            try:
                return reduce(getattr, path, import_module(module))
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt) and may_be_the_users():
                    raise
                raise self._refusal(error, module) from error

    def fault(self, what: str) -> PackError:
        """Return the error that says what is wrong with the pack, and whose it is."""
        return PackError(f"pack `{self.id}` of {self.origin}: {what}")

    def _refusal(self, error: BaseException, module: str) -> PackError:
        """Return what was raised as the fault of the pack, with the rule, file and line that it is about."""
        own = f"pack `{self.id}`"
        said = f"cannot be loaded: {_said(error)}"
        if isinstance(error, PackError):
            said = str(error).removeprefix(own)
        place, places = _place(error, module.partition(".")[0]), Places(package_of(module))
        named = re.match(r", rule `(.+?)`", said)
        if named is not None:
            # The whole pack was looked through; the rule is written elsewhere than the pack.
            place = places.of(f"{self.id}:{named[1]}") or place
        elif place is not None and "rule `" not in said and (rule := places.rule_around(place)) is not None:
            said = f"rule `{rule}`: {said}"
        told = f"{said if said.startswith(',') else f': {said}'}{'' if place is None else f' ({place})'}"
        return PackError(f"{own} of {self.origin}{told}")

    def _parts(self) -> tuple[str, list[str]]:
        match = _VALUE.fullmatch(self.value)
        if match is None:
            raise self.fault(f"its entry point is {self.value!r}; allowed: `module:object`, e.g. `my_rules:pack`")
        return match["module"], match["object"].split(".")


# Reading what is installed ---------------------------------------------------------------------------------


def installed_packs() -> Mapping[str, tuple[Provider, ...]]:
    """Return who provides each installed pack, by its id in order; none of them is imported.

    A distribution whose metadata cannot be read provides none; `broken_metadata` names it. Of an id that several
    distributions provide, `load_pack` refuses to choose.
    """
    return _installed(_path())[0]


def provider_of(name: str) -> Provider:
    """Return the one provider of the pack of that id; raise PackError where there is none, or more than one."""
    installed, unread = _installed(_path())
    if name not in installed:
        raise PackError("; besides, ".join((refusal("pack", name, installed), *unread)))
    if len(installed[name]) > 1:
        origins = " and ".join(each.origin for each in installed[name])
        raise PackError(f"pack `{name}` is provided by {origins}; allowed: one provider of an id; uninstall the others")
    return installed[name][0]


def broken_metadata() -> tuple[str, ...]:
    """Return a line for each distribution on the path whose metadata cannot be read."""
    found = [*_installed(_path())[1]]
    for distribution in _distributions([]):
        try:
            distribution.read_text("METADATA")
            if any(_entries(distribution)) and None in _name_and_version(distribution):
                found.append(f"{_origin(distribution)}: its METADATA has no Name or no Version; install it anew")
        except PackError:
            continue  # Told of already.
        except Exception as error:  # noqa: BLE001 - whatever a damaged file makes importlib raise
            found.append(f"{_origin(distribution)}: its METADATA cannot be read: {_said(error)}; install it anew")
    return tuple(found)


def version_of(name: str) -> str | None:
    """Return the version of an installed distribution; None where it is not there, or does not say."""
    try:
        return version(name)
    except Exception:  # noqa: BLE001 - it is not there, or whatever a damaged file makes importlib raise
        return None


def _path() -> tuple[tuple[str, int | None], ...]:
    """Return where distributions are looked for; what is installed changes the directory that it is installed in."""
    return tuple((place, _changed(place)) for place in sys.path)


def _changed(place: str) -> int | None:
    try:
        return Path(place).stat().st_mtime_ns
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=4)
def _installed(_: tuple[tuple[str, int | None], ...]) -> tuple[Mapping[str, tuple[Provider, ...]], tuple[str, ...]]:
    """Return the providers of each pack, and what cannot be read; found in milliseconds, so not each time anew."""
    found: dict[str, list[Provider]] = {}
    unread: list[str] = []
    seen: set[str] = set()
    for distribution in _distributions(unread):
        try:
            entries = dict.fromkeys(_entries(distribution))
        except PackError as error:
            unread.append(str(error))
            continue
        if not entries:
            continue
        origin = _origin(distribution)
        same = re.sub(r"[-_.]+", "-", _name_and_version(distribution)[0] or origin).lower()
        # Of two installations of one distribution, Python sees the first on the path, and so does this.
        if same not in seen:
            seen.add(same)
            for name, value in entries:
                found.setdefault(name, []).append(Provider(name, value, origin))
    return MappingProxyType({name: tuple(found[name]) for name in sorted(found)}), tuple(unread)


def _distributions(unread: list[str]) -> Iterator[Distribution]:
    """Yield every distribution on the path; what ends the search early is added to what is `unread`."""
    try:
        yield from distributions()
    except Exception as error:  # noqa: BLE001 - anybody may add a finder of distributions to Python
        unread.append(f"the installed distributions cannot be listed to the end: {_said(error)}")


def _entries(distribution: Distribution) -> Iterator[tuple[str, str]]:
    """Yield id and value of each pack that a distribution names; raise PackError where that cannot be read."""

    def wrong(what: str) -> PackError:
        return PackError(f"{_origin(distribution)}: its entry_points.txt{what}; install it anew")

    try:
        text = distribution.read_text("entry_points.txt") or ""
    except Exception as error:  # whatever a damaged file makes importlib raise
        raise wrong(f" cannot be read: {_said(error)}") from error
    group = None
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if not line or line[0] in "#;":
            continue
        if line[0] == "[" and line[-1] == "]":
            group = line[1:-1].strip()
            continue
        name, sign, value = (part.strip() for part in line.partition("="))
        if group is None or not sign or (group == ENTRY_POINT_GROUP and not _ID.fullmatch(name)):
            allowed = "allowed: `[group]`, and below it lines `name = module:object`"
            raise wrong(f", line {number}: found {line[:_LONGEST]!r}; {allowed}")
        if group == ENTRY_POINT_GROUP:
            yield name, value


def _name_and_version(distribution: Distribution) -> tuple[str | None, str | None]:
    try:
        about = distribution.metadata
        name, version = ((about.get_all(key) or [None])[0] for key in ("Name", "Version"))
    except Exception:  # noqa: BLE001 - whatever a damaged file makes importlib raise; said by `broken_metadata`
        return None, None
    return name, version


def _origin(distribution: Distribution) -> str:
    """Return name and version of a distribution, or the folder of its metadata where these cannot be read."""
    found = _name_and_version(distribution)
    if None in found:
        return f"the distribution in {getattr(distribution, '_path', 'an unknown place')}"
    return " ".join(" ".join(part.split()) for part in found if part)


# Importing -------------------------------------------------------------------------------------------------


@contextmanager
def _aside() -> Iterator[None]:
    """Let what is written to standard output meanwhile go to standard error, by `print` as by child processes."""
    with ExitStack() as restored:
        restored.enter_context(redirect_stdout(sys.stderr))
        out, err = sys.__stdout__, sys.__stderr__
        # Without them, the numbers of these files may be those of any others.
        if out is not None and err is not None:
            with suppress(OSError, ValueError):
                out.flush()
                number = out.fileno()
                kept = os.dup(number)
                restored.callback(os.close, kept)
                restored.callback(os.dup2, kept, number)
                restored.callback(_flush, out)
                os.dup2(err.fileno(), number)
        yield


def _flush(out: TextIO) -> None:
    with suppress(OSError, ValueError):
        out.flush()


@contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """Tell whether the user may be behind a KeyboardInterrupt meanwhile, and not only the code that is imported."""
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or handler is not signal.default_int_handler:
        # Signals reach the main thread alone; what a handler of somebody else's does is not known.
        own = threading.current_thread() is threading.main_thread() and callable(handler)
        yield lambda: own
        return
    pressed: list[int] = []

    def press(number: int, frame: FrameType | None) -> None:
        pressed.append(number)
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, press)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, handler)


def _place(error: BaseException, own: str) -> SourcePlace | None:
    """Return the line of a package's `own` files where it went wrong; None where that is in none of them."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return SourcePlace(Path(error.filename), error.lineno)
    found = [
        (frame.f_code, line)
        for frame, line in walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__")).partition(".")[0] == own
    ]
    if isinstance(error, PackError):
        # What is wrong with a rule stands where the rule is written, not in a function that helps to write it.
        found = [(code, line) for code, line in found if code.co_name == "<module>"] or found
    return SourcePlace(Path(found[-1][0].co_filename), found[-1][1]) if found else None


def _said(error: BaseException) -> str:
    """Return what an error says in one line, whatever it is made of."""
    try:
        text = " ".join(str(error).split())[:_LONGEST]
    except Exception:  # noqa: BLE001 - its own `__str__` may fail as well
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
