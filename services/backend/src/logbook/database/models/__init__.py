"""The tables."""

from logbook.database.models.base import Base
from logbook.database.models.record import Build
from logbook.database.models.work import Job

__all__ = ["Base", "Build", "Job"]
