"""Hostile inputs against every command: damaged, forged and random files and arguments, the same for a seed.

`python -m tests.hostile 30000` tries so many, and counts how the commands ended; `make test` tries a few hundred.
"""

import argparse
import contextlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import struct
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zlib import crc32

from attrs import frozen
from click.testing import CliRunner

from partyrules.cli import main
from tests.commands import AS_OF, FACTS, PACK

__all__ = ["Ended", "ended", "tried"]

QUESTION: Final = ("--person", "学生丙", "--to", "probationary_member", "--on", "2018-04-01")
FAULT: Final = "a fault of partyrules"
# No input of a few kilobytes is worth so many seconds.
_SECONDS: Final = 60
_MEMORY: Final = 6 * 2**30

Rng = random.Random


@frozen
class Ended:
    """How a command ended: with which code, what it said, and whether that was meant."""

    number: int
    arguments: tuple[str, ...]
    code: int
    said: str

    @property
    def meant(self) -> bool:
        """Tell whether nothing escaped and nothing was put down to partyrules itself."""
        known = self.code in {0, 1, 2, 141}
        return known and "Traceback" not in self.said and FAULT not in self.said and "Interrupted" not in self.said


# Values and bytes ------------------------------------------------------------------------------------------


def text(rng: Rng) -> str:
    """Return a string that nobody expects."""
    return rng.choice(
        [
            "",
            " ",
            "x" * rng.choice([201, 1001, 70_000]),
            "\x00",
            "\x1b[2J\u202e",
            "\ud800",
            "=1+1",
            "none",
            "学生甲",
            "2018-02-30",
            "9999-12-31",
            "0000-01-01",
            "2018-13",
            "-0001-01-01",
            "2018-W01-1",
            "1e999",
            "nan",
            "../../etc/passwd",
            "/dev/zero",
            "9" * 5000,
            "𝟚𝟘𝟙𝟠-𝟘𝟙-𝟘𝟙",
            "*",
            "[",
            "lzwl2017:8.1.3",
            "2018-03-15T09:00:00+08:00",
            "2018-03-15T09:00:00",
            "0001-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59-23:59",
            "".join(chr(rng.randrange(0x110000)) for _ in range(rng.randrange(12))),
        ]
    )


def value(rng: Rng, depth: int = 0) -> Any:
    """Return a JSON value that nobody expects."""
    simple: list[Any] = [None, True, False, 0, -1, 1.5, 10**30, -(2**63), 1e308, 0.1, text(rng)]
    if depth < 3 and rng.random() < 0.3:
        if rng.random() < 0.5:
            return [value(rng, depth + 1) for _ in range(rng.randrange(4))]
        return {text(rng): value(rng, depth + 1) for _ in range(rng.randrange(4))}
    return rng.choice(simple)


RAW: Final = (
    "[" * 100_000,
    '{"a":' * 20_000,
    "[" * 500 + "]" * 500,
    "1e999",
    "-1e999",
    "NaN",
    "9" * 5000,
    "0." + "1" * 5000,
    "1e-999999999",
    "1e999999999",
    '"\\ud800"',
    '"\\u0000"',
    "'x'",
    "{}",
    "[]",
    "-",
    "tru",
    '"x',
    '{"a":1,"a":2}',
)


def damaged(raw: bytes, rng: Rng) -> bytes:
    """Return bytes after a few accidents."""
    data = bytearray(raw)
    for _ in range(rng.choice([1, 1, 1, 2, 5, 20])):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(8):
            case 0 if data:
                data[at % len(data)] ^= 1 << rng.randrange(8)
            case 1:
                del data[at:]
            case 2:
                del data[at : at + rng.choice([1, 2, 16, 512])]
            case 3:
                data[at:at] = rng.randbytes(rng.choice([1, 4, 64]))
            case 4:
                data[at:at] = data[at : at + rng.choice([1, 16, 256, 4096])]
            case 5:
                data[at : at + 4] = rng.choice([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"\x80\0\0\0"])
            case 6:
                data[at:at] = rng.choice(RAW).encode()[:2000]
            case _:
                data[at:at] = rng.choice(["\ufeff", "\u2028", "\r", "\x85", "\0", "党", '"', "\\", "\n"]).encode()
    return bytes(data)


def unexpected(node: Any, rng: Rng) -> Any:
    """Return a JSON value with something else somewhere in it."""
    if isinstance(node, dict) and node and rng.random() < 0.85:
        key = rng.choice(list(node))
        match rng.randrange(8):
            case 0:
                return {name: each for name, each in node.items() if name != key}
            case 1:
                return {**node, text(rng): value(rng)}
            case 2:
                return {text(rng) if name == key else name: each for name, each in node.items()}
            case _:
                return {**node, key: unexpected(node[key], rng)}
    if isinstance(node, list) and node and rng.random() < 0.85:
        at = rng.randrange(len(node))
        match rng.randrange(5):
            case 0:
                return [*node[:at], *node[at + 1 :]]
            case 1:
                return [*node, node[at]]
            case _:
                return [*node[:at], unexpected(node[at], rng), *node[at + 1 :]]
    return value(rng)


def json_of(node: Any, rng: Rng) -> bytes:
    """Return a JSON value as text, here and there with something raw in the place of a string."""
    said = json.dumps(node, ensure_ascii=rng.random() < 0.5).encode(errors="surrogatepass")
    if rng.random() < 0.15:
        parts = said.split(b'"')
        at = rng.randrange(len(parts))
        said = b'"'.join([*parts[:at], rng.choice(RAW).encode(), *parts[at + 1 :]])
    return said


def odd_json(raw: bytes, rng: Rng) -> bytes:
    """Return a JSON document, damaged or with something unexpected in it."""
    if rng.random() < 0.3:
        return damaged(raw, rng)
    try:
        node = json.loads(raw)
    except (ValueError, RecursionError):
        # It was made odd before.
        return damaged(raw, rng)
    for _ in range(rng.choice([1, 1, 2, 4])):
        node = unexpected(node, rng)
    return json_of(node, rng)


def odd_lines(raw: bytes, rng: Rng) -> bytes:
    """Return JSON Lines, some damaged, some with something unexpected in them, some twice."""
    if rng.random() < 0.1:
        return damaged(raw, rng)
    if rng.random() < 0.05:
        return raw.decode().encode(rng.choice(["utf-16", "utf-8-sig", "gb18030", "utf-32"]))
    lines = raw.splitlines()
    for _ in range(rng.choice([1, 1, 2, 5])):
        at = rng.randrange(len(lines))
        match rng.randrange(6):
            case 0:
                lines[at] = damaged(lines[at], rng)
            case 1:
                lines.insert(at, rng.choice([b"", b" ", rng.randbytes(40), rng.choice(RAW).encode()]))
            case 2:
                lines.append(lines[at])
            case _:
                lines[at] = odd_json(lines[at], rng) if lines[at].startswith(b"{") else lines[at]
                lines = lines if any(lines) else [b"{}"]
    return rng.choice([b"\n", b"\n", b"\r\n", b"\r", b"\n\n"]).join(lines) + b"\n"


_TOML: Final = (
    "packs = {}",
    "institution = {}",
    "time_zone = {}",
    "terms = {}",
    "readings = {}",
    "parameters = {}",
    '[readings]\n"lzwl2017:8.2.1-hold.partial" = {}',
    '[parameters]\n"lzwl2017:1.3.3.review_interval" = {}',
    "[holidays]\nfree = {}",
    "[holidays]\nfree = [{}]\nworked = [{}]",
    "[{}]",
    "{} = 1",
    "packs = [{}]",
)
_TOML_VALUES: Final = (
    "9" * 5000,
    "0x" + "f" * 5000,
    "1e999",
    "nan",
    "inf",
    "[" * 3000,
    "[" * 3000 + "]" * 3000,
    "{a=" * 2000,
    "2018-02-30",
    "2018-02-15",
    "9999-12-31",
    "0001-01-01",
    "2018-02-15T00:00:00Z",
    "2018-02-15T00:00:00+99:99",
    "25:61:61",
    '"\\ud800"',
    '"\\U00110000"',
    '"/dev/zero"',
    '"."',
    '"facts.jsonl"',
    '"terms.jsonl"',
    '"Asia/Shanghai"',
    '"../../../etc/passwd"',
    '"localtime"',
    '""',
    "''",
    "true",
    '["lzwl2017"]',
    '"lzwl2017"',
    "a" + ".a" * 3000,
    '"""',
    "-0",
    "{}",
    "[[]]",
)


def odd_toml(raw: bytes, rng: Rng) -> bytes:
    """Return an adoption file, damaged or with something unexpected in it."""
    if rng.random() < 0.3:
        return damaged(raw, rng)
    lines = raw.decode().splitlines()
    for _ in range(rng.choice([1, 1, 2, 3])):
        line = rng.choice(_TOML)
        said = rng.choice([*_TOML_VALUES, json.dumps(text(rng)), text(rng)])
        made = line.replace("{}", said)
        if line.startswith("["):
            lines.append(made)
        else:
            lines = [made, *(each for each in lines if each.split("=")[0].strip() != made.split("=")[0].strip())]
    return "\n".join(lines).encode(errors="surrogatepass")


def odd_projection(raw: bytes, rng: Rng) -> bytes:
    """Return a projection, damaged, or with a forged header whose checksums are right."""
    if rng.random() < 0.3:
        return damaged(raw, rng)
    length = struct.unpack_from("<I", raw, 8)[0]
    header, body = json.loads(raw[16 : 16 + length]), bytearray(raw[16 + length :])
    if rng.random() < 0.5 and body:
        part = rng.choice(list(header["parts"].values()))
        start = part["offset"]
        end = start + -(-part["length"] * int(part["dtype"][-1]) // 64) * 64
        stretch = bytearray(damaged(bytes(body[start:end]), rng)[: end - start].ljust(end - start, b"\0"))
        body[start:end] = stretch
        part["checksum"] = crc32(stretch)
    else:
        header = unexpected(header, rng)
    said = json_of(header, rng)
    said = said.ljust(-(-(16 + len(said)) // 64) * 64 - 16)
    return struct.pack("<8sII", raw[:8], len(said), crc32(said)) + said + bytes(body)


def odd_ledger(path: Path, rng: Rng) -> None:
    """Damage a ledger, by its bytes or as a program would that writes to its tables."""
    if rng.random() < 0.5:
        path.write_bytes(damaged(path.read_bytes(), rng))
        return
    with contextlib.closing(sqlite3.connect(path)) as other, contextlib.suppress(sqlite3.Error, UnicodeError):
        names = [row[0] for row in other.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
        for name in names:
            other.execute(f'DROP TRIGGER "{name}"')
        tables = [row[0] for row in other.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for _ in range(rng.choice([1, 1, 3])):
            table = rng.choice(tables)
            columns = [row[1] for row in other.execute(f'PRAGMA table_info("{table}")')] or ["x"]
            column = rng.choice(columns)
            row = rng.randrange(len(FACTS) + 1)
            changed = f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?'  # noqa: S608 - ours
            with contextlib.suppress(sqlite3.Error, OverflowError, UnicodeError):
                match rng.randrange(9):
                    case 0:
                        other.execute(f'DROP TABLE "{table}"')
                    case 1:
                        other.execute(f'DELETE FROM "{table}" WHERE rowid > ?', (row,))  # noqa: S608 - ours
                    case 2:
                        other.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO other')
                    case 3:
                        other.execute(f'ALTER TABLE "{table}" RENAME TO other')
                        other.execute(f'CREATE VIEW "{table}" AS SELECT * FROM other')  # noqa: S608 - ours
                    case 4:
                        other.execute(f"PRAGMA {rng.choice(['user_version', 'application_id'])} = {rng.randrange(99)}")
                    case 5:
                        node = unexpected(json.loads(json.dumps(rng.choice(FACTS))), rng)
                        said = json_of(node, rng)
                        other.execute(changed, (said if rng.random() < 0.5 else said.decode(errors="replace"), row))
                    case _:
                        given = rng.choice([None, 0, -1, 2**62, 1.5, text(rng), rng.randbytes(9), str(value(rng))])
                        other.execute(changed, (given, row))
        other.commit()


# Commands --------------------------------------------------------------------------------------------------


def audited(source: str, rng: Rng) -> list[str]:
    """Return a question of an audit."""
    form = rng.choice(["table", "table", "jsonl", "json", "csv"])
    more = rng.choice([[], ["--irregular"], ["--rule", "8.1.3"], ["--rule", "8.*", "--exit-code"], ["--judgements"]])
    return ["audit", source, *PACK, *AS_OF, *more, "--format", form]


def asked(source: str, rng: Rng) -> list[str]:
    """Return a question of some facts."""
    return rng.choice(
        [
            audited(source, rng),
            audited(source, rng),
            ["decide", source, *PACK, *QUESTION, "--format", rng.choice(["text", "json"])],
            ["funnel", source, *PACK, "--on", "2018-04-01"],
            ["explain", source, *PACK, *AS_OF, "--rule", "8.1.3", "--subject", "学生乙"],
        ]
    )


def of_facts(place: Path, rng: Rng) -> list[str]:
    """Put a file of facts there, and return what is done with it."""
    (place / "facts.jsonl").write_bytes(odd_lines((place / "facts.jsonl").read_bytes(), rng))
    return rng.choice(
        [
            ["record", "new.db", "facts.jsonl"],
            ["record", "new.db", "facts.jsonl", "--keep-good"],
            ["record", "l.db", "facts.jsonl"],
            ["check", "lzcu2012", "--facts", "facts.jsonl"] if rng.random() < 0.02 else asked("facts.jsonl", rng),
            asked("facts.jsonl", rng),
        ]
    )


def of_ledgers(place: Path, rng: Rng) -> list[str]:
    """Put a ledger there, and return what is done with it."""
    odd_ledger(place / "l.db", rng)
    if rng.random() < 0.1:
        (place / f"l.db-{rng.choice(['wal', 'shm', 'journal'])}").write_bytes(rng.randbytes(rng.choice([0, 32, 5000])))
    return rng.choice(
        [
            ["verify", "l.db"],
            ["verify", "l.db", "--head", f"{rng.randrange(30)}:{'0' * 64}"],
            ["record", "l.db", "facts.jsonl"],
            ["record", "l.db", "facts.jsonl", "--keep-good"],
            ["backup", "l.db", "copy.db"],
            ["replay", "decision.json", "l.db"],
            [*audited("l.db", rng), "--projection", "p"],
            asked("l.db", rng),
            asked("l.db", rng),
        ]
    )


def of_projections(place: Path, rng: Rng) -> list[str]:
    """Put a projection there, and return a question of it."""
    (place / "p").write_bytes(odd_projection((place / "p").read_bytes(), rng))
    return rng.choice(
        [
            [*audited("l.db", rng), "--projection", "p"],
            ["funnel", "l.db", *PACK, "--on", "2018-04-01", "--projection", "p"],
        ]
    )


def of_adoptions(place: Path, rng: Rng) -> list[str]:
    """Put an adoption file there, or one of its terms, and return a question with it."""
    name, odd = rng.choice([("a.toml", odd_toml), ("a.toml", odd_toml), ("terms.jsonl", odd_lines)])
    (place / name).write_bytes(odd((place / name).read_bytes(), rng))
    rest = rng.choice([["--rule", "8.1.3"], []])
    return rng.choice(
        [
            ["audit", "facts.jsonl", "--adoption", "a.toml", *AS_OF, *rest],
            ["audit", "l.db", "--adoption", "a.toml", *AS_OF, "--projection", "p"],
            ["decide", "l.db", "--adoption", "a.toml", *QUESTION],
        ]
    )


def of_records(place: Path, rng: Rng) -> list[str]:
    """Put a decision record there, and return how it is run again."""
    (place / "decision.json").write_bytes(odd_json((place / "decision.json").read_bytes(), rng))
    return ["replay", "decision.json", rng.choice(["l.db", "facts.jsonl"])]


def of_packs(place: Path, rng: Rng) -> list[str]:
    """Put an exported pack there, and return a question with it."""
    (place / "pack.json").write_bytes(odd_json((place / "pack.json").read_bytes(), rng))
    return ["audit", "facts.jsonl", "--pack", "pack.json", *AS_OF, "--rule", "8.1.3"]


def of_documents(place: Path, rng: Rng) -> list[str]:
    """Put the text of a document there, and return what is done with it."""
    (place / "document.txt").write_bytes(damaged((place / "document.txt").read_bytes(), rng))
    return rng.choice(
        [
            ["trace", "lzwl2017", "--source", "document.txt"],
            ["new-pack", "fresh", "--source", "document.txt"],
            ["trace", "lzcu2012", "--source", "document.txt", "--format", "json"],
        ]
    )


def of_arguments(place: Path, rng: Rng) -> list[str]:
    """Return a command with something unexpected among its arguments."""
    del place
    asks = asked(rng.choice(["l.db", "facts.jsonl"]), rng)
    others = [
        ["verify", "l.db", "--head", "1:" + "0" * 64],
        ["record", "new.db", "facts.jsonl"],
        ["replay", "decision.json", "l.db"],
        ["backup", "l.db", "copy.db"],
        ["packs", "lzwl2017"],
        ["readings", "lzwl2017"],
        ["trace", "lzwl2017"],
        ["new-pack", "fresh", "--source", "document.txt"],
        [*asks, "--reading", "lzwl2017:8.2.1-hold.partial=full"],
        [*asks, "--set", "lzwl2017:1.3.3.review_interval=month"],
        [*asks, "--known-at", "2018-03-15T09:00:00+08:00"],
        [*asks, "--lang", "zh"],
        ["decide", "l.db", *PACK, *QUESTION, "--record", "new.json"],
        [*audited("l.db", rng), "--projection", "p"],
    ]
    made = rng.choice([asks, *others])
    for _ in range(rng.choice([1, 1, 2])):
        at = rng.randrange(1, len(made) + 1)
        said = rng.choice([text(rng), "--" + text(rng), "-", "--", "=", ".", "/dev/null", "/dev/zero", "l.db", "p"])
        # What no system hands over as an argument is left out.
        raw = said.encode(errors="replace") + (rng.randbytes(3) if rng.random() < 0.1 else b"")
        made = [*made[:at], os.fsdecode(raw.replace(b"\0", b"")), *made[at + rng.choice([0, 1, 1]) :]]
    return made


KINDS: Final[Sequence[Callable[[Path, Rng], list[str]]]] = (
    of_facts,
    of_facts,
    of_facts,
    of_ledgers,
    of_ledgers,
    of_projections,
    of_adoptions,
    of_adoptions,
    of_records,
    of_packs,
    of_documents,
    of_arguments,
    of_arguments,
)


# Runs ------------------------------------------------------------------------------------------------------


def stocked(place: Path) -> None:
    """Put into a folder what inputs are made of."""
    term = {"id": "t9", "fact": "term_declared", "on": "2018-09-03", "until": "2019-01-20", "term": "2018-autumn"}
    lines = [json.dumps(row, ensure_ascii=False) for row in FACTS]
    (place / "facts.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (place / "terms.jsonl").write_text(json.dumps({**term, "kind": "semester"}) + "\n", encoding="utf-8")
    (place / "a.toml").write_text(
        'packs = ["lzwl2017"]\ninstitution = "甲"\ntime_zone = "Asia/Shanghai"\nterms = "terms.jsonl"\n'
        '[readings]\n"lzwl2017:8.2.1-hold.partial" = "full"\n'
        '[parameters]\n"lzwl2017:1.3.3.review_interval" = "month"\n'
        "[holidays]\nfree = [2018-02-15, 2018-02-16]\nworked = [2018-02-11]\n",
        encoding="utf-8",
    )
    (place / "document.txt").write_text("第一条 支部每月召开一次会议。\n第二条 每学期听一次党课。\n", encoding="utf-8")
    run = CliRunner().invoke
    for arguments in (
        ["record", place / "l.db", place / "facts.jsonl"],
        ["decide", place / "l.db", *PACK, *QUESTION, "--record", place / "decision.json"],
        ["audit", place / "l.db", *PACK, *AS_OF, "--projection", place / "p"],
    ):
        assert run(main, [str(each) for each in arguments]).exit_code == 0
    exported = run(main, ["packs", "--export", "lzwl2017"])
    assert exported.exit_code == 0
    (place / "pack.json").write_bytes(exported.stdout_bytes)


class _SlowError(BaseException):
    """A command that took too long."""


def ended(number: int, arguments: Sequence[str]) -> Ended:
    """Return how a command ended, which is given so many seconds and no more."""

    def late(*_: object) -> None:
        raise _SlowError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(_SECONDS)
    try:
        found = CliRunner().invoke(main, list(arguments), env={"COLUMNS": "100", "LANG": "C"})
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    said = found.output
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        said += f"Traceback: {found.exception!r}"
    return Ended(number, tuple(arguments), found.exit_code, said)


def tried(count: int, *, seed: int = 0, first: int = 0) -> Iterator[Ended]:
    """Yield how the command ended on each of so many inputs, from the one with the number `first` on."""
    here = Path.cwd()
    with TemporaryDirectory() as stock, TemporaryDirectory() as places:
        stocked(Path(stock))
        try:
            for number in range(first, first + count):
                place = Path(places, str(number))
                shutil.copytree(stock, place)
                rng = Rng(f"{seed}/{number}")
                made = rng.choice(KINDS)(place, rng)
                os.chdir(place)
                yield ended(number, made)
                os.chdir(here)
                shutil.rmtree(place, ignore_errors=True)
        finally:
            os.chdir(here)


def _count(options: argparse.Namespace) -> int:
    """Try inputs, print how they ended, and return how many ended as nobody meant."""
    codes: Counter[tuple[str, int]] = Counter()
    odd = 0
    for each in tried(options.count, seed=options.seed, first=options.first):
        codes[each.arguments[0][:12], each.code] += 1
        if not each.meant:
            odd += 1
            line = next((line for line in each.said.splitlines() if FAULT in line or "Traceback" in line), "")
            print(f"{each.number}: {each.arguments!r:.300} → {each.code}: {line[:500]}", flush=True)
    print(f"{sum(codes.values())} inputs (seed {options.seed}, from {options.first}), {odd} not as meant")
    for (command, code), number in sorted(codes.items()):
        if number > options.count // 1000:
            print(f"  {command:12} exit {code}: {number}")
    return odd


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=30_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="the number of the first input, to try one again")
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    sys.exit(_count(parser.parse_args()) > 0)
