"""A sentence knows whether the catalogue had shown its author what it says.

Revision: 0043
Follows: 0042
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    shown = sa.Column("shown", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("mention", shown)


def downgrade() -> None:
    """Take it back."""
    op.drop_column("mention", "shown")
