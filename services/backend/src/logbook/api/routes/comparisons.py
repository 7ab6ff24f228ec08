"""Comparing two builds."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from logbook import comparison
from logbook.api.access import MayRead
from logbook.api.queries import NumberInPath
from logbook.api.wiring import Session
from logbook.fields import BIGGEST

router = APIRouter(tags=["builds"], dependencies=[MayRead])

OtherBuild = Annotated[
    int, Query(alias="with", ge=1, le=BIGGEST, description="The build before it")
]


@router.get("/builds/{build_id}/comparison")
async def compare_builds(
    build_id: NumberInPath, other: OtherBuild, session: Session
) -> comparison.Comparison:
    """Tell what became different from the build `with` to this one."""
    compared = await comparison.compare(session, other, build_id)
    if compared is None:
        raise HTTPException(404, f"There is no build {other}, or no build {build_id}.")
    return compared
