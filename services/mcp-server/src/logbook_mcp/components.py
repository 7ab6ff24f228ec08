"""Components: what is in the images."""

from pydantic import Field

from logbook_mcp.builds import NEXT, Next
from logbook_mcp.record import Record


class Holder(Record):
    """A build that has a component in it."""

    image: str
    build_id: int
    digest: str
    short_sha: str | None = None
    latest: bool = Field(description="Whether that is the image's latest build")


class Component(Record):
    """A package in one version, and where it is."""

    name: str
    version: str | None = None
    type: str | None = Field(default=None, description="CycloneDX's, mostly library")
    purl: str | None = Field(
        default=None, description="Package URL: where it is from (deb, pypi, npm), name, version"
    )
    licenses: list[str] = Field(default=[])
    builds: int | None = Field(default=None, description="How many builds have it")
    images: list[Holder] = Field(description="The newest of those builds, newest first")


class ComponentList(Record):
    """The components that were asked for."""

    items: list[Component]
    next: Next = NEXT
