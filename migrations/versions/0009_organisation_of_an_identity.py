"""The organisation that an issuer says somebody is of.

Revision: 0009
Follows: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
TABLE, COLUMN = "oidc_identity", "organisation_id"
KEY = "fk_oidc_identity_organisation_id_organisation"


def upgrade() -> None:
    """Bring the schema forward."""
    with op.batch_alter_table(TABLE) as batch:
        batch.add_column(sa.Column(COLUMN, sa.Integer(), nullable=True))
        batch.create_foreign_key(KEY, "organisation", [COLUMN], ["id"], ondelete="SET NULL")
        batch.create_index("ix_oidc_identity_organisation_id", [COLUMN])


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_index("ix_oidc_identity_organisation_id")
        batch.drop_constraint(KEY, type_="foreignkey")
        batch.drop_column(COLUMN)
