"""Start the server: `python -m logbook_mcp`, or with `--stdio` for one desktop client."""

import gc
import os
import signal
import sys
from types import FrameType

from logbook_mcp.settings import SettingsError, read_settings, read_stdio_settings

USAGE = """\
usage: python -m logbook_mcp [--stdio]

  (nothing)  serve streamable HTTP on LISTEN_PORT (8001); callers bring their own credentials
  --stdio    serve one desktop client over stdin and stdout, with the key in LOGBOOK_KEY or
             in the file that LOGBOOK_KEY_FILE names

Both need LOGBOOK_URL, the backend's base URL.
"""


def main() -> None:
    """Read the settings, then serve until SIGTERM or, over stdio, until stdin ends.

    Exit codes: 0 stopped, 2 an argument or a variable is missing or wrong, 3 the server could not
    start.
    """
    try:
        match sys.argv[1:]:
            case []:
                _over_http()
            case ["--stdio"]:
                _over_stdio()
            case ["--help" | "-h"]:
                sys.stdout.write(USAGE)
            case _:
                sys.stderr.write(f"logbook-mcp-server: unknown arguments\n{USAGE}")
                sys.exit(2)
    except SettingsError as error:
        sys.stderr.write(f"logbook-mcp-server: {error}\n")
        sys.exit(2)


def _over_http() -> None:
    # PID 1 ignores signals it has no handler for, and uvicorn sends the signal that stopped it
    # once more at the end; with this both end with 0, as a stop that was asked for should.
    signal.signal(signal.SIGTERM, _stop)
    settings = read_settings(os.environ)
    from logbook_mcp.version import read_version  # noqa: PLC0415

    stamp = read_version(settings.version_file)
    # A wrong variable is told before the slow imports.
    from logbook_mcp.serve import serve  # noqa: PLC0415

    serve(settings, stamp)


def _over_stdio() -> None:
    # At once: a thread that waits for stdin would hold an orderly end up, and nothing is kept.
    signal.signal(signal.SIGTERM, _stop_at_once)
    signal.signal(signal.SIGINT, _stop_at_once)
    settings = read_stdio_settings(os.environ)
    # What is imported lives as long as the process: looking for garbage in it costs a tenth more.
    gc.disable()
    from logbook_mcp.stdio import serve_stdio  # noqa: PLC0415

    gc.enable()
    serve_stdio(settings)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _stop_at_once(_signal: int, _frame: FrameType | None) -> None:
    os._exit(0)


if __name__ == "__main__":
    main()
