"""What layers hold, remembered in the user's cache: a layer is read once, not once a trial.

A scan follows from the layer's bytes and from our code, so that nothing in here can be out of
date. A cache that cannot be written costs time, nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from seatrial import packing
from seatrial.errors import SeatrialError
from seatrial.files import write_atomic
from seatrial.model.base import Model
from seatrial.verify import (
    claims,
    credentials,
    gitpack,
    layers,
    needles,
    patterns,
    reading,
    unpacking,
)

# What a scan follows from, besides the layer.
_CODE = (claims, credentials, gitpack, layers, needles, packing, patterns, reading, unpacking)

KEPT = 600  # files; the largest are some 100 KiB


Told = TypeVar("Told", bound=Model)


class LayerMemory(Generic[Told]):
    """What was told of layers, by the digest of a layer's blob and by that of its contents.

    Args:
        told: Its model.
        asked: What shaped it besides the layer: paths whose contents it must have kept.
        home: Folder of the user's caches; the usual one by default.
    """

    def __init__(self, told: type[Told], asked: Iterable[str], home: Path | None = None) -> None:
        code = b"".join(Path(str(module.__file__)).read_bytes() for module in _CODE)
        place = home or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self._all = place / "seatrial" / "layers"
        self._folder = self._all / hashlib.sha256(code).hexdigest()[:16]
        self._told = told
        self._asked = hashlib.sha256(
            "\0".join([told.__name__, *sorted(asked)]).encode()
        ).hexdigest()[:8]

    def recall(self, digest: str) -> Told | None:
        """Return what was told of a layer, by its blob or its contents; None when unknown."""
        with contextlib.suppress(OSError, ValidationError):
            return self._told.model_validate_json(self._path(digest).read_bytes())
        return None

    def recall_all(self, digests: Sequence[str]) -> list[Told] | None:
        """Return what was told of all layers, or None when one is unknown."""
        if not digests or not all(self._path(digest).is_file() for digest in digests):
            return None
        found = [self.recall(digest) for digest in digests]
        known = [scan for scan in found if scan is not None]
        return known if len(known) == len(found) else None

    def remember(self, digest: str, told: Told) -> None:
        """Keep what was told of a layer."""
        with contextlib.suppress(SeatrialError, OSError):
            if not self._folder.is_dir():
                self._forget_other_editions()
            write_atomic(self._path(digest), told.model_dump_json())

    def is_one_of(self, blob: str, contents: Iterable[str]) -> bool:
        """Return whether a blob is known to have one of these contents."""
        mine = self._path(blob)
        others = filter(Path.is_file, map(self._path, contents))
        return mine.is_file() and any(mine.samefile(other) for other in others)

    def link(self, blob: str, contents: str) -> None:
        """Keep what is known of a blob under the digest of its contents as well."""
        with contextlib.suppress(OSError):
            self._path(contents).hardlink_to(self._path(blob))

    def forget_oldest(self) -> None:
        """Keep the cache small."""
        with contextlib.suppress(OSError):
            files = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime)
            for path in files[:-KEPT]:
                path.unlink(missing_ok=True)

    def _forget_other_editions(self) -> None:
        # Made by other code of ours; nothing will ask for them again.
        for folder in self._all.iterdir() if self._all.is_dir() else ():
            shutil.rmtree(folder, ignore_errors=True)

    def _path(self, digest: str) -> Path:
        name = digest.replace(":", "/").rpartition("/")[2]
        return self._folder / f"{name}-{self._asked}.json"
