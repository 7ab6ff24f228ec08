"""The container's own health check of a worker: has its heart beaten lately?"""

import sys

from logbook.worker import heartbeat


def main() -> int:
    """Return 0 where the worker has shown that it is alive, else 1 with the reason on stderr."""
    silence = heartbeat.silence(heartbeat.heartbeat_file())
    if silence is not None and silence <= heartbeat.DEAD_AFTER_SECONDS:
        return 0
    told = "no heartbeat" if silence is None else f"the last heartbeat is {silence:.0f} s old"
    sys.stderr.write(f"unhealthy: {told}\n")
    return 1
