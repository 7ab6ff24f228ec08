"""Who may come in: the keys of machines, and the failed sign-ins of people."""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from logbook.database.models.base import Base, Id, JsonColumn


class ApiKey(Base):
    """A key that was given out once and is known here by its hash alone."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(JsonColumn)
    secret_sha256: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInTries(Base):
    """The failed sign-ins from one address, or with one name. Times are seconds since 1970."""

    __tablename__ = "sign_in_tries"

    subject: Mapped[str] = mapped_column(primary_key=True)
    failed_at: Mapped[list[float]] = mapped_column(JsonColumn)
    locked_until: Mapped[float]
    forget_at: Mapped[float] = mapped_column(index=True)
