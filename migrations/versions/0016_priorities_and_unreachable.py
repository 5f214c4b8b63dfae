"""Which job is done first; and since when mail to a person comes back.

Old code runs beside the new schema: what it adds is of normal priority.

Revision: 0016
Follows: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OPEN = sa.text("finished_at IS NULL AND failed_at IS NULL")
OLD, NEW = "ix_job_run_after_id", "ix_job_priority_run_after_id"


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("job", sa.Column("priority", sa.Integer(), nullable=False, server_default="5"))
    op.create_index(
        NEW, "job", ["priority", "run_after", "id"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.drop_index(OLD, table_name="job")
    op.add_column("person", sa.Column("unreachable_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.create_index(OLD, "job", ["run_after", "id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.drop_index(NEW, table_name="job")
    for table, column in (("job", "priority"), ("person", "unreachable_at")):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        else:
            op.drop_column(table, column)
