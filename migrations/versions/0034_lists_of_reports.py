"""Lists of reports are read in the order of an index, whatever they are narrowed by.

Only reports that repeat another one are in the index of those: most repeat none, and SQLite would
take that index to find them. The sentences of a document are found by its address.

Revision: 0034
Follows: 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None
REPEATS = sa.text("same_as_id IS NOT NULL")


def upgrade() -> None:
    """Bring the schema here from the revision before."""
    op.drop_index("ix_report_same_as_id", "report")
    op.create_index(
        "ix_report_same_as_id", "report", ["same_as_id"],
        sqlite_where=REPEATS, postgresql_where=REPEATS,
    )  # fmt: skip
    op.drop_index("ix_assessment_standard_version_id", "assessment")
    for column in ("standard_version_id", "kind"):
        op.create_index(
            f"ix_assessment_{column}_held_on_id", "assessment", [column, "held_on", "id"]
        )
    op.create_index("ix_mention_address", "mention", ["address"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_mention_address", "mention")
    for column in ("kind", "standard_version_id"):
        op.drop_index(f"ix_assessment_{column}_held_on_id", "assessment")
    op.create_index("ix_assessment_standard_version_id", "assessment", ["standard_version_id"])
    op.drop_index("ix_report_same_as_id", "report")
    op.create_index("ix_report_same_as_id", "report", ["same_as_id"])
