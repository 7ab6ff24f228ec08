"""Add what is recorded of images: trials, components, deployments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply this revision."""
    op.create_index("ix_builds_image_id", "builds", ["image", "id"])
    op.create_index("ix_builds_digest", "builds", ["digest"])
    op.create_index("ix_builds_sha", "builds", ["sha"])
    _add_trials()
    _add_components()
    _add_deployments()


def downgrade() -> None:
    """Take this revision back."""
    for table in ("deployments", "environments", "contents", "packages", "sboms", "trials"):
        op.drop_table(table)
    for index in ("ix_builds_image_id", "ix_builds_digest", "ix_builds_sha"):
        op.drop_index(index, "builds")


def _recorded_at() -> sa.Column[object]:
    return sa.Column(
        "recorded_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
    )


def _add_trials() -> None:
    op.create_table(
        "trials",
        sa.Column("id", _ID, nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("image", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_seconds", sa.Float(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("strict", sa.Boolean(), nullable=False),
        sa.Column("report", _JSON, nullable=False),
        sa.Column("observation", _JSON, nullable=True),
        _recorded_at(),
        sa.PrimaryKeyConstraint("id", name="pk_trials"),
        sa.UniqueConstraint("run", name="uq_trials_run"),
    )
    op.create_index(
        "ix_trials_digest_image_started_at_id", "trials", ["digest", "image", "started_at", "id"]
    )
    op.create_index("ix_trials_image_id", "trials", ["image", "id"])


def _add_components() -> None:
    op.create_table(
        "sboms",
        sa.Column("id", _ID, nullable=False),
        sa.Column("build_id", _ID, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("components", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        _recorded_at(),
        sa.PrimaryKeyConstraint("id", name="pk_sboms"),
        sa.UniqueConstraint("build_id", name="uq_sboms_build_id"),
        sa.ForeignKeyConstraint(
            ["build_id"], ["builds.id"], name="fk_sboms_build_id_builds", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "packages",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("purl", sa.String(), nullable=False),
        sa.Column("licenses", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_packages"),
        sa.UniqueConstraint("key", name="uq_packages_key"),
    )
    op.create_index("ix_packages_name_version_id", "packages", ["name", "version", "id"])
    op.create_table(
        "contents",
        sa.Column("sbom_id", _ID, nullable=False),
        sa.Column("package_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("sbom_id", "package_id", name="pk_contents"),
        sa.ForeignKeyConstraint(
            ["sbom_id"], ["sboms.id"], name="fk_contents_sbom_id_sboms", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["packages.id"],
            name="fk_contents_package_id_packages",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_contents_package_id_sbom_id", "contents", ["package_id", "sbom_id"])


def _add_deployments() -> None:
    op.create_table(
        "environments",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_environments"),
    )
    op.create_table(
        "deployments",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("services", _JSON, nullable=False),
        sa.Column("sha", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _recorded_at(),
        sa.PrimaryKeyConstraint("id", name="pk_deployments"),
        sa.UniqueConstraint("key", name="uq_deployments_key"),
        sa.UniqueConstraint(
            "environment", "generation", name="uq_deployments_environment_generation"
        ),
        sa.ForeignKeyConstraint(
            ["environment"], ["environments.name"], name="fk_deployments_environment_environments"
        ),
    )
    op.create_index(
        "ix_deployments_environment_state_generation",
        "deployments",
        ["environment", "state", "generation"],
    )
