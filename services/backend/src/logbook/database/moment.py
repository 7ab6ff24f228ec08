"""Times in the database."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, TypeDecorator

Convert = Callable[[Any], Any]


class Moment(TypeDecorator[datetime]):
    """A time with its offset. SQLite keeps none, so there it is UTC on the way in and out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what the driver is given."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert | None:
        """Return what is done to each value; nothing where the driver's is right as it is."""
        return super().result_processor(dialect, coltype) if dialect.name == "sqlite" else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return what the program is given."""
        return value if value is None else value.replace(tzinfo=UTC)
