"""The tools: what a model may ask the logbook. All of them only read."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from logbook_mcp import comparison
from logbook_mcp.builds import BuildDetail, BuildList, Verdict
from logbook_mcp.comparison import Comparison, RecordedComparison
from logbook_mcp.components import ComponentList
from logbook_mcp.deployments import DeploymentList
from logbook_mcp.images import ImageHistory, ImageList
from logbook_mcp.logbook import Caller, Logbook, page_of, segment
from logbook_mcp.refusals import LogbookError
from logbook_mcp.trials import RecordedTrial, TrialFindings, TrialList, findings_of

READS_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)

# Any: the kind of request differs between the transports, and no tool looks into it.
Call = Context[Logbook, Any]
Given = ParamSpec("Given")
Told = TypeVar("Told")

Text = Annotated[str, Field(min_length=1, max_length=255)]
ImageName = Annotated[Text, Field(description="An image's name, of list_images, such as backend")]
OnlyImage = Annotated[Text | None, Field(description="Only of this image, such as backend")]
OnlyVerdict = Annotated[Verdict | None, Field(description="Only with this verdict")]
Limit = Annotated[int, Field(ge=1, le=100, description="How many to give at most")]
Cursor = Annotated[
    str | None,
    Field(max_length=500, description="The next of an earlier answer, for what comes after it"),
]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
BuildId = Annotated[Id, Field(description="A build's id, of list_builds or image_history")]
Commit = Annotated[
    str | None,
    Field(
        pattern=r"^[0-9a-f]{7,64}$",
        description="Only of this commit: its hash, or the first 7 characters or more of it",
    ),
]

NO_IMAGE = "the logbook has no such image: list_images gives the names"
NO_BUILD = "the logbook has no such build: list_builds gives the ids"
NO_TRIAL = "the logbook has no such trial: list_trials gives the runs"
NO_LIST = "the logbook has no such list; are both of the same release?"


async def list_images(ctx: Call, limit: Limit = 20, cursor: Cursor = None) -> ImageList:
    """List the container images, each with its latest build: verdict, size, commit."""
    query = page_of(cursor, limit)
    return await _book(ctx).get(ImageList, "/images", _caller(ctx), absent=NO_LIST, query=query)


async def image_history(ctx: Call, image: ImageName) -> ImageHistory:
    """Get an image's last 20 builds, oldest first: size, duration and verdict of each.

    list_builds with the image's name goes back further.
    """
    path = f"/images/{segment(image)}"
    return await _book(ctx).get(ImageHistory, path, _caller(ctx), absent=NO_IMAGE)


async def list_builds(
    ctx: Call,
    image: OnlyImage = None,
    sha: Commit = None,
    verdict: OnlyVerdict = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> BuildList:
    """List recorded container image builds, newest first. There are more while next is given."""
    query = page_of(cursor, limit, image=image, sha=sha, verdict=verdict)
    return await _book(ctx).get(BuildList, "/builds", _caller(ctx), absent=NO_LIST, query=query)


async def get_build(ctx: Call, build_id: BuildId) -> BuildDetail:
    """Get one recorded container image build with the steps it took."""
    path = f"/builds/{build_id}"
    return await _book(ctx).get(BuildDetail, path, _caller(ctx), absent=NO_BUILD)


async def list_trials(
    ctx: Call,
    image: OnlyImage = None,
    build_id: Annotated[Id | None, Field(description="Only of this build")] = None,
    verdict: OnlyVerdict = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> TrialList:
    """List recorded trials of images against their contracts, newest first."""
    query = page_of(cursor, limit, image=image, build=build_id, verdict=verdict)
    return await _book(ctx).get(TrialList, "/trials", _caller(ctx), absent=NO_LIST, query=query)


async def trial_findings(
    ctx: Call,
    run: Annotated[Text | None, Field(description="A trial's run, of list_trials")] = None,
    build_id: Annotated[Id | None, Field(description="The last trial of this build")] = None,
    image: Annotated[Text | None, Field(description="The last trial of this image")] = None,
) -> TrialFindings:
    """Get what one trial found: each promise that is broken, with evidence and what to do about it,
    and each that could not be looked at. Give one of run, build_id and image.
    """  # noqa: D205
    if sum(given is not None for given in (run, build_id, image)) != 1:
        raise LogbookError("give exactly one of run, build_id and image: run is of list_trials")
    if run is None:
        run = await _last_run(ctx, build_id, image)
    path = f"/trials/{segment(run)}"
    recorded = await _book(ctx).get(RecordedTrial, path, _caller(ctx), absent=NO_TRIAL)
    return findings_of(recorded)


async def _last_run(ctx: Call, build_id: int | None, image: str | None) -> str:
    found = await list_trials(ctx, image=image, build_id=build_id, limit=1)
    if found.items:
        return found.items[0].run
    if image is not None:
        raise LogbookError(
            f"no trial of an image {image!r} is recorded: list_images gives the names, list_trials "
            "the images that were tried; `nox -s verify_prod` tries and records"
        )
    raise LogbookError(
        f"no trial of build {build_id} is recorded: list_trials gives the builds that were tried"
    )


async def find_component(
    ctx: Call,
    name: Annotated[Text, Field(description="Part of a package's name, in any case: openssl")],
    version: Annotated[
        Text | None, Field(description="How its version begins: 3.0 finds 3.0.15-1")
    ] = None,
    type: Annotated[  # noqa: A002 - CycloneDX's word
        Text | None, Field(description="Only library, application or operating-system, …")
    ] = None,
    latest: Annotated[
        bool, Field(description="Only in images' latest builds; false searches all builds")
    ] = True,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ComponentList:
    """Find which images contain a package: which contain openssl 3.0?

    Only builds with an SBOM can be searched; those have a number as components in list_images.
    """
    query = page_of(cursor, limit, name=name, version=version, type=type, latest=latest)
    return await _book(ctx).get(
        ComponentList, "/components", _caller(ctx), absent=NO_LIST, query=query
    )


async def compare_builds(
    ctx: Call,
    from_build: Annotated[BuildId, Field(description="Id of the earlier build")],
    to_build: Annotated[BuildId, Field(description="Id of the later build")],
) -> Comparison:
    """Tell what changed from one build to another: size, packages, findings of the trials.

    image_history gives the ids of an image's builds.
    """
    path = f"/builds/{to_build}/comparison"
    absent = f"the logbook has no build {from_build} or no build {to_build}: list_builds gives ids"
    recorded = await _book(ctx).get(
        RecordedComparison, path, _caller(ctx), absent=absent, query={"with": from_build}
    )
    return comparison.shown(recorded)


async def list_deployments(
    ctx: Call,
    environment: Annotated[
        Text | None, Field(description="Only of this environment, such as local")
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> DeploymentList:
    """List what was deployed, newest first: the image of each service, and what runs still."""
    query = page_of(cursor, limit, environment=environment)
    return await _book(ctx).get(
        DeploymentList, "/deployments", _caller(ctx), absent=NO_LIST, query=query
    )


TOOLS: tuple[tuple[Callable[..., Awaitable[Any]], str], ...] = (
    (list_images, "List images"),
    (image_history, "An image's history"),
    (list_builds, "List builds"),
    (get_build, "Get a build"),
    (list_trials, "List trials"),
    (trial_findings, "A trial's findings"),
    (find_component, "Find a component"),
    (compare_builds, "Compare two builds"),
    (list_deployments, "List deployments"),
)


def add_tools(server: MCPServer[Logbook]) -> None:
    """Register every tool on `server`, each with the annotation that it only reads."""
    for tool, title in TOOLS:
        server.add_tool(_told(tool), title=title, annotations=READS_ONLY)


def _told(tool: Callable[Given, Awaitable[Told]]) -> Callable[Given, Awaitable[Told]]:
    """`tool`, with an error of the logbook as the tool's own, which the model reads."""

    @wraps(tool)
    async def asked(*args: Given.args, **kwargs: Given.kwargs) -> Told:
        try:
            return await tool(*args, **kwargs)
        except LogbookError as error:
            raise ToolError(str(error)) from error

    return asked


def _book(ctx: Call) -> Logbook:
    return ctx.request_context.lifespan_context


def _caller(ctx: Call) -> Caller:
    """The caller's own credential: the backend judges it, this server holds none."""
    headers = ctx.headers or {}
    return Caller(headers.get("authorization"), headers.get("x-request-id"))
