"""`INSERT … ON CONFLICT`, which each kind of database has in a module of its own."""

from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from logbook.database.models import Base


def insert_into(session: AsyncSession, table: type[Base]) -> postgresql.Insert:
    """Begin an insertion as `insert_by` does, for the database of `session`."""
    return insert_by(session.get_bind().dialect.name, table)


def insert_by(dialect: str, table: type[Base]) -> postgresql.Insert:
    """Begin an insertion that knows `on_conflict_do_nothing` and `on_conflict_do_update`.

    SQLite's has the same methods, so it goes by the same type.
    """
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite  # noqa: PLC0415 - few have one, all start faster

        return sqlite.insert(table)  # type: ignore[return-value]
    return postgresql.insert(table)
