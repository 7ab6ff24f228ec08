"""SBOMs for the tests, and what the worker makes of them."""

from collections.abc import Iterable

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from logbook.database.insertion import insert_into
from logbook.database.models import Content, Package, Sbom
from logbook.packages import key_of

Told = tuple[str, str]
"""Name and version."""


async def hold(engine: AsyncEngine, build_id: int, packages: Iterable[Told]) -> None:
    """Let a build hold those packages, as if its SBOM had been read."""
    rows = [
        {
            "key": key_of("library", name, version, f"pkg:deb/{name}@{version}"),
            "type": "library",
            "name": name,
            "version": version,
            "purl": f"pkg:deb/{name}@{version}",
            "licenses": ["MIT"],
        }
        for name, version in packages
    ]
    async with AsyncSession(engine) as session, session.begin():
        found = insert_into(session, Sbom).values(
            build_id=build_id, sha256="0" * 64, document=b"", state="done"
        )
        sbom_id = await session.scalar(found.returning(Sbom.id))
        if rows:
            kept = insert_into(session, Package).on_conflict_do_nothing(
                index_elements=[Package.key]
            )
            await session.execute(kept, rows)
            keys = [row["key"] for row in rows]
            numbers = await session.scalars(select(Package.id).where(Package.key.in_(keys)))
            contents = [{"sbom_id": sbom_id, "package_id": number} for number in numbers]
            await session.execute(insert_into(session, Content), contents)
        held = select(func.count()).where(Content.sbom_id == sbom_id).scalar_subquery()
        await session.execute(update(Sbom).where(Sbom.id == sbom_id).values(components=held))
