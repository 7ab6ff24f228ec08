"""Makes layers as they come out of the engine: streams that cannot be rewound."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable

from seatrial.verify.layers import LayerScan, scan_layer
from seatrial.verify.needles import Needles
from seatrial.verify.reading import Reader


def entry(
    name: str,
    data: bytes = b"",
    *,
    mode: int = 0o644,
    uid: int = 0,
    gid: int = 0,
    kind: bytes = tarfile.REGTYPE,
    pax: dict[str, str] | None = None,
) -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.mode, member.uid, member.gid, member.type = mode, uid, gid, kind
    member.size = len(data)
    member.pax_headers = pax or {}
    return member, data


def folder(
    name: str, mode: int = 0o755, *, uid: int = 0, gid: int = 0
) -> tuple[tarfile.TarInfo, bytes]:
    return entry(name, mode=mode, uid=uid, gid=gid, kind=tarfile.DIRTYPE)


def layer(entries: Iterable[tuple[tarfile.TarInfo, bytes]]) -> tarfile.TarFile:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        for member, data in entries:
            archive.addfile(member, io.BytesIO(data))
    buffer.seek(0)
    return tarfile.open(fileobj=buffer, mode="r|*")


def scanned(*entries: tuple[tarfile.TarInfo, bytes]) -> LayerScan:
    """Return the scan of a layer, names and modes alone."""
    return scan_layer(layer(entries))


def read(files: dict[str, bytes], needles: Needles | None = None) -> tuple[LayerScan, Reader]:
    """Return the scan of a layer with these files, and the reader that read them."""
    reader = Reader(needles)
    return scan_layer(layer(entry(*file) for file in files.items()), reader=reader), reader
