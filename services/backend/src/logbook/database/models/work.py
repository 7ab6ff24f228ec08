"""The outbox: what is left for the worker to do."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from logbook.database.models.base import Base, Id, JsonColumn


class Job(Base):
    """One thing to do, written in the transaction that makes it necessary.

    `waiting` → `running` → `done`, or back to `waiting` after a failure, or `dead` when it has
    failed too often. A `running` job belongs to whoever knows its `claim`, until `leased_until`.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    key: Mapped[str | None] = mapped_column(unique=True)
    """Of all the jobs with one key only the first is kept."""
    environment: Mapped[str | None]
    generation: Mapped[int] = mapped_column(server_default="0")
    """The deployment whose workers do it; 0 is anybody's."""
    state: Mapped[str] = mapped_column(server_default="waiting")
    attempts: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]
    claim: Mapped[str | None]
    worker: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
