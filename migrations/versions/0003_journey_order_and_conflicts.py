"""Journeys in the order of their names; a conflict says which record it is about.

Old code runs beside the new schema while it is rolled out: the new columns have defaults.

Revision: 0003
Follows: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    with op.batch_alter_table("journey") as table:
        table.add_column(sa.Column("sort_name", sa.String(300), nullable=False, server_default=""))
        table.create_index("ix_journey_sort_name_id", ["sort_name", "id"])
    op.execute("UPDATE journey SET sort_name = lower(name)")
    with op.batch_alter_table("import_set_aside") as table:
        table.add_column(sa.Column("thing", sa.String(30)))
        table.add_column(sa.Column("thing_id", sa.Integer()))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("import_set_aside") as table:
        table.drop_column("thing_id")
        table.drop_column("thing")
    with op.batch_alter_table("journey") as table:
        table.drop_index("ix_journey_sort_name_id")
        table.drop_column("sort_name")
