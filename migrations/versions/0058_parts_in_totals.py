"""Totals say how many of their numbers are sums of which parts are not shown.

Totals that are there do not say so yet: `flask --app wsgi rollups rebuild` follows the last
restart.

Revision: 0058
Follows: 0057
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column(
        "figure_total", sa.Column("partial", sa.Integer(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_column("figure_total", "partial")
