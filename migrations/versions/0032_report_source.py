"""Reports are found by the address of the page that they were published on.

Revision: 0032
Follows: 0031
"""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema here from the revision before."""
    op.create_index("ix_report_source", "report", ["source"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_report_source", "report")
