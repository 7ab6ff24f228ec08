"""Run the application under uvicorn, with this server's log and stop rules."""

from __future__ import annotations

import gc
import logging.config
from typing import TYPE_CHECKING, Any

import uvicorn

from logbook_mcp.front import Front
from logbook_mcp.logs import LOG_CONFIG

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from logbook_mcp.settings import Settings

# Seconds for requests in flight when a stop is asked for; less than the 30 s an image may take.
DRAIN_TIME = 20


def serve(settings: Settings, stamp: dict[str, Any]) -> None:
    """Serve as `settings` say on their address and port, until SIGTERM or SIGINT."""
    logging.config.dictConfig(LOG_CONFIG)
    uvicorn.run(
        Front(stamp, lambda: _make_app(settings)),
        host=settings.host,
        port=settings.port,
        log_config=None,
        lifespan="on",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=DRAIN_TIME,
    )


def _make_app(settings: Settings) -> Starlette:
    # What is imported lives as long as the process: looking for garbage in it costs a tenth more.
    gc.disable()
    try:
        from logbook_mcp.server import make_app  # noqa: PLC0415

        return make_app(settings)
    finally:
        gc.enable()
