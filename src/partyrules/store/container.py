"""Named arrays in one file: written whole or not at all, every byte under a checksum, read at the speed of the disk."""

from collections.abc import Mapping
from pathlib import Path
from struct import Struct
from typing import Any, Final
from zlib import crc32

import msgspec
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from partyrules.errors import PartyRulesError
from partyrules.facts.writing import our_file

MAGIC: Final = b"PRPROJ\r\n"
"""How every such file begins."""
# How long the header is, and its checksum.
_START: Final = Struct("<8sII")
# Arrays begin where the widest loads of a processor may.
_ALIGNMENT: Final = 64
_TEXTS: Final = msgspec.json.Decoder(list[str])
# The types an array may have; no other is made out of what a file says.
_DTYPES: Final = frozenset(np.dtype(letter).newbyteorder("<").str for letter in "?bBhHiIqQfd")


class ContainerError(PartyRulesError, ValueError):
    """A file is not the container it should be: of another format, cut off, or changed."""


@frozen(eq=False)
class Container:
    """What a file holds: the JSON value `about` that its writer said of it, and the arrays by name, read-only."""

    about: Any
    arrays: Mapping[str, NDArray[Any]]


@frozen
class _ArrayPart:
    """Where an array lies, `offset` in bytes from the end of the header; `checksum` is of the padding too."""

    dtype: str
    length: int
    offset: int
    checksum: int


@frozen
class _Header:
    about: Any
    parts: dict[str, _ArrayPart]


def write_container(path: Path, arrays: Mapping[str, NDArray[Any]], *, about: Any) -> None:
    """Put arrays of one dimension into the file at `path`, in place of what was there.

    Whoever reads at the same moment, or after a crash at any, finds the old file or the new one. Raise OutputError
    where it cannot be written, or what was there is no such file.
    """
    parts: dict[str, _ArrayPart] = {}
    offset = 0
    for name, array in arrays.items():
        padded = _padded(array.nbytes)
        checksum = crc32(bytes(padded - array.nbytes), crc32(_bytes(array)))
        parts[name] = _ArrayPart(array.dtype.newbyteorder("<").str, len(array), offset, checksum)
        offset += padded
    header = msgspec.json.encode(_Header(about, parts))
    header = header.ljust(_padded(_START.size + len(header)) - _START.size)
    with our_file(path, begins=MAGIC) as file:
        file.write(_START.pack(MAGIC, len(header), crc32(header)))
        file.write(header)
        for array in arrays.values():
            file.write(_bytes(array))
            file.write(bytes(_padded(array.nbytes) - array.nbytes))


def read_container(path: Path) -> Container:
    """Return what the file at `path` holds; raise ContainerError unless every byte is as written, OSError unread.

    All of it is read into memory: what was checked cannot change any more, whoever writes the file.
    """
    held = np.fromfile(path, np.uint8)
    held.flags.writeable = False
    header, body = _header(held)
    arrays: dict[str, NDArray[Any]] = {}
    end = 0
    for name, part in header.parts.items():
        if part.dtype not in _DTYPES or part.length < 0 or part.offset != end:
            raise ContainerError(f"its header is of another format: no array is `{name}` as it says")
        dtype = np.dtype(part.dtype)
        size = dtype.itemsize * part.length
        stretch = body[end : end + _padded(size)]
        if len(stretch) != _padded(size):
            raise ContainerError("it is cut off")
        if crc32(stretch.data) != part.checksum:
            raise ContainerError(f"it is damaged: the checksum of `{name}` is wrong")
        arrays[name] = stretch[:size].view(dtype)
        end += len(stretch)
    if end != len(body):
        raise ContainerError("it goes on behind its end")
    return Container(header.about, arrays)


def _header(held: NDArray[np.uint8]) -> tuple[_Header, NDArray[np.uint8]]:
    if len(held) < _START.size:
        raise ContainerError("it is cut off")
    magic, length, checksum = _START.unpack(held[: _START.size].tobytes())
    if magic != MAGIC:
        raise ContainerError("it is not a projection")
    text, body = held[_START.size : _START.size + length].tobytes(), held[_START.size + length :]
    if len(text) != length:
        raise ContainerError("it is cut off")
    if crc32(text) != checksum:
        raise ContainerError("it is damaged: the checksum of its header is wrong")
    try:
        return msgspec.json.decode(text, type=_Header), body
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ContainerError(f"its header is of another format: {error}") from None


def text_array(texts: list[str]) -> NDArray[np.uint8]:
    """Return strings as an array of bytes."""
    # JSON: any string is said exactly, and nothing else makes a list of strings out of bytes as fast.
    return np.frombuffer(msgspec.json.encode(texts), np.uint8)


def texts_in(array: NDArray[np.uint8]) -> list[str]:
    """Return the strings that an array of bytes holds; raise ContainerError where it holds something else."""
    try:
        return _TEXTS.decode(array.data)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ContainerError(f"its strings are of another format: {error}") from None


def _bytes(array: NDArray[Any]) -> memoryview:
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return little.view(np.uint8).data


def _padded(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT
