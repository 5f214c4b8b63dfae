"""What importers remember is only added to; ids are never given again; sorting by letters.

A memory was one row for each source and key, with one former word in it. Now it is one row for each
import that said something new, and those of undone imports do not count. What an earlier version
kept for a record that it had since removed is dropped.

Nothing was released before this revision, so no old code runs beside it.

Revision: 0004
Follows: 0003
"""

from __future__ import annotations

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SORTED = (
    ("service", "sort_name", 300),
    ("organisation", "sort_name", 300),
    ("journey", "sort_name", 300),
    ("organisation_identifier", "identifier", 120),
    ("organisation_alias", "alias", 300),
)
TABLES = ("service", "organisation", "journey", "organisation_match")

# The newest import before a memory's own, of the same kind and not undone.
EARLIER = """
(SELECT max(b.id) FROM import_batch b
 WHERE b.kind = imported_record.kind AND b.undone_at IS NULL AND b.id < imported_record.batch_id)
"""
# Undo once left the memory of records that it removed; SQLite then gave their ids to others.
DANGLING = """
DELETE FROM imported_record WHERE EXISTS (
    SELECT 1 FROM history_event h JOIN import_batch b ON b.id = imported_record.batch_id
    WHERE h.thing = imported_record.thing AND h.thing_id = imported_record.thing_id
    AND CAST(h.after AS TEXT) = '{}' AND h.at > b.applied_at)
"""
MOVE = (
    DANGLING,
    # Undo put the former word back, but left the number of the import that it undid.
    f"""UPDATE imported_record SET batch_id = COALESCE({EARLIER}, batch_id)
        WHERE batch_id IN (SELECT id FROM import_batch WHERE undone_at IS NOT NULL)""",
    f"""INSERT INTO imported_record (kind, key, thing, thing_id, said, batch_id)
        SELECT kind, key, thing, thing_id, said_before, {EARLIER}
        FROM imported_record WHERE said_before IS NOT NULL AND {EARLIER} IS NOT NULL""",
)
NEWEST = """
DELETE FROM imported_record WHERE
batch_id IN (SELECT id FROM import_batch WHERE undone_at IS NOT NULL)
OR EXISTS (
    SELECT 1 FROM imported_record r JOIN import_batch b ON b.id = r.batch_id
    WHERE r.kind = imported_record.kind AND r.key = imported_record.key
    AND r.batch_id > imported_record.batch_id AND b.undone_at IS NULL)
"""


def upgrade() -> None:
    """Bring the schema forward."""
    with op.batch_alter_table("imported_record") as table:
        table.drop_constraint("uq_imported_record_kind_key", type_="unique")
        table.create_unique_constraint(
            "uq_imported_record_kind_key_batch_id", ["kind", "key", "batch_id"]
        )
        table.drop_index("ix_imported_record_thing_thing_id")
    for statement in MOVE:
        op.execute(statement)
    with op.batch_alter_table("imported_record") as table:
        table.drop_column("said_before")
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            _rebuild(table, _forward)
            _start_after_the_last(table)
    else:
        op.alter_column("service", "yearly_transactions", type_=sa.BigInteger())
        for table, column, length in SORTED:
            op.execute(f'ALTER TABLE {table} ALTER {column} TYPE VARCHAR({length}) COLLATE "C"')


def downgrade() -> None:
    """Take it back. Figures above 2,147,483,647 stop it on PostgreSQL."""
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            _rebuild(table, _back)
    else:
        op.alter_column("service", "yearly_transactions", type_=sa.Integer())
        for table, column, length in SORTED:
            op.execute(
                f'ALTER TABLE {table} ALTER {column} TYPE VARCHAR({length}) COLLATE "default"'
            )
    op.execute(NEWEST)
    with op.batch_alter_table("imported_record") as table:
        table.add_column(sa.Column("said_before", JSON))
        table.drop_constraint("uq_imported_record_kind_key_batch_id", type_="unique")
        table.create_unique_constraint("uq_imported_record_kind_key", ["kind", "key"])
        table.create_index("ix_imported_record_thing_thing_id", ["thing", "thing_id"])


def _forward(sql: str) -> str:
    own_key = re.sub(r",\s*CONSTRAINT pk_\w+ PRIMARY KEY \(id\)", "", sql)
    key = "id INTEGER NOT NULL PRIMARY KEY"
    plain = own_key.replace(key, "id INTEGER NOT NULL")
    numbered = plain.replace("id INTEGER NOT NULL", f"{key} AUTOINCREMENT", 1)
    return numbered.replace("yearly_transactions INTEGER", "yearly_transactions BIGINT")


def _back(sql: str) -> str:
    small = sql.replace("yearly_transactions BIGINT", "yearly_transactions INTEGER")
    return small.replace(" AUTOINCREMENT", "", 1)


def _rebuild(table: str, change: Callable[[str], str]) -> None:
    """Make a SQLite table again from its own definition, changed: Alembic's way would forget its
    CHECKs. Foreign keys are off meanwhile (env.py), so nothing notices.
    """
    run = op.get_bind().exec_driver_sql
    kept = "FROM sqlite_master WHERE tbl_name = ? AND type = ? AND sql IS NOT NULL"
    [(sql,)] = run(f"SELECT sql {kept}", (table, "table")).all()
    indexes = run(f"SELECT sql {kept}", (table, "index")).all()
    run(re.sub(rf'^CREATE TABLE "?{table}"?', f"CREATE TABLE {table}_new", change(sql)))
    run(f"INSERT INTO {table}_new SELECT * FROM {table}")
    run(f"DROP TABLE {table}")
    run(f"ALTER TABLE {table}_new RENAME TO {table}")
    for (index,) in indexes:
        run(index)


def _start_after_the_last(table: str) -> None:
    """Give no id that the history has for a record that is gone."""
    run = op.get_bind().exec_driver_sql
    run("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
    run(
        f"""INSERT INTO sqlite_sequence (name, seq) SELECT ?, max(
            (SELECT coalesce(max(id), 0) FROM {table}),
            (SELECT coalesce(max(thing_id), 0) FROM history_event WHERE thing = ?))""",
        (table, table),
    )
