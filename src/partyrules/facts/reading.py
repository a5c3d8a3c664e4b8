"""Files that are read: regular ones, in UTF-8, with an end; whatever else a file is, it is named with the cure."""

import re
import stat
from collections.abc import Callable, Iterator, Sequence
from io import BufferedReader, FileIO
from itertools import islice
from pathlib import Path
from shlex import quote
from typing import Any, Final

from attrs import frozen

from partyrules.errors import FactError, Problem, QueryError
from partyrules.errors.limits import BATCH_BYTES, BATCH_LINES, LINE_BYTES, TEXT_BYTES, TOML_BYTES, TOML_PARTS

_MARK: Final = b"\xef\xbb\xbf"
# So much of a file tells what it is.
_HEAD: Final = 64 * 1024
_SEVERAL: Final = 10
_FACTS: Final = "allowed: JSON Lines in UTF-8, one fact a line"
# What a shell gives for `… |`, `< FILE` and `<(…)`; another pipe may wait for a writer for ever.
_GIVEN_BY_THE_SHELL: Final = re.compile(r"/dev/stdin|(?:/dev|/proc/self)/fd/\d+")
_NO_FILE: Final = "found {}; allowed: a regular file, or /dev/stdin for what is piped in"


def lines_of(path: Path, *, named: str | None = None) -> Iterator[bytes]:
    """Yield the lines of a file of facts, without a byte order mark; of one beyond the limit, no more than shows it.

    Raises FactError where the file cannot be read, is something else, is not in UTF-8, or goes on beyond the limits.
    A line is named with the path of the file, or as that is `named`.
    """
    try:
        with _opened(path) as file:
            head = file.peek(_HEAD)[:_HEAD]
            # What is in another encoding is converted first, whatever else it is.
            whole = head[: head.rfind(b"\n") + 1] or head
            what = _what(head, path, _KINDS) or _as_gb18030(whole, path) or _what(head, path, _TEXTS)
            if what is not None:
                raise FactError([Problem(str(path), f"found {what}; {_FACTS}")])
            utf_8 = False
            for number, line in enumerate(_bounded(file), start=1):
                if not (utf_8 or line.isascii() or (utf_8 := _is_utf_8(line))):
                    told = _as_gb18030(line, path) if line.lstrip().startswith(b"{") else None
                    if told is not None:
                        raise FactError([Problem(f"{named or path}, line {number}", f"found {told}; {_FACTS}")])
                yield line
    except (OSError, _EndlessError) as error:
        raise FactError([Problem(str(path), _said(error))]) from None


def text_of(path: Path) -> str:
    """Return the text of a file in UTF-8, without a byte order mark; raise QueryError where it cannot be read."""
    try:
        with _opened(path) as file:
            held = file.read(TEXT_BYTES + 1)
    except (OSError, _EndlessError) as error:
        raise QueryError(f"{path}: {_said(error)}") from None
    if len(held) > TEXT_BYTES:
        raise QueryError(f"{path}: found more than {TEXT_BYTES:,} bytes; allowed: so many at most")
    what = _what(held[:_HEAD], path, _KINDS)
    if what is None:
        try:
            return held.decode().replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            what = _as_gb18030(held, path) or f"text that is not in UTF-8: {error.reason} at byte {error.start}"
    raise QueryError(f"{path}: found {what}; allowed: text in UTF-8")


def toml_of(path: Path) -> dict[str, Any]:
    """Return what a TOML file says; raise QueryError where it cannot be read, or is not TOML."""
    # Most questions are asked without such a file, and it takes as long to load as some answers do.
    import tomllib  # noqa: PLC0415 - see above

    text = text_of(path)
    if len(text) > TOML_BYTES:
        raise QueryError(f"{path}: found {len(text):,} characters; allowed: at most {TOML_BYTES:,} of TOML")
    for number, line in enumerate(text.split("\n"), start=1):
        if (dots := line.count(".")) > TOML_PARTS:
            raise QueryError(
                f"{path}, line {number}: found {dots:,} dots; allowed: at most {TOML_PARTS} in a line of TOML"
            )
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise QueryError(f"{path}: it is not TOML that can be read: lists or tables are nested too deep") from None
    except (ValueError, OverflowError) as error:
        # Of numbers and dates that are none, too.
        raise QueryError(f"{path}: it is not TOML: {error}") from None


def what_it_is(path: Path) -> str | None:
    """Return what a file that is no ledger seems to be, and the cure; None where nothing is known of it."""
    try:
        with _opened(path) as file:
            return _what(file.peek(_HEAD)[:_HEAD], path, (*_KINDS, *_TEXTS, _LINES))
    except (OSError, _EndlessError):
        return None


class _EndlessError(Exception):
    """What is read may have no end, or has none within the limits."""


def _said(error: Exception) -> str:
    return f"cannot be read: {error.strerror or error}" if isinstance(error, OSError) else str(error)


def _opened(path: Path) -> BufferedReader:
    """Open a file behind its byte order mark; raise OSError or _EndlessError where reading it might never end."""
    mode = path.stat().st_mode
    piped = _GIVEN_BY_THE_SHELL.fullmatch(str(path)) and not stat.S_ISBLK(mode)
    if not (piped or stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise _EndlessError(_NO_FILE.format("a named pipe" if stat.S_ISFIFO(mode) else "a device or socket"))
    file: BufferedReader = BufferedReader(FileIO(path), _HEAD)
    if stat.S_ISCHR(mode) and not file.isatty():
        file.close()
        raise _EndlessError(_NO_FILE.format("a device"))
    if file.peek(len(_MARK)).startswith(_MARK):
        file.read(len(_MARK))
    return file


def _bounded(file: BufferedReader) -> Iterator[bytes]:
    """Yield the lines of a file; raise _EndlessError where there are too many."""
    size = 0
    for number in range(1, BATCH_LINES + 2):
        line = file.readline(LINE_BYTES + 1)
        if not line:
            return
        size += len(line)
        yield line
        while len(line) > LINE_BYTES and not line.endswith(b"\n") and size <= BATCH_BYTES:
            line = file.readline(LINE_BYTES + 1)
            size += len(line)
        if number > BATCH_LINES or size > BATCH_BYTES:
            break
    raise _EndlessError(
        f"found more than {BATCH_LINES:,} lines or {BATCH_BYTES:,} bytes; allowed: so many at once; give it in parts"
    )


@frozen
class _FileKind:
    """What a file may be by its beginning, and what to do about it.

    There `{file}` is its path, `{stem}` and `{suffix}` are the two parts of its name, and `{new}` is another file.
    """

    found: Callable[[bytes], object]
    name: str
    cure: str = ""


# What a file is --------------------------------------------------------------------------------------------


def _starts(*magic: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(magic)


def _archive_with(part: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(b"PK\x03\x04") and part in head


def _converted(encoding: str) -> str:
    return f"iconv -f {encoding} -t UTF-8 {{file}} > {{stem}}.utf8{{suffix}}"


def _what(head: bytes, path: Path, kinds: Sequence[_FileKind]) -> str | None:
    for kind in kinds if head else ():
        if kind.found(head):
            return _named(kind.name, kind.cure, path)
    return None


def _named(name: str, cure: str, path: Path) -> str:
    stem = quote(path.stem)
    do = cure.format(file=quote(str(path)), stem=stem, suffix=path.suffix, new=f"{stem}.facts.jsonl")
    return f"{name} ({do})" if do else name


def _is_half_empty(empty: bytes, other: bytes) -> bool:
    """Tell whether half of each two bytes are mostly zero, as in UTF-16 where there is much of ASCII."""
    return len(empty) > _SEVERAL and empty.count(0) * 3 > len(empty) and other.count(0) * 20 < len(other)


def _first_lines(head: bytes) -> list[bytes]:
    return list(islice(filter(None, map(bytes.strip, head.splitlines())), _SEVERAL))


def _goes_on(head: bytes) -> bool:
    """Tell whether an object begins in the first line and goes on in the next."""
    lines = _first_lines(head)
    return (
        len(lines) > 1
        and lines[0].startswith(b"{")
        and lines[0].endswith((b"{", b"[", b",", b":"))
        and lines[1].startswith((b'"', b"}", b"]"))
    )


def _is_table(head: bytes) -> bool:
    """Tell whether the first line names columns, and the next has as many values."""
    lines = _first_lines(head)[:2]
    return (
        bool(lines)
        and not lines[0].startswith((b"{", b"["))
        and any(
            min(line.count(mark) for line in lines) == lines[0].count(mark) > 1 and b'":' not in lines[0]
            for mark in (b",", b";", b"\t", b"|")
        )
    )


def _is_utf_8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


_CHINESE: Final = re.compile("[\u4e00-\u9fff]{2,}")


def _as_gb18030(text: bytes, path: Path) -> str | None:
    """Return that a text is in GB18030, where it is not in UTF-8, spoilt or not, and reads as common Chinese there."""
    # A rare character, or a name in Cyrillic, is common Chinese there too: what is in UTF-8 is asked first.
    if _is_utf_8(text) or _CHINESE.search(text.decode(errors="ignore")):
        return None
    try:
        found = _CHINESE.findall(text.decode("gb18030"))
    except UnicodeDecodeError:
        return None
    letters = "".join(found)
    common = letters.encode("gb2312", errors="ignore").decode("gb2312")
    if not letters or len(common) * 5 < len(letters) * 4:
        return None
    return _named(f"text in GB18030 or GBK, there it says {found[0][:_SEVERAL]}", _converted("GB18030"), path)


_ROWS: Final = (
    "make a line of each row: "
    "python -c 'import csv, json, sys; [print(json.dumps({{k: v for k, v in row.items() if v}}, ensure_ascii=False)) "
    'for row in csv.DictReader(open(sys.argv[1], encoding="utf-8-sig"))]\' {file} > {new}'
)
_SHEET: Final = "import it as a register: partyrules import {stem}.db {file}"
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

_KINDS: Final = (
    _FileKind(_starts(b"SQLite format 3\x00"), "a ledger", "ask it as it is: partyrules audit {file} …"),
    _FileKind(_starts(b"PRPROJ\r\n"), "kept columns (--projection)", "give the ledger they were made of"),
    _FileKind(_archive_with(b"xl/"), "an Excel workbook", _SHEET),
    _FileKind(_archive_with(b"opendocument.spreadsheet"), "an OpenDocument spreadsheet", _SHEET),
    _FileKind(_archive_with(b"word/"), "a Word document"),
    _FileKind(_starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "an Excel or Word file of the old format", _SHEET),
    _FileKind(_starts(b"PK\x03\x04", b"PK\x05\x06"), "a zip archive", "unzip -p {file} > {new}"),
    _FileKind(_starts(b"\x1f\x8b"), "a gzip file", "gzip -dc {file} > {new}"),
    _FileKind(_starts(b"BZh"), "a bzip2 file", "bzip2 -dc {file} > {new}"),
    _FileKind(_starts(b"\xfd7zXZ\x00"), "an xz file", "xz -dc {file} > {new}"),
    _FileKind(_starts(b"\x28\xb5\x2f\xfd"), "a Zstandard file", "zstd -dc {file} > {new}"),
    _FileKind(_starts(b"7z\xbc\xaf\x27\x1c", b"Rar!"), "an archive", "unpack it, and give what was in it"),
    _FileKind(lambda head: head[257:262] == b"ustar", "a tar archive", "tar -xOf {file} > {new}"),
    _FileKind(_starts(b"PAR1"), "a Parquet file"),
    _FileKind(_starts(b"%PDF"), "a PDF document"),
    _FileKind(_starts(b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"), "text in UTF-32", _converted("UTF-32")),
    _FileKind(_starts(b"\xff\xfe", b"\xfe\xff"), "text in UTF-16", _converted("UTF-16")),
    _FileKind(lambda head: _is_half_empty(head[1::2], head[::2]), "text in UTF-16", _converted("UTF-16LE")),
    _FileKind(lambda head: _is_half_empty(head[::2], head[1::2]), "text in UTF-16", _converted("UTF-16BE")),
    _FileKind(lambda head: len(_CONTROL.findall(head)) * 20 > len(head), "binary data, no text"),
)
# The same where lines of facts are due.
_TEXTS: Final = (
    _FileKind(re.compile(rb"\s*\[\s*(\{|$)").match, "a JSON array", "jq -c '.[]' {file} > {new}"),
    _FileKind(_goes_on, "JSON over several lines", "jq -c . {file} > {new}"),
    _FileKind(_starts(b"<?xml", b"<!DOCTYPE", b"<html"), "XML or HTML"),
    _FileKind(_is_table, "a table of separated values", _ROWS),
    _FileKind(lambda head: len(_first_lines(head)) >= _SEVERAL and b"{" not in head, "text without facts"),
)
_LINES: Final = _FileKind(
    re.compile(rb"\s*\{").match, "facts in JSON Lines", "make a ledger of them: partyrules record {stem}.db {file}"
)
