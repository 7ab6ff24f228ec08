"""What the routes work with, made once for an application."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, HTTPException, Request
from pydantic import JsonValue
from sqlalchemy import Connection
from sqlalchemy.exc import TimeoutError as NoFreeConnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.util import greenlet_spawn
from starlette.types import Scope

from logbook.api.measures import Measures
from logbook.api.migrator import Migrator
from logbook.database.connection import Found, is_away, is_unmigrated, work_by_single
from logbook.generation import Generation
from logbook.identity import Owner
from logbook.lock_out import Rules

if TYPE_CHECKING:
    from logbook.environment import Network

ACCESS_SECONDS = 5.0
"""The longest that the database may take to tell who somebody is."""
SIGN_INS_AT_ONCE = 2
"""They may wait for each other in the database: not with all the connections that there are."""
UNAVAILABLE = "The database cannot be reached."
UNMIGRATED = "The database is not migrated yet."


@dataclass(frozen=True, slots=True)
class Wiring:
    """The parts of one running API."""

    stamp: dict[str, JsonValue]
    owner: Owner
    engine: AsyncEngine
    single: AsyncEngine
    """The same connections, for single statements."""
    migrator: Migrator
    rules: Rules
    trusted_proxies: "tuple[Network, ...]"
    generation: Generation
    measures: Measures = field(default_factory=Measures)
    sign_ins: asyncio.Semaphore = field(
        default_factory=partial(asyncio.Semaphore, SIGN_INS_AT_ONCE)
    )

    def describe(self) -> dict[str, JsonValue]:
        """Tell what is connected to what, by kind; addresses and names stay inside."""
        return {"database": self.engine.url.drivername, "authentication": "owner"}


def wiring_of(scope: Scope) -> Wiring:
    """Return the wiring of the application that serves a request."""
    wiring = scope["app"].state.wiring
    assert isinstance(wiring, Wiring)  # noqa: S101 - for the type; `create_app` puts it there
    return wiring


async def _wiring(request: Request) -> Wiring:
    # A coroutine, since what is none is called in a thread, for each request.
    return wiring_of(request.scope)


Wired = Annotated[Wiring, Depends(_wiring)]


async def asked(
    wiring: Wiring, work: Callable[[Connection], Found], seconds: float | None = None
) -> Found:
    """Return what `work` finds by single statements: the short way, for what is asked often.

    All of it runs in one of SQLAlchemy's greenlets; the asynchronous connection makes one for each
    step. Where the database is away, or slower than `seconds`, the answer 503 is raised.
    """
    try:
        async with asyncio.timeout(seconds):
            return await greenlet_spawn(work_by_single, wiring.engine.sync_engine, work)
    except Exception as error:
        _answer_unavailable(error)
        raise


@asynccontextmanager
async def session_of(
    wiring: Wiring, engine: AsyncEngine | None = None
) -> AsyncIterator[AsyncSession]:
    """Open a session; where the database is away, the answer 503 is raised."""
    info, engine = {"generation": wiring.generation}, engine or wiring.engine
    async with AsyncSession(engine, expire_on_commit=False, info=info) as session:
        try:
            yield session
        except Exception as error:
            _answer_unavailable(error)
            raise


@asynccontextmanager
async def access_session_of(wiring: Wiring) -> AsyncIterator[AsyncSession]:
    """Open a session in which to judge who somebody is; a slow database is away, too."""
    async with session_of(wiring) as session, asyncio.timeout(ACCESS_SECONDS):
        yield session


def _answer_unavailable(error: Exception) -> None:
    if reason := unavailable(error):
        raise HTTPException(503, reason, headers={"Retry-After": "5"}) from error


async def _session(wiring: Wired, request: Request) -> AsyncIterator[AsyncSession]:
    engine = wiring.single if request.method in {"GET", "HEAD"} else wiring.engine
    async with session_of(wiring, engine) as session:
        yield session


Session = Annotated[AsyncSession, Depends(_session)]


def unavailable(error: Exception) -> str | None:
    """Return what to tell a caller where `error` is the database's absence, else nothing."""
    if is_unmigrated(error):
        return UNMIGRATED
    is_absent = is_away(error) or isinstance(error, NoFreeConnectionError)
    return UNAVAILABLE if is_absent else None
