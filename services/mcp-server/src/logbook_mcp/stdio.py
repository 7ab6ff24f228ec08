"""Serve one desktop client over stdin and stdout. Nothing but JSON-RPC is written to stdout."""

import logging.config

import anyio

from logbook_mcp.logs import STDERR_LOG_CONFIG
from logbook_mcp.server import run_stdio
from logbook_mcp.settings import StdioSettings


def serve_stdio(settings: StdioSettings) -> None:
    """Serve until stdin ends; the log goes to stderr."""
    # Before the server is made: the SDK sets up logging of its own where it finds none.
    logging.config.dictConfig(STDERR_LOG_CONFIG)
    anyio.run(run_stdio, settings)
