"""Targets can end; rankings find one figure of one period.

Revision: 0044
Follows: 0043
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("figure_target", sa.Column("until", sa.Date(), nullable=True))
    op.create_index("ix_figure_total_start", "figure_total", ["period", "figure", "start"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_figure_total_start", "figure_total")
    op.drop_column("figure_target", "until")
