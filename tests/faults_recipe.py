"""Planted faults of what an image is built from and what its configuration says of it."""

from __future__ import annotations

import seen

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
    ("workdir-as-promised", seen.image(workdir="/srv")),
    ("workdir-as-promised", seen.image(workdir="")),
    ("volumes-as-promised", seen.image(volumes=("/data", "/var/lib/other"))),
    ("volumes-as-promised", seen.image(volumes=())),
    ("optional-defaults-as-promised", seen.image(env={"LEVEL": "debug"})),
    ("optional-defaults-as-promised", seen.image(env={"LEVEL": ""})),
]
BLIND: list[tuple[str, Observation]] = [
    ("bases-by-digest", seen.changed(bases=None)),
    ("no-base-chosen-by-argument", seen.changed(bases=None)),
    ("recipe-has-no-findings", seen.changed(recipe=None)),
]
