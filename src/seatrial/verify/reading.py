"""Reads the files of a layer, and what is packed in them, and tells what looks like a secret."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from seatrial.model.holding_facts import Sighting
from seatrial.packing import Stream
from seatrial.verify.claims import Claims
from seatrial.verify.credentials import LONGEST, credentials_in, is_written
from seatrial.verify.needles import Needles, Search
from seatrial.verify.patterns import masked, secret_file, secrets_in_bytes
from seatrial.verify.unpacking import (
    CHUNK,
    DAMAGED,
    DEPTH,
    Budget,
    CutOffError,
    Entries,
    opened,
)

OVERLAP = 4096
SIGHTINGS_KEPT = 200
CUT_OFF_KEPT = 50
DOUBTFUL_KEPT = 2000


class Reader:
    """Reads one layer's files.

    Args:
        needles: Values that are searched for besides what looks like a secret.
        check: Called now and then; raises when nobody waits for the end any more.
    """

    def __init__(
        self, needles: Needles | None = None, check: Callable[[], None] = lambda: None
    ) -> None:
        self._needles = needles or Needles({})
        self._check = check
        self._budget = Budget()
        self._ours = False
        self._seen: dict[Sighting, None] = {}
        # What may be an index's own, with the digest of the file that it is in.
        self._doubtful: dict[Sighting, tuple[str, str]] = {}
        self.found: dict[Sighting, None] = {}
        self.cut_off: list[str] = []

    def read(self, path: str, stream: Stream, *, sparse: bool = False, ours: bool = False) -> None:
        """Read a file to its end, or as far as the bounds allow.

        Args:
            path: Its path in the layer.
            stream: Its contents.
            sparse: Whether it has holes.
            ours: Whether seatrial itself wrote it: nobody writes a password into such a file.
        """
        self._budget.next_file()
        self._ours = ours
        if sparse:
            # Its holes cost nothing to keep and a great deal to read.
            self._tell_cut_off(f"/{path}", "it is sparse, and is not read")
            return
        self._read(path, f"/{path}", stream, 0)

    def sightings(self, claims: Claims) -> tuple[Sighting, ...]:
        """Return what looks like a secret, without what is in a package as its index gave it."""
        for sighting, (path, digest) in self._doubtful.items():
            if not claims.is_claimed(path, digest):
                self._seen[sighting] = None
        return tuple(self._seen)[:SIGHTINGS_KEPT]

    def _read(self, path: str, where: str, stream: Stream, depth: int) -> None:
        head = _first(stream)
        if not head:
            return
        if kind := secret_file(path):
            self._seen[Sighting(where=where, kind=kind)] = None
        entries = opened(path, head, stream, self._budget)
        if entries is None or not self._enter(where, entries, depth):
            self._search(path, where, head, stream)

    def _enter(self, where: str, entries: Entries, depth: int) -> bool:
        """Read what is in an archive; return whether it was read without a complaint."""
        if depth >= DEPTH:
            self._tell_cut_off(where, f"it is packed more than {DEPTH} times")
            return False
        try:
            for name, inner in entries:
                shown = name.encode("utf-8", "backslashreplace").decode()
                # What is compressed and no more has the name of the file without its ending.
                path = shown.lstrip("!") or where.rpartition(".")[0]
                self._read(path, f"{where}{shown}", inner, depth + 1)
        except CutOffError as cut:
            if depth:
                raise
            self._tell_cut_off(where, str(cut))
        except DAMAGED as fault:
            self._tell_cut_off(
                where, f"it cannot be unpacked: {str(fault) or type(fault).__name__}"
            )
            return False
        return True

    def _search(self, path: str, where: str, head: bytes, rest: Stream) -> None:
        if is_written(path, len(head)) and not self._ours:
            self._search_text(path, where, head)
        search, tail, chunk = self._needles.search(), b"", head
        while chunk:
            self._check()
            # Nothing but zeros is room that somebody keeps: a disk's image, a database's log.
            if chunk[0] or chunk.count(0) < len(chunk):
                # What lies across two chunks is seen in the second.
                self._search_chunk(where, tail + chunk if tail else chunk, search)
            tail = chunk[-OVERLAP:]
            chunk = rest.read(CHUNK) if len(head) == CHUNK else b""
        for name in search.found():
            self.found[Sighting(where=where, kind=f"build secret {name}")] = None

    def _search_chunk(self, where: str, data: bytes, search: Search) -> None:
        if len(self._seen) < SIGHTINGS_KEPT:
            for kind, excerpt in secrets_in_bytes(data):
                self._seen[Sighting(where=where, kind=kind, excerpt=excerpt)] = None
        if self._needles:
            search.look(data)

    def _search_text(self, path: str, where: str, data: bytes) -> None:
        assert len(data) <= LONGEST  # noqa: S101 - is_written looked at it
        found = [
            Sighting(where=where, kind=kind, excerpt=masked(value))
            for kind, value in credentials_in(path, data)
            # A token is told as such already.
            if not any(secrets_in_bytes(value.encode()))
        ]
        if found and len(self._doubtful) < DOUBTFUL_KEPT:
            # As RECORD writes it.
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            for sighting in found[:SIGHTINGS_KEPT]:
                self._doubtful[sighting] = (where.lstrip("/"), digest)

    def _tell_cut_off(self, where: str, why: str) -> None:
        if len(self.cut_off) < CUT_OFF_KEPT:
            self.cut_off.append(f"{where}: {why}"[:300])


def _first(stream: Stream) -> bytes:
    """Return the first chunk, whole, however little the stream gives at a time."""
    parts, size = [], 0
    while size < CHUNK and (part := stream.read(CHUNK - size)):
        parts.append(part)
        size += len(part)
    return b"".join(parts) if len(parts) != 1 else parts[0]
