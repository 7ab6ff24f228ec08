"""The MCP server itself, and how it is served over each transport."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version as package_version
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette

from logbook_mcp.front import MCP_PATH
from logbook_mcp.logbook import Logbook, open_client
from logbook_mcp.settings import Settings, StdioSettings
from logbook_mcp.tools import add_tools

# Bytes of a request. No tool takes more than a few names.
BIGGEST_REQUEST = 256 * 1024
INSTRUCTIONS = (
    "The logbook records every container image that was built: from which commit, how large it is, "
    "what its trial against its contract found, what is in it and where it runs. Begin with "
    "list_images. image_history gives an image's builds, and their ids for get_build, "
    "trial_findings and compare_builds. find_component tells which images contain a package; "
    "list_deployments tells what runs."
)


def make_server(url: str, authorization: str | None = None) -> MCPServer[Logbook]:
    """The server with its tools, which ask the backend at `url`.

    Args:
        url: The backend's base URL.
        authorization: The `Authorization` header of all requests; None where callers bring theirs.
    """

    @asynccontextmanager
    async def open_logbook(_: MCPServer[Logbook]) -> AsyncIterator[Logbook]:
        async with open_client(url) as client:
            yield Logbook(client, authorization)

    server = MCPServer[Logbook](
        name="logbook",
        title="Logbook",
        version=package_version("logbook-mcp-server"),
        instructions=INSTRUCTIONS,
        lifespan=open_logbook,
        subscriptions=False,
    )
    add_tools(server)
    return server


def make_app(settings: Settings) -> Starlette:
    """The ASGI application of `/mcp`.

    Each request stands alone (no sessions), so that any replica answers any request.
    """
    app = make_server(settings.logbook_url).streamable_http_app(
        streamable_http_path=MCP_PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=BIGGEST_REQUEST,
        transport_security=TransportSecuritySettings(
            allowed_hosts=list(settings.allowed_hosts),
            allowed_origins=list(settings.allowed_origins),
        ),
    )
    if settings.allowed_origins:
        _let_pages_in(app, settings.allowed_origins)
    return app


def _let_pages_in(app: Starlette, origins: tuple[str, ...]) -> None:
    """Answer browsers that ask whether a page of one of `origins` may call."""
    from starlette.middleware.cors import CORSMiddleware  # noqa: PLC0415

    forms = (
        re.escape(origin.removesuffix(":*")) + (r":\d+" if origin.endswith(":*") else "")
        for origin in origins
    )
    app.add_middleware(
        CORSMiddleware,
        allow_origin_regex="|".join(forms),
        allow_methods=["POST"],
        allow_headers=["*"],
    )


async def run_stdio(settings: StdioSettings) -> None:
    """Serve one client over stdin and stdout until stdin ends."""
    server: MCPServer[Any] = make_server(settings.logbook_url, settings.authorization)
    await server.run_stdio_async()
