"""Other people's packages: none that is not adopted runs to answer, and none can stop, hang or write into an answer."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyrules.errors import PackError
from partyrules.packs.discovery import ENTRY_POINT_GROUP, Provider, broken_metadata, installed_packs, provider_of
from partyrules.packs.pack import load_pack
from tests.commands import AS_OF, BOTH, PACK, run, written
from tests.sweeps import crossed

ROOT: Final = Path(__file__).parent.parent
TOY: Final = "from tests.toy import pack\n"
# Either is asked about each thing that can be wrong; both about all in a whole sweep.
LISTING: Final = ("packs", "doctor")
HOSTILE: Final = {
    "exit": "import sys\nsys.exit(0)",
    "quit": "raise SystemExit",
    "interrupt": "raise KeyboardInterrupt",
    "generator": "raise GeneratorExit",
    "base": "class Odd(BaseException): pass\nraise Odd('odd')",
    "mute": "class Mute(Exception):\n    def __str__(self): raise ValueError\nraise Mute",
    "syntax": "def (:",
    "missing": "import no_such_module",
    "process": "import os\nos._exit(0)",
    "killed": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "nothing": "print('HELLO FROM PLUGIN')",
    "closed": "import sys\nsys.stdout.close(); sys.stderr.close()",
}


def install(folder: Path, name: str, code: str = TOY, *, entry: str = "", version: str = "1.0", **files: str) -> Path:
    """Put the distribution of a pack of one module into a folder, as an installer would; return its metadata."""
    module = f"mod_{name}"
    folder.mkdir(exist_ok=True)
    (folder / f"{module}.py").write_text(code)
    about = folder / f"dist_{name}-{version}.dist-info"
    about.mkdir()
    texts = {
        "METADATA": f"Metadata-Version: 2.1\nName: dist-{name}\nVersion: {version}\n",
        "entry_points.txt": f"[{ENTRY_POINT_GROUP}]\n{entry or f'{name} = {module}:pack'}\n",
        **files,
    }
    for file, text in texts.items():
        (about / file).write_text(text)
    return about


def started(folder: Path, *arguments: object) -> subprocess.Popen[str]:
    """Return a real process of the command line, which finds what is installed in a folder before anything else."""
    path = os.pathsep.join([str(folder), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "partyrules", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path, "LC_ALL": "C.UTF-8"},
    )


def ended(folder: Path, *arguments: object) -> tuple[int, str, str]:
    """Return exit code, data and diagnostics of a command."""
    with started(folder, *arguments) as process:
        out, err = process.communicate(timeout=120)
    assert "Traceback" not in err
    return process.returncode, out, err


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which Python finds packages for the time of a test."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


# Only what is adopted runs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", HOSTILE.values(), ids=HOSTILE.keys())
def test_an_audit_beside_a_hostile_pack(code: str, site: Path, tmp_path: Path) -> None:
    """Exit code, findings and diagnostics of an audit are the same whatever pack is installed and not adopted."""
    asked = ("audit", written(tmp_path / "facts.jsonl"), *PACK, *AS_OF, "--exit-code", "--format", "jsonl")
    without = run(*asked)
    assert without.exit_code == 1
    install(site, "sys0", code)
    beside = run(*asked)
    assert (beside.exit_code, beside.stdout, beside.stderr) == (1, without.stdout, without.stderr)


def test_a_real_audit_beside_a_pack_that_exits(tmp_path: Path) -> None:
    """A real process answers, and exits, the same beside a pack that ends its process when it is imported."""
    asked = ("audit", written(tmp_path / "facts.jsonl"), *PACK, *AS_OF, "--exit-code", "--format", "jsonl")
    install(tmp_path / "hostile", "sys0", HOSTILE["exit"])
    without = ended(tmp_path / "nothing", *asked)
    assert without[0] == 1
    assert without[1]
    assert ended(tmp_path / "hostile", *asked) == without


@pytest.mark.parametrize(
    "asked",
    [
        ("audit", "FACTS", *PACK, *AS_OF),
        ("decide", "FACTS", *BOTH, "--person", "学生丙", "--to", "probationary_member", "--on", "2018-06-01"),
        ("explain", "FACTS", *PACK, *AS_OF, "--rule", "8.1.3", "--subject", "学生乙"),
        ("funnel", "FACTS", *PACK, "--on", "2018-07-06"),
        ("record", "LEDGER", "FACTS", "--pack", "lzwl2017"),
        ("trace", "lzwl2017"),
        ("readings", "lzwl2017"),
        ("packs", "lzwl2017"),
        ("compare", "lzwl2017", "lzwl2017"),
        ("check", "lzwl2017"),
    ],
    ids=lambda asked: asked[0],
)
def test_no_other_pack_is_imported(asked: tuple[str, ...], site: Path, tmp_path: Path) -> None:
    """Whatever is asked of the packs that it names, no code of any other runs."""
    mark = tmp_path / "imported"
    install(site, "sys0", f"open({str(mark)!r}, 'w').close()\nimport sys\nsys.exit(0)")
    known = {"FACTS": written(tmp_path / "facts.jsonl"), "LEDGER": tmp_path / "new.db"}
    assert run(*(known.get(part, part) for part in asked)).exit_code == 0
    assert "sys0" in installed_packs()
    assert not mark.exists()


# The list of what is installed ------------------------------------------------------------------------------


@pytest.mark.parametrize("command", LISTING)
def test_packs_and_doctor_survive(command: str, site: Path) -> None:
    """Both name the distribution of each pack that cannot be imported, tell of every other pack, and exit with 1."""
    for kind, code in HOSTILE.items():
        install(site, kind, code)
    found = run(command)
    assert found.exit_code == 1
    assert [kind for kind in HOSTILE if f"pack `{kind}` of dist-{kind} 1.0" not in found.output] == []
    assert "HELLO" not in found.stdout.replace("importing it prints 'HELLO", "")
    assert {"lzwl2017", "lzcu2012"} <= set(found.stdout.split())


@pytest.mark.parametrize(
    ("code", "command"), crossed(["while True: pass", "import threading\nthreading.Event().wait()"], LISTING)
)
def test_a_pack_that_never_ends(code: str, command: str, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pack whose import does not end is named after a while, and the command ends."""
    monkeypatch.setattr("partyrules.packs.listing._SECONDS", 0.2)
    install(site, "sys0", code)
    found = run(command)
    assert found.exit_code == 1
    assert "pack `sys0` of dist-sys0 1.0: importing it did not end within 0.2 seconds" in found.output


def test_a_pack_that_leaves_something_running(site: Path) -> None:
    """A sound pack that starts a thread or a process that never ends is listed, and the command ends."""
    install(site, "toy", f"import os, threading\nthreading.Thread(target=threading.Event().wait).start()\n{TOY}")
    found = run("packs")
    assert found.exit_code == 0
    assert "toy" in found.stdout.split()


@pytest.mark.parametrize(("stream", "command"), crossed(["stdout", "stderr", "stdout.buffer"], LISTING))
def test_a_pack_that_prints(stream: str, command: str, site: Path) -> None:
    """A pack that prints when it is imported is listed, and told of with the beginning of what it prints."""
    word = "b'loud' * 1000" if stream.endswith("buffer") else "'loud' * 1000"
    install(site, "toy", f"import sys\nsys.{stream}.write({word})\nsys.{stream}.flush()\n{TOY}")
    found = run(command)
    assert found.exit_code == 1
    assert "toy" in found.stdout.split()
    assert f"pack `toy` of dist-toy 1.0: importing it prints {'loud' * 30!r}" in found.output


def test_sound_packs(site: Path) -> None:
    """Where every pack is sound, both commands exit with 0 and have nothing to say besides."""
    install(site, "toy")
    found = run("packs")
    assert (found.exit_code, found.stderr) == (0, "")
    assert found.stdout.split().count("toy") == 1
    assert "Broken" not in run("doctor").stdout
    assert broken_metadata() == ()


# Metadata ---------------------------------------------------------------------------------------------------

BROKEN_ENTRIES: Final = {
    "no equals sign": (f"[{ENTRY_POINT_GROUP}]\nlzwl2017\n", "line 2: found 'lzwl2017'"),
    "no equals sign elsewhere": ("[console_scripts]\nx\n", "line 2: found 'x'"),
    "no group": ("sys0 = mod_sys0:pack\n", "line 1: found 'sys0 = mod_sys0:pack'"),
    "half a group": ("[partyrules.packs\nsys0 = mod_sys0:pack\n", "line 1: found '[partyrules.packs'"),
    "no name": (f"[{ENTRY_POINT_GROUP}]\n = mod_sys0:pack\n", "line 2: found '= mod_sys0:pack'"),
    "a name with blanks": (f"[{ENTRY_POINT_GROUP}]\nsys 0 = mod_sys0:pack\n", "line 2: found 'sys 0"),
    "a name that clears the screen": (f"[{ENTRY_POINT_GROUP}]\n\x1b[2J = mod_sys0:pack\n", "line 2: found '\\x1b[2J"),
}


@pytest.mark.parametrize(("text", "told"), BROKEN_ENTRIES.values(), ids=BROKEN_ENTRIES.keys())
def test_entry_points_that_cannot_be_read(text: str, told: str, site: Path, tmp_path: Path) -> None:
    """A distribution whose entry points cannot be read is named with the line, provides nothing, and stops nobody."""
    install(site, "sys0", **{"entry_points.txt": text})
    facts = written(tmp_path / "facts.jsonl")
    assert run("audit", facts, *PACK, *AS_OF, "--exit-code").exit_code == 1
    assert "sys0" not in installed_packs()
    # Whoever misses its pack is told as well.
    with pytest.raises(PackError, match=r"besides, dist-sys0 1\.0: its entry_points\.txt") as caught:
        load_pack("sys0")
    assert told in str(caught.value)


@pytest.mark.parametrize("command", LISTING)
def test_every_distribution_that_cannot_be_read_is_listed(command: str, site: Path) -> None:
    """Both commands name each distribution whose entry points cannot be read, with the line, and exit with 1."""
    for number, (text, _) in enumerate(BROKEN_ENTRIES.values()):
        install(site, f"sys{number}", **{"entry_points.txt": text})
    found = run(command)
    assert found.exit_code == 1
    for number, (_, told) in enumerate(BROKEN_ENTRIES.values()):
        assert f"dist-sys{number} 1.0: its entry_points.txt, {told}" in found.output
    assert {"lzwl2017", "lzcu2012"} <= set(found.stdout.split())


@pytest.mark.parametrize(("file", "command"), crossed(["METADATA", "entry_points.txt"], LISTING))
def test_metadata_in_another_encoding(file: str, command: str, site: Path, tmp_path: Path) -> None:
    """A distribution with metadata that is not UTF-8 is named, by its folder where its name cannot be read."""
    about = install(site, "sys0")
    (about / file).write_bytes("名".encode("utf-16"))
    facts = written(tmp_path / "facts.jsonl")
    assert run("audit", facts, *PACK, *AS_OF, "--exit-code").exit_code == 1
    found = run(command)
    assert found.exit_code == 1
    assert f"its {file} cannot be read: UnicodeDecodeError" in found.output
    assert ("dist-sys0 1.0" if file != "METADATA" else str(about)) in found.output


def test_metadata_without_name_or_version(site: Path) -> None:
    """A pack of a distribution that does not say its name and version is listed, and the distribution told of."""
    texts = ("", "Name: dist-sys0\n", "Version: 1.0\n", "\n\nnonsense\n")
    about = []
    for number, text in enumerate(texts):
        named = (
            f"import attrs\n{TOY}pack = attrs.evolve(pack, document=attrs.evolve(pack.document, id='toy{number}'))\n"
        )
        about.append(install(site, f"toy{number}", named, METADATA=text))
    found = run("packs")
    assert found.exit_code == 1
    assert {f"toy{number}" for number in range(len(texts))} <= set(found.stdout.split())
    assert [each for each in about if f"the distribution in {each}: its METADATA" not in found.stderr] == []


def test_what_strangers_say_reaches_no_terminal_raw(site: Path) -> None:
    """Control characters and those that turn the direction are in no message, whoever puts them where."""
    evil = "\x1b[2J\u202e\x07evil"
    install(site, "sys0", f"raise ValueError({evil!r})", METADATA=f"Name: dist{evil}\nVersion: 1\n")
    install(site, "sys1", f"from partyrules.errors import PackError\nraise PackError({evil!r})")
    install(site, "sys2", f"print({evil!r})")
    found = run("packs")
    assert found.exit_code == 1
    assert all(name in found.stderr for name in ("sys0", "sys1", "sys2", "dist\\x1b[2J\\u202e\\x07evil 1"))
    assert not [letter for letter in found.output if not letter.isprintable() and letter != "\n"]


def test_a_finder_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A finder of distributions that fails is told of, and the packs found before it stay."""

    class Finder:
        def find_distributions(self, _context: object) -> list[object]:
            raise RuntimeError("no index")

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])
    monkeypatch.setattr(sys, "path", [*sys.path, "somewhere-else"])
    assert any("cannot be listed to the end: RuntimeError: no index" in told for told in broken_metadata())
    assert {"lzwl2017", "lzcu2012"} <= installed_packs().keys()


LINES: Final = st.one_of(
    st.sampled_from(
        [f"[{ENTRY_POINT_GROUP}]", "[console_scripts]", "[]", "[", "]", "=", "a=b", "sys0 = m:pack", "# x"]
    ),
    st.text(max_size=30),
)


@given(st.one_of(st.binary(max_size=80), st.lists(LINES, max_size=8).map(lambda lines: "\n".join(lines).encode())))
def test_any_entry_points_at_all(raw: bytes) -> None:
    """Whatever bytes stand in an entry_points.txt, it is read or its distribution is named; the next is found."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        (install(Path(folder), "sys0") / "entry_points.txt").write_bytes(raw)
        install(Path(folder), "toy")
        patch.setattr(sys, "path", [folder])
        found, broken = installed_packs(), broken_metadata()
        assert [each.origin for each in found["toy"] if each.value == "mod_toy:pack"] == ["dist-toy 1.0"]
        assert all(told.startswith("dist-sys0 1.0: its entry_points.txt") for told in broken)
        assert not broken or found.keys() == {"toy"}
        for providers in found.values():
            for provider in providers:
                assert provider.id
                _loads_or_is_named(provider)


def _loads_or_is_named(provider: Provider) -> None:
    try:
        assert provider.module
    except PackError as error:
        assert str(error).startswith(f"pack `{provider.id}` of {provider.origin}: ")  # noqa: PT017 - either is right


# Two providers of one pack ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "command"), crossed([TOY, "from partyrules_lzwl2017 import pack", "import sys\nsys.exit(0)"], LISTING)
)
def test_two_providers(code: str, command: str, site: Path, tmp_path: Path) -> None:
    """A pack that two distributions provide is refused with the names and versions of both, whatever is in them."""
    install(site, "sys0", code, entry="lzwl2017 = mod_sys0:pack", version="2.5")
    facts = written(tmp_path / "facts.jsonl")
    both = {f"{each.origin}" for each in installed_packs()["lzwl2017"]}
    assert "dist-sys0 2.5" in both
    assert len(both) == 2
    for asked in (("audit", facts, *PACK, *AS_OF), ("packs", "lzwl2017"), ("check", "lzwl2017")):
        found = run(*asked)
        assert found.exit_code == 2
        assert found.stdout == ""
        assert all(origin in found.stderr for origin in both)
    found = run(command)
    assert found.exit_code == 1
    assert all(origin in found.output for origin in both)
    assert "lzcu2012" in found.stdout
    assert run("audit", facts, "--pack", "lzcu2012", *AS_OF).exit_code == 0


def test_one_distribution_that_names_a_pack_twice(site: Path) -> None:
    """An id that one distribution gives to two objects is refused; said twice alike, it is one."""
    install(site, "sys0", entry="toy = mod_sys0:pack\ntoy = mod_sys0:other")
    with pytest.raises(PackError, match=r"provided by dist-sys0 1\.0 and dist-sys0 1\.0"):
        provider_of("toy")
    install(site, "club", entry="club = mod_club:pack\nclub = mod_club:pack")
    assert provider_of("club") == Provider("club", "mod_club:pack", "dist-club 1.0")


def test_the_first_on_the_path_stands_before_another_of_its_name(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two installations of one distribution the first on the path counts, as for Python itself."""
    install(site, "toy", version="1.0")
    first = site.parent / "first"
    install(first, "toy", version="2.0", METADATA="Metadata-Version: 2.1\nName: Dist_Toy\nVersion: 2.0\n")
    monkeypatch.syspath_prepend(first)
    assert [each.origin for each in installed_packs()["toy"]] == ["Dist_Toy 2.0"]


def test_what_is_installed_stands_in_order() -> None:
    """What is installed is told by id in order."""
    assert list(installed_packs()) == sorted(installed_packs())


# Importing what is adopted ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("exit", "SystemExit: 0 (FILE, line 2)"),
        ("quit", "SystemExit (FILE, line 1)"),
        ("interrupt", "KeyboardInterrupt (FILE, line 1)"),
        ("generator", "GeneratorExit (FILE, line 1)"),
        ("base", "Odd: odd (FILE, line 2)"),
        ("mute", "Mute (FILE, line 3)"),
        ("syntax", "(FILE, line 1)"),
        ("missing", "ModuleNotFoundError: No module named 'no_such_module' (FILE, line 1)"),
        ("nothing", "AttributeError: module 'mod_sys0' has no attribute 'pack'"),
    ],
)
def test_an_adopted_pack_that_fails(kind: str, told: str, site: Path, tmp_path: Path) -> None:
    """What an adopted pack raises is a refusal with its distribution, file and line; its output is no data."""
    install(site, "sys0", f"{HOSTILE[kind]}\n")
    facts = written(tmp_path / "facts.jsonl")
    sys.modules.pop("mod_sys0", None)
    for command in (("audit", facts, "--pack", "sys0", *AS_OF), ("trace", "sys0"), ("check", "sys0")):
        found = run(*command)
        assert found.exit_code == 2
        assert found.stdout == ""
        said = found.stderr.replace(str(site / "mod_sys0.py"), "FILE")
        assert "pack `sys0` of dist-sys0 1.0: cannot be loaded: " in said
        assert told in said


LOUD: Final = """
import os, sys
print("loud 1")
os.write(1, b"loud 2")
os.system("echo loud 3")
sys.__stdout__.write("loud 4")
sys.stdout.buffer.write(b"loud 5")
"""


def test_an_adopted_pack_that_prints(tmp_path: Path) -> None:
    """What an adopted pack prints when it is imported goes to standard error; the data are what they are without."""
    facts = written(tmp_path / "facts.jsonl")
    install(tmp_path / "site", "toy", f"{LOUD}\n{TOY}")
    code, out, err = ended(tmp_path / "site", "audit", facts, "--pack", "toy", *AS_OF)
    assert code == 0
    assert out.startswith("As of 2018-07-08; packs toy 1;")
    assert "loud" not in out
    assert [n for n in range(1, 6) if f"loud {n}" not in err] == []


def test_a_pack_in_a_folder_that_exits(tmp_path: Path) -> None:
    """A pack that is not installed is refused in the same way, with its folder."""
    (tmp_path / "pyproject.toml").write_text(f'[project.entry-points."{ENTRY_POINT_GROUP}"]\nsys0 = "mod_sys0:pack"\n')
    (tmp_path / "mod_sys0.py").write_text("import sys\nsys.exit(0)\n")
    for command in (("check", tmp_path), ("readings", tmp_path), ("compare", tmp_path, "lzwl2017")):
        found = run(*command)
        assert found.exit_code == 2
        assert f"pack `sys0` of the folder {tmp_path}: cannot be loaded: SystemExit: 0" in found.stderr


# Ctrl-C -----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="a named pipe and SIGINT as POSIX has them")
@pytest.mark.parametrize("asked", [("packs",), ("doctor",), ("trace", "sys0")], ids=lambda asked: asked[0])
def test_an_interrupt_while_a_pack_is_imported(asked: tuple[str, ...], tmp_path: Path) -> None:
    """Ctrl-C ends a command that waits for the import of a pack, and whatever process it has started."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    install(tmp_path / "site", "sys0", f"held = open({str(pipe)!r}, 'w')\nimport threading\nthreading.Event().wait()")
    process = started(tmp_path / "site", *asked)
    # Opening returns once the pack is being imported; the end of the pipe is that of the process that imports it.
    with pipe.open() as held:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert held.read() == ""
    assert process.returncode == 130
    assert said == "Interrupted.\n"


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
@pytest.mark.parametrize("handler", [signal.SIG_IGN, signal.SIG_DFL])
def test_an_interrupt_that_is_no_users(handler: signal.Handlers, site: Path) -> None:
    """Where Ctrl-C raises nothing, a KeyboardInterrupt is the pack's own; a handler of somebody's own may raise it."""
    install(site, "sys1", HOSTILE["interrupt"])
    before = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(PackError, match="KeyboardInterrupt"):
            load_pack("sys1")
        signal.signal(signal.SIGINT, own := _handler())
        with pytest.raises(KeyboardInterrupt):
            load_pack("sys1")
        assert signal.getsignal(signal.SIGINT) is own
    finally:
        signal.signal(signal.SIGINT, before)


def _handler() -> Callable[[int, object], None]:
    return lambda _number, _frame: None


# Where in the pack it is wrong ------------------------------------------------------------------------------

RULES: Final = """
from attrs import evolve
from partyrules.language.rules import Bearer, Duty, PerPeriod
from partyrules.language.kernel import SUBJECT, at_least, events
from tests import toy
from {package}.helping import changed

SAID = toy.DUTIES[0].title
ONE = Duty(
    id="1.4",
    clause="1.4",
    title=SAID,
    counted=SAID,
    bearer=toy.DUTIES[3].bearer,
    per=PerPeriod("year"),
    requires=at_least(1, events("meeting_held", unit=SUBJECT)),
)
TWO = {two}
"""
HELPING: Final = """
from attrs import evolve

def changed(rule, **more):
    return evolve(rule, **more)
"""
PACK_OF: Final = """
from partyrules.packs.pack import Pack
from tests import toy
from {package}.rules import ONE, TWO

pack = Pack(document=toy.document(), version="1", stages=toy.STAGES, duties=(ONE, TWO))
"""


@pytest.mark.parametrize(
    ("name", "one", "two", "told"),
    [
        (
            "clause",
            ('clause="1.4"', 'clause="1.44"'),
            'changed(ONE, id="1.5")',
            (
                "pack `toy` of dist-wrong 1.0, rule `1.4`, field `clause`: clause '1.44' is not known; allowed: "
                "…; did you mean `1.4`? (RULES, line 9)"
            ),
        ),
        (
            "elsewhere",
            ("", ""),
            'changed(ONE, id="1.5", clause="1.55")',
            (
                "pack `toy` of dist-wrong 1.0, rule `1.5`, field `clause`: clause '1.55' is not known; allowed: "
                "…; did you mean `1.5`? (RULES, line 18)"
            ),
        ),
        (
            "argument",
            ("at_least(1,", "at_least(one,"),
            "ONE",
            (
                "pack `toy` of dist-wrong 1.0: rule `1.4`: cannot be loaded: NameError: name 'one' is not defined "
                "(RULES, line 16)"
            ),
        ),
        (
            "helper",
            ("", ""),
            "changed(ONE, id=1 / 0)",
            "pack `toy` of dist-wrong 1.0: cannot be loaded: ZeroDivisionError: division by zero (RULES, line 18)",
        ),
        (
            "helped",
            ("", ""),
            "changed(None)",
            "pack `toy` of dist-wrong 1.0: cannot be loaded: …NoneType… (HELPING, line 5)",
        ),
        (
            "slip",
            ("", ""),
            "changed(ONE, requires=at_least(1, SUBJECT))",
            "pack `toy` of dist-wrong 1.0: `at_least(…)`, field …: found … (RULES, line 18)",
        ),
        (
            "nested",
            ("at_least(1,", "at_least('one',"),
            "ONE",
            "pack `toy` of dist-wrong 1.0: rule `1.4`: `at_least(…)`, field …: found 'one'; … (RULES, line 16)",
        ),
        (
            "modality",
            ("counted=SAID,", "counted=SAID, modality='shuold',"),
            "ONE",
            "pack `toy` of dist-wrong 1.0: rule `1.4`, field `modality`: … (RULES, line 9)",
        ),
        (
            "module",
            ("", ""),
            "1 / 0",
            "pack `toy` of dist-wrong 1.0: cannot be loaded: ZeroDivisionError: division by zero (RULES, line 18)",
        ),
        (
            "syntax",
            ("SAID = ", "SAID == = "),
            "ONE",
            "pack `toy` of dist-wrong 1.0: cannot be loaded: SyntaxError: invalid syntax … (RULES, line 8)",
        ),
    ],
)
def test_a_fault_is_told_with_rule_file_and_line(
    name: str, one: tuple[str, str], two: str, told: str, site: Path
) -> None:
    """What is wrong in a pack is told with the rule that it is about, and the file and line where it is written."""
    package = f"wrong_{name}"
    (site / package).mkdir()
    files = {"__init__": PACK_OF, "rules": RULES.replace(*one), "helping": HELPING}
    for file, text in files.items():
        (site / package / f"{file}.py").write_text(text.replace("{package}", package).replace("{two}", two))
    install(site, "wrong", entry=f"toy = {package}:pack")
    with pytest.raises(PackError) as caught:
        load_pack("toy")
    said = str(caught.value)
    for file, word in (("__init__", "PACK"), ("rules", "RULES"), ("helping", "HELPING")):
        said = said.replace(str(site / package / f"{file}.py"), word)
    assert re.fullmatch(re.escape(told).replace("…", ".*"), said), said
