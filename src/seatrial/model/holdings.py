"""The sections of a contract about what the image holds and how it is built."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from seatrial.model.base import Model
from seatrial.model.written import (
    AbsolutePath,
    Flag,
    Glob,
    GroupName,
    HadolintRule,
    LabelName,
    Mount,
)


class Filesystem(Model):
    """What is on disk and what may be written."""

    read_only: Flag = Field(
        default=False,
        description="Whether it runs on a read-only root, and writes nothing on a writable one.",
        examples=[True],
    )
    tmpfs: tuple[Mount, ...] = Field(
        default=(),
        description="Mounts in memory, `PATH` or `PATH:OPTIONS` as `docker run --tmpfs` takes "
        "them.",
        examples=[["/tmp", "/run/app:uid=1001,mode=0700"]],  # noqa: S108 - in the container
    )
    writable: tuple[Glob, ...] = Field(
        default=(),
        description="Globs of paths that may be written all the same when the root is writable, "
        "and that everybody may be allowed to write.",
        examples=[["/app/cache/**"]],
    )
    absent: tuple[Glob, ...] = Field(
        default=(),
        description="Globs of paths that are not in the image; `**/` stands for any folders.",
        examples=[["**/.git", "**/.env"]],
    )
    immutable: tuple[Glob, ...] = Field(
        default=(),
        description="Globs of paths that its user can neither change nor replace: it does not own "
        "them, and neither mode nor folder lets it write.",
        examples=[["/app/**"]],
    )
    setuid: tuple[Glob, ...] | None = Field(
        default=None,
        description="Globs of programs that may have the setuid or setgid bit, or capabilities of "
        "their own, the base's included; `[]`: none has.",
        examples=[["/usr/bin/sudo"]],
    )
    volumes: tuple[AbsolutePath, ...] | None = Field(
        default=None,
        description="VOLUMEs that the image declares, and no others; `[]`: none.",
        examples=[["/data"]],
    )

    @property
    def tmpfs_paths(self) -> tuple[str, ...]:
        """The mounts' paths without their options."""
        return tuple(mount.partition(":")[0] for mount in self.tmpfs)


class Dependencies(Model):
    """Which packages are installed."""

    lock: Annotated[str, Field(pattern=r"(^|/)uv\.lock$")] = Field(
        description="The `uv.lock`, relative to the contract; nothing but its production set is "
        "installed.",
        examples=["uv.lock"],
    )
    also: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        default=(),
        description="Packages that may be there besides (a base's own).",
        examples=[["pip"]],
    )
    groups_absent: tuple[GroupName, ...] | None = Field(
        default=None,
        description="Groups and extras of the lock of which nothing is installed; others may be. "
        "Not told: none may.",
        examples=[["dev"]],
    )


class Labels(Model):
    """The image's labels."""

    required: tuple[LabelName, ...] = Field(
        default=(),
        description="Names that are there and not empty.",
        examples=[["org.opencontainers.image.title"]],
    )
    forbidden: tuple[LabelName, ...] = Field(
        default=(), description="Names that are not there.", examples=[["maintainer"]]
    )


class StampPromise(Model):
    """Where the build's identity is found."""

    path: AbsolutePath | None = Field(
        default=None,
        description="`version.json` inside the image.",
        examples=["/app/version.json"],
    )
    labels: Flag = Field(
        default=True,
        description="Whether `org.opencontainers.image.revision`, `.version` and `.created` "
        "tell it.",
        examples=[True],
    )
    reproducible: Flag = Field(
        default=False,
        description="Whether, built from a clean tree, every time in it is the commit's.",
        examples=[True],
    )
    health: Annotated[str, Field(min_length=1)] | None = Field(
        default=None,
        description="Where the health answer tells the commit: `version.sha` is member `sha` of "
        "member `version`.",
        examples=["version.sha"],
    )


class Cache(Model):
    """What an edit rebuilds. Paths are relative to the build context."""

    step: Annotated[str, Field(min_length=3)] = Field(
        description="A part of the instruction that installs the dependencies.",
        examples=["uv sync --locked"],
    )
    source: str | None = Field(
        default=None,
        description="A source file; an edit of it keeps that step.",
        examples=["src/app/__init__.py"],
    )
    lock: str | None = Field(
        default=None,
        description="The lock file; an edit of it runs that step again.",
        examples=["uv.lock"],
    )
    version_context: str | None = Field(
        default="version",
        description="Named context of `version.json`; a change of it keeps that step.",
        examples=["version"],
    )

    def step_is(self, instruction: str) -> bool:
        """Return whether an instruction is the one that installs the dependencies."""
        return " ".join(self.step.split()) in " ".join(instruction.split())


class Secrets(Model):
    """No secrets in configuration, layers and logs, and none taken from the build context."""

    allowed: tuple[Glob, ...] = Field(
        default=(),
        description="Globs of files in the image that may look like secrets.",
        examples=[["/app/tests/**"]],
    )


class Bases(Model):
    """What it stands on; `[bases]` alone promises that every base is pinned by its digest."""

    dockerfile: Annotated[str, Field(min_length=1)] = Field(
        default="Dockerfile",
        description="The Dockerfile, relative to the contract.",
        examples=["Dockerfile"],
    )
    contexts: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        default=(),
        description="Named contexts of the build, which are no bases; a build record tells them "
        "where there is one.",
        examples=[["version"]],
    )
    recorded: Flag = Field(
        default=False,
        description="Whether the label `seatrial.base-policy` tells where the bases came from.",
        examples=[True],
    )


class Recipe(Model):
    """What hadolint says of its Dockerfile; `[recipe]` alone promises that it finds nothing."""

    dockerfile: Annotated[str, Field(min_length=1)] = Field(
        default="Dockerfile",
        description="The Dockerfile, relative to the contract.",
        examples=["Dockerfile"],
    )
    severity: Literal["error", "warning", "info", "style"] = Field(
        default="warning",
        description="The least severity, as seatrial sees it, that breaks the promise.",
        examples=["error"],
    )
    ignored: tuple[HadolintRule, ...] = Field(
        default=(),
        description="Rules that are not looked at.",
        examples=[["DL3008"]],
    )
