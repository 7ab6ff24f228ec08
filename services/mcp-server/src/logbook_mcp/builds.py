"""Recorded builds, as the backend's API gives them and as the tools hand them on.

Fields that the backend adds later are ignored, so that it may grow without this server.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Build(BaseModel):
    """One recorded build of one image, without its steps."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int = Field(description="Id of the record; give it to get_build")
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


class BuildDetail(Build):
    """One recorded build with the steps it took."""

    steps: list[dict[str, JsonValue]] = Field(
        default=[], description="The steps in the order they ran, as they were recorded"
    )


class BuildList(BaseModel):
    """Recorded builds, newest first."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    items: list[Build]
    next: str | None = Field(
        default=None, description="Cursor of the older builds; null when there are none"
    )
