"""When a data set was added, and an order by what is due first.

Revision: 0046
Follows: 0045
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("data_set", sa.Column("added_on", sa.Date(), nullable=True))
    op.execute("UPDATE data_set SET added_on = date(edited_at)")
    op.create_index("ix_data_set_due_on_id", "data_set", ["due_on", "id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_data_set_due_on_id", "data_set")
    op.drop_column("data_set", "added_on")
