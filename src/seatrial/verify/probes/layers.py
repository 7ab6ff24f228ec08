"""Reads the image's layers once, streamed; what a layer holds is remembered by its digest."""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import json
import os
import tarfile
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from seatrial.engine.archive import ArchivedImage, read_archive
from seatrial.engine.facts import image_layers
from seatrial.errors import SeatrialError
from seatrial.files import write_atomic
from seatrial.model.observation import LayerFacts, Sighting
from seatrial.verify import layers, patterns
from seatrial.verify.lab import Lab
from seatrial.verify.layers import LayerScan, distributions, final_files, matching, scan_layer

SIGHTINGS_KEPT = 200


def look_at_layers(lab: Lab) -> LayerFacts:
    """Read every layer that was not read before and put them together."""
    scans: dict[str, LayerScan] = {}
    stamp = lab.contract.stamp
    keep = [stamp.path] if stamp and stamp.path else []
    memory = _Memory(keep)

    def visit(digest: str, layer: tarfile.TarFile) -> None:
        lab.check()
        known = memory.recall(digest)
        scans[digest] = known or scan_layer(layer, keep)
        if known is None:
            memory.remember(digest, scans[digest])

    archived = read_archive(lab.engine, lab.image.id, visit)
    ordered = [scans[digest] for digest in archived.layers]
    return put_together(lab, ordered, base_layers(lab, archived))


def put_together(lab: Lab, scans: list[LayerScan], base: int) -> LayerFacts:
    """Return what the layers hold, given how many of them are the base's."""
    files = final_files(scans)
    ours = {path: layer for path, layer in files.items() if layer >= base}
    allowed = lab.contract.secrets.allowed if lab.contract.secrets else ()
    sightings = [
        seen.model_copy(update={"layer": number})
        for number, scan in enumerate(scans[base:], start=base)
        for seen in scan.sightings
        if not matching([seen.where], allowed)
    ]
    return LayerFacts(
        count=len(scans),
        base_layers=base,
        files=sum(len(scan.paths) for scan in scans[base:]),
        sightings=tuple(sightings[:SIGHTINGS_KEPT]),
        distributions=tuple(distributions(files, base)),
        forbidden=tuple(matching(ours, lab.contract.filesystem.absent)[:SIGHTINGS_KEPT]),
        version=_version(lab, scans),
    )


def base_layers(lab: Lab, archived: ArchivedImage) -> int:
    """Return how many of the layers, from the bottom, are a base's that the build record names."""
    longest = 0
    for base in _bases(lab):
        known = image_layers(lab.engine, base)
        if known and tuple(known) == archived.diff_ids[: len(known)]:
            longest = max(longest, len(known))
    return longest


def config_sightings(lab: Lab) -> tuple[Sighting, ...]:
    """Return what looks like a secret in the image's configuration and history."""
    found = (
        Sighting(where=place, kind=kind, excerpt=patterns.masked(value))
        for place, kind, value in patterns.secrets_in_configuration(lab.image)
    )
    return tuple(dict.fromkeys(found))[:SIGHTINGS_KEPT]


def _bases(lab: Lab) -> set[str]:
    record = lab.record
    planned = [i for i in record.plan.images if i.name == lab.contract.image] if record else []
    return {base.stand_in or base.reference for image in planned for base in image.bases}


def _version(lab: Lab, scans: list[LayerScan]) -> Any:
    stamp = lab.contract.stamp
    if stamp is None or stamp.path is None:
        return None
    path = stamp.path.lstrip("/")
    files = final_files(scans)
    text = scans[files[path]].kept.get(path) if path in files else None
    with contextlib.suppress(ValueError):
        return json.loads(text) if text else None
    return None


class _Memory:
    """Scans by layer digest, in the user's cache: a base is read once, not once a trial."""

    def __init__(self, keep: list[str]) -> None:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        code = b"".join(inspect.getsource(module).encode() for module in (layers, patterns))
        edition = hashlib.sha256(code + json.dumps(keep).encode()).hexdigest()[:16]
        self._folder = Path(home, "seatrial", "layers", edition)

    def recall(self, digest: str) -> LayerScan | None:
        with contextlib.suppress(OSError, ValidationError):
            return LayerScan.model_validate_json(self._path(digest).read_bytes())
        return None

    def remember(self, digest: str, scan: LayerScan) -> None:
        # A cache that cannot be written costs time, nothing else.
        with contextlib.suppress(SeatrialError):
            write_atomic(self._path(digest), scan.model_dump_json())

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest.rpartition('/')[2]}.json"
