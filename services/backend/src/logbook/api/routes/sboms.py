"""Uploading SBOMs."""

from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response

from logbook import builds, sboms
from logbook.api.access import MayRecord
from logbook.api.queries import NumberInPath, found
from logbook.api.wiring import Session

router = APIRouter(prefix="/builds/{build_id}/sbom", tags=["components"])

_SCHEMA = {"schema": {"type": "object", "description": "A CycloneDX document"}}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": _SCHEMA, "application/vnd.cyclonedx+json": _SCHEMA},
    }
}


@router.put(
    "",
    status_code=202,
    responses={200: {"model": builds.SbomState}, 422: {}},
    openapi_extra=_BODY,
    dependencies=[MayRecord],
)
async def record_sbom(
    build_id: NumberInPath, request: Request, session: Session, response: Response
) -> builds.SbomState:
    """Take the SBOM of a build, to be read by the worker: 202, or 200 where it is known already.

    Another document takes the place of the one before.
    """
    if not await sboms.is_build(session, build_id):
        raise HTTPException(404, f"There is no build {build_id}.")
    try:
        document = await sboms.pack(request.stream())
    except sboms.NoDocumentError as error:
        raise HTTPException(422, str(error)) from error
    recorded = await sboms.record(session, build_id, document)
    state, is_new = found(recorded, f"build {build_id}")
    response.status_code = 202 if is_new else 200
    return state
