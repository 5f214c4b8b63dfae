"""Doubtful values are listed without reading all others.

Revision: 0052
Follows: 0051
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_FEW = sa.text("doubt IS NOT NULL")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_index(
        "ix_data_value_doubt", "data_value", ["start", "id"],
        sqlite_where=_FEW, postgresql_where=_FEW,
    )  # fmt: skip


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_data_value_doubt", table_name="data_value")
