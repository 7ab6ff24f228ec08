"""Run the real backend until stdin ends: a Postgres, the API, a worker.

The backend's own Python runs this, with its tests on the path; nothing of the backend is imported
by the tests of this service. The first line on stdout is the API's URL.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from postgres import Postgres, free_port  # type: ignore[import-not-found]

STARTED_WITHIN = 60.0


@contextmanager
def running_postgres() -> Iterator[str]:
    """The address of an empty database."""
    home = Path(tempfile.mkdtemp(prefix="logbook-mcp-tests-"))
    postgres = Postgres(home).prepare()
    postgres.start()
    try:
        yield postgres.url().render_as_string(hide_password=False)
    finally:
        postgres.stop()
        shutil.rmtree(home)


@contextmanager
def running(module: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m MODULE`; it is ended afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        env={"PATH": os.environ["PATH"], **environment},
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/api/v1/ready", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    sys.exit(f"the backend was not ready in {STARTED_WITHIN} s")


def main() -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running_postgres() as database:
        address = {"DATABASE_URL": database}
        secrets = {name: os.environ[name] for name in ("JWT_SECRET_KEY", "OWNER_PASSWORD")}
        owner = {"OWNER_USERNAME": "captain", **secrets}
        place = {"LISTEN_HOST": "127.0.0.1", "LISTEN_PORT": str(port)}
        with running("logbook.api", address | owner | place):
            wait_until_ready(url)
            with running("logbook.worker", address):
                sys.stdout.write(f"{url}\n")
                sys.stdout.flush()
                sys.stdin.read()


if __name__ == "__main__":
    main()
