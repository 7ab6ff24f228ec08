"""Add the jobs of the worker."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Apply this revision."""
    now, moment = sa.func.now(), sa.DateTime(timezone=True)
    op.create_table(
        "jobs",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", _JSON, nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("environment", sa.String(), nullable=True),
        sa.Column("generation", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("leased_until", moment, nullable=True),
        sa.Column("due_at", moment, server_default=now, nullable=False),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.Column("started_at", moment, nullable=True),
        sa.Column("finished_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("key", name="uq_jobs_key"),
    )
    op.create_index("ix_jobs_state_due_at", "jobs", ["state", "due_at"])


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("jobs")
