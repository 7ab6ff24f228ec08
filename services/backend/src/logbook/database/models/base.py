"""What all tables have in common."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Integer, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

from logbook.database.moment import Moment

JsonColumn = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Id = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database gives; SQLite gives one to a column of the type INTEGER only."""


class Base(DeclarativeBase):
    """Common to all tables; the names of constraints are fixed so that migrations can find them.

    `Mapped[datetime]` is a `Moment`.
    """

    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Moment()}
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
