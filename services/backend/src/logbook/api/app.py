"""The application: routes, errors, limits, and what runs beside them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

from fastapi import FastAPI
from pydantic import JsonValue

from logbook.api.access import may_send_more
from logbook.api.body_limit import BodyLimit
from logbook.api.entrance import Entrance
from logbook.api.migrator import Migrator
from logbook.api.openapi import describe
from logbook.api.problems import answer_with_problems
from logbook.api.routes import (
    builds,
    comparisons,
    components,
    deployments,
    health,
    images,
    jobs,
    keys,
    metrics,
    sboms,
    sign_in,
    trials,
)
from logbook.api.wiring import Wiring
from logbook.database.connection import CLOSE_SECONDS, COMMAND_SECONDS, connect_lazily, for_single
from logbook.identity import owner_of
from logbook.lock_out import rules_of
from logbook.settings import Settings

PREFIX = "/api/v1"


def create_app(settings: Settings, stamp: dict[str, JsonValue], end: Callable[[], None]) -> FastAPI:
    """Make the application; nothing is connected before it starts.

    `end` is called when the database can never be used: its migration failed.
    """
    app = make_routes()
    engine = connect_lazily(settings.database, COMMAND_SECONDS)
    app.state.wiring = Wiring(
        stamp=stamp,
        owner=owner_of(settings),
        engine=engine,
        single=for_single(engine),
        migrator=Migrator(connect_lazily(settings.database), end),
        rules=rules_of(settings),
        trusted_proxies=settings.login_trusted_proxies,
        generation=settings.generation,
    )
    app.add_middleware(BodyLimit, most=settings.max_upload_bytes, admit=may_send_more)
    app.add_middleware(Entrance, measures=app.state.wiring.measures, prefix=PREFIX)
    return app


def make_routes() -> FastAPI:
    """Make the application as far as its description goes: without what it works with."""
    app = FastAPI(
        title="logbook",
        lifespan=_migrating,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # both pages load their scripts from elsewhere
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.openapi = partial(describe, app)  # type: ignore[method-assign] # FastAPI's own way
    answer_with_problems(app)
    for part in (  # each costs those after it in each request: first what is asked most
        builds,
        trials,
        health,
        images,
        sign_in,
        keys,
        comparisons,
        sboms,
        components,
        deployments,
        jobs,
    ):
        # One by one: each further level of routers costs at the start and in each request.
        app.include_router(part.router, prefix=PREFIX)
    app.include_router(metrics.router)
    return app


@asynccontextmanager
async def _migrating(app: FastAPI) -> AsyncIterator[None]:
    wiring: Wiring = app.state.wiring
    migration = asyncio.create_task(wiring.migrator.run())
    yield
    migration.cancel()
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await asyncio.wait([migration])
            await wiring.engine.dispose()
