"""What of services counts for the reuse report, and the counts.

Revision: 0049
Follows: 0048
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward. `flask rollups rebuild` fills both tables."""
    op.create_table(
        "reuse_fact",
        sa.Column("service_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("capability_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counted", sa.String(length=20), nullable=False),
        sa.Column("component_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("changes_on", sa.Date(), nullable=True),
        sa.Column("next_standing", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint(
            "service_id", "capability_id", "counted", "component_id", name=op.f("pk_reuse_fact")
        ),
        sqlite_with_rowid=False,
    )
    for name, columns in (
        ("organisation_id", ["organisation_id", "capability_id"]),
        ("capability_id", ["capability_id", "counted"]),
        ("component_id", ["component_id"]),
        ("changes_on", ["changes_on"]),
    ):
        op.create_index(f"ix_reuse_fact_{name}", "reuse_fact", columns)
    op.create_table(
        "reuse_count",
        sa.Column("organisation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("capability_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("component_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counted", sa.String(length=20), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("many", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "kind", "phase", "capability_id", "component_id", "counted",
            "standing", name=op.f("pk_reuse_count"),
        ),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index(
        "ix_reuse_count_capability_id", "reuse_count", ["capability_id", "component_id"]
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("reuse_count")
    op.drop_table("reuse_fact")
