"""Looks into compressed files and archives, as streams and within bounds. Pure but for reading.

No more than a chunk is in memory at a time, an archive that has to be read in any order lies in a
file without a name, and what comes out of a decompressor is counted: a bomb ends at the bound.
"""

from __future__ import annotations

import re
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator

from seatrial.packing import (
    DAMAGED_STREAM,
    Joined,
    Stream,
    Unpacked,
    bare_zlib,
    decompressor_for,
)
from seatrial.verify.gitpack import PACK, objects_in_pack

CHUNK = 4 * 1024 * 1024
MIB = 1024 * 1024
FILE_BYTES = 128 * MIB  # that come out of one file of the image, whatever is nested in it
LAYER_BYTES = 512 * MIB
ENTRIES = 20_000
DEPTH = 6  # a tar.gz in a zip in a tar.gz is 5 deep
ARCHIVE_BYTES = 256 * MIB  # of a zip, which is read from its end
IN_MEMORY = 8 * MIB
_LOOSE = re.compile(r"(^|/)objects/[0-9a-f]{2}/[0-9a-f]{38}([0-9a-f]{24})?$")
_ZIP_END = b"PK\x05\x06"
_ZIP_MOST = 0xFFFF
# What a damaged or a strange archive makes the readers raise.
DAMAGED = (
    *DAMAGED_STREAM,
    LookupError,
    RuntimeError,  # zipfile: a password is needed, or the method is not known
    zipfile.BadZipFile,
    tarfile.TarError,
)


class CutOffError(Exception):
    """What is in an archive goes beyond a bound; the message says which."""


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


Entries = Iterator[tuple[str, Stream]]


def opened(path: str, head: bytes, rest: Stream, budget: Budget) -> Entries | None:
    """Return what is in a file, each with its name in there; None when it is no archive.

    Args:
        path: The file's path or name; git's objects are known by it.
        head: Its first bytes, as many as a chunk has.
        rest: What follows them.
        budget: What may come out.
    """
    stream = Joined(head, rest)
    if make := decompressor_for(head):
        return iter([("", Unpacked(stream, make, budget.take))])
    if head[257:262] == b"ustar":
        return _tar(stream, budget)
    if head.startswith((b"PK\x03\x04", _ZIP_END)) or _is_program_with_zip(head):
        return _zip(stream, budget)
    if _LOOSE.search(path) and head[:1] == b"\x78":
        return iter([("", Unpacked(stream, bare_zlib, budget.take))])
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
