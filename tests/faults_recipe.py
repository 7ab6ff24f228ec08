"""Planted faults of what an image is built from and what its configuration says of it."""

from __future__ import annotations

import seen

from seatrial.model.holding_facts import StampFacts
from seatrial.model.observation import Observation

FAULTS: list[tuple[str, Observation]] = [
    ("bases-by-digest", seen.bases(reference="python:3")),
    ("bases-by-digest", seen.bases(reference="python:3@sha256:")),
    ("bases-by-digest", seen.bases(instruction="RUN --mount", reference="busybox")),
    ("no-base-chosen-by-argument", seen.bases(argument="BASE")),
    ("no-base-chosen-by-argument", seen.bases(argument="BASE", kind="stage")),
    ("base-policy-recorded", seen.labelled("seatrial.base-policy", None)),
    ("base-policy-recorded", seen.labelled("seatrial.base-policy", "")),
    ("base-policy-recorded", seen.labelled("seatrial.base-policy", "stand-in")),
    ("recipe-has-no-findings", seen.linted(rule="DL3003", level="warning")),
    ("recipe-has-no-findings", seen.linted(rule="SC2086", level="error")),
    # hadolint only warns of these; it is more to us.
    ("recipe-has-no-findings", seen.linted(rule="DL3002", level="info")),
    ("stamp-is-reproducible", seen.image(created=None)),
    ("stamp-is-reproducible", seen.image(created=seen.STAMP.epoch + 60.0)),
    (
        "stamp-is-reproducible",
        seen.labelled("org.opencontainers.image.created", "2026-11-21T00:00:00Z"),
    ),
    ("stamp-is-reproducible", seen.layers(version={"built_at": "2026-11-21T00:00:00Z"})),
    ("stamp-is-reproducible", seen.stamped(built_at="2026-11-21T00:00:00Z")),
    ("stamp-is-reproducible", seen.stamped(dirty=True)),
    ("stamp-is-reproducible", seen.stamped(describe="v1.0.0-dirty")),
    # Dirty is no excuse for a time that nobody recorded.
    (
        "stamp-is-reproducible",
        seen.stamped(dirty=True, describe="v1-dirty", built_at="2026-11-21T00:00:00Z"),
    ),
    ("rebuilds-in-time", seen.whole(duration=3.5)),
    ("workdir-as-promised", seen.image(workdir="/srv")),
    ("workdir-as-promised", seen.image(workdir="")),
    ("volumes-as-promised", seen.image(volumes=("/data", "/var/lib/other"))),
    ("volumes-as-promised", seen.image(volumes=())),
    ("optional-defaults-as-promised", seen.image(env={"LEVEL": "debug"})),
    ("optional-defaults-as-promised", seen.image(env={"LEVEL": ""})),
]
UNKNOWN = StampFacts(source="build record", stamp=seen.STAMP)
DIRTY = seen.STAMP.model_copy(update={"dirty": True, "describe": "v1-dirty"})
BLIND: list[tuple[str, Observation]] = [
    ("stamp-is-reproducible", seen.changed(stamp=UNKNOWN)),
    ("stamp-is-reproducible", seen.changed(stamp=StampFacts(source="git", stamp=DIRTY))),
    ("rebuilds-in-time", seen.whole(error="no record")),
    ("rebuilds-in-time", seen.whole(failed=True, duration=1.0)),
    ("rebuilds-in-time", seen.whole(steps=(seen.INSTALL,))),
    ("rebuilds-in-time", seen.changed(rebuilds=None)),
    ("bases-by-digest", seen.changed(bases=None)),
    ("no-base-chosen-by-argument", seen.changed(bases=None)),
    ("recipe-has-no-findings", seen.changed(recipe=None)),
]
