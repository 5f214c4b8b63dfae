"""Totals say how many of their numbers may still change.

Totals that are there do not say so yet: `flask --app wsgi rollups rebuild` follows the last
restart.

Revision: 0055
Follows: 0054
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column(
        "figure_total", sa.Column("provisional", sa.Integer(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_column("figure_total", "provisional")
