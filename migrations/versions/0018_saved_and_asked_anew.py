"""What a decider saved of a proposed change, and since when a merged record is asked about anew.

Revision: 0018
Follows: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.db import Json

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("proposal", sa.Column("saved", Json, nullable=True))
    op.add_column("review", sa.Column("anew_from", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("review", "anew_from")
    op.drop_column("proposal", "saved")
