"""Reads the image's layers once, streamed; what a layer holds is remembered by its digest."""

from __future__ import annotations

import contextlib
import json
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seatrial.engine.archive import read_archive
from seatrial.engine.baselayers import layers_of_base, longest_base
from seatrial.engine.facts import image_layers
from seatrial.model.contract import Contract
from seatrial.model.holding_facts import PATHS_KEPT, ImmutableFacts, LayerFacts, Sighting
from seatrial.model.units import show_size
from seatrial.verify import patterns
from seatrial.verify.final import (
    Files,
    changeable,
    final_files,
    privileged,
    user_of,
    world_writable,
)
from seatrial.verify.lab import Lab
from seatrial.verify.layer_memory import LayerMemory
from seatrial.verify.layers import KeptSecrets, LayerScan, is_matched, matching, scan_layer
from seatrial.verify.needles import Needles
from seatrial.verify.reading import Reader
from seatrial.verify.site_packages import distributions, unclaimed

SIGHTINGS_KEPT = 200
LARGEST = 10
ACCOUNTS = ("etc/passwd", "etc/group")


@dataclass(frozen=True)
class Read:
    """What was read of an image.

    Attributes:
        scans: What each layer holds, from the bottom.
        base: How many of them, from the bottom, are the base's.
        found: Where layers of ours hold values that were searched for.
    """

    scans: list[LayerScan]
    base: int
    found: tuple[Sighting, ...] = ()


def asks_for_layers(contract: Contract) -> bool:
    """Return whether something that a contract promises shows in the layers."""
    asked = (contract.secrets, contract.dependencies, contract.stamp, contract.limits.size)
    return "filesystem" in contract.model_fields_set or any(one is not None for one in asked)


def look_at_layers(lab: Lab, needles: Needles) -> tuple[LayerFacts, tuple[Sighting, ...]]:
    """Return what the layers hold, and where in them the needles are."""
    read = read_layers(lab, needles)
    return put_together(lab, read), allowed_left_out(lab, read.found)


def read_layers(lab: Lab, needles: Needles) -> Read:
    """Return what every layer holds, from what is remembered where that is enough."""
    contents = image_layers(lab.engine, lab.image.id)
    base = base_layers(lab, contents)
    shelf = _Shelf(lab, needles, contents[:base])
    if not shelf.knows(contents, base):
        archived = read_archive(lab.engine, lab.image.id, shelf.visit)
        shelf.finish(archived.layers, archived.diff_ids)
        contents = archived.layers
    return shelf.told(contents, base)


class _Shelf:
    """What is known of layers, and what is found out about the others."""

    def __init__(self, lab: Lab, needles: Needles, base: Sequence[str]) -> None:
        stamp = lab.contract.stamp
        self._keep = [*ACCOUNTS, *([stamp.path] if stamp and stamp.path else [])]
        self._lab, self._needles, self._base = lab, needles, base
        self._memory = LayerMemory(LayerScan, self._keep)
        self._searched = LayerMemory(KeptSecrets, [*self._keep, needles.digest])
        self._scans: dict[str, LayerScan] = {}
        self._found: dict[str, KeptSecrets] = {}

    def knows(self, contents: Sequence[str], base: int) -> bool:
        """Return whether all that is asked is remembered."""
        scans = self._memory.recall_all(contents)
        ours = contents[base:]
        found = self._searched.recall_all(ours) if self._needles and ours else []
        if scans is None or found is None:
            return False
        self._scans = dict(zip(contents, scans, strict=True))
        self._found = dict(zip(ours, found, strict=False))
        return True

    def visit(self, blob: str, layer: tarfile.TarFile) -> None:
        """Read a layer, where it is not known already."""
        self._lab.check()
        scan, found = self._memory.recall(blob), self._searched.recall(blob)
        searched = found or not self._needles or self._memory.is_one_of(blob, self._base)
        if scan is None or not searched:
            reader = Reader(self._needles, self._lab.check)
            scan = scan_layer(layer, self._keep, reader)
            found = KeptSecrets(found=tuple(reader.found)[:SIGHTINGS_KEPT])
            self._memory.remember(blob, scan)
            self._searched.remember(blob, found)
        self._scans[blob], self._found[blob] = scan, found or KeptSecrets()

    def finish(self, blobs: Sequence[str], contents: Sequence[str]) -> None:
        """Remember what was read by the digests of the contents as well."""
        for blob, content in zip(blobs, contents, strict=False):
            self._memory.link(blob, content)
            self._searched.link(blob, content)
        self._memory.forget_oldest()

    def told(self, layers: Sequence[str], base: int) -> Read:
        """Return what is known of an image's layers, from the bottom."""
        found = tuple(
            seen.model_copy(update={"layer": number})
            for number, layer in enumerate(layers)
            if number >= base and layer in self._found
            for seen in self._found[layer].found
        )
        return Read([self._scans[layer] for layer in layers], base, found)


def put_together(lab: Lab, read: Read) -> LayerFacts:
    """Return what the layers hold."""
    scans, base, contract = read.scans, read.base, lab.contract
    files = final_files(scans)
    ours = (path for path, held in files.items() if held.layer >= base)
    claims = {path: names for scan in scans for path, names in scan.claims.items()}
    return LayerFacts(
        count=len(scans),
        base_layers=base,
        files=sum(len(scan.paths) for scan in scans[base:]),
        sizes=tuple(scan.size for scan in scans),
        largest=_largest(scans),
        sightings=allowed_left_out(lab, _sightings(read)),
        cut_off=tuple(told for scan in scans[base:] for told in scan.cut_off)[:SIGHTINGS_KEPT],
        distributions=tuple(distributions(files, base)),
        unclaimed=tuple(unclaimed(files, base, claims)[:SIGHTINGS_KEPT]),
        forbidden=tuple(matching(ours, contract.filesystem.absent)[:SIGHTINGS_KEPT]),
        privileged=tuple(privileged(files)[:PATHS_KEPT]),
        world_writable=tuple(world_writable(files, base)[:PATHS_KEPT]),
        immutable=_immutable(lab, scans, files),
        version=_version(lab, _contents(scans, files)),
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


def allowed_left_out(lab: Lab, sightings: Sequence[Sighting]) -> tuple[Sighting, ...]:
    """Return the sightings without those in files that the contract allows."""
    allowed = lab.contract.secrets.allowed if lab.contract.secrets else ()
    # What is in an archive is allowed with it.
    kept = (s for s in sightings if not matching([s.where.partition("!")[0], s.where], allowed))
    return tuple(kept)[:SIGHTINGS_KEPT]


def _sightings(read: Read) -> list[Sighting]:
    return [
        seen.model_copy(update={"layer": number})
        for number, scan in enumerate(read.scans[read.base :], start=read.base)
        for seen in scan.sightings
    ]


def _largest(scans: Sequence[LayerScan]) -> tuple[str, ...]:
    every = [
        (size, f"/{path}", number)
        for number, scan in enumerate(scans, start=1)
        for path, size in scan.large.items()
    ]
    return tuple(
        f"{path} (layer {number}): {show_size(size)}"
        for size, path, number in sorted(every, reverse=True)[:LARGEST]
    )


def _immutable(lab: Lab, scans: Sequence[LayerScan], files: Files) -> ImmutableFacts | None:
    globs, process = lab.contract.filesystem.immutable, lab.contract.process
    promised = ":".join(str(n) for n in (process.user, process.group) if n is not None)
    told = lab.image.user if process.user is None else promised
    user = user_of(_contents(scans, files), told, any_user=process.any_user)
    if not globs or user is None:
        return None
    held = matching(files, globs)
    return ImmutableFacts(
        user=user.uid,
        groups=tuple(sorted(user.groups)),
        unmatched=tuple(glob for glob in globs if not is_matched(held, glob)),
        count=len(held),
        changeable=tuple(changeable(files, held, user)[:SIGHTINGS_KEPT]),
    )


def _bases(lab: Lab) -> set[str]:
    record = lab.record
    planned = [i for i in record.plan.images if i.name == lab.contract.image] if record else []
    return {base.stand_in or base.reference for image in planned for base in image.bases}


def _contents(scans: Sequence[LayerScan], files: Files) -> dict[str, str]:
    """Return the contents of the files that were asked for, as they are in the end."""
    return {
        path: content
        for number, scan in enumerate(scans)
        for path, content in scan.kept.items()
        if path in files and files[path].layer == number
    }


def _version(lab: Lab, contents: dict[str, str]) -> Any:
    stamp = lab.contract.stamp
    text = contents.get(stamp.path.lstrip("/")) if stamp and stamp.path else None
    with contextlib.suppress(ValueError):
        return json.loads(text) if text else None
    return None
