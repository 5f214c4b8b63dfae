"""When figures are due, data sets that are closed, answers until they are sent, why values change.

Revision: 0045
Follows: 0044
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("data_set", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("data_set", sa.Column("closed_on", sa.Date(), nullable=True))
    op.add_column("data_batch", sa.Column("reason", sa.String(length=2000), nullable=True))
    op.create_table(
        "figure_draft",
        sa.Column("data_set_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_by", sa.String(length=80), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["data_set_id"], ["data_set.id"], ondelete="CASCADE",
            name=op.f("fk_figure_draft_data_set_id_data_set"),
        ),
        sa.PrimaryKeyConstraint("data_set_id", "start", name=op.f("pk_figure_draft")),
    )  # fmt: skip


def downgrade() -> None:
    """Take it back."""
    op.drop_table("figure_draft")
    op.drop_column("data_batch", "reason")
    op.drop_column("data_set", "closed_on")
    op.drop_column("data_set", "due_on")
