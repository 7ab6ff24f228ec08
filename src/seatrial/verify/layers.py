"""What one layer holds: its paths, what looks like a secret, what packages claim.

Pure but for reading: a scan depends on nothing but the layer's bytes and on what was asked, so
that it can be kept by the layer's digest.
"""

from __future__ import annotations

import fnmatch
import functools
import io
import re
import tarfile
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import IO, Literal, NamedTuple

from pydantic import Field

from seatrial.model.base import Model
from seatrial.model.holding_facts import Sighting
from seatrial.verify.claims import Claims
from seatrial.verify.reading import Reader

KEPT_BYTES = 4 * 1024 * 1024
LARGE = 1024 * 1024
_WHITEOUT, _OPAQUE = ".wh.", ".wh..wh..opq"
_CAPABILITIES = "SCHILY.xattr.security.capability"
_KINDS: dict[bytes, Kind] = {
    tarfile.DIRTYPE: "dir",
    tarfile.SYMTYPE: "link",
    tarfile.CHRTYPE: "device",
    tarfile.BLKTYPE: "device",
    tarfile.FIFOTYPE: "fifo",
}
Kind = Literal["file", "dir", "link", "device", "fifo"]


class Trait(NamedTuple):
    """What many paths have in common.

    Attributes:
        kind: A hard link is a file.
        mode: Permission bits, setuid, setgid and sticky ones included.
        uid: Owner.
        gid: Group.
        capable: Whether the file gives capabilities to who runs it.
    """

    kind: Kind
    mode: int
    uid: int
    gid: int
    capable: bool = False


class LayerScan(Model):
    """What one layer holds. Traits are few and paths many: each path has the number of its trait.

    Attributes:
        paths: Every path that it adds or changes.
        traits: Kinds, modes and owners that occur.
        numbers: For each path, in the same order, the place of its trait.
        gone: Paths that it removes; one that ends in `/` stands for all that was below it.
        size: Bytes of all files.
        large: Bytes of the files of a MiB and more, by path.
        sightings: What looks like a secret; `layer` is not set yet.
        cut_off: What was not read wholly, and why.
        kept: Contents of the files that were asked for, by path.
        claims: Top-level modules that a distribution's RECORD names, by the path of its metadata.
    """

    paths: tuple[str, ...]
    traits: tuple[Trait, ...] = ()
    numbers: tuple[int, ...] = ()
    gone: tuple[str, ...] = ()
    size: int = 0
    large: dict[str, int] = Field(default_factory=dict)
    sightings: tuple[Sighting, ...] = ()
    cut_off: tuple[str, ...] = ()
    kept: dict[str, str] = Field(default_factory=dict)
    claims: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class KeptSecrets(Model):
    """Where a layer holds values that were searched for; `layer` is not set yet."""

    found: tuple[Sighting, ...] = ()


def scan_layer(
    layer: tarfile.TarFile, keep: Iterable[str] = (), reader: Reader | None = None
) -> LayerScan:
    """Read a layer once, as a stream.

    Args:
        layer: Its open archive.
        keep: Paths of small files whose contents are wanted.
        reader: Looks for secrets in files; none: only names are looked at.
    """
    scan = _Scan({path.lstrip("/") for path in keep}, reader)
    while (member := layer.next()) is not None:
        # tarfile would keep all of them: 100,000 are 100 MB.
        layer.members.clear()  # type: ignore[attr-defined]
        scan.add(layer, member)
    return scan.result()


@dataclass
class _Scan:
    """What was read of a layer so far."""

    wanted: AbstractSet[str]
    reader: Reader | None
    paths: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    traits: dict[Trait, int] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    size: int = 0
    large: dict[str, int] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    claims: Claims = field(default_factory=Claims)

    def add(self, layer: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        """Read the next member."""
        path = _clean(member.name)
        if removed := _removed(path):
            self.gone.append(removed)
            return
        self.paths.append(path)
        self.numbers.append(self.traits.setdefault(_trait(member), len(self.traits)))
        if not member.isreg():
            return
        self.size += member.size
        if member.size >= LARGE:
            self.large[path] = member.size
        stream: IO[bytes] | None = layer.extractfile(member)
        if stream is not None:
            self._read(path, stream, sparse=member.issparse())

    def _read(self, path: str, stream: IO[bytes], *, sparse: bool) -> None:
        if path in self.wanted or self.claims.wants(path):
            content = stream.read(KEPT_BYTES)
            stream = io.BytesIO(content)
            if path in self.wanted:
                self.kept[path] = content.decode("utf-8", "replace")
            self.claims.read(path, content)
        if self.reader is not None:
            self.reader.read(path, stream, sparse=sparse, ours=path in self.wanted)

    def result(self) -> LayerScan:
        """Return it as data."""
        return LayerScan(
            paths=tuple(self.paths),
            traits=tuple(self.traits),
            numbers=tuple(self.numbers),
            gone=tuple(self.gone),
            size=self.size,
            large=self.large,
            sightings=self.reader.sightings(self.claims) if self.reader else (),
            cut_off=tuple(self.reader.cut_off) if self.reader else (),
            kept=self.kept,
            claims=self.claims.modules(),
        )


def matching(paths: Iterable[str], globs: Iterable[str]) -> list[str]:
    """Return the paths, with a leading `/`, that one of the globs matches.

    `**/` at the beginning stands for any folders, none included; `*` stops at no `/`.
    """
    wanted = tuple(globs)
    if not wanted:
        return []
    matches = _compiled(wanted).match
    return sorted(filter(matches, (f"/{path.lstrip('/')}" for path in paths)))


def is_matched(paths: Iterable[str], glob: str) -> bool:
    """Return whether a glob matches any of the paths, as `matching` does."""
    matches = _compiled((glob,)).match
    return any(matches(f"/{path.lstrip('/')}") for path in paths)


@functools.lru_cache(maxsize=256)
def _compiled(globs: tuple[str, ...]) -> re.Pattern[str]:
    # One pattern for all: an image has tens of thousands of paths.
    return re.compile("|".join(map(_pattern, globs)))


def _pattern(glob: str) -> str:
    rooted = glob if glob.startswith("/") else f"/{glob}"
    head = "(?:/.*)?/" if rooted.startswith("/**/") else ""
    rest = rooted.removeprefix("/**/") if head else rooted
    return head + fnmatch.translate(rest)


def _removed(path: str) -> str | None:
    """Return what a whiteout removes; None when the path is none."""
    folder, _, name = path.rpartition("/")
    if name == _OPAQUE:
        return f"{folder}/"
    if name.startswith(_WHITEOUT):
        return f"{folder}/{name.removeprefix(_WHITEOUT)}".lstrip("/")
    return None


def _trait(member: tarfile.TarInfo) -> Trait:
    capable = bool(member.pax_headers) and _CAPABILITIES in member.pax_headers
    kind = _KINDS.get(member.type, "file")
    return Trait(kind, member.mode & 0o7777, member.uid, member.gid, capable)


def _clean(name: str) -> str:
    # Names of any bytes are legal in a layer; JSON takes text alone.
    cleaned = name.removeprefix("./").strip("/")
    return cleaned if cleaned.isascii() else cleaned.encode("utf-8", "backslashreplace").decode()
