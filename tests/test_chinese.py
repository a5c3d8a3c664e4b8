"""The catalogue of messages in Chinese: everything that is raised, warned of or shown as help has its entry."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest

import partyrules
from partyrules.analysis.codes import CODES, Code
from partyrules.cli import main
from partyrules.errors.chinese import chinese
from partyrules.evaluate.inference import engine_named
from tests.commands import AS_OF, BOTH, PACK, run, written

ROOMS: Final = Path(partyrules.__file__).parent
# What is written where nobody reads it on the command line, or in both languages where it is said.
ELSEWHERE: Final = (
    "testing",
    "demo",
    "watch",
    "answers",
    "report",
    "analysis/pages.py",
    "analysis/sarif.py",
    "analysis/wording.py",
    "evaluate/columnar",
    "evaluate/derivation.py",
    "questions/explain.py",
    "questions/notices.py",
    "errors/limits.py",
)
# What takes the Chinese beside the English.
SAID_IN_BOTH: Final = ("Text", "filled", "joined", "_several", "heading", "line", "fact_line")
# Databases are asked in a language of their own, and a repr is for whoever writes Python.
NO_MESSAGE: Final = re.compile(
    r"^partyrules |^, known at|^, as |database main|\b(CAST|SELECT|INSERT|UPDATE|PRAGMA|CREATE|BEGIN|DESC|IN \(|= \?)"
    r"|^<|\| None|^\s*(import|@)"
)
# No message by themselves: a part of one, what a test of names is called, a command for a shell.
PARTS: Final = ("in being", "a day, date(", "python -c ", "Жa string of 1 to")
ENGLISH: Final = re.compile(r"(?<![\w.:<-])[a-z]{2,}(?: [a-z]{2,})+(?![\w:-])")
CHINESE: Final = re.compile("[\u4e00-\u9fff]")


def template(node: ast.AST) -> str | None:
    """Return a text of the code with a letter that nothing is called by for each place in it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value)
            if isinstance(part, ast.Constant)
            else "'Ж'"
            if isinstance(part, ast.FormattedValue) and part.conversion == ord("r")
            else "Ж"
            for part in node.values
        )
    return None


def messages_in(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and text of whatever in a module may be a message: two English words one after the other."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr | ast.Dict):
            # Docstrings; and what is said in both languages where it stands.
            keys = (
                [key.value for key in node.keys if isinstance(key, ast.Constant)] if isinstance(node, ast.Dict) else []
            )
            if isinstance(node, ast.Dict):
                passed.update(map(id, node.keys))
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                passed.add(id(node.value))
            if {"zh", "en"} <= set(keys):
                passed.update(map(id, ast.walk(node)))
        if (
            isinstance(node, ast.If | ast.IfExp)
            and CHINESE.search(ast.unparse(node))
            and "zh" in ast.unparse(node.test)
        ):
            passed.update(map(id, ast.walk(node)))
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and CHINESE.search(ast.unparse(node)):
            passed.update(map(id, ast.walk(node)))
        if isinstance(node, ast.JoinedStr):
            passed.update(map(id, node.values))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAID_IN_BOTH:
            passed.update(map(id, ast.walk(node)))
    for node in ast.walk(tree):
        said = template(node)
        if said is None or id(node) in passed or said.startswith(PARTS) or NO_MESSAGE.search(said):
            continue
        if ENGLISH.search(re.sub("`[^`]*`", "Ж", said)):
            yield node.lineno, said.strip(" ,;")  # type: ignore[attr-defined]  # every text stands in a line


def left_in(said: str) -> list[str]:
    """Return the English that is left of a message once it is in Chinese, what is quoted aside."""
    bare = re.sub(r"用法：.*|python -c .*|`[^`]*`|'[^']*'|“[^”]*”|--[a-z-]+|\bpartyrules [a-z-]+", "Ж", chinese(said))
    return ENGLISH.findall(bare)


MODULES: Final = sorted(path for path in ROOMS.rglob("*.py") if not str(path.relative_to(ROOMS)).startswith(ELSEWHERE))


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.id)
def test_every_cure_is_in_the_catalogue(code: Code) -> None:
    """What `check` says to do about a fault has no English left in it once it is in Chinese."""
    assert CHINESE.search(chinese(code.cure))
    assert left_in(code.cure) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOMS)))
def test_every_message_is_in_the_catalogue(path: Path) -> None:
    """No text of the code that may be shown has English left in it once it is in Chinese."""
    untold = [(line, said) for line, said in messages_in(path) if left_in(said) or not CHINESE.search(chinese(said))]
    assert untold == []


# Every command -----------------------------------------------------------------------------------------------------

COMMANDS: Final = tuple(main.list_commands(click.Context(main)))
PERSON: Final = ("--person", "学生丙", "--to", "probationary_member")
# How each command is refused: in its usage, and in what it is given.
REFUSED: Final = (
    (),
    ("nonsense",),
    ("demo", "--students", "many"),
    ("demo", "--out", "facts.jsonl"),
    ("record", "new.db"),
    ("record", "new.db", "absent.jsonl"),
    ("record", "new.db", "bad.jsonl"),
    ("audit", "facts.jsonl"),
    ("audit", "facts.jsonl", *PACK, "--as-of", "2018-02-30"),
    ("audit", "facts.jsonl", "--pack", "lzwl", *AS_OF),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "--rule", "lzwl2017:9.9"),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "--subject", "学生丁"),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "--status", "broken"),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "--reading", "lzwl2017:8.2.1-hold.early=never"),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "--reading", "early"),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "--set", "lzwl2017:1.3.3.review_interval=week"),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "--irregular", "--contested"),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "--adoption", "bad.toml"),
    ("audit", "sheet.xlsx", *PACK, *AS_OF),
    ("audit", "/dev/null", *PACK, *AS_OF),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "--adoption", "columns.parquet"),
    ("demo", "--students", "3"),
    ("audit", "facts.jsonl", *PACK, "--known-at", "yesterday"),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "--by-ledger-time"),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "--no-such-option"),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "--limit", "-1"),
    ("decide", "facts.jsonl", *PACK, "--to", "full_member"),
    ("decide", "facts.jsonl", *PACK, "--person", "学生丙", "--to", "ful_member"),
    ("decide", "facts.jsonl", *PACK, "--person", "学生戊", "--to", "full_member"),
    ("decide", "facts.jsonl", *PACK, *PERSON, "--contested", "--why"),
    ("replay", "bad.jsonl", "facts.jsonl"),
    ("funnel", "facts.jsonl"),
    ("explain", "facts.jsonl", *PACK, "--rule", "8.1.3"),
    ("explain", "facts.jsonl", *PACK, "--rule", "9.1", "--subject", "学生甲"),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "--period", "2018-Q7"),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "--unit", "branch-2"),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "--due-by", "2018-07-08", "--status", "breached"),
    ("audit", "facts.jsonl", *PACK, *AS_OF, "-o", "facts.jsonl"),
    ("changes", "facts.jsonl", *PACK, "--from", "2018-07-08", "--to", "2018-03-01"),
    ("changes", "facts.jsonl", *PACK, "--from", "2018-03-01@noon"),
    ("changes", "facts.jsonl", *PACK, "--from", "2018-03-01", "--from-set", "lzwl2017:1.3.3.review_interval=month"),
    ("packs", "lzwl"),
    ("packs", "lzwl2017", "--schema"),
    ("readings", "lzwl"),
    ("trace", "lzwl2017", "--source", "absent.txt"),
    ("new-pack", "Bad Name", "--source", "source.txt"),
    ("check", "nowhere"),
    ("compare", "lzwl2017", "nowhere"),
    ("verify", "facts.jsonl"),
    ("verify", "absent.db"),
    ("verify", "facts.jsonl", "--head", "12"),
    ("backup", "absent.db", "copy.db"),
    ("doctor", "everything"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a file of facts, a bad one, and other files that are none."""
    made = tmp_path_factory.mktemp("chinese")
    written(made / "facts.jsonl")
    bad = [
        '{"fact": "person_registered", "id": "x", "on": "2018-02-30"}',
        '{"fact": "meeting_hold", "id": "y", "on": "2018-02-01"}',
        '{"fact": "stage_entered", "id": "", "on": "2018-02-01", "person": 5, "stage": "activist", "wrong": 1}',
        "not JSON",
    ]
    (made / "bad.jsonl").write_text("\n".join(bad), encoding="utf-8")
    (made / "bad.toml").write_text("packs = 3\n", encoding="utf-8")
    (made / "source.txt").write_text("一、总则。\n", encoding="utf-8")
    (made / "sheet.xlsx").write_bytes(b"PK\x03\x04" + b"xl/" * 20)
    (made / "columns.parquet").write_bytes(b"PAR1")
    return made


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_is_in_the_language_asked_for(command: str) -> None:
    """The help has no English sentence in Chinese, wherever `--lang` stands, and nothing Chinese in English."""
    for asked in ((command, "--help", "--lang", "zh"), ("--lang=zh", command, "--help")):
        said = run(*asked).stdout
        assert CHINESE.search(said)
        assert left_in(said) == []
    assert not CHINESE.search(run(command, "--help").stdout)


@pytest.mark.parametrize("asked", REFUSED, ids=" ".join)
def test_what_is_refused_is_refused_in_the_language_asked_for(
    asked: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every line of a refusal is in Chinese where that was asked for, and in English there is nothing Chinese."""
    monkeypatch.chdir(folder)
    chinese_one, english_one = (run("--lang", lang, *asked) for lang in ("zh", "en"))
    assert (chinese_one.exit_code, english_one.exit_code) == (2, 2), chinese_one.output
    for line in filter(None, chinese_one.stderr.splitlines()):
        assert CHINESE.search(re.sub("[^ ]*学生.", "", line)), line
        assert left_in(line) == [], line
    named = "学生.|支部甲|指导部|团委|楼."
    assert not CHINESE.search(re.sub(named, "", english_one.stderr)), english_one.stderr


QUESTION: Final = (*PERSON, "--on", "2018-04-01")
# What each command answers; the first two make what the others are asked of.
# Where durable-rules cannot be loaded there is no engine to trace.
TRACE: Final = () if engine_named() == "reference" else ("--trace-engine",)
ANSWERED: Final = (
    ("record", "ledger.db", "facts.jsonl"),
    ("decide", "ledger.db", *BOTH, *QUESTION, "--why", *TRACE, "--record", "decision.json"),
    ("verify", "ledger.db"),
    ("audit", "ledger.db", *BOTH, *AS_OF),
    ("audit", "ledger.db", *BOTH, *AS_OF, "--status", "unknown", "--judgements"),
    ("audit", "ledger.db", *BOTH, *AS_OF, "--contested"),
    ("audit", "ledger.db", *BOTH, *AS_OF, "--irregular"),
    ("decide", "ledger.db", *BOTH, *QUESTION, "--contested"),
    ("replay", "decision.json", "ledger.db"),
    ("funnel", "ledger.db", *BOTH, "--on", "2018-07-08"),
    ("explain", "ledger.db", *BOTH, "--rule", "lzwl2017:8.1.3", "--subject", "学生乙", *AS_OF),
    ("explain", "ledger.db", *BOTH, "--rule", "lzwl2017:8.4.2", "--subject", "学生乙", *AS_OF),
    ("explain", "ledger.db", *BOTH, "--rule", "lzcu2012:5.5.2", "--subject", "学生甲", *AS_OF),
    ("changes", "ledger.db", *BOTH, "--from", "2018-05-01", "--to", "2018-07-08"),
    ("packs",),
    ("packs", "lzcu2012"),
    ("readings", "lzwl2017"),
    ("trace", "lzcu2012"),
    ("backup", "ledger.db", "copy.db"),
    ("template",),
    ("doctor",),
)


def test_how_many_stands_in_marks_that_match() -> None:
    """Wherever the catalogue parts a list of what there is how many times, both marks about a number are Chinese."""
    said = chinese("Warning: no adopted pack reads a `x` (10), b `y` (2), c `z` (1)")
    assert said == "提醒：所采用的规则包都不读取 a `x`（10），b `y`（2），c `z`（1）"


@pytest.mark.parametrize("near", ["", "; did you mean `lzwl2017:8.2.4`?"])
def test_a_reason_that_explains_nothing_is_told_in_chinese(near: str) -> None:
    """With the nearest rule and without it, no English is left."""
    what = "`lzwl2017:8.3.1` is no duty per period and no requirement of modality `normally`, PACK:RULE"
    assert left_in(f"Warning: judgement_made j1 explains nothing: {what}{near}") == []


def test_what_is_to_be_written_stays_as_it_is() -> None:
    """Names, code and commands can be copied out of a Chinese message; a value is in Chinese quotation marks."""
    assert chinese("found 'MUST'; allowed: may, must, shall") == "现为“MUST”；允许：may, must, shall"
    assert chinese("allowed: none") == "允许：无"
    assert "('a',)" in chinese("found 'a'; write ('a',), with the comma")
    assert "['a', 'b']" in chinese("key `packs`: found nothing; allowed: a list, `x` or ['a', 'b']")
    assert "python -c 'x'" in chinese("found a table of separated values (make a line of each row: python -c 'x' f)")


def test_each_name_of_a_list_has_its_nearest_in_chinese() -> None:
    """Of several names in a list the nearest of each is told in Chinese."""
    assert chinese("`a` (nearest: `b`), `c` (nearest: `d`), `e`") == "`a`（最接近：`b`），`c`（最接近：`d`），`e`"


def test_what_is_answered_is_answered_in_chinese(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line of any answer has an English sentence in it under `--lang zh`."""
    monkeypatch.chdir(folder)
    for asked in ANSWERED:
        found = run("--lang", "zh", *asked)
        assert found.exit_code == 0, found.output
        for line in found.output.splitlines():
            # The items of a trace are data.
            assert left_in(re.sub(r"[a-z]+\([^)]*\)", "", line)) == [], (asked, line)
