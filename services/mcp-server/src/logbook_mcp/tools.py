"""The tools: what a model may ask the logbook. All of them only read."""

from typing import Annotated

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field
from starlette.requests import Request

from logbook_mcp.builds import BuildDetail, BuildList
from logbook_mcp.logbook import Logbook, LogbookError

READS_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)

Call = Context[Logbook, Request]
ImageName = Annotated[
    str | None,
    Field(max_length=200, description="Only builds of this image, such as backend"),
]
Limit = Annotated[int, Field(ge=1, le=100, description="Builds to give at most")]
Cursor = Annotated[
    str | None,
    Field(max_length=500, description="The next of an earlier answer, for the builds before it"),
]
WantedId = Annotated[int, Field(ge=1, le=2**63 - 1, description="A build's id, of list_builds")]


async def list_builds(
    ctx: Call, image: ImageName = None, limit: Limit = 20, cursor: Cursor = None
) -> BuildList:
    """List recorded container image builds, newest first. There are more while next is given."""
    try:
        return await _logbook(ctx).builds(
            authorization=_authorization(ctx), image=image, limit=limit, cursor=cursor
        )
    except LogbookError as error:
        raise ToolError(str(error)) from error


async def get_build(ctx: Call, build_id: WantedId) -> BuildDetail:
    """Get one recorded container image build with the steps it took."""
    try:
        return await _logbook(ctx).build(build_id, authorization=_authorization(ctx))
    except LogbookError as error:
        raise ToolError(str(error)) from error


def add_tools(server: MCPServer[Logbook]) -> None:
    """Register every tool on `server`, each with the annotation that it only reads."""
    server.add_tool(list_builds, title="List builds", annotations=READS_ONLY)
    server.add_tool(get_build, title="Get a build", annotations=READS_ONLY)


def _logbook(ctx: Call) -> Logbook:
    return ctx.request_context.lifespan_context


def _authorization(ctx: Call) -> str | None:
    """The caller's own credential: the backend judges it, this server holds none."""
    return (ctx.headers or {}).get("authorization")
