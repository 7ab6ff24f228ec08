"""The verbs of this repository: `invoke --list` shows them.

The generic ones come from the library; those that know this repository's images are here.
"""

from __future__ import annotations

from invoke.context import Context
from invoke.exceptions import Exit

from seatrial.tasks import namespace
from seatrial.tasks.build import build_one
from seatrial.tasks.container import HostStart, start_on_host
from seatrial.tasks.usage import check_usage
from seatrial.tasks.verb import verb

__all__ = ["namespace"]

TAG = {"tag": "Give this tag (TAG or REPOSITORY:TAG) alone, not latest and the commit's."}


@verb(name="build-backend-image", help=TAG)
def build_backend_image(c: Context, tag: str | None = None) -> None:
    """Build the backend's image."""
    build_one("backend", tag)


@verb(name="build-worker-image", help=TAG)
def build_worker_image(c: Context, tag: str | None = None) -> None:
    """Build the worker's image."""
    build_one("worker", tag)


@verb(name="build-app-image", help=TAG)
def build_app_image(c: Context, tag: str | None = None) -> None:
    """Build the image of API and worker together."""
    build_one("app", tag)


@verb(name="build-frontend-image", help=TAG)
def build_frontend_image(c: Context, tag: str | None = None) -> None:
    """Build the frontend's image."""
    build_one("frontend", tag)


@verb(name="build-mcp-image", help=TAG)
def build_mcp_image(c: Context, tag: str | None = None) -> None:
    """Build the MCP server's image."""
    build_one("mcp-server", tag)


@verb(name="container-start")
def container_start(c: Context) -> None:
    """Run what the image of API and worker starts, on the host, with the embedded Postgres."""
    start_on_host(
        HostStart(
            dockerfile="infra/docker/backend/Dockerfile",
            stage="app",
            within=("uv", "run", "--locked"),
            folder="services/backend",
            variables=("DATABASE_URL", "JWT_SECRET_KEY", "OWNER_USERNAME", "OWNER_PASSWORD"),
            port_variable="LISTEN_PORT",
            stack_port_variable="LOGBOOK_API_PORT",
            port=8000,
            env={"LISTEN_HOST": "127.0.0.1"},
        )
    )


@verb(name="engine-up")
def engine_up(c: Context) -> None:
    """Start the private engine, installing it where it is missing (Debian, root)."""
    _engine(c, "up")


@verb(name="engine-down")
def engine_down(c: Context) -> None:
    """Stop the private engine; no other daemon is ever touched."""
    _engine(c, "down")


def _engine(c: Context, word: str) -> None:
    done = c.run(f"scripts/engine {word}", in_stream=False, warn=True)
    if done.exited:
        raise Exit(code=done.exited)


for _task in (
    build_backend_image,
    build_worker_image,
    build_app_image,
    build_frontend_image,
    build_mcp_image,
    container_start,
    engine_up,
    engine_down,
):
    namespace.add_task(_task)

check_usage(namespace)
