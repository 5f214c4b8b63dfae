"""The number of a data set is never given again on SQLite: 0040 rebuilt its table without that.

Revision: 0057
Follows: 0056
"""

from __future__ import annotations

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    if op.get_bind().dialect.name == "sqlite":
        kept = {"sqlite_autoincrement": True}
        with op.batch_alter_table("data_set", recreate="always", table_kwargs=kept):
            pass


def downgrade() -> None:
    """Nothing to take back: what came before was not meant."""
