"""Whether who published assumptions had made them, since nobody else could publish them.

Revision: 0061
Follows: 0060
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward. Of versions from before nothing is said."""
    column = sa.Column("self_approved", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("assumption_set", column)


def downgrade() -> None:
    """Take it back."""
    op.drop_column("assumption_set", "self_approved")
