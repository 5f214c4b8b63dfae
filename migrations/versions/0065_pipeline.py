"""What the report of the pipeline of assessments knows of each.

Revision: 0065
Follows: 0064
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

INDEXES = {
    "ended": ["stage", "kind", "used", "result", "organisation_id", "held_on"],
    "times": ["published_in", "days", "organisation_id", "held_on", "stage", "kind"],
    "held_on": ["held_on", "id"],
    "organisation_id": ["organisation_id"],
    "service_id": ["service_id"],
}


def upgrade() -> None:
    """Bring the schema forward. `flask rollups rebuild` fills the table."""
    op.create_table(
        "pipeline_fact",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=40), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_in", sa.String(length=7), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("used", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["id"], ["assessment.id"], name=op.f("fk_pipeline_fact_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pipeline_fact")),
        sqlite_with_rowid=False,
    )  # fmt: skip
    for name, columns in INDEXES.items():
        op.create_index(f"ix_pipeline_fact_{name}", "pipeline_fact", columns)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("pipeline_fact")
