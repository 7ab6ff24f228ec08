"""What Prometheus asks for, at the root: whoever proxies /api does not show it."""

import asyncio

from fastapi import APIRouter, Response
from sqlalchemy import func, select

from logbook.api.routes.health import READY_SECONDS
from logbook.api.wiring import Wired, Wiring, unavailable
from logbook.database.models import Job

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def metrics(wiring: Wired) -> Response:
    """Tell what was measured since the start; also while the database is away."""
    from logbook.api import exposition  # noqa: PLC0415 - costs a tenth of the start

    content = exposition.expose(wiring, await _jobs(wiring))
    return Response(content, media_type=exposition.CONTENT_TYPE)


async def _jobs(wiring: Wiring) -> dict[str, int] | None:
    """Count the jobs that are not done, by state; nothing where the database does not answer."""
    statement = select(Job.state, func.count()).where(Job.state != "done").group_by(Job.state)
    try:
        async with asyncio.timeout(READY_SECONDS), wiring.engine.connect() as connection:
            return dict((await connection.execute(statement)).all())
    except Exception as error:
        if isinstance(error, TimeoutError) or unavailable(error):
            return None
        raise
