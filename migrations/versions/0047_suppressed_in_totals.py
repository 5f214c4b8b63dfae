"""Totals say how many numbers they leave out, because those are of too few to be shown.

Figures and totals that are there still have such numbers in: `flask --app wsgi rollups rebuild`
follows the last restart.

Revision: 0047
Follows: 0046
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column(
        "figure_total", sa.Column("suppressed", sa.Integer(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_column("figure_total", "suppressed")
