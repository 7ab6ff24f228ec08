"""What the project says beside the image: its identity, and what its lock allows."""

from __future__ import annotations

from seatrial.errors import SeatrialError
from seatrial.git import committed_at, read_git
from seatrial.locks import read_uv_lock
from seatrial.model.holding_facts import LockFacts, StampFacts
from seatrial.model.stamp import GitFacts, Stamp, iso_utc
from seatrial.verify.lab import Lab


def look_at_stamp(lab: Lab) -> StampFacts:
    """Return the identity that the image should have.

    The build record tells it, where the image is the recorded one; else git does.

    Raises:
        SeatrialError: When neither can.
    """
    root = lab.order.root
    if lab.record is not None:
        stamp = lab.record.plan.stamp
        known = committed_at(root, stamp.sha) if root else None
        return StampFacts(source="build record", stamp=stamp, committed_at=known)
    if root is None:
        raise SeatrialError("neither a build record nor a git work tree tells the commit")
    facts = read_git(root)
    return StampFacts(source="git", stamp=_stamp(facts), committed_at=facts.committed_at)


def look_at_lock(lab: Lab) -> LockFacts:
    """Return what the lock allows.

    Raises:
        SeatrialError: When it cannot be read.
    """
    dependencies = lab.contract.dependencies
    if dependencies is None:
        raise SeatrialError("the contract names no lock")
    return read_uv_lock(lab.order.folder / dependencies.lock)


def _stamp(facts: GitFacts) -> Stamp:
    return Stamp(
        sha=facts.sha,
        short_sha=facts.short_sha,
        describe=facts.describe,
        dirty=facts.dirty,
        built_at=iso_utc(facts.committed_at),
    )
