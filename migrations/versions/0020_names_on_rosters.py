"""A published name may be on a provider's list.

Revision: 0020
Follows: 0019
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
TABLE, CHECK = "organisation_match", "ck_organisation_match_match_about"


def upgrade() -> None:
    """Bring the schema forward."""
    _allow("'owner', 'supplier', 'roster'")


def downgrade() -> None:
    """Take it back; the code of before knows no names of lists."""
    op.execute(f"UPDATE {TABLE} SET about = 'owner' WHERE about = 'roster'")
    _allow("'owner', 'supplier'")


def _allow(members: str) -> None:
    check = f"CONSTRAINT {CHECK} CHECK (about IN ({members}))"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT {CHECK}, ADD {check}")
        return
    op.execute(f"ALTER TABLE {TABLE} RENAME COLUMN about TO about_before")
    op.execute(f"ALTER TABLE {TABLE} ADD COLUMN about VARCHAR(40) DEFAULT 'owner' NOT NULL {check}")
    op.execute(f"UPDATE {TABLE} SET about = about_before")
    op.execute(f"ALTER TABLE {TABLE} DROP COLUMN about_before")
