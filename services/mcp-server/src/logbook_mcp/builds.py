"""Recorded builds, as the backend's API gives them and as the tools hand them on."""

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from logbook_mcp.record import Record

Verdict = Literal["kept", "broken"]
Next = str | None
NEXT = Field(default=None, description="Cursor of what comes after; null when this is the end")


class Build(Record):
    """One recorded build of one image, without its steps."""

    id: int = Field(description="Id of the record; give it to get_build or compare_builds")
    image: str = Field(description="Name of the image, such as backend")
    digest: str = Field(description="The image's digest, sha256:…")
    tags: list[str] = Field(default=[], description="Tags the build gave the image")
    sha: str | None = Field(default=None, description="Commit it was built from")
    short_sha: str | None = None
    describe: str | None = Field(default=None, description="git describe of that commit")
    dirty: bool = Field(default=False, description="Built from a tree with uncommitted changes")
    built_at: datetime | None = None
    base_policy: str | None = Field(
        default=None, description="registry, or stand-in where local images took the bases' place"
    )
    size_bytes: int | None = None
    duration_seconds: float | None = None
    cached_steps: int | None = None
    total_steps: int | None = None
    recorded_at: datetime | None = None
    verdict: Verdict | None = Field(
        default=None, description="Of its last trial: kept or broken; null where none is recorded"
    )
    components: int | None = Field(
        default=None, description="How many components its SBOM has; null where none was read"
    )


class Sbom(Record):
    """How far a build's list of components is."""

    state: str = Field(description="none, waiting, done or failed")
    components: int | None = None
    error: str | None = Field(default=None, description="Why it could not be read")


class BuildDetail(Build):
    """One recorded build with the steps it took."""

    steps: list[dict[str, JsonValue]] = Field(
        default=[], description="The steps in the order they ran, as they were recorded"
    )
    sbom: Sbom | None = None


class BuildList(Record):
    """Recorded builds, newest first."""

    items: list[Build]
    next: Next = NEXT
