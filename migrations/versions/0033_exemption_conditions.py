"""The conditions of an exemption have a day by which they are met, and one since when they are.

Revision: 0033
Follows: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

DAYS = ("conditions_by", "conditions_met_on")
CHECKS = {
    "days_of_conditions": "conditions IS NOT NULL"
    " OR (conditions_by IS NULL AND conditions_met_on IS NULL)",
    "conditions_after": "conditions_by >= granted_on",
    "conditions_met_after": "conditions_met_on >= granted_on",
}


def upgrade() -> None:
    """Bring the schema here from the revision before."""
    with op.batch_alter_table("component_exemption") as batch:
        for name in DAYS:
            batch.add_column(sa.Column(name, sa.Date()))
        for name, check in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_component_exemption_{name}"), check)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("component_exemption") as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_component_exemption_{name}"), type_="check")
        for name in DAYS:
            batch.drop_column(name)
