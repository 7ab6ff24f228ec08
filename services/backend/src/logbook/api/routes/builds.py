"""Recording builds and reading them."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Response

from logbook import builds
from logbook.api.access import OwnerOnly
from logbook.api.wiring import Session

router = APIRouter(prefix="/builds", tags=["builds"], dependencies=[OwnerOnly])

BuildId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.post("", status_code=201, responses={200: {"model": builds.Build}})
async def record_build(new: builds.NewBuild, session: Session, response: Response) -> builds.Build:
    """Record a build: 201, or 200 with the first record where this digest is known already."""
    build, is_new = await builds.record(session, new)
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/api/v1/builds/{build.id}"
    return builds.Build.model_validate(build)


@router.get("")
async def list_builds(
    session: Session, limit: Limit = 50, cursor: str | None = None
) -> builds.BuildPage:
    """List builds, the one recorded last first, without their steps."""
    try:
        before = None if cursor is None else builds.from_cursor(cursor)
    except ValueError as error:
        raise HTTPException(422, f"The cursor {error}.") from error
    return await builds.page(session, limit, before)


@router.get("/{build_id}")
async def show_build(build_id: BuildId, session: Session) -> builds.Build:
    """Show one build with its steps."""
    build = await builds.find(session, build_id)
    if build is None:
        raise HTTPException(404, f"There is no build {build_id}.")
    return builds.Build.model_validate(build)
