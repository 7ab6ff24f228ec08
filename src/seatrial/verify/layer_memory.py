"""What layers hold, remembered in the user's cache: a layer is read once, not once a trial.

A scan follows from the layer's bytes and from our code, so that nothing in here can be out of
date. A cache that cannot be written costs time, nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from seatrial.errors import SeatrialError
from seatrial.files import write_atomic
from seatrial.verify import layers, patterns
from seatrial.verify.layers import LayerScan

KEPT = 600  # files; the largest are some 100 KiB


class LayerMemory:
    """Scans, by the digest of a layer's blob and by that of its contents.

    Args:
        asked: Paths whose contents the scans must have kept.
        home: Folder of the user's caches; the usual one by default.
    """

    def __init__(self, asked: Iterable[str], home: Path | None = None) -> None:
        code = b"".join(inspect.getsource(module).encode() for module in (layers, patterns))
        place = home or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self._all = place / "seatrial" / "layers"
        self._folder = self._all / hashlib.sha256(code).hexdigest()[:16]
        self._asked = hashlib.sha256("\0".join(sorted(asked)).encode()).hexdigest()[:8]

    def recall(self, digest: str) -> LayerScan | None:
        """Return the scan of a layer, by its blob's or its contents' digest; None when unknown."""
        with contextlib.suppress(OSError, ValidationError):
            return LayerScan.model_validate_json(self._path(digest).read_bytes())
        return None

    def recall_all(self, digests: Sequence[str]) -> list[LayerScan] | None:
        """Return the scans of all layers, or None when one is unknown."""
        if not digests or not all(self._path(digest).is_file() for digest in digests):
            return None
        found = [self.recall(digest) for digest in digests]
        known = [scan for scan in found if scan is not None]
        return known if len(known) == len(found) else None

    def remember(self, digest: str, scan: LayerScan) -> None:
        """Keep the scan of a layer."""
        with contextlib.suppress(SeatrialError, OSError):
            if not self._folder.is_dir():
                self._forget_other_editions()
            write_atomic(self._path(digest), scan.model_dump_json())

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
