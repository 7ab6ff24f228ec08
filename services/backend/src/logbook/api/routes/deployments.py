"""Recording deployments and reading them."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Response

from logbook import deployments
from logbook.api.access import MayRead, MayRecord
from logbook.api.queries import NumberInPath, PagingQuery, found, of_query
from logbook.api.wiring import Session

router = APIRouter(prefix="/deployments", tags=["deployments"])


@router.post(
    "",
    status_code=201,
    responses={200: {"model": deployments.Deployment}},
    dependencies=[MayRecord],
)
async def record_deployment(
    new: deployments.NewDeployment, session: Session, response: Response
) -> deployments.Deployment:
    """Record a deployment, the next generation of its environment; it replaces the one before.

    201, or 200 with the first record where this key is known already.
    """
    deployment, is_new = await deployments.record(session, new)
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/api/v1/deployments/{deployment.id}"
    return deployment


@router.get("", dependencies=[MayRead])
async def list_deployments(
    session: Session,
    wanted: Annotated[deployments.DeploymentFilter, of_query(deployments.DeploymentFilter)],
    paging: PagingQuery,
) -> deployments.DeploymentPage:
    """List deployments, the one recorded last first."""
    return await deployments.page(session, wanted, paging)


@router.get("/{deployment_id}", dependencies=[MayRead])
async def show_deployment(deployment_id: NumberInPath, session: Session) -> deployments.Deployment:
    """Show one deployment."""
    return found(await deployments.find(session, deployment_id), f"deployment {deployment_id}")


@router.post(
    "/{deployment_id}/end",
    responses={409: {"description": "Another has replaced it"}},
    dependencies=[MayRecord],
)
async def end_deployment(deployment_id: NumberInPath, session: Session) -> deployments.Deployment:
    """End a deployment: nothing of it runs any more. One that has ended stays so."""
    deployment = await deployments.end(session, deployment_id)
    deployment = found(deployment, f"deployment {deployment_id}")
    if deployment.state != "ended":
        raise HTTPException(409, f"The deployment {deployment_id} is {deployment.state} already.")
    return deployment
