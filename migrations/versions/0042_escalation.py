"""Organisations say after how many days an action without evidence is escalated.

Revision: 0042
Follows: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("assessment_setting", sa.Column("escalate_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("assessment_setting", "escalate_days")
