"""Reads the image's layers once, streamed; what a layer holds is remembered by its digest."""

from __future__ import annotations

import contextlib
import json
import tarfile
from collections.abc import Sequence
from typing import Any

from seatrial.engine.archive import read_archive
from seatrial.engine.baselayers import layers_of_base, longest_base
from seatrial.engine.facts import image_layers
from seatrial.model.holding_facts import LayerFacts, Sighting
from seatrial.verify import patterns
from seatrial.verify.lab import Lab
from seatrial.verify.layer_memory import LayerMemory
from seatrial.verify.layers import LayerScan, distributions, final_files, matching, scan_layer

SIGHTINGS_KEPT = 200


def look_at_layers(lab: Lab) -> LayerFacts:
    """Read every layer that was not read before and put them together."""
    stamp = lab.contract.stamp
    keep = [stamp.path] if stamp and stamp.path else []
    memory = LayerMemory(keep)
    contents = image_layers(lab.engine, lab.image.id)
    scans = memory.recall_all(contents)
    if scans is None:
        scans = _read(lab, memory, keep)
        memory.forget_oldest()
    return put_together(lab, scans, base_layers(lab, contents))


def _read(lab: Lab, memory: LayerMemory, keep: list[str]) -> list[LayerScan]:
    scans: dict[str, LayerScan] = {}

    def visit(digest: str, layer: tarfile.TarFile) -> None:
        lab.check()
        known = memory.recall(digest)
        scans[digest] = known or scan_layer(layer, keep)
        if known is None:
            memory.remember(digest, scans[digest])

    archived = read_archive(lab.engine, lab.image.id, visit)
    for blob, contents in zip(archived.layers, archived.diff_ids, strict=False):
        memory.link(blob, contents)
    return [scans[digest] for digest in archived.layers]


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


def base_layers(lab: Lab, contents: Sequence[str]) -> int:
    """Return how many of the layers, from the bottom, are a base's that the build record names.

    Args:
        lab: The trial.
        contents: Digests of the layers' contents, from the bottom.
    """
    bases = [found for base in _bases(lab) for found in layers_of_base(lab.engine, base)]
    return longest_base(tuple(contents), bases)


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
