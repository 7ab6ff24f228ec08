"""Reading what is in the images."""

from typing import Annotated

from fastapi import APIRouter, HTTPException

from logbook import components
from logbook.api.access import MayRead
from logbook.api.queries import NumberInPath, PagingQuery, found, of_query
from logbook.api.wiring import Session

router = APIRouter(tags=["components"], dependencies=[MayRead])

_LOST = "The component that the cursor names is no more; begin again."


@router.get("/builds/{build_id}/components")
async def list_components_of_build(
    build_id: NumberInPath,
    session: Session,
    wanted: Annotated[components.ComponentFilter, of_query(components.ComponentFilter)],
    paging: PagingQuery,
) -> components.ComponentPage:
    """List what a build holds, by name; nothing before its SBOM is read."""
    try:
        page = await components.page_of_build(session, build_id, wanted, paging)
    except components.LostPlaceError as error:
        raise HTTPException(404, _LOST) from error
    return found(page, f"build {build_id}")


@router.get("/components", responses={404: {"description": _LOST}})
async def search_components(
    session: Session,
    wanted: Annotated[components.SearchFilter, of_query(components.SearchFilter)],
    paging: PagingQuery,
) -> components.HeldComponentPage:
    """List what the images hold, by name, and which builds hold it."""
    try:
        return await components.search(session, wanted, paging)
    except components.LostPlaceError as error:
        raise HTTPException(404, _LOST) from error
