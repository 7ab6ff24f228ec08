"""The tables."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, MetaData, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

JsonColumn = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Common to all tables; the names of constraints are fixed so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


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
