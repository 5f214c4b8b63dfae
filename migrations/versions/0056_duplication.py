"""In which ways services meet their needs, and the counts of the duplication report.

Revision: 0056
Follows: 0055
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward. `flask rollups rebuild` fills both tables."""
    op.create_table(
        "duplication_fact",
        sa.Column("service_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("usage_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("capability_id", sa.Integer(), nullable=False),
        sa.Column("counted", sa.String(length=20), nullable=False),
        sa.Column("item", sa.String(length=300), nullable=False),
        sa.Column("alike", sa.String(length=80), nullable=False),
        sa.Column("reasoned", sa.Boolean(), nullable=False),
        sa.Column("exempt", sa.Boolean(), nullable=False),
        sa.Column("contract_end", sa.Date(), nullable=True),
        sa.Column("changes_on", sa.Date(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "usage_id", name=op.f("pk_duplication_fact")),
        sqlite_with_rowid=False,
    )
    for name in ("organisation_id", "changes_on"):
        op.create_index(f"ix_duplication_fact_{name}", "duplication_fact", [name])
    op.create_table(
        "duplication_count",
        sa.Column("organisation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("counted", sa.String(length=20), nullable=False),
        sa.Column("capability_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("whose", sa.String(length=20), nullable=False),
        sa.Column("item", sa.String(length=300), nullable=False),
        sa.Column("many", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "kind", "phase", "counted", "capability_id", "whose", "item",
            name=op.f("pk_duplication_count"),
        ),
        sqlite_with_rowid=False,
    )  # fmt: skip


def downgrade() -> None:
    """Take it back."""
    op.drop_table("duplication_count")
    op.drop_table("duplication_fact")
