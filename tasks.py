"""The verbs of this repository: `invoke --list` shows them.

The generic ones come from the library; those that know this repository's images are here.
"""

from __future__ import annotations

from invoke.context import Context
from invoke.exceptions import Exit

from seatrial.tasks import namespace
from seatrial.tasks.build import build_one
from seatrial.tasks.usage import check_usage
from seatrial.tasks.verb import verb

__all__ = ["namespace"]

TAG = {"tag": "Give this tag (TAG or REPOSITORY:TAG) alone, not latest and the commit's."}


@verb(name="build-backend-image", help=TAG)
def build_backend_image(c: Context, tag: str | None = None) -> None:
    """Build the backend's image."""
    build_one("backend", tag)


@verb(name="build-frontend-image", help=TAG)
def build_frontend_image(c: Context, tag: str | None = None) -> None:
    """Build the frontend's image."""
    build_one("frontend", tag)


@verb(name="build-mcp-image", help=TAG)
def build_mcp_image(c: Context, tag: str | None = None) -> None:
    """Build the MCP server's image."""
    build_one("mcp-server", tag)


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
    build_frontend_image,
    build_mcp_image,
    engine_up,
    engine_down,
):
    namespace.add_task(_task)

check_usage(namespace)
