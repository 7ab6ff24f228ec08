"""Retention: what is old enough to be forgotten, and what never is."""

from sqlalchemy import delete, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from logbook.database.clock import In
from logbook.database.models import Build, Content, Deployment, Job, Package, Trial
from logbook.work.task import Task, Work

A_DAY = 86_400
DONE_JOBS_DAYS = 7
CHUNK = 200
"""Builds in one transaction."""
_BLINDLY = {"synchronize_session": False}
"""Nothing of these sessions is read again."""


def prune_after(days: int) -> Work:
    """Return the work that forgets what was recorded more than `days` ago; 0 forgets nothing.

    The newest build of each image stays, and so does each that is deployed, however old it is.
    With a build go its trials and what it held. Jobs that are done go after a week in any case.
    """

    async def prune(task: Task) -> None:
        while days and await _forget_builds(task, days):
            pass
        async with task.last_step() as session:
            if days:
                await _forget_the_rest(session, days)
            old = Job.finished_at < In(-DONE_JOBS_DAYS * A_DAY)
            done = delete(Job).where(Job.state == "done", old)
            await session.execute(done.execution_options(**_BLINDLY))

    return prune


async def _forget_builds(task: Task, days: int) -> bool:
    """Forget some builds that are old enough; tell whether there were any."""
    async with task.step() as session:
        newest = select(func.max(Build.id)).group_by(Build.image)
        old = (
            select(Build.id, Build.image, Build.digest)
            .where(Build.recorded_at < In(-days * A_DAY), Build.id.not_in(newest))
            .order_by(Build.id)
            .limit(CHUNK)
        )
        if deployed := await _deployed(session):
            old = old.where(tuple_(Build.image, Build.digest).not_in(deployed))
        found = (await session.execute(old)).all()
        if found:
            images = [(build.image, build.digest) for build in found]
            trials = delete(Trial).where(tuple_(Trial.image, Trial.digest).in_(images))
            await session.execute(trials.execution_options(**_BLINDLY))
            builds = delete(Build).where(Build.id.in_([build.id for build in found]))
            await session.execute(builds.execution_options(**_BLINDLY))
    return bool(found)


async def _deployed(session: AsyncSession) -> list[tuple[str, str]]:
    lists = await session.scalars(select(Deployment.services).where(Deployment.state == "deployed"))
    named = {(one["image"], one["digest"]) for services in lists for one in services}
    return sorted(named)


async def _forget_the_rest(session: AsyncSession, days: int) -> None:
    """Forget trials without a build, deployments that are over, packages that nothing holds."""
    before = In(-days * A_DAY)
    build = exists().where(Build.image == Trial.image, Build.digest == Trial.digest)
    over = Deployment.state != "deployed"
    held = exists().where(Content.package_id == Package.id)
    for statement in (
        delete(Trial).where(Trial.recorded_at < before, ~build),
        delete(Deployment).where(over, Deployment.ended_at < before),
        delete(Package).where(~held),
    ):
        await session.execute(statement.execution_options(**_BLINDLY))
