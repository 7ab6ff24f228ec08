"""Where log lines go, without colours.

Over HTTP up to INFO to stdout and from WARNING to stderr; over stdio all to stderr, for stdout is
the protocol's.
"""

import logging
import time
from typing import Any


class Utc(logging.Formatter):
    """Writes times in UTC, so that the lines of all services can be laid side by side."""

    converter = staticmethod(time.gmtime)


class BelowWarning(logging.Filter):
    """Passes what is no complaint, so that no line comes out on both streams."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether `record` belongs on stdout."""
        return record.levelno < logging.WARNING


# The shape that logging.config.dictConfig takes; uvicorn's loggers pass on to the root.
LOG_CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": Utc,
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            "datefmt": "%Y-%m-%dT%H:%M:%SZ",
        },
    },
    "filters": {"below-warning": {"()": BelowWarning}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "line",
            "filters": ["below-warning"],
        },
        "stderr": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stderr",
            "formatter": "line",
            "level": "WARNING",
        },
    },
    "root": {"level": "INFO", "handlers": ["stdout", "stderr"]},
    "loggers": {
        # One line a request to the backend would only double uvicorn's access log.
        "httpx2": {"level": "WARNING"},
        # Every request without a session is "Terminating session: None".
        "mcp.server.streamable_http": {"level": "WARNING"},
    },
}

STDERR_LOG_CONFIG: dict[str, Any] = LOG_CONFIG | {
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stderr",
            "formatter": "line",
        },
    },
    "root": {"level": "INFO", "handlers": ["stderr"]},
}
