"""Deployments: what was brought up where, each the next generation of its environment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from logbook.database import models
from logbook.database.insertion import insert_into
from logbook.fields import Digest, Moment, Name, Sha, Word
from logbook.paging import Page, Paging
from logbook.work.generations import hand_over

State = Literal["deployed", "replaced", "ended"]


class Service(BaseModel):
    """One service of a deployment and the image that it runs."""

    model_config = ConfigDict(extra="forbid")

    service: Name
    image: Name
    digest: Digest
    reference: Name


class DeployedService(Service):
    """A service of a recorded deployment."""

    build_id: int | None = None
    """The build of this image and digest; nothing where none is recorded."""


class NewDeployment(BaseModel):
    """A deployment to be recorded, as the one who made it tells it."""

    model_config = ConfigDict(extra="forbid")

    key: UUID
    environment: Word
    services: Annotated[list[Service], Field(min_length=1, max_length=64)]
    sha: Sha
    started_at: Moment


class Deployment(BaseModel):
    """A recorded deployment."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    key: UUID
    environment: str
    generation: int
    state: State
    services: list[DeployedService]
    sha: str
    started_at: datetime
    ended_at: datetime | None
    """When it was replaced or ended."""
    recorded_at: datetime


class DeploymentPage(Page[Deployment]):
    """Some deployments, the one recorded last first."""


@dataclass(frozen=True, slots=True)
class DeploymentFilter:
    """Which deployments are asked for; what is nothing does not count."""

    environment: Word | None = None

    def narrow(self, statement: Select[models.Deployment]) -> Select[models.Deployment]:
        """Return `statement` with what is asked for."""
        if self.environment is not None:
            statement = statement.where(models.Deployment.environment == self.environment)
        return statement


async def record(session: AsyncSession, new: NewDeployment) -> tuple[Deployment, bool]:
    """Keep `new` and tell whether it is new; the first record of a key stands.

    A new one replaces the one before it in its environment and takes over what that one's
    workers have not begun.
    """
    async with session.begin() as transaction:
        made = await _deploy(session, new)
        if made is None:
            await transaction.rollback()  # the generation goes back too: numbers have no gaps
    same = select(models.Deployment).where(models.Deployment.key == str(new.key))
    found = (await session.scalars(same)).one()
    return (await _complete(session, [found]))[0], made is not None


async def _deploy(session: AsyncSession, new: NewDeployment) -> int | None:
    """Make the next generation and return its number, or nothing where the key is known.

    The environment's row is locked until the transaction ends: one deployment at a time.
    """
    environment, deployment = models.Environment, models.Deployment
    generation = await session.scalar(
        insert_into(session, environment)
        .values(name=new.environment, generation=1)
        .on_conflict_do_update(
            index_elements=[environment.name], set_={"generation": environment.generation + 1}
        )
        .returning(environment.generation)
    )
    values = new.model_dump(exclude={"key"}) | {"key": str(new.key), "state": "deployed"}
    made = await session.scalar(
        insert_into(session, deployment)
        .values(**values, generation=generation)
        .on_conflict_do_nothing(index_elements=[deployment.key])
        .returning(deployment.generation)
    )
    if made is not None:
        await session.execute(
            update(deployment)
            .where(deployment.environment == new.environment, deployment.state == "deployed")
            .where(deployment.generation < made)
            .values(state="replaced", ended_at=func.now())
        )
        await hand_over(session, new.environment, made)
    return made


async def end(session: AsyncSession, number: int) -> Deployment | None:
    """End the deployment of that number, where it is deployed, and return it as it is then."""
    deployment = models.Deployment
    async with session.begin():
        await session.execute(
            update(deployment)
            .where(deployment.id == number, deployment.state == "deployed")
            .values(state="ended", ended_at=func.now())
        )
    return await find(session, number)


async def page(session: AsyncSession, wanted: DeploymentFilter, paging: Paging) -> DeploymentPage:
    """Return a page of the deployments that are wanted, newest first."""
    statement = paging.newest_first(select(models.Deployment), models.Deployment.id)
    found = list(await session.scalars(wanted.narrow(statement)))
    items = await _complete(session, found)
    return DeploymentPage.of(items, paging.limit, lambda deployment: deployment.id)


async def find(session: AsyncSession, number: int) -> Deployment | None:
    """Return the deployment of that number, or nothing."""
    found = await session.get(models.Deployment, number, populate_existing=True)
    return None if found is None else (await _complete(session, [found]))[0]


async def _complete(session: AsyncSession, found: list[models.Deployment]) -> list[Deployment]:
    """Add the builds of what the services run."""
    deployments = [Deployment.model_validate(deployment) for deployment in found]
    services = [service for deployment in deployments for service in deployment.services]
    build = models.Build
    pairs = {(service.image, service.digest) for service in services}
    statement = select(build.image, build.digest, build.id).where(
        tuple_(build.image, build.digest).in_(pairs)
    )
    ids = {(image, digest): number for image, digest, number in await session.execute(statement)}
    for service in services:
        service.build_id = ids.get((service.image, service.digest))
    return deployments
