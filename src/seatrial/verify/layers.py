"""What one layer holds, and what all of them leave in the final file system. Pure but for reading.

A scan depends on nothing but the layer's bytes, so that it can be kept by the layer's digest.
"""

from __future__ import annotations

import fnmatch
import re
import tarfile
from collections.abc import Iterable, Sequence
from typing import IO

from pydantic import Field

from seatrial.model.base import Model
from seatrial.model.holding_facts import Distribution, Sighting
from seatrial.verify.patterns import secret_file, secrets_in_bytes

CHUNK = 4 * 1024 * 1024
OVERLAP = 4096
SIGHTINGS_KEPT = 200
_DISTRIBUTION = re.compile(r"(?P<name>[^/]+?)-(?P<version>[^/-]+)(-py[\d.]+)?\.(dist|egg)-info$")
_WHITEOUT, _OPAQUE = ".wh.", ".wh..wh..opq"


class LayerScan(Model):
    """What one layer holds.

    Attributes:
        paths: Every path that it adds or changes.
        gone: Paths that it removes; one that ends in `/` stands for all that was below it.
        sightings: What looks like a secret; `layer` is not set yet.
        kept: Contents of the files that were asked for, by path.
    """

    paths: tuple[str, ...]
    gone: tuple[str, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    kept: dict[str, str] = Field(default_factory=dict)


def scan_layer(layer: tarfile.TarFile, keep: Iterable[str] = ()) -> LayerScan:
    """Read a layer once, as a stream.

    Args:
        layer: Its open archive.
        keep: Paths of small files whose contents are wanted.
    """
    paths, gone, kept = [], [], {}
    sightings: list[Sighting] = []
    wanted = {path.lstrip("/") for path in keep}
    for member in layer:
        path = _clean(member.name)
        folder, _, name = path.rpartition("/")
        if name == _OPAQUE:
            gone.append(f"{folder}/")
        elif name.startswith(_WHITEOUT):
            gone.append(f"{folder}/{name.removeprefix(_WHITEOUT)}".lstrip("/"))
        else:
            paths.append(path)
            stream = layer.extractfile(member) if member.isreg() else None
            if stream is not None and path in wanted:
                kept[path] = stream.read(CHUNK).decode("utf-8", "replace")
            elif stream is not None and len(sightings) < SIGHTINGS_KEPT:
                sightings += _sightings(path, member.size, stream)
    return LayerScan(paths=tuple(paths), gone=tuple(gone), sightings=tuple(sightings), kept=kept)


def final_files(scans: Sequence[LayerScan]) -> dict[str, int]:
    """Return the paths of the final file system and the layer that each comes from, from 0."""
    files: dict[str, int] = {}
    for number, scan in enumerate(scans):
        for gone in scan.gone:
            below = gone if gone.endswith("/") else f"{gone}/"
            for path in [p for p in files if p == gone or p.startswith(below)]:
                del files[path]
        files.update(dict.fromkeys(scan.paths, number))
    return files


def distributions(files: dict[str, int], above: int) -> list[Distribution]:
    """Return the Python distributions of the layers from `above` upward."""
    folders: dict[str, int] = {}
    for path, layer in files.items():
        head, mark, _ = path.partition("-info")
        if mark and layer >= above:
            folders.setdefault(head + mark, layer)
    return [
        Distribution(
            name=normalised(match["name"]), version=match["version"], path=f"/{path}", layer=layer
        )
        for path, layer in sorted(folders.items())
        if (match := _DISTRIBUTION.search(path))
    ]


def normalised(name: str) -> str:
    """Return a distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def matching(paths: Iterable[str], globs: Iterable[str]) -> list[str]:
    """Return the paths, with a leading `/`, that one of the globs matches.

    `**/` stands for any folders, none included; `*` stops at no `/`, as in fnmatch.
    """
    patterns = [re.compile(_pattern(glob)) for glob in globs]
    rooted = (f"/{path.lstrip('/')}" for path in paths)
    return sorted(path for path in rooted if any(pattern.match(path) for pattern in patterns))


def _pattern(glob: str) -> str:
    rooted = glob if glob.startswith("/") else f"/{glob}"
    head = "(?:/.*)?/" if rooted.startswith("/**/") else ""
    rest = rooted.removeprefix("/**/") if head else rooted
    return head + fnmatch.translate(rest)


def _clean(name: str) -> str:
    # Names of any bytes are legal in a layer; JSON takes text alone.
    return name.removeprefix("./").strip("/").encode("utf-8", "backslashreplace").decode()


def _sightings(path: str, size: int, stream: IO[bytes]) -> list[Sighting]:
    found = []
    kind = secret_file(path) if size else None
    if kind:
        found.append(Sighting(where=f"/{path}", kind=kind))
    tail = b""
    while chunk := stream.read(CHUNK):
        # What lies across two chunks is seen in the second.
        for kind_seen, excerpt in secrets_in_bytes(tail + chunk):
            sighting = Sighting(where=f"/{path}", kind=kind_seen, excerpt=excerpt)
            if sighting not in found:
                found.append(sighting)
        tail = chunk[-OVERLAP:]
    return found
