"""The digest of what was sent has a salt.

Revision: 0054
Follows: 0053
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward. What was sent before has no salt, and its digest is not told."""
    op.add_column("data_batch", sa.Column("salt", sa.String(32)))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("data_batch", "salt")
