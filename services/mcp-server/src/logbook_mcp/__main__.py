"""Start the server: `python -m logbook_mcp`."""

import gc
import os
import signal
import sys
from types import FrameType

from logbook_mcp.settings import SettingsError, read_settings
from logbook_mcp.version import read_version


def main() -> None:
    """Read the settings, then serve until SIGTERM.

    Exit codes: 0 stopped, 2 a variable is missing or wrong, 3 the server could not start.
    """
    # PID 1 ignores signals it has no handler for, and uvicorn sends the signal that stopped it
    # once more at the end; with this both end with 0, as a stop that was asked for should.
    signal.signal(signal.SIGTERM, _stop)
    try:
        settings = read_settings(os.environ)
        stamp = read_version(settings.version_file)
    except SettingsError as error:
        sys.stderr.write(f"logbook-mcp-server: {error}\n")
        sys.exit(2)
    # The SDK takes most of a second to import: a wrong variable is told before that. What is
    # imported lives as long as the process: looking for garbage in it costs a tenth more.
    gc.disable()
    from logbook_mcp.serve import serve  # noqa: PLC0415

    gc.enable()
    serve(settings, stamp)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
