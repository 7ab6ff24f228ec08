"""The outbox: a job is kept by the transaction that makes it necessary, or not at all."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from logbook.database.models import Job
from logbook.generation import NO_GENERATION, Generation

CHANNEL = "logbook_jobs"
"""Where Postgres tells the workers that there is something to do."""


async def enqueue(
    session: AsyncSession, kind: str, payload: dict[str, Any], *, key: str | None = None
) -> int | None:
    """Leave a job to the worker and return its number, or nothing where `key` is known already.

    It is part of the caller's transaction: a worker sees it once that is committed. It belongs to
    the generation in `session.info["generation"]`, or to anybody where there is none.
    """
    generation: Generation = session.info.get("generation", NO_GENERATION)
    values: dict[str, Any] = {"kind": kind, "payload": payload, "key": key}
    if generation.number:
        values |= {"environment": generation.environment, "generation": generation.number}
    statement = insert(Job).values(**values).on_conflict_do_nothing(index_elements=[Job.key])
    number: int | None = await session.scalar(statement.returning(Job.id))
    if number is not None:
        await wake(session)
    return number


async def wake(session: AsyncSession) -> None:
    """Wake the workers when the transaction is committed; on SQLite they look for themselves."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text(f"SELECT pg_notify('{CHANNEL}', '')"))
