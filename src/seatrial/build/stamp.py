"""The stamp of a build and the tags that follow from it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from seatrial.errors import ConfigurationError
from seatrial.model.plan import ResolvedPolicy
from seatrial.model.stamp import GitFacts, Stamp, iso_utc

_RELEASE = re.compile(r"v(\d+\.\d+\.\d+)", re.ASCII)
# The grammar of github.com/distribution/reference.
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_COMPONENT = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(
    rf"(?:{_LABEL}(?:\.{_LABEL})*(?::[0-9]+)?/)?{_COMPONENT}(?:/{_COMPONENT})*"
)
_LONGEST_REPOSITORY = 255


def make_stamp(
    git: GitFacts, uv_locks: Mapping[str, str], bun_locks: Mapping[str, str], now: float
) -> Stamp:
    """Return the stamp of a build of this tree.

    Args:
        git: What git says.
        uv_locks: SHA-256 of `uv.lock` by image.
        bun_locks: SHA-256 of `bun.lock` by image.
        now: Seconds since the epoch; what a dirty tree is stamped with.
    """
    return Stamp(
        sha=git.sha,
        short_sha=git.short_sha,
        describe=git.describe,
        dirty=git.dirty,
        built_at=iso_utc(now if git.dirty else git.committed_at),
        uv_lock_sha=dict(uv_locks),
        bun_lock_sha=dict(bun_locks),
    )


def releases(git: GitFacts) -> tuple[str, ...]:
    """Return the versions X.Y.Z whose tags point at the commit; none on a dirty tree."""
    matches = (_RELEASE.fullmatch(tag) for tag in git.release_tags)
    return () if git.dirty else tuple(match[1] for match in matches if match)


def default_tags(git: GitFacts) -> tuple[str, ...]:
    """Return the tags of a build: `latest`, and what names the commit."""
    if git.dirty:
        return ("latest", f"{git.short_sha}-dirty")
    return ("latest", git.sha, *releases(git))


def references(repository: str, tags: tuple[str, ...]) -> tuple[str, ...]:
    """Return `repository:tag` for each tag; a tag may bring a repository of its own.

    Raises:
        ConfigurationError: When a tag is not one, or its repository is none.
    """
    return tuple(_reference(repository, tag) for tag in tags)


def _reference(repository: str, tag: str) -> str:
    own, colon, name = tag.rpartition(":")
    if (colon and not _is_repository(own)) or not _TAG.fullmatch(name):
        raise ConfigurationError(
            f"{tag!r} is not an image tag",
            expected="TAG or REPOSITORY:TAG; letters, digits, '.', '_' and '-', at most 128",
        )
    if not colon and not _is_repository(repository):
        raise ConfigurationError(
            f"{repository!r} is not an image repository",
            expected="lower-case letters, digits, '.', '_' and '-', in parts set apart by '/'",
            hint="the target's first tag in the bake file gives it, or the target's name",
        )
    return f"{own or repository}:{name}"


def _is_repository(name: str) -> bool:
    return len(name) <= _LONGEST_REPOSITORY and bool(_REPOSITORY.fullmatch(name))


def labels(
    stamp: Stamp, version: str | None, source: str | None, policy: ResolvedPolicy
) -> dict[str, str]:
    """Return the labels that carry the stamp, and the base policy."""
    found = {
        "org.opencontainers.image.revision": stamp.sha,
        "org.opencontainers.image.created": stamp.built_at,
        "org.opencontainers.image.version": version or stamp.describe,
        "org.opencontainers.image.source": source,
        "seatrial.base-policy": policy,
    }
    return {name: value for name, value in found.items() if value}
