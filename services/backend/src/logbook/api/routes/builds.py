"""Recording builds and reading them."""

from typing import Annotated

from fastapi import APIRouter, Response

from logbook import builds
from logbook.api.access import MayRead, MayRecord
from logbook.api.answers import answer, recorded
from logbook.api.queries import NumberInPath, PagingQuery, found, of_query
from logbook.api.wiring import Wired, asked

router = APIRouter(prefix="/builds", tags=["builds"])


@router.post(
    "",
    status_code=201,
    response_model=builds.Build,
    responses={200: {"model": builds.Build}},
    dependencies=[MayRecord],
)
async def record_build(new: builds.NewBuild, wiring: Wired) -> Response:
    """Record a build: 201, or 200 with the first record where this digest is known already."""
    build, is_new = await asked(wiring, lambda connection: builds.record(connection, new))
    return recorded(build, is_new=is_new, location=f"/builds/{build['id']}")


@router.get("", response_model=builds.BuildPage, dependencies=[MayRead])
async def list_builds(
    wiring: Wired,
    wanted: Annotated[builds.BuildFilter, of_query(builds.BuildFilter)],
    paging: PagingQuery,
) -> Response:
    """List builds, the one recorded last first, without their steps."""
    return answer(await asked(wiring, lambda connection: builds.page(connection, wanted, paging)))


@router.get("/{build_id}", response_model=builds.Build, dependencies=[MayRead])
async def show_build(build_id: NumberInPath, wiring: Wired) -> Response:
    """Show one build with its steps."""
    build = await asked(wiring, lambda connection: builds.find(connection, build_id))
    return answer(found(build, f"build {build_id}"))
