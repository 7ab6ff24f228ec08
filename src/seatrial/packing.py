"""Compressed streams, read forward: gzip, bzip2, xz, zstd and bare zlib, in bounded memory."""

from __future__ import annotations

import bz2
import lzma
import re
import sys
import zlib
from collections.abc import Callable
from typing import Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

READ = 16 * 1024
DICTIONARY_BYTES = 100 * 1024 * 1024
ZSTD_WINDOW = 27  # powers of two: 128 MiB
# What a damaged stream makes the decompressors raise.
DAMAGED_STREAM = (
    OSError,
    EOFError,
    ValueError,
    MemoryError,
    zlib.error,
    lzma.LZMAError,
    zstd.ZstdError,
)


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
    """What comes out of a compressed stream, of all of its members one after another.

    Args:
        source: The compressed stream.
        make: Makes a decompressor, one a member.
        took: Called with the number of bytes that came out; may raise.
    """

    def __init__(
        self,
        source: Stream,
        make: Callable[[], Decompressor],
        took: Callable[[int], None] = lambda _count: None,
    ) -> None:
        self._source, self._make, self._took = source, make, took
        self._at, self._ended, self._begun = make(), False, False

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""
        while not self._ended:
            data = self._next() if self._at.eof or self._at.needs_input else b""
            if self._ended:
                break
            found = self._at.decompress(data, size)
            if found:
                self._took(len(found))
                return found
        return b""

    def _next(self) -> bytes:
        data = b""
        if self._at.eof:
            data, self._at, self._begun = self._at.unused_data, self._make(), False
        data = data or self._source.read(READ)
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


def decompressor_for(head: bytes) -> Callable[[], Decompressor] | None:
    """Return what makes a decompressor for a stream that begins so; None when it needs none."""
    return next((make for sign, make in _MAKERS if sign.match(head)), None)


def bare_zlib() -> Decompressor:
    """Return a decompressor for zlib's own form, which has no sign to be known by."""
    return _Zlib(15)


def plain(head: bytes, rest: Stream) -> Stream:
    """Return what is in a stream, decompressed where it has to be.

    Args:
        head: Its first bytes, some six at least; they are in the result as well.
        rest: What follows them.
    """
    make, joined = decompressor_for(head), Joined(head, rest)
    return Unpacked(joined, make) if make else joined
