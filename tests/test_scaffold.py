"""A new pack: what is written, that it installs and its tests run, and what is refused."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partyrules.analysis.lint import Source, lint
from partyrules.analysis.scaffold import new_pack, pack_id
from partyrules.cli import main
from partyrules.errors import OutputError, PackError
from partyrules.packs.document import compare_with_source, coverage, split_sentences
from partyrules.packs.projects import project_of
from tests.sweeps import examples

# Every kind of line that a document has: headings, several sentences in one, blank ones, the same one twice.
TEXT = """\
虚构社团章程

第一条 社团每月应当开会两次。会议由负责人主持。
  第二条 发展新成员之前应当谈话。

会议由负责人主持。
"""


def started(directory: Path, name: str = "chess", text: str = TEXT) -> Path:
    """Return the folder of a new pack."""
    folder, _ = new_pack(name, text, directory=directory)
    return folder


def ran(*words: str) -> tuple[int, str, str]:
    """Return exit code, output and diagnostics of a command."""
    ended = CliRunner().invoke(main, ["--lang", "en", *words])
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return ended.exit_code, ended.stdout, ended.stderr


# What is written -----------------------------------------------------------------------------------------------


def test_the_ledger_has_every_sentence_of_the_source(tmp_path: Path) -> None:
    """A new ledger is its source's, and every sentence of it is still to be treated."""
    pack = project_of(str(started(tmp_path))).pack
    covered = coverage(pack.document, {rule.id: rule.clause for rule in pack.rules})
    assert compare_with_source(pack.document, TEXT).clean
    assert covered.todo == ("S1", "S2", "S3", "S4", "S5")
    assert not covered.complete


@given(text=st.text(alphabet="甲乙丙一。 \n", max_size=40).filter(split_sentences))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(25))
def test_any_text_with_a_sentence_gives_its_ledger(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever the text, a new pack builds and its ledger does not drift from it."""
    pack = project_of(str(started(tmp_path_factory.mktemp("packs"), text=text))).pack
    assert len(pack.document.sentences) == len(split_sentences(text))
    assert compare_with_source(pack.document, text).clean


def test_no_words_of_the_source_are_written(tmp_path: Path) -> None:
    """Of the source nothing is written but lines, lengths and fingerprints."""
    written = "".join(file.read_text(encoding="utf-8") for file in started(tmp_path).rglob("*") if file.is_file())
    assert [sentence for sentence in split_sentences(TEXT) if sentence in written] == []
    assert re.search(r'"S2", "[0-9a-f]{16}", "todo"\),  # line 3, 14 characters', written)


def test_a_new_pack_lacks_what_only_its_author_can_give(tmp_path: Path) -> None:
    """All that `check` finds in a new pack are sentences, texts and citations still to be written."""
    folder = started(tmp_path)
    project = project_of(str(folder))
    found = lint(project.pack, source=Source(Path("c.txt"), TEXT), tests=project.tests, package=project.package)
    assert {one.code.id for one in found} == {"PR001", "PR005", "PR020", "PR023"}
    assert all(one.place is not None and one.place.file.is_relative_to(folder.resolve()) for one in found)


def test_two_new_packs_of_one_id_are_told_apart(tmp_path: Path) -> None:
    """A pack is read from the folder that is named, even after another one of the same id."""
    first = project_of(str(started(tmp_path / "one", text="甲。"))).pack
    second = project_of(str(started(tmp_path / "two", text="乙。丙。"))).pack
    assert (len(first.document.sentences), len(second.document.sentences)) == (1, 2)


def test_a_change_within_the_same_second_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pack is read from its source as it is now, though by size and time no bytecode would tell a change."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    folder = started(tmp_path)
    (file,) = folder.glob("src/*/__init__.py")
    before, written = project_of(str(folder)).pack.version, file.stat()
    file.write_text(file.read_text(encoding="utf-8").replace(before, "9.9.9"), encoding="utf-8")
    os.utime(file, ns=(written.st_atime_ns, written.st_mtime_ns))
    assert len(before) == len("9.9.9")
    assert project_of(str(folder)).pack.version == "9.9.9"
    assert not [*folder.rglob("*.pyc")]
    assert not sys.dont_write_bytecode


# It installs, and its tests run ----------------------------------------------------------------------------------


def test_the_tests_of_a_new_pack_are_green(tmp_path: Path) -> None:
    """The tests that a new pack comes with pass, the comparison with the source among them."""
    folder = started(tmp_path)
    source = tmp_path / "document.txt"
    source.write_text(TEXT, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "-c", "pyproject.toml"],
        cwd=folder,
        env={**os.environ, "PARTYRULES_SOURCE_CHESS": str(source), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    assert "6 passed" in ended.stdout


def test_the_imports_of_a_new_pack_are_in_order(tmp_path: Path) -> None:
    """An author whose linter sorts imports finds nothing to sort."""
    folder = started(tmp_path)
    sorts = ["--isolated", "--select", "I", "--line-length", "120", "--config", f'src = ["{folder}/src"]']
    ended = subprocess.run(  # noqa: S603 - our own folder
        [sys.executable, "-m", "ruff", "check", *sorts, "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout


def test_the_wheel_of_a_new_pack_names_its_pack(tmp_path: Path) -> None:
    """A new pack builds into a wheel that has its modules and its entry point."""
    folder = started(tmp_path, "chess_club")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    built = subprocess.run(  # noqa: S603 - our own interpreter, fixed arguments
        [*command, "--wheel-dir", str(tmp_path / "wheels"), str(folder)],
        env={**os.environ, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (path,) = (tmp_path / "wheels").iterdir()
    assert path.name.startswith("partyrules_chess_club-0.1.0-")
    with zipfile.ZipFile(path) as wheel:
        assert {"partyrules_chess_club/clauses.py", "partyrules_chess_club/py.typed"} <= set(wheel.namelist())
        (points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
        assert "chess_club = partyrules_chess_club:pack" in wheel.read(points).decode()


# The command ---------------------------------------------------------------------------------------------------


def test_the_command_says_what_to_do_next(tmp_path: Path) -> None:
    """`new-pack` writes the folder, counts the sentences, and its next step finds them."""
    source = tmp_path / "document.txt"
    source.write_text(TEXT, encoding="utf-8")
    code, out, _ = ran("new-pack", "chess", "--source", str(source), "--dir", str(tmp_path / "packs"))
    assert (code, out.split(":")[0]) == (0, str(tmp_path / "packs" / "chess"))
    assert ": 5 sentences to treat. Next: partyrules check " in out
    code, out, _ = ran(*out.split("partyrules ")[1].split())
    assert (code, out.count(" PR001 ")) == (1, 5)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A folder that is there already is refused and stays as it is."""
    folder = started(tmp_path)
    (folder / "README.md").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="there is a directory already, and nothing is overwritten"):
        new_pack("chess", TEXT, directory=tmp_path)
    assert (folder / "README.md").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["chess"]


@pytest.mark.parametrize("name", ["", "Chess", "1st", "chess-club", "../chess", "棋社", "chess\n", "a" * 51])
def test_an_id_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    """An id that could not be a module's is refused, and nothing is written."""
    with pytest.raises(PackError, match="this cannot be its id; allowed: a small letter"):
        new_pack(name, TEXT, directory=tmp_path)
    assert not [*tmp_path.iterdir()]


@given(name=st.from_regex(r"[a-z][a-z0-9_]{0,49}", fullmatch=True))
def test_an_id_of_small_letters_is_taken(name: str) -> None:
    """A small letter, then small letters, digits and underscores make an id."""
    assert pack_id(name) == name


@pytest.mark.parametrize("content", [b"", b" \n\xe3\x80\x80\n", "第一条".encode("gb18030")])
def test_a_source_without_text_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    """A source with no sentence, or in another encoding, ends with 2 and writes nothing."""
    source = tmp_path / "document.txt"
    source.write_bytes(content)
    code, out, err = ran("new-pack", "chess", "--source", str(source), "--dir", str(tmp_path / "packs"))
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "no sentence" in err or "allowed: text in UTF-8" in err
    assert not (tmp_path / "packs").exists()


def test_a_source_that_is_not_there_is_refused_in_one_line(tmp_path: Path) -> None:
    """A source file that does not exist ends with 2 and its name."""
    code, _, err = ran("new-pack", "chess", "--source", str(tmp_path / "none.txt"))
    assert (code, err) == (2, f"Error: {tmp_path / 'none.txt'}: cannot be read: No such file or directory\n")
