"""Generations: only the workers of a deployment that is deployed take up work.

A deployment of an environment has a number, its generation, greater than the one before. A worker
is told its generation at its start. Without one (0) it takes whatever there is.
"""

from sqlalchemy import ColumnElement, and_, exists, or_, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from logbook.database.models import Deployment, Job
from logbook.generation import Generation
from logbook.work.outbox import wake


def may_claim(generation: Generation) -> ColumnElement[bool]:
    """Return the condition under which a worker of `generation` may claim a job.

    Jobs of earlier generations are among them: one may have been left by a process that was still
    answering while its generation was replaced.
    """
    if not generation.number:
        return true()
    deployed = exists().where(
        Deployment.environment == generation.environment,
        Deployment.generation == generation.number,
        Deployment.state == "deployed",
    )
    of_its_own = and_(
        Job.environment == generation.environment, Job.generation <= generation.number
    )
    return and_(deployed, or_(Job.generation == 0, of_its_own))


async def hand_over(session: AsyncSession, environment: str, number: int) -> None:
    """Give the waiting jobs of all earlier generations of `environment` to generation `number`.

    It is part of the transaction in which that generation becomes the deployed one. A job that is
    running stays with its worker: that one finishes it, or loses it when its lease is over.
    """
    await session.execute(
        update(Job)
        .where(Job.state == "waiting", Job.environment == environment, Job.generation < number)
        .values(generation=number)
        .execution_options(synchronize_session=False)
    )
    await wake(session)
