"""What is recorded under load: of the size that seatrial's own records have."""

from __future__ import annotations

import hashlib
import json
from typing import Any

IMAGES = 5
STEPS = 20
RESULTS = 60
"""Checks of a trial: its report has 30 kB."""
PLACE = "KEY-OF-THE-RECORD"
"""Stands in a template where each record has its own key."""


def digest(key: str) -> str:
    """Return a digest that belongs to `key` alone."""
    return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def build(place: str, image: str = "load-0") -> dict[str, Any]:
    """Return a build to be recorded whose digest is `place`."""
    step = {"name": "RUN uv sync --locked --no-install-project", "cached": False, "seconds": 1.25}
    return {
        "image": image,
        "digest": place,
        "tags": ["latest", "v1.2.3"],
        "sha": "ab" * 20,
        "short_sha": "abababa",
        "describe": "v1.2.3",
        "dirty": False,
        "built_at": "2026-01-02T03:04:05+00:00",
        "base_policy": "stand-in",
        "size_bytes": 123_456_789,
        "duration_seconds": 4.5,
        "cached_steps": 1,
        "total_steps": STEPS,
        "steps": [{**step, "number": number} for number in range(STEPS)],
    }


def trial(place: str, image: str = "load-0") -> dict[str, Any]:
    """Return a trial to be recorded whose run is `place`."""
    result = {"family": "process", "outcome": "pass", "page": "How it is tried. " * 25}
    results = [{**result, "name": f"check-{number}"} for number in range(RESULTS)]
    return {
        "run": place,
        "image": image,
        "digest": digest(image),
        "verdict": "kept",
        "started_at": "2026-01-02T03:04:05+00:00",
        "duration_seconds": 14.5,
        "passed": RESULTS,
        "failed": 0,
        "skipped": 0,
        "strict": True,
        "report": {"schema_version": 1, "image": image, "results": results},
    }


def template(record: dict[str, Any]) -> str:
    """Return a record as JSON, with `PLACE` once where its key belongs."""
    text = json.dumps(record)
    assert text.count(PLACE) == 1
    return text
