"""Reading what the builds of an image tell together."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from logbook import images
from logbook.api.access import MayRead
from logbook.api.queries import found
from logbook.api.wiring import Session
from logbook.fields import Name
from logbook.paging import Limit

NameCursor = Annotated[Name, Query(description="`next` of the page before")]

router = APIRouter(prefix="/images", tags=["images"], dependencies=[MayRead])


@router.get("")
async def list_images(
    session: Session, limit: Limit = 50, cursor: NameCursor | None = None
) -> images.ImagePage:
    """List images by name, each with its last builds."""
    return await images.page(session, limit, cursor)


@router.get("/{name:path}")
async def show_image(
    name: Annotated[Name, Path(description="May hold slashes")], session: Session
) -> images.ImageSummary:
    """Show one image with its last builds."""
    return found(await images.find(session, name), f"image {name}")
