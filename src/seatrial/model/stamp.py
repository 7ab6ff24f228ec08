"""The stamp: the identity of a build."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import Field

from seatrial.model.base import Model


class GitFacts(Model):
    """What git says of a work tree.

    Attributes:
        sha: The commit, 40 hex digits.
        short_sha: Its short form, as git abbreviates it.
        describe: `git describe --tags --always --dirty`.
        dirty: Whether anything differs from the commit, files that git does not know included.
        committed_at: The commit's time, seconds since the epoch.
        release_tags: Tags that point at the commit.
        origin: The remote's address without credentials, or None.
    """

    sha: str
    short_sha: str
    describe: str
    dirty: bool
    committed_at: int
    release_tags: tuple[str, ...] = ()
    origin: str | None = None


class Stamp(Model):
    """`version.json`, as it enters every image.

    Attributes:
        sha: The commit, 40 hex digits.
        short_sha: Its short form.
        describe: `git describe --tags --always --dirty`.
        dirty: Whether the tree differed from the commit.
        built_at: ISO 8601, UTC. The commit's time on a clean tree, now on a dirty one.
        uv_lock_sha: SHA-256 of `uv.lock`, by image, of every image that has one.
        bun_lock_sha: SHA-256 of `bun.lock`, by image, of every image that has one.
    """

    sha: str
    short_sha: str
    describe: str
    dirty: bool
    built_at: str
    uv_lock_sha: dict[str, str] = Field(default_factory=dict)
    bun_lock_sha: dict[str, str] = Field(default_factory=dict)

    @property
    def epoch(self) -> int:
        """`built_at` as seconds since the epoch (SOURCE_DATE_EPOCH)."""
        return int(datetime.fromisoformat(self.built_at).timestamp())

    def version_json(self) -> str:
        """Return the text of `version.json`."""
        return self.model_dump_json(indent=2) + "\n"


def iso_utc(seconds: float) -> str:
    """Return seconds since the epoch as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")
