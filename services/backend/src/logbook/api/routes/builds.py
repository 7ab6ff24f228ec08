"""Recording builds and reading them."""

from typing import Annotated

from fastapi import APIRouter, Response

from logbook import builds
from logbook.api.access import MayRead, MayRecord
from logbook.api.queries import NumberInPath, PagingQuery, found, of_query
from logbook.api.wiring import Session

router = APIRouter(prefix="/builds", tags=["builds"])


@router.post(
    "", status_code=201, responses={200: {"model": builds.Build}}, dependencies=[MayRecord]
)
async def record_build(new: builds.NewBuild, session: Session, response: Response) -> builds.Build:
    """Record a build: 201, or 200 with the first record where this digest is known already."""
    build, is_new = await builds.record(session, new)
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/api/v1/builds/{build.id}"
    return build


@router.get("", dependencies=[MayRead])
async def list_builds(
    session: Session,
    wanted: Annotated[builds.BuildFilter, of_query(builds.BuildFilter)],
    paging: PagingQuery,
) -> builds.BuildPage:
    """List builds, the one recorded last first, without their steps."""
    return await builds.page(session, wanted, paging)


@router.get("/{build_id}", dependencies=[MayRead])
async def show_build(build_id: NumberInPath, session: Session) -> builds.Build:
    """Show one build with its steps."""
    return found(await builds.find(session, build_id), f"build {build_id}")
