"""Rebuilds the whole image after an edit of its source, and takes the time."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from seatrial.errors import SeatrialError
from seatrial.model.holding_facts import RebuildFacts
from seatrial.verify.lab import Lab
from seatrial.verify.probes.rebuild import build_copies, copy_site, edit_file

WHOLE = "whole"
TRIES = 3


def look_at_rebuild_time(lab: Lab) -> dict[str, RebuildFacts]:
    """Return how long the rebuild of the image takes when a source file was edited.

    It is built without an edit first, so that nothing but the edit is missing in the cache. Other
    probes work at the same time: one that takes too long is done again, and the shortest counts.
    No image is stored, so the way of its last layers into the engine is left out.

    Raises:
        SeatrialError: When nothing tells what to edit, or how the image was built.
    """
    cache, promised = lab.contract.cache, lab.contract.limits.rebuild
    if cache is None or cache.source is None:
        raise SeatrialError("cache.source does not tell which file to edit")
    with tempfile.TemporaryDirectory(prefix="seatrial-rebuild-") as folder:
        site = copy_site(lab, Path(folder, WHOLE))
        best = build_copies(lab, Path(folder), {WHOLE: site})[WHOLE]
        for _ in range(0 if best.failed else TRIES):
            edit_file(site.context / cache.source)
            begin = time.monotonic()
            facts = build_copies(lab, Path(folder), {WHOLE: site})[WHOLE]
            took = time.monotonic() - begin
            if best.duration is None or took < best.duration:
                best = facts.model_copy(update={"duration": took})
            if facts.failed or took <= (promised or 0.0):
                break
    return {WHOLE: best.model_copy(update={"edited": cache.source})}
