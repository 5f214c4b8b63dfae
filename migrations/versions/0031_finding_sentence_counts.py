"""Indexes to count suggested sentences by point and by need.

Revision: 0031
Follows: 0030
"""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLE = "finding_sentence"
COLUMNS = ("point_id", "capability_id")


def upgrade() -> None:
    """Bring the schema forward."""
    for column in COLUMNS:
        op.create_index(f"ix_{TABLE}_state_{column}", TABLE, ["state", column])


def downgrade() -> None:
    """Take it back."""
    for column in COLUMNS:
        op.drop_index(f"ix_{TABLE}_state_{column}", TABLE)
