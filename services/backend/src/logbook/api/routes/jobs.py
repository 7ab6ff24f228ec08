"""What the workers have to do, and what they could not."""

from typing import Annotated

from fastapi import APIRouter, HTTPException

from logbook import jobs
from logbook.api.access import MayRead, OwnerOnly
from logbook.api.queries import NumberInPath, PagingQuery, found, of_query
from logbook.api.wiring import Session

router = APIRouter(prefix="/jobs", tags=["jobs"])


@router.get("", dependencies=[MayRead])
async def list_jobs(
    session: Session,
    wanted: Annotated[jobs.JobFilter, of_query(jobs.JobFilter)],
    paging: PagingQuery,
) -> jobs.JobPage:
    """List jobs, the newest first; `state=dead` are those that failed too often."""
    return await jobs.page(session, wanted, paging)


@router.post(
    "/{job_id}/retry",
    responses={409: {"description": "It is not dead"}},
    dependencies=[OwnerOnly],
)
async def retry_job(job_id: NumberInPath, session: Session) -> jobs.Job:
    """Let a dead job be tried again, as often as a new one."""
    job, was_dead = await jobs.retry(session, job_id)
    job = found(job, f"job {job_id}")
    if not was_dead:
        raise HTTPException(409, f"The job {job_id} is {job.state}; only a dead one is retried.")
    return job
