"""Run the application under uvicorn, with this server's log and stop rules."""

import logging.config
from typing import Any

import uvicorn

from logbook_mcp.logs import LOG_CONFIG
from logbook_mcp.server import make_app
from logbook_mcp.settings import Settings

# Seconds for requests in flight when a stop is asked for; less than the 30 s an image may take.
DRAIN_TIME = 20


def serve(settings: Settings, stamp: dict[str, Any]) -> None:
    """Serve as `settings` say on their port, on all interfaces, until SIGTERM or SIGINT."""
    # Before the server is made: the SDK sets up logging of its own where it finds none.
    logging.config.dictConfig(LOG_CONFIG)
    uvicorn.run(
        make_app(settings, stamp),
        host="0.0.0.0",
        port=settings.port,
        log_config=None,
        lifespan="on",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=DRAIN_TIME,
    )
