"""What was recorded: builds, trials, what is in an image, deployments.

Columns that may be large are loaded only where they are asked for by name. What a row tells of
another table is a subquery that an index answers, for each row that is loaded.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, MappedColumn, column_property, mapped_column

from logbook.database.models.base import Base, Id, JsonColumn


def _large(column_type: Any) -> MappedColumn[Any]:
    return mapped_column(column_type, deferred=True, deferred_raiseload=True)


class Build(Base):
    """One image that was built. The same image with the same digest is recorded once."""

    __tablename__ = "builds"
    __table_args__ = (
        UniqueConstraint("image", "digest"),
        Index(None, "image", "id"),
        Index(None, "digest"),
        Index(None, "sha"),
    )

    if TYPE_CHECKING:
        verdict: Mapped[str | None]
        components: Mapped[int | None]

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    image: Mapped[str]
    digest: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(JsonColumn)
    sha: Mapped[str]
    short_sha: Mapped[str]
    describe: Mapped[str]
    dirty: Mapped[bool]
    built_at: Mapped[datetime]
    base_policy: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    duration_seconds: Mapped[float]
    cached_steps: Mapped[int]
    total_steps: Mapped[int]
    steps: Mapped[list[dict[str, Any]]] = _large(JsonColumn)
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Trial(Base):
    """One trial of an image. The same run is recorded once.

    It belongs to the build of its image and digest. That is no foreign key: a trial may be
    recorded before its build, and either may be without the other.
    """

    __tablename__ = "trials"
    __table_args__ = (
        UniqueConstraint("run"),
        Index(None, "digest", "image", "started_at", "id"),
        Index(None, "image", "id"),
    )

    if TYPE_CHECKING:
        build_id: Mapped[int | None]

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    run: Mapped[str]
    image: Mapped[str]
    digest: Mapped[str]
    verdict: Mapped[str]
    started_at: Mapped[datetime]
    duration_seconds: Mapped[float]
    passed: Mapped[int]
    failed: Mapped[int]
    skipped: Mapped[int]
    strict: Mapped[bool]
    report: Mapped[dict[str, Any]] = _large(JsonColumn)
    observation: Mapped[dict[str, Any] | None] = _large(JsonColumn)
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Sbom(Base):
    """What one build holds, as a CycloneDX document (gzip).

    A build has one at most. Another document for the same build, where this one was not read yet,
    is another row with another number, so that work on this one has nowhere to write any more.
    Where it was read, see `SbomUpdate`.
    """

    __tablename__ = "sboms"
    __table_args__ = (UniqueConstraint("build_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    build_id: Mapped[int] = mapped_column(ForeignKey("builds.id", ondelete="CASCADE"))
    sha256: Mapped[str]
    """Of the document before gzip, 64 hexadecimal digits."""
    state: Mapped[str]
    """waiting, done or failed."""
    document: Mapped[bytes] = _large(LargeBinary)
    components: Mapped[int | None]
    """How many there are, once it is done."""
    error: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SbomUpdate(Base):
    """A document that is to take the place of one that was read, once it is known to be good.

    Until then, and for ever where it is not, the build holds what the one before it lists.
    """

    __tablename__ = "sbom_updates"
    __table_args__ = (UniqueConstraint("build_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    build_id: Mapped[int] = mapped_column(ForeignKey("builds.id", ondelete="CASCADE"))
    sha256: Mapped[str]
    state: Mapped[str]
    """waiting or failed."""
    document: Mapped[bytes] = _large(LargeBinary)
    error: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Package(Base):
    """One version of something that images hold, kept once for all of them."""

    __tablename__ = "packages"
    __table_args__ = (UniqueConstraint("key"), Index(None, "name", "version", "id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str]
    """See `logbook.packages.key_of`: an index over the four texts could be too long."""
    type: Mapped[str]
    name: Mapped[str]
    """At most 255 characters, as `version`: both are in an index."""
    version: Mapped[str]
    purl: Mapped[str]
    """Empty where it has none, as `version`."""
    licenses: Mapped[list[str]] = mapped_column(JsonColumn)


class Content(Base):
    """An SBOM holds a package."""

    __tablename__ = "contents"
    __table_args__ = (Index(None, "package_id", "sbom_id"),)

    sbom_id: Mapped[int] = mapped_column(
        ForeignKey("sboms.id", ondelete="CASCADE"), primary_key=True
    )
    package_id: Mapped[int] = mapped_column(
        ForeignKey("packages.id", ondelete="CASCADE"), primary_key=True
    )


class Environment(Base):
    """Where images are deployed; its row is the counter of the generations there."""

    __tablename__ = "environments"

    name: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int]
    """The last one that was given."""


class Deployment(Base):
    """One generation of an environment. The same key is recorded once."""

    __tablename__ = "deployments"
    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("environment", "generation"),
        Index(None, "environment", "state", "generation"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str]
    environment: Mapped[str] = mapped_column(ForeignKey("environments.name"))
    generation: Mapped[int]
    state: Mapped[str]
    """deployed, replaced or ended."""
    services: Mapped[list[dict[str, str]]] = mapped_column(JsonColumn)
    sha: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


_same_image = (Trial.digest == Build.digest) & (Trial.image == Build.image)
Build.verdict = column_property(
    select(Trial.verdict)
    .where(_same_image)
    .order_by(Trial.started_at.desc(), Trial.id.desc())
    .limit(1)
    .correlate(Build)
    .scalar_subquery()
)
Build.components = column_property(
    select(Sbom.components).where(Sbom.build_id == Build.id).correlate(Build).scalar_subquery()
)
Trial.build_id = column_property(
    select(Build.id).where(_same_image).correlate(Trial).scalar_subquery()
)
