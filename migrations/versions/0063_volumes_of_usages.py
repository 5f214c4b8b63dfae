"""What was measured of a use: its volume by financial year, and the days of building it in.

Revision: 0063
Follows: 0062
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None
COLUMNS = {
    "integration_days": (
        "NUMERIC(8, 2) "
        "CONSTRAINT ck_usage_integration_days_not_negative CHECK (integration_days >= 0) "
        "CONSTRAINT ck_usage_integration_of_shared "
        "CHECK (integration_days IS NULL OR arrangement = 'shared_component')"
    ),
    "integration_source": (
        "VARCHAR(2000) CONSTRAINT ck_usage_integration_source_of_days "
        "CHECK (integration_source IS NULL OR integration_days IS NOT NULL)"
    ),
}


def upgrade() -> None:
    """Bring the schema forward."""
    for name, rules in COLUMNS.items():
        op.execute(f"ALTER TABLE usage ADD COLUMN {name} {rules}")
    op.create_table(
        "usage_volume",
        sa.Column("usage_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=2000), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("year BETWEEN 1990 AND 2100", name=op.f("ck_usage_volume_year_is_one")),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_usage_volume_not_negative")),
        sa.ForeignKeyConstraint(
            ["usage_id"],
            ["usage.id"],
            name=op.f("fk_usage_volume_usage_id_usage"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("usage_id", "year", name=op.f("pk_usage_volume")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("usage_volume")
    for name in reversed(COLUMNS):
        op.execute(f"ALTER TABLE usage DROP COLUMN {name}")
