"""The tables."""

from logbook.database.models.access import ApiKey, SignInTries
from logbook.database.models.base import Base
from logbook.database.models.record import (
    Build,
    Content,
    Deployment,
    Environment,
    Package,
    Sbom,
    SbomUpdate,
    Trial,
)
from logbook.database.models.work import Job

__all__ = [
    "ApiKey",
    "Base",
    "Build",
    "Content",
    "Deployment",
    "Environment",
    "Job",
    "Package",
    "Sbom",
    "SbomUpdate",
    "SignInTries",
    "Trial",
]
