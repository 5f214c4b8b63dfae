"""Services that ask for a shared component that there is not.

Revision: 0022
Follows: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "need_voice",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("capability_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_need_voice_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["capability_id"], ["capability.id"],
            name=op.f("fk_need_voice_capability_id_capability"), ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("service_id", "capability_id", name=op.f("pk_need_voice")),
    )  # fmt: skip
    op.create_index(op.f("ix_need_voice_capability_id"), "need_voice", ["capability_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("need_voice")
