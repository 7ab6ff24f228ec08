"""What was recorded: builds."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from logbook.database.models.base import Base, JsonColumn


class Build(Base):
    """One image that was built. The same image with the same digest is recorded once."""

    __tablename__ = "builds"
    __table_args__ = (UniqueConstraint("image", "digest"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    image: Mapped[str]
    digest: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(JsonColumn)
    sha: Mapped[str]
    short_sha: Mapped[str]
    describe: Mapped[str]
    dirty: Mapped[bool]
    built_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    base_policy: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    duration_seconds: Mapped[float]
    cached_steps: Mapped[int]
    total_steps: Mapped[int]
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JsonColumn)
    recorded_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
