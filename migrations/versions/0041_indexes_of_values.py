"""Values are found by their batch and measure: undoing an import, and removing a data set.

Revision: 0041
Follows: 0040
"""

from __future__ import annotations

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_index("ix_data_value_batch_id", "data_value", ["batch_id"])
    op.create_index("ix_data_value_measure_id", "data_value", ["measure_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_data_value_measure_id", table_name="data_value")
    op.drop_index("ix_data_value_batch_id", table_name="data_value")
