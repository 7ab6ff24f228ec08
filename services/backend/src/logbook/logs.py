"""Logging: debug and info on stdout, warnings and errors on stderr, never a file."""

import logging
import logging.config
import time


class _Utc(logging.Formatter):
    @staticmethod
    def converter(seconds: float | None) -> time.struct_time:
        return time.gmtime(seconds)


class BelowWarning(logging.Filter):
    """Lets through what is not a warning or an error."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno < logging.WARNING


def configure_logging(level: str) -> None:
    """Send every logger's records of `level` and above (`debug` … `error`) to the two streams.

    Uvicorn's own loggers reach the root logger as long as it is given no configuration of its own.
    """
    stream = {"class": "logging.StreamHandler", "formatter": "line"}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"below-warning": {"()": BelowWarning}},
            "formatters": {
                "line": {
                    "()": _Utc,
                    "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
                    "datefmt": "%Y-%m-%dT%H:%M:%SZ",
                }
            },
            "handlers": {
                "out": {**stream, "stream": "ext://sys.stdout", "filters": ["below-warning"]},
                "err": {**stream, "stream": "ext://sys.stderr", "level": "WARNING"},
            },
            # It names each of its plug-ins at every start.
            "loggers": {"alembic.runtime.plugins": {"level": "WARNING"}},
            "root": {"level": level.upper(), "handlers": ["out", "err"]},
        }
    )
    logging.captureWarnings(capture=True)
