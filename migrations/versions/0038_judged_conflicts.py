"""A seat knows which conflicts of interest were judged to be none.

Revision: 0038
Follows: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("seat", sa.Column("judged", json, nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("seat", "judged")
