"""Checks: pure functions from a contract and an observation to findings, in a fixed order."""

from __future__ import annotations

from seatrial.verify.checks import (  # noqa: F401 - importing them registers their checks
    bases,
    cache,
    database,
    dependencies,
    environment,
    filesystem,
    health,
    identity,
    limits,
    logs,
    modes,
    network,
    processes,
    recipe,
    restart,
    secrets,
    signals,
    stamp,
)
from seatrial.verify.checks.registry import Check, all_checks, checks_for

__all__ = ["Check", "all_checks", "checks_for"]
