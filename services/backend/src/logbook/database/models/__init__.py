"""The tables."""

from logbook.database.models.base import Base
from logbook.database.models.record import Build

__all__ = ["Base", "Build"]
