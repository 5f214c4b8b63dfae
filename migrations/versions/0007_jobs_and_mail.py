"""Jobs, written beside the change that needs them, and mails.

Old code runs beside the new schema while it is rolled out: add first, remove a release later.

Revision: 0007
Follows: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
UTC = sa.DateTime(timezone=True)
OPEN = sa.text("finished_at IS NULL AND failed_at IS NULL")

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("unique_key", sa.String(length=200), nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("run_after", UTC, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UTC, nullable=True),
        sa.Column("leased_by", sa.String(length=80), nullable=True),
        sa.Column("finished_at", UTC, nullable=True),
        sa.Column("failed_at", UTC, nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.CheckConstraint("finished_at IS NULL OR failed_at IS NULL", name=op.f("ck_job_one_end")),
        sa.CheckConstraint(
            "(lease_until IS NULL) = (leased_by IS NULL)", name=op.f("ck_job_lease_has_owner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_job_unique_key")),
    )
    op.create_index(
        "ix_job_run_after_id", "job", ["run_after", "id"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unique_key", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("personalisation", JSON, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("sent_at", UTC, nullable=True),
        sa.Column("provider_id", sa.String(length=200), nullable=True),
        sa.Column("failed_at", UTC, nullable=True),
        sa.Column("bounced_at", UTC, nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("blanked_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_mail_unique_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_mail_reference")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("mail")
    op.drop_table("job")
