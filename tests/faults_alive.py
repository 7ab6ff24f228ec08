"""Planted faults of what lives in a container, and observations in which nothing can be seen."""

from __future__ import annotations

from typing import Any

import seen
from seen_alive import FIRST

from seatrial.model.observation import Observation


def first(**fields: Any) -> Observation:
    """Return the good observation with another process 1."""
    return seen.running(processes=(FIRST.model_copy(update=fields),))


FAULTS: list[tuple[str, Observation]] = [
    ("has-only-promised-capabilities", first(capabilities=("CAP_CHOWN", "CAP_NET_RAW"))),
    ("has-no-other-groups", first(groups=(1001, 999))),
    ("has-no-other-groups", first(groups=(0,))),
]
BLIND: list[tuple[str, Observation]] = [
    ("has-only-promised-capabilities", first(capabilities=None)),
    ("has-only-promised-capabilities", seen.running(processes=None)),
    ("has-no-other-groups", first(groups=None)),
]
