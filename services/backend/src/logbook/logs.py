"""Logging: a JSON object a line, debug and info on stdout, warnings and errors on stderr."""

import json
import logging
import logging.config
from datetime import UTC, datetime

from logbook import request_ids

_encode = json.JSONEncoder(default=str).encode


class JsonLine(logging.Formatter):
    """Writes a record as one line, whatever it holds; a traceback is a field of it.

    What a record has as `fields`, a dictionary, become fields of the line.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, in ASCII, without its end."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := request_ids.CURRENT.get():
            line["request_id"] = request_id
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = record.stack_info
        return _encode(line)


class BelowWarning(logging.Filter):
    """Lets through what is not a warning or an error."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno < logging.WARNING


def configure_logging(level: str) -> None:
    """Send every logger's records of `level` and above (`debug` … `error`) to the two streams.

    Uvicorn's own loggers reach the root logger as long as it is given no configuration of its own.
    """
    # Found out for each record and told in no line: one process, one thread.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    stream = {"class": "logging.StreamHandler", "formatter": "line"}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"below-warning": {"()": BelowWarning}},
            "formatters": {"line": {"()": JsonLine}},
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
