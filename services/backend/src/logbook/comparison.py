"""Two builds compared: size, packages, findings."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, except_, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from logbook.builds import BuildSummary
from logbook.database import models
from logbook.database.models import Content, Package, Sbom, Trial

MOST_PACKAGES = 10_000
"""How many packages that are in one build only are told of."""


class Comparison(BaseModel):
    """What became different from one build to the other."""

    model_config = ConfigDict(populate_by_name=True)

    from_: BuildSummary = Field(alias="from")
    to: BuildSummary
    size: "SizeChange"
    packages: "PackageChanges | None"
    """Nothing where the SBOM of one is not there, or not read yet."""
    findings: "FindingChanges | None"
    """Nothing where one was not tried."""


class SizeChange(BaseModel):
    """In bytes; the difference is negative where it became smaller."""

    model_config = ConfigDict(populate_by_name=True)

    from_: int = Field(alias="from")
    to: int
    difference: int


class PackageVersion(BaseModel):
    """A package that only one of the builds holds."""

    name: str
    version: str
    type: str


class VersionChange(BaseModel):
    """A package that both hold in different versions."""

    model_config = ConfigDict(populate_by_name=True)

    name: str
    type: str
    from_: str = Field(alias="from")
    to: str


class PackageChanges(BaseModel):
    """By type and name; `truncated` where there are more than are told."""

    added: list[PackageVersion] = []
    removed: list[PackageVersion] = []
    changed: list[VersionChange] = []
    truncated: bool = False


class FindingOfCheck(BaseModel):
    """One broken promise."""

    model_config = ConfigDict(frozen=True)

    check: str
    expected: str
    found: str
    hint: str


class FindingChanges(BaseModel):
    """What the last trial of one found and that of the other did not."""

    new: list[FindingOfCheck]
    gone: list[FindingOfCheck]


Comparison.model_rebuild()


async def compare(session: AsyncSession, old: int, new: int) -> Comparison | None:
    """Compare the builds of those numbers; nothing where one is not there."""
    before = await session.get(models.Build, old)
    after = await session.get(models.Build, new)
    if before is None or after is None:
        return None
    return Comparison(
        from_=BuildSummary.model_validate(before),
        to=BuildSummary.model_validate(after),
        size=SizeChange(
            from_=before.size_bytes,
            to=after.size_bytes,
            difference=after.size_bytes - before.size_bytes,
        ),
        packages=await _compare_packages(session, old, new),
        findings=await _compare_findings(session, before, after),
    )


async def _compare_packages(session: AsyncSession, old: int, new: int) -> PackageChanges | None:
    builds = select(Sbom.build_id, Sbom.id).where(
        Sbom.build_id.in_([old, new]), Sbom.state == "done"
    )
    sboms = {row.build_id: row.id for row in await session.execute(builds)}
    if not {old, new} <= set(sboms):
        return None
    sides = union_all(_only(sboms[old], sboms[new], 0), _only(sboms[new], sboms[old], 1)).subquery()
    order = (sides.c.type, sides.c.name, sides.c.version)
    found = await session.execute(select(sides).order_by(*order).limit(MOST_PACKAGES + 1))
    return pair_packages([(row.is_new == 1, row.type, row.name, row.version) for row in found])


def _only(here: int, there: int, is_new: int) -> Select[int, str, str, str]:
    """Return what SBOM `here` holds and `there` does not."""
    held = [select(Content.package_id).where(Content.sbom_id == sbom) for sbom in (here, there)]
    return select(
        literal(is_new).label("is_new"), Package.type, Package.name, Package.version
    ).where(Package.id.in_(except_(*held)))


Side = tuple[bool, str, str, str]
"""Whether it is in the new build, else in the old; type, name, version."""


def pair_packages(sides: list[Side]) -> PackageChanges:
    """Tell what was added, removed, changed of `sides`, which are in the order of type and name.

    A package with one version on either side changed; of several, as many as there are on both
    sides, in the order of their versions. One that differs in its purl only did not change.
    """
    changes = PackageChanges(truncated=len(sides) > MOST_PACKAGES)
    groups: dict[tuple[str, str], tuple[Counter[str], Counter[str]]] = {}
    for is_new, kind, name, version in sides[:MOST_PACKAGES]:
        groups.setdefault((kind, name), (Counter(), Counter()))[is_new][version] += 1
    for (kind, name), (old, new) in groups.items():
        gone, come = list((old - new).elements()), list((new - old).elements())
        both = min(len(gone), len(come))
        changes.changed += [
            VersionChange(name=name, type=kind, from_=one, to=other)
            for one, other in zip(gone[:both], come[:both], strict=True)
        ]
        changes.removed += _versions(kind, name, gone[both:])
        changes.added += _versions(kind, name, come[both:])
    return changes


def _versions(kind: str, name: str, versions: Iterable[str]) -> list[PackageVersion]:
    return [PackageVersion(name=name, version=version, type=kind) for version in versions]


async def _compare_findings(
    session: AsyncSession, before: models.Build, after: models.Build
) -> FindingChanges | None:
    reports = [await _last_report(session, build) for build in (before, after)]
    if None in reports:
        return None
    old, new = ([*dict.fromkeys(findings_of(report or {}))] for report in reports)
    return FindingChanges(
        new=[finding for finding in new if finding not in old],
        gone=[finding for finding in old if finding not in new],
    )


async def _last_report(session: AsyncSession, build: models.Build) -> dict[str, Any] | None:
    statement = (
        select(Trial.report)
        .where(Trial.digest == build.digest, Trial.image == build.image)
        .order_by(Trial.started_at.desc(), Trial.id.desc())
        .limit(1)
    )
    return await session.scalar(statement)


def findings_of(report: dict[str, Any]) -> Iterator[FindingOfCheck]:
    """Yield the findings of a report as seatrial writes it; what has another form is none."""
    for result in _objects(report.get("results")):
        for finding in _objects(result.get("findings")):
            told = {name: str(finding.get(name, "")) for name in ("expected", "found", "hint")}
            yield FindingOfCheck(check=str(result.get("name", "")), **told)


def _objects(value: object) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []
