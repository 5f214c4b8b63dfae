"""How components are looked after, and who was told that one closes.

Revision: 0023
Follows: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
CARE = {
    "team": sa.String(length=300),
    "team_reachable": sa.Boolean(),
    "security_tested_on": sa.Date(),
    "looked_at_on": sa.Date(),
}
LISTS = ("incidents", "unsupported")


def upgrade() -> None:
    """Bring the schema forward."""
    for name, kind in CARE.items():
        op.add_column("component", sa.Column(name, kind, nullable=True))
    for name in LISTS:
        op.add_column("component", sa.Column(name, JSON, nullable=False, server_default="[]"))
    op.create_table(
        "closing_notice",
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["component_id"], ["component.id"],
            name=op.f("fk_closing_notice_component_id_component"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_closing_notice_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "component_id", "service_id", "closes_on", name=op.f("pk_closing_notice")
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_closing_notice_service_id"), "closing_notice", ["service_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("closing_notice")
    for name in (*LISTS, *CARE):
        op.drop_column("component", name)
