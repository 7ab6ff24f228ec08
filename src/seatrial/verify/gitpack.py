"""The objects of a git pack: what was ever committed, in the form in which git keeps it. Pure."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator

PACK = b"PACK"
_HEADER, _TRAILER = 12, 20
_BY_OFFSET, _BY_NAME = 6, 7
_NAME = 20
_PIECE = 1024 * 1024
PIECES = 16  # of an object that are kept; the rest of it is passed over


def objects_in_pack(pack: bytes, take: Callable[[int], None]) -> Iterator[tuple[str, io.BytesIO]]:
    """Yield the objects of a pack; of one that is a difference, what is new in it.

    Args:
        pack: The whole of it.
        take: Called with the number of bytes that came out; raises when they are too many.

    Raises:
        ValueError: When it is no pack that can be read.
    """
    count, at = int.from_bytes(pack[8:12], "big"), _HEADER
    for number in range(count):
        if at >= len(pack) - _TRAILER:
            break
        kind, at = _kind(pack, at)
        if kind == _BY_OFFSET:
            while pack[at] & 0x80:
                at += 1
            at += 1
        elif kind == _BY_NAME:
            at += _NAME
        content, at = _inflated(pack, at, take)
        new = _inserted(content) if kind in {_BY_OFFSET, _BY_NAME} else content
        yield f"!object {number + 1}", io.BytesIO(new)


def _kind(pack: bytes, at: int) -> tuple[int, int]:
    """Return the kind of an object and where its head ends; its size is not needed."""
    kind = pack[at] >> 4 & 7
    while pack[at] & 0x80:
        at += 1
    return kind, at + 1


def _inflated(pack: bytes, at: int, take: Callable[[int], None]) -> tuple[bytes, int]:
    parts: list[bytes] = []
    inflate, begin = zlib.decompressobj(), at
    view = memoryview(pack)
    left: bytes | memoryview = b""
    while not inflate.eof:
        if not left:
            left = view[at : at + 65536]
            at += len(left)
        if not left:
            message = "the pack ends within an object"
            raise ValueError(message)
        part = inflate.decompress(left, _PIECE)
        left = inflate.unconsumed_tail
        take(len(part))
        if len(parts) < PIECES:
            parts.append(part)
    end = at - len(inflate.unused_data)
    return b"".join(parts), max(end, begin + 1)


def _inserted(delta: bytes) -> bytes:
    """Return the bytes that a difference inserts, joined: git cuts them into pieces of 127."""
    at, parts = 0, []
    for _ in range(2):  # the sizes before and after
        while at < len(delta) and delta[at] & 0x80:
            at += 1
        at += 1
    while at < len(delta):
        code = delta[at]
        at += 1
        if code & 0x80:
            at += (code & 0x7F).bit_count()
        else:
            parts.append(delta[at : at + code])
            at += code
    return b"".join(parts)
