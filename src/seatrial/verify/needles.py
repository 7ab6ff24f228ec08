"""Values that must not be found, and the forms in which they could be. Pure."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

SHORTEST = 8  # bytes; what is shorter is found by chance
SLICE = OVERLAP_NEEDED = 1024
LONGEST_SETTINGS = 8 * SLICE
WORDS = 20
_WORD = re.compile(rb"[^\s\"'=:,;@(){}\[\]<>]{16,200}")
_PUBLIC = b"BEGIN CERTIFICATE"
_LEAST_BITS = 3.5


class Needle(NamedTuple):
    """One form of a value, in slices: it is there when one file has all of them, in their order."""

    name: str
    slices: tuple[bytes, ...]


class Needles:
    """All that is searched for.

    Args:
        values: Values by their names.
    """

    def __init__(self, values: dict[str, bytes]) -> None:
        self.all = tuple(
            needle for name, value in values.items() for needle in _needles(name, value.strip())
        )
        told = b"\0".join(b"%s\0%s" % (n.encode(), v) for n, v in sorted(values.items()))
        self.digest = hashlib.sha256(told).hexdigest()[:16]

    def __bool__(self) -> bool:
        return bool(self.all)

    def search(self) -> Search:
        """Return a search of one file."""
        return Search(self.all)

    def in_text(self, text: str) -> list[str]:
        """Return the names of the values that are in a text."""
        search = self.search()
        search.look(text.encode())
        return search.found()


class Search:
    """A search of one file, chunk after chunk."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self._seen = [(needle, [0]) for needle in needles]

    def look(self, data: bytes) -> None:
        """Look into a chunk, which begins with the end of the one before."""
        for needle, seen in self._seen:
            while seen[0] < len(needle.slices) and needle.slices[seen[0]] in data:
                seen[0] += 1

    def found(self) -> list[str]:
        """Return the names of the values that were there."""
        whole = (needle.name for needle, seen in self._seen if seen[0] == len(needle.slices))
        return list(dict.fromkeys(whole))


def is_long_enough(value: bytes) -> bool:
    """Return whether a value is not found by mere chance."""
    return len(value.strip()) >= SHORTEST


def _needles(name: str, value: bytes) -> Iterator[Needle]:
    if not is_long_enough(value):
        return
    yield Needle(name, tuple(value[at : at + SLICE] for at in range(0, len(value), SLICE)))
    if len(value) <= SLICE:
        yield from (Needle(name, (form,)) for form in _in_base64(value))
    if len(value) <= LONGEST_SETTINGS and len(value.split()) > 1 and _PUBLIC not in value:
        # A file of settings: its own secrets may be kept without the rest of it.
        words = dict.fromkeys(word for word in _WORD.findall(value) if _is_random(word))
        yield from (Needle(name, (word,)) for word in list(words)[:WORDS])


def _in_base64(value: bytes) -> Iterator[bytes]:
    """Yield what a value is in base64, wherever in a longer text it stands."""
    for before in range(3):
        # What the neighbours have a share in is left out.
        text = base64.b64encode(b"\0" * before + value)
        begin, end = (0, 2, 3)[before], len(value) + before
        whole = text[begin : end * 4 // 3]
        if len(whole) >= SHORTEST:
            yield whole


def _is_random(word: bytes) -> bool:
    counts = Counter(word).values()
    bits = -sum(n / len(word) * math.log2(n / len(word)) for n in counts)
    mixed = re.search(rb"\d", word) and re.search(rb"[A-Za-z]", word)
    return bool(mixed) and bits >= _LEAST_BITS
