"""Looks into compressed files and archives, as streams and within bounds. Pure but for reading.

No more than a chunk is in memory at a time, an archive that has to be read in any order lies in a
file without a name, and what comes out of a decompressor is counted: a bomb ends at the bound.
"""

from __future__ import annotations

import bz2
import lzma
import re
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from seatrial.verify.gitpack import PACK, objects_in_pack

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHUNK = 4 * 1024 * 1024
MIB = 1024 * 1024
FILE_BYTES = 128 * MIB  # that come out of one file of the image, whatever is nested in it
LAYER_BYTES = 512 * MIB
ENTRIES = 20_000
DEPTH = 6  # a tar.gz in a zip in a tar.gz is 5 deep
ARCHIVE_BYTES = 256 * MIB  # of a zip, which is read from its end
IN_MEMORY = 8 * MIB
DICTIONARY_BYTES = 100 * MIB
ZSTD_WINDOW = 27
_LOOSE = re.compile(r"(^|/)objects/[0-9a-f]{2}/[0-9a-f]{38}([0-9a-f]{24})?$")
_ZIP_END = b"PK\x05\x06"
_ZIP_MOST = 0xFFFF
# What a damaged or a strange archive makes the readers raise.
DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    RuntimeError,  # zipfile: a password is needed, or the method is not known
    MemoryError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    zstd.ZstdError,
)


class CutOffError(Exception):
    """What is in an archive goes beyond a bound; the message says which."""


class Stream(Protocol):
    """What can be read forward."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


class Decompressor(Protocol):
    """What bz2, lzma and zstd have in common."""

    @property
    def eof(self) -> bool:
        """Whether one compressed stream has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out of earlier data."""

    @property
    def unused_data(self) -> bytes:
        """What follows that stream."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Return what comes out of `data`, and of what is left of earlier data."""


class Budget:
    """How much may still come out of archives: of this file, and of this layer."""

    def __init__(self, layer: int = LAYER_BYTES) -> None:
        self._layer, self._file, self._entries = layer, FILE_BYTES, ENTRIES

    def next_file(self) -> None:
        """Begin another file of the layer."""
        self._file, self._entries = FILE_BYTES, ENTRIES

    def take(self, count: int) -> None:
        """Count bytes that came out.

        Raises:
            CutOffError: When they are too many.
        """
        self._layer, self._file = self._layer - count, self._file - count
        if self._layer < 0:
            message = f"{LAYER_BYTES // MIB} MiB came out of this layer's archives; no more is read"
            raise CutOffError(message)
        if self._file < 0:
            message = f"only the first {FILE_BYTES // MIB} MiB that come out of it are read"
            raise CutOffError(message)

    def enter(self) -> None:
        """Count an entry of an archive.

        Raises:
            CutOffError: When they are too many.
        """
        self._entries -= 1
        if self._entries < 0:
            message = f"only its first {ENTRIES} entries are read"
            raise CutOffError(message)


class Joined:
    """What was read already, and the rest of the stream."""

    def __init__(self, head: bytes, rest: Stream) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""
        if self._head:
            found, self._head = self._head[:size], self._head[size:]
            return found
        return self._rest.read(size)


class Unpacked:
    """What comes out of a compressed stream, of all of its members one after another."""

    def __init__(self, source: Stream, make: Callable[[], Decompressor], budget: Budget) -> None:
        self._source, self._make, self._budget = source, make, budget
        self._at, self._ended, self._begun = make(), False, False

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""
        while not self._ended:
            data = self._next() if self._at.eof or self._at.needs_input else b""
            if self._ended:
                break
            found = self._at.decompress(data, size)
            if found:
                self._budget.take(len(found))
                return found
        return b""

    def _next(self) -> bytes:
        data = b""
        if self._at.eof:
            data, self._at, self._begun = self._at.unused_data, self._make(), False
        data = data or self._source.read(65536)
        if not data and self._begun:
            message = "it ends too early"
            raise EOFError(message)
        self._ended, self._begun = not data, True
        return data


class _Zlib:
    """zlib's decompressor in the manner of the others."""

    def __init__(self, bits: int) -> None:
        self._zlib = zlib.decompressobj(bits)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail or data, max(max_length, 0))


Entries = Iterator[tuple[str, Stream]]
_MAKERS: tuple[tuple[re.Pattern[bytes], Callable[[], Decompressor]], ...] = (
    (re.compile(rb"\x1f\x8b\x08"), lambda: _Zlib(31)),
    (re.compile(rb"BZh[1-9]1AY&SY"), bz2.BZ2Decompressor),
    (re.compile(rb"\xfd7zXZ\x00"), lambda: lzma.LZMADecompressor(memlimit=DICTIONARY_BYTES)),
    (
        re.compile(rb"\x28\xb5\x2f\xfd"),
        lambda: zstd.ZstdDecompressor(
            options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW}
        ),
    ),
)


def opened(path: str, head: bytes, rest: Stream, budget: Budget) -> Entries | None:
    """Return what is in a file, each with its name in there; None when it is no archive.

    Args:
        path: The file's path or name; git's objects are known by it.
        head: Its first bytes, as many as a chunk has.
        rest: What follows them.
        budget: What may come out.
    """
    stream = Joined(head, rest)
    for sign, make in _MAKERS:
        if sign.match(head):
            return iter([("", Unpacked(stream, make, budget))])
    if head[257:262] == b"ustar":
        return _tar(stream, budget)
    if head.startswith((b"PK\x03\x04", _ZIP_END)) or _is_program_with_zip(head):
        return _zip(stream, budget)
    if _LOOSE.search(path) and head[:1] == b"\x78":
        return iter([("", Unpacked(stream, lambda: _Zlib(15), budget))])
    if head.startswith(PACK):
        return objects_in_pack(_whole(stream), budget.take)
    return None


def _tar(stream: Stream, budget: Budget) -> Entries:
    with tarfile.open(fileobj=stream, mode="r|", errors="surrogateescape") as archive:  # type: ignore[call-overload]
        while (member := archive.next()) is not None:
            archive.members.clear()
            budget.enter()
            found = archive.extractfile(member) if member.isreg() else None
            if found is not None and not member.issparse():
                yield f"!{member.name}", _Counted(found, budget)


def _zip(stream: Stream, budget: Budget) -> Entries:
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        while chunk := stream.read(CHUNK):
            if file.tell() + len(chunk) > ARCHIVE_BYTES:
                message = f"it is larger than {ARCHIVE_BYTES // MIB} MiB"
                raise CutOffError(message)
            file.write(chunk)
        file.seek(max(0, file.tell() - 65_557))
        end = file.read()
        at = end.rfind(_ZIP_END)
        if at >= 0 and int.from_bytes(end[at + 10 : at + 12], "little") == _ZIP_MOST:
            message = f"it has more than {_ZIP_MOST - 1} entries"
            raise CutOffError(message)
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                budget.enter()
                if not info.is_dir():
                    with archive.open(info) as entry:
                        yield f"!{info.filename}", _Counted(entry, budget)


class _Counted:
    """An entry of an archive; what is read of it counts."""

    def __init__(self, stream: Stream, budget: Budget) -> None:
        self._stream, self._budget = stream, budget

    def read(self, size: int, /) -> bytes:
        found = self._stream.read(size)
        self._budget.take(len(found))
        return found


def _is_program_with_zip(head: bytes) -> bool:
    """Return whether a script goes over into a zip, as in a pyz or a pex."""
    return head.startswith(b"#!") and b"PK\x03\x04" in head


def _whole(stream: Stream) -> bytes:
    """Return all of a pack.

    Raises:
        CutOffError: When it is too large.
    """
    parts, size = [], 0
    while chunk := stream.read(CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > ARCHIVE_BYTES // 4:
            message = f"it is larger than {ARCHIVE_BYTES // 4 // MIB} MiB"
            raise CutOffError(message)
    return b"".join(parts)
