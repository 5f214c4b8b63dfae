"""Who controls what was bought or built: contract groups, holders, exit plans; suppliers by name;
when work on what is in use was first recorded.

Revision: 0024
Follows: 0023
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from portal.catalogue.rules.suppliers import address_key
from portal.db import Json

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
HOLDERS = "('own_organisation', 'supplier', 'both', 'other_public_body', 'unknown')"
CONTRACT = sa.text("contract_end IS NOT NULL AND status <> 'stopped'")
STARTED = sa.text("first_planned_on IS NOT NULL AND since IS NOT NULL")
COLUMNS = {
    "supplier_key": sa.String(length=300),
    "contract_group": sa.String(length=300),
    "code_held_by": sa.String(length=40),
    "data_held_by": sa.String(length=40),
    "exit_plan": sa.String(length=40),
    "exit_note": sa.Text(),
    "exit_reviewed_on": sa.Date(),
    "first_planned_on": sa.Date(),
}
CHECKS = {
    "code_held_by": f"code_held_by IN {HOLDERS}",
    "data_held_by": f"data_held_by IN {HOLDERS}",
    "exit_plan": "exit_plan IN ('none', 'planned', 'written', 'tested')",
    "contract_group_of_bought": "contract_group IS NULL OR arrangement = 'bought_product' OR "
    "(arrangement = 'own_build' AND supplier IS NOT NULL)",
    "control_of_bought_or_built": "arrangement IN ('bought_product', 'own_build') OR "
    "(code_held_by IS NULL AND data_held_by IS NULL AND exit_plan IS NULL)",
    "exit_details_of_a_plan": "exit_plan IS NOT NULL OR "
    "(exit_note IS NULL AND exit_reviewed_on IS NULL)",
    "supplier_has_key": "(supplier IS NULL) = (supplier_key IS NULL)",
}
INDEXES = {
    "ix_usage_supplier_key": (["supplier_key"], None),
    "ix_usage_contract_group": (["contract_group"], None),
    "ix_usage_contract_end": (["contract_end", "id"], CONTRACT),
    "ix_usage_started": (["component_id", "first_planned_on", "since", "since_basis"], STARTED),
}
USAGE = sa.table(
    "usage", sa.column("id"), sa.column("supplier"), sa.column("supplier_key"),
    sa.column("first_planned_on", sa.Date()),
)  # fmt: skip
EVENT = sa.table(
    "history_event", sa.column("id"), sa.column("at"), sa.column("thing"), sa.column("thing_id"),
    sa.column("after", Json),
)  # fmt: skip
KEEPS = {"table_kwargs": {"sqlite_autoincrement": True}}


def upgrade() -> None:
    """Bring the schema forward."""
    for name, kind in COLUMNS.items():
        op.add_column("usage", sa.Column(name, kind, nullable=True))
    _name_suppliers()
    _note_first_plans()
    with op.batch_alter_table("usage", **KEEPS) as batch:
        for name, rule in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_usage_{name}"), rule)
    for name, (columns, where) in INDEXES.items():
        op.create_index(name, "usage", columns, sqlite_where=where, postgresql_where=where)


def _name_suppliers() -> None:
    """The keys follow from the names by the rule of the code: a later rule makes them anew."""
    connection = op.get_bind()
    query = sa.select(USAGE.c.supplier).where(USAGE.c.supplier.is_not(None)).distinct()
    for name in connection.scalars(query).all():
        keyed = sa.update(USAGE).where(USAGE.c.supplier == name)
        connection.execute(keyed.values(supplier_key=address_key(name)))


def _note_first_plans() -> None:
    connection = op.get_bind()
    query = (
        sa.select(EVENT.c.thing_id, EVENT.c.at, EVENT.c.after)
        .where(EVENT.c.thing == "usage")
        .order_by(EVENT.c.id)
    )
    seen: set[int] = set()
    for id_, at, after in connection.execute(query).all():
        if id_ not in seen and after.get("status") in ("planned", "integrating"):
            seen.add(id_)
            noted = sa.update(USAGE).where(USAGE.c.id == id_)
            connection.execute(noted.values(first_planned_on=_day(at)))


def _day(at: datetime | str) -> object:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo("Europe/London")).date()


def downgrade() -> None:
    """Take it back."""
    for name in INDEXES:
        op.drop_index(name, "usage")
    with op.batch_alter_table("usage", **KEEPS) as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_usage_{name}"), type_="check")
        for name in COLUMNS:
            batch.drop_column(name)
