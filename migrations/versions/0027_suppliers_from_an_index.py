"""What hangs on each supplier is read from an index alone.

Revision: 0027
Follows: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
NAME = "ix_usage_bought"
BOUGHT = sa.text("arrangement IN ('bought_product', 'own_build')")
COLUMNS = [
    "supplier_id", "supplier_key", "service_id", "arrangement", "status", "capability_id",
    "contract_end", "yearly_cost", "exit_plan", "supplier",
]  # fmt: skip


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_index(NAME, "usage", COLUMNS, sqlite_where=BOUGHT, postgresql_where=BOUGHT)


def downgrade() -> None:
    """Take it back."""
    op.drop_index(NAME, "usage")
