"""Is the process well, and can it work?"""

import asyncio
from typing import Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, JsonValue

from logbook.api.wiring import UNMIGRATED, Wired, Wiring, unavailable
from logbook.database.migration import current_revision, is_current, known_revisions

READY_SECONDS = 2.0
"""The longest that the database may take to answer before it counts as away."""

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The process answers; `version` is its version.json."""

    status: Literal["ok"] = "ok"
    version: dict[str, JsonValue]
    wired: dict[str, JsonValue]


class Ready(BaseModel):
    """The process can work; `revision` is that of the database's tables."""

    status: Literal["ready"] = "ready"
    revision: str


@router.get("/health")
async def health(wiring: Wired) -> Health:
    """Answer without a look at the database."""
    return Health(version=wiring.stamp, wired=wiring.describe())


@router.get("/ready", responses={503: {"description": "It cannot work now, and why"}})
async def ready(wiring: Wired) -> Ready:
    """Answer 200 where the database is reached and migrated, else 503 with the reason.

    Whoever asks must not wait out the migrator's pause, which was made for a database that is away.
    """
    revision = await _revision(wiring)
    if revision is None or not is_current(revision, known_revisions()):
        wiring.migrator.hurry()
        raise HTTPException(503, UNMIGRATED)
    return Ready(revision=revision)


async def _revision(wiring: Wiring) -> str | None:
    try:
        async with asyncio.timeout(READY_SECONDS):
            return await current_revision(wiring.engine)
    except TimeoutError as error:
        detail = f"The database did not answer within {READY_SECONDS:g} s."
        raise HTTPException(503, detail) from error
    except Exception as error:
        if reason := unavailable(error):
            if reason == UNMIGRATED:
                wiring.migrator.hurry()
            raise HTTPException(503, reason) from error
        raise
