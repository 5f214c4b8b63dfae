"""What each component has of a claim that more than one shares.

Revision: 0060
Follows: 0059
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward. Runs from before say nothing of it, and stay as they are."""
    kind = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("savings_claim", sa.Column("parts", kind, nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("savings_claim", "parts")
