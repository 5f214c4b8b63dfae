"""How many services of each organisation use each component.

Revision: 0028
Follows: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward, with what the table says of the usages that are there."""
    op.create_table(
        "usage_count",
        sa.Column("organisation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("component_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("services", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "component_id", name=op.f("pk_usage_count")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_usage_count_component_id", "usage_count", ["component_id", "services"])
    op.execute(
        """
        INSERT INTO usage_count (organisation_id, component_id, services)
        SELECT coalesce(s.organisation_id, 0), u.component_id, count(DISTINCT u.service_id)
        FROM usage AS u JOIN service AS s ON s.id = u.service_id
        WHERE u.component_id IS NOT NULL AND u.status IN ('live', 'stopping')
        GROUP BY coalesce(s.organisation_id, 0), u.component_id
        """
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("usage_count")
