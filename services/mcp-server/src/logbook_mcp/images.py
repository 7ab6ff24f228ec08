"""Images and their history."""

from datetime import datetime

from pydantic import Field

from logbook_mcp.builds import NEXT, Build, Next, Verdict
from logbook_mcp.record import Record


class Image(Record):
    """An image and its latest build."""

    name: str = Field(description="Give it to image_history")
    builds: int = Field(description="How many builds of it are recorded")
    latest: Build


class ImageList(Record):
    """The images that have a recorded build, by name."""

    items: list[Image]
    next: Next = NEXT


class Past(Record):
    """One build in an image's history."""

    build_id: int = Field(description="Give it to get_build, trial_findings or compare_builds")
    built_at: datetime | None = None
    size_bytes: int | None = None
    duration_seconds: float | None = None
    verdict: Verdict | None = Field(default=None, description="Of its last trial, if any")


class ImageHistory(Image):
    """An image, its latest build and how it came there."""

    history: list[Past] = Field(description="The last 20 builds, the oldest of them first")
