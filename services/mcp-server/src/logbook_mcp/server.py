"""The ASGI application: `/mcp` for models, `/health` for those who watch over it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version as package_version
from typing import Any

import httpx2
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from logbook_mcp.logbook import TIMEOUT, Logbook
from logbook_mcp.settings import Settings
from logbook_mcp.tools import add_tools

MCP_PATH = "/mcp"
INSTRUCTIONS = (
    "The logbook records every container image that was built: from which commit, how large it is, "
    "how long it took and which steps it had. list_builds finds builds, get_build shows one."
)


class NoStandingStream:
    """Answers 405 to GET on `/mcp`, as the protocol allows.

    Without sessions nothing is ever sent on such a stream; open, it would only hold up a stop.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but GET on `/mcp`."""
        app = self._app
        if scope["type"] == "http" and scope["path"] == MCP_PATH and scope["method"] == "GET":
            app = Response("Method Not Allowed", status_code=405, headers={"Allow": "POST"})
        await app(scope, receive, send)


def make_app(settings: Settings, stamp: dict[str, Any]) -> Starlette:
    """The application that `settings` describe; `stamp` is what `/health` tells of the build.

    Each request stands alone (no sessions), so that any replica answers any request.
    """
    server = MCPServer[Logbook](
        name="logbook",
        title="Logbook",
        version=package_version("logbook-mcp-server"),
        instructions=INSTRUCTIONS,
        lifespan=_logbook_of(settings),
        subscriptions=False,
    )
    add_tools(server)
    _add_health(server, stamp)
    app = server.streamable_http_app(
        streamable_http_path=MCP_PATH,
        json_response=True,
        stateless_http=True,
        # No origins: a page in a browser has no business here.
        transport_security=TransportSecuritySettings(allowed_hosts=list(settings.allowed_hosts)),
    )
    app.add_middleware(NoStandingStream)
    return app


def _logbook_of(settings: Settings) -> Any:
    def lifespan(_: MCPServer[Logbook]) -> AbstractAsyncContextManager[Logbook]:
        return _open_logbook(settings.logbook_url)

    return lifespan


@asynccontextmanager
async def _open_logbook(url: str) -> AsyncIterator[Logbook]:
    async with httpx2.AsyncClient(base_url=url, timeout=TIMEOUT) as client:
        yield Logbook(client)


def _add_health(server: MCPServer[Logbook], stamp: dict[str, Any]) -> None:
    # It tells of this process only: a backend that is away must not restart this server.
    answer = {"status": "ok", "version": stamp, "wired": {"logbook": True, "identity": "caller"}}

    async def health(_: Request) -> Response:
        return JSONResponse(answer)

    server.custom_route("/health", methods=["GET"])(health)
