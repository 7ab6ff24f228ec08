"""The container's own health check: asks the server beside it, with nothing but Python."""

import http.client
import os
import sys

TIMEOUT_SECONDS = 4


def main() -> int:
    """Return 0 where the server answers that it is well, else 1 with the reason on stderr."""
    port = int(os.environ.get("LISTEN_PORT") or 8000)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/api/v1/health")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"unhealthy: nothing answers on port {port}: {error}\n")
        return 1
    if status != 200:
        sys.stderr.write(f"unhealthy: port {port} answers {status}\n")
        return 1
    return 0
