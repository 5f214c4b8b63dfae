"""Since when needs are met by shared components, and the counts by month.

Revision: 0064
Follows: 0063
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward. The worker, or `flask rollups rebuild`, fills both tables."""
    op.create_table(
        "adoption_fact",
        sa.Column("service_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("usage_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("capability_id", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("holds_until", sa.Date(), nullable=True),
        sa.Column("changes_on", sa.Date(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "usage_id", name=op.f("pk_adoption_fact")),
        sqlite_with_rowid=False,
    )
    for name in ("organisation_id", "capability_id", "changes_on"):
        op.create_index(f"ix_adoption_fact_{name}", "adoption_fact", [name])
    op.create_table(
        "adoption_count",
        sa.Column("organisation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("capability_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("component_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counted", sa.String(length=20), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("many", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "kind", "phase", "capability_id", "component_id", "counted",
            "month", name=op.f("pk_adoption_count"),
        ),
        sqlite_with_rowid=False,
    )  # fmt: skip


def downgrade() -> None:
    """Take it back."""
    op.drop_table("adoption_count")
    op.drop_table("adoption_fact")
