"""Deployments: what runs where."""

from datetime import datetime

from pydantic import Field

from logbook_mcp.builds import NEXT, Next
from logbook_mcp.record import Record


class Deployed(Record):
    """One service of a deployment."""

    service: str
    image: str
    digest: str | None = None
    reference: str | None = Field(default=None, description="As the engine was asked for it")
    build_id: int | None = Field(default=None, description="Its build, where that is recorded")


class Deployment(Record):
    """One generation of what runs in an environment."""

    id: int
    environment: str
    generation: int = Field(description="Counts up within the environment")
    state: str = Field(description="deployed: it runs; replaced: a newer one does; ended: none")
    sha: str | None = Field(default=None, description="Commit that was deployed")
    started_at: datetime | None = None
    ended_at: datetime | None = Field(default=None, description="When it was replaced or ended")
    services: list[Deployed] = Field(default=[])


class DeploymentList(Record):
    """Deployments, newest first."""

    items: list[Deployment]
    next: Next = NEXT
