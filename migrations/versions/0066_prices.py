"""Prices and day rates among the assumptions: where a price is from, and what it comes beside.

Revision: 0066
Follows: 0065
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None
FIELDS = ("build", "run", "own_run", "additionality", "relative_cost", "exit_cost", "optimism",
          "alternative_price", "price", "day_rate", "platform")  # fmt: skip
COLUMNS = ("apart", "price_item", "price_since")
CHECKS = {
    "apart_of_price": "NOT apart OR field = 'alternative_price'",
    "row_of_price": "price_item IS NULL OR field = 'price'",
    "since_of_row": "price_since IS NULL OR price_item IS NOT NULL",
}
#: As 0048 has it: rebuilding a table on SQLite takes its triggers away.
PUBLISHED = "SELECT id FROM assumption_set WHERE state = 'published'"
OLD, NEW = (f"{side}.set_id IN ({PUBLISHED})" for side in ("OLD", "NEW"))
GUARDS = {"INSERT": NEW, "UPDATE": f"{OLD} OR {NEW}", "DELETE": OLD}
SAID = "what is published or done does not change"
KEPT = {"sqlite_autoincrement": True}


def upgrade() -> None:
    """Bring the schema forward."""
    with op.batch_alter_table("assumption", table_kwargs=KEPT) as batch:
        batch.add_column(
            sa.Column("apart", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("price_item", sa.String(200), nullable=True))
        batch.add_column(sa.Column("price_since", sa.Date(), nullable=True))
        batch.drop_constraint(op.f("ck_assumption_assumed"), type_="check")
        listed = ", ".join(f"'{each}'" for each in FIELDS)
        batch.create_check_constraint(op.f("ck_assumption_assumed"), f"field IN ({listed})")
        for name, check in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_assumption_{name}"), check)
    _guard()


def downgrade() -> None:
    """Take it back. Day rates stay: what is published never changes."""
    with op.batch_alter_table("assumption", table_kwargs=KEPT) as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_assumption_{name}"), type_="check")
        for name in COLUMNS:
            batch.drop_column(name)
    _guard()


def _guard() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for verb, when in GUARDS.items():
        op.execute(
            f"CREATE TRIGGER assumption_no_{verb.lower()} BEFORE {verb} ON assumption "
            f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        )
