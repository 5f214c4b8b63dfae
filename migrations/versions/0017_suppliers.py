"""The organisation that a usage's supplier is, and what a published name was said of.

Revision: 0017
Follows: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
KEY = "fk_usage_supplier_id_organisation"


def upgrade() -> None:
    """Bring the schema forward."""
    with op.batch_alter_table("usage", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.add_column(sa.Column("supplier_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(KEY, "organisation", ["supplier_id"], ["id"], ondelete="RESTRICT")
        batch.create_index("ix_usage_supplier_id", ["supplier_id"])
        batch.create_index("ix_usage_supplier", ["supplier"])
    op.execute(
        "ALTER TABLE organisation_match ADD COLUMN about VARCHAR(40) DEFAULT 'owner' NOT NULL "
        "CONSTRAINT ck_organisation_match_match_about CHECK (about IN ('owner', 'supplier'))"
    )


def downgrade() -> None:
    """Take it back."""
    op.execute("ALTER TABLE organisation_match DROP COLUMN about")
    with op.batch_alter_table("usage", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_index("ix_usage_supplier")
        batch.drop_index("ix_usage_supplier_id")
        batch.drop_constraint(KEY, type_="foreignkey")
        batch.drop_column("supplier_id")
