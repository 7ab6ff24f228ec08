"""Components: what is in the images, read from their SBOMs."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from logbook.database.models import Build, Content, Package, Sbom
from logbook.fields import Name
from logbook.paging import Page, Paging


class LostPlaceError(Exception):
    """The component that a cursor names is no more."""


class Component(BaseModel):
    """One version of something that a build holds."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    version: str
    """Empty where it has none, as `purl`."""
    type: str
    purl: str
    licenses: list[str]


class ComponentPage(Page[Component]):
    """Some components of a build, by name and version."""


class Holder(BaseModel):
    """The newest build of an image that holds a component.

    `latest` where no later build of the image is without it.
    """

    image: str
    build_id: int
    digest: str
    short_sha: str
    latest: bool


class HeldComponent(Component):
    """One version of something, and who holds it."""

    builds: int
    """How many builds hold it."""
    images: list[Holder]
    """The newest of them of each image, newest first."""


class HeldComponentPage(Page[HeldComponent]):
    """Some components of all images, by name and version."""


@dataclass(frozen=True, slots=True)
class ComponentFilter:
    """Which components are asked for: part of the name, in upper or lower case, and the type."""

    name: Name | None = None
    type: Name | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what packages must be."""
        found: list[ColumnElement[bool]] = []
        if self.name is not None:
            lower = func.lower(Package.name)
            found.append(lower.contains(self.name.lower(), autoescape=True))
        if self.type is not None:
            found.append(Package.type == self.type)
        return found


@dataclass(frozen=True, slots=True)
class SearchFilter(ComponentFilter):
    """Which components are asked for, with the beginning of the version."""

    version: Name | None = None
    latest: bool = False

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what packages must be."""
        # Named: in a dataclass with slots, super() is of the class before it had them.
        found = ComponentFilter.conditions(self)
        if self.version is not None:
            found.append(Package.version.startswith(self.version, autoescape=True))
        return found

    def sboms(self) -> Select[int]:
        """Return the numbers of the SBOMs that count."""
        statement = select(Sbom.id).where(Sbom.state == "done")
        if self.latest:
            newest = select(func.max(Build.id)).group_by(Build.image)
            statement = statement.where(Sbom.build_id.in_(newest))
        return statement


async def page_of_build(
    session: AsyncSession, build_id: int, wanted: ComponentFilter, paging: Paging
) -> ComponentPage | None:
    """Return a page of what a build holds; nothing where there is no such build."""
    if await session.get(Build, build_id) is None:
        return None
    statement = (
        select(Package)
        .join(Content, Content.package_id == Package.id)
        .join(Sbom, Sbom.id == Content.sbom_id)
        .where(Sbom.build_id == build_id, Sbom.state == "done", *wanted.conditions())
    )
    found = list(await session.scalars(await _by_name(session, statement, paging)))
    ids = [package.id for package in found]
    items = [Component.model_validate(package) for package in found]
    return ComponentPage(items=items[: paging.limit], next=_next(ids, paging))


async def search(session: AsyncSession, wanted: SearchFilter, paging: Paging) -> HeldComponentPage:
    """Return a page of what the images hold."""
    held = exists().where(Content.package_id == Package.id, Content.sbom_id.in_(wanted.sboms()))
    statement = select(Package).where(*wanted.conditions(), held)
    found = list(await session.scalars(await _by_name(session, statement, paging)))
    ids = [package.id for package in found]
    shown = found[: paging.limit]
    holders = await _holders(session, [package.id for package in shown], wanted)
    items = [
        HeldComponent(
            **Component.model_validate(package).model_dump(),
            builds=holders[package.id][0],
            images=holders[package.id][1],
        )
        for package in shown
        if package.id in holders
    ]
    return HeldComponentPage(items=items, next=_next(ids, paging))


def _next(ids: list[int], paging: Paging) -> str | None:
    return str(ids[paging.limit - 1]) if len(ids) > paging.limit else None


async def _by_name(
    session: AsyncSession, statement: Select[Package], paging: Paging
) -> Select[Package]:
    """Return `statement` for this page and one item more; the cursor is the last one's number.

    Raises `LostPlaceError` where that was removed meanwhile.
    """
    order = (Package.name, Package.version, Package.id)
    if paging.last is not None:
        last = (await session.execute(select(*order).where(Package.id == paging.last))).first()
        if last is None:
            raise LostPlaceError
        statement = statement.where(tuple_(*order) > tuple_(*last))
    return statement.order_by(*order).limit(paging.limit + 1)


async def _holders(
    session: AsyncSession, packages: list[int], wanted: SearchFilter
) -> dict[int, tuple[int, list[Holder]]]:
    """Return for each package how many builds hold it, and of each image the newest of them."""
    numbered = (
        select(
            Content.package_id,
            Build.id,
            func.row_number()
            .over(partition_by=(Content.package_id, Build.image), order_by=Build.id.desc())
            .label("age"),
            func.count().over(partition_by=Content.package_id).label("builds"),
        )
        .join(Sbom, Sbom.id == Content.sbom_id)
        .join(Build, Build.id == Sbom.build_id)
        .where(Content.package_id.in_(packages), Sbom.id.in_(wanted.sboms()))
        .subquery()
    )
    newer = aliased(Build)
    is_latest = ~exists().where(newer.image == Build.image, newer.id > Build.id)
    statement = (
        select(
            numbered.c.package_id,
            numbered.c.builds,
            Build.image,
            Build.id.label("build_id"),
            Build.digest,
            Build.short_sha,
            is_latest.label("latest"),
        )
        .join(Build, Build.id == numbered.c.id)
        .where(numbered.c.age == 1)
        .order_by(Build.id.desc())
    )
    holders: dict[int, tuple[int, list[Holder]]] = {}
    for row in await session.execute(statement):
        holder = Holder.model_validate(row, from_attributes=True)
        holders.setdefault(row.package_id, (row.builds, []))[1].append(holder)
    return holders
