"""Records keep the order in which they came; a data set of nothing needs no period.

Revision: 0040
Follows: 0039
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

PERIOD = "ck_data_set_closed_has_period"
WITH_PERIOD = "open_schema OR period IS NOT NULL"
OF_NOTHING = f"{WITH_PERIOD} OR (service_id IS NULL AND component_id IS NULL)"


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("data_record", sa.Column("seq", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("data_record", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_data_record_data_set_id_seq", "data_record", ["data_set_id", "seq"])
    _check(OF_NOTHING)


def downgrade() -> None:
    """Take it back."""
    op.execute("UPDATE data_set SET period = 'month' WHERE NOT open_schema AND period IS NULL")
    _check(WITH_PERIOD)
    op.drop_index("ix_data_record_data_set_id_seq", "data_record")
    with op.batch_alter_table("data_record") as batch:
        batch.drop_column("updated_at")
        batch.drop_column("seq")


def _check(says: str) -> None:
    with op.batch_alter_table("data_set") as batch:
        batch.drop_constraint(op.f(PERIOD), type_="check")
        batch.create_check_constraint(op.f(PERIOD), says)
