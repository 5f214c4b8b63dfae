from __future__ import annotations

from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import CheckConstraint, Connection, inspect, select, text

from portal import create_app, migrations
from portal.catalogue.models.imports import ImportedRecord
from portal.catalogue.models.usage import Usage
from portal.db import Base, Database
from portal.errors import Refused
from tests.support.data import ACT, add_organisation, add_service, load_demo
from tests.support.provision import settings_for
from tests.support.storefront import add_capability, add_usage

SCRIPTS = ScriptDirectory(str(migrations.FOLDER))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


def everything(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the models, over the columns that are there."""
    inspector, found = inspect(connection), {}
    for table in Base.metadata.sorted_tables:
        if inspector.has_table(table.name):
            there = {column["name"] for column in inspector.get_columns(table.name)}
            columns = [column for column in table.columns if column.name in there]
            query = select(*columns).order_by(*table.primary_key.columns)
            found[table.name] = [dict(row) for row in connection.execute(query).mappings()]
    return found


def over(rows: list[dict[str, Any]], like: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows with only the columns that the others have."""
    return [{name: row[name] for name in like[0]} for row in rows] if like else rows


def test_there_is_one_line_of_migrations_and_head_names_its_end() -> None:
    assert SCRIPTS.get_heads() == [migrations.expected()]
    assert len(SCRIPTS.get_bases()) == 1


def test_upgrading_gives_the_tables_of_the_models(bare_database: Database) -> None:
    assert bare_database.revision() is None
    migrations.upgrade(bare_database)
    assert bare_database.revision() == migrations.expected()
    migrations.check(bare_database)


@pytest.mark.parametrize(
    "difference",
    ["ALTER TABLE service ADD COLUMN stray TEXT", "DROP INDEX ix_service_delivers_id",
     "CREATE TABLE stray (id INTEGER PRIMARY KEY)"],
)  # fmt: skip
def test_the_check_sees_a_difference(fresh_database: Database, difference: str) -> None:
    with fresh_database.engine.begin() as connection:
        connection.execute(text(difference))
    with pytest.raises(Refused, match="New upgrade operations detected"):
        migrations.check(fresh_database)


def test_upgrading_twice_changes_nothing(fresh_database: Database) -> None:
    migrations.upgrade(fresh_database)
    assert fresh_database.revision() == migrations.expected()


def test_all_the_way_down_leaves_nothing(fresh_database: Database) -> None:
    migrations.downgrade(fresh_database, "base")
    with fresh_database.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(fresh_database)
    migrations.check(fresh_database)


@pytest.fixture
def demo_app(fresh_database: Database) -> Flask:
    app = create_app(settings_for(fresh_database), fresh_database)
    load_demo(app)
    return app


def test_one_down_and_up_again_keeps_the_data(fresh_database: Database, demo_app: Flask) -> None:
    with fresh_database.engine.connect() as connection:
        before = everything(connection)
    assert before["service"] and before["history_event"]
    migrations.downgrade(fresh_database, "-1")
    assert fresh_database.revision() == (REVISIONS[-2] if len(REVISIONS) > 1 else None)
    with fresh_database.engine.connect() as connection:
        older = everything(connection)
    # What the newest migration brought is lost on the way down, and nothing else.
    assert older == {name: over(before[name], rows) for name, rows in older.items()}
    migrations.upgrade(fresh_database)
    migrations.check(fresh_database)
    with fresh_database.engine.connect() as connection:
        again = everything(connection)
    assert {name: over(again[name], rows) for name, rows in older.items()} == older
    result = demo_app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert result.exit_code == 0, result.output
    found = demo_app.test_client().get("/services.json?q=vehicle+tax").get_json()
    assert found["items"][0]["slug"] == "tax-your-vehicle"


MEMORY_BEFORE_0004 = """
INSERT INTO import_batch (id, kind, files, actor, applied_at, undone_at, counts) VALUES
    (1, 'k', '[]', 'x', '2026-01-01 00:00:00', NULL, '{}'),
    (2, 'k', '[]', 'x', '2026-01-02 00:00:00', NULL, '{}'),
    (3, 'k', '[]', 'x', '2026-01-03 00:00:00', '2026-01-04 00:00:00', '{}'),
    (4, 'other', '[]', 'x', '2026-01-02 00:00:00', NULL, '{}');
INSERT INTO imported_record (id, kind, key, thing, thing_id, said, said_before, batch_id) VALUES
    (1, 'k', 'changed', 'service', 7, '{"n": 2}', '{"n": 1}', 2),
    (2, 'k', 'given back', 'service', 8, '{"n": 1}', NULL, 3),
    (3, 'k', 'gone', 'service', 99, '{"n": 1}', NULL, 1),
    (4, 'k', 'made first', 'service', 9, '{"n": 2}', '{"n": 1}', 1),
    (5, 'other', 'changed', 'service', 7, '{"n": 3}', NULL, 4);
INSERT INTO history_event
    (at, actor, origin, batch_id, tag, thing, thing_id, before, after) VALUES
    ('2026-01-05 00:00:00', 'x', 'x', 1, 'import undone', 'service', 99, '{"n": 1}', '{}');
"""


def test_0004_moves_the_memory_of_importers(fresh_database: Database) -> None:
    migrations.downgrade(fresh_database, "0003")
    with fresh_database.engine.begin() as connection:
        for statement in MEMORY_BEFORE_0004.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
        # As SQLAlchemy gives it when nobody says an id.
        if not fresh_database.sqlite:
            connection.exec_driver_sql("SELECT setval('imported_record_id_seq', 5)")
    migrations.upgrade(fresh_database)
    with fresh_database.writing() as session:
        query = select(ImportedRecord).order_by(ImportedRecord.key, ImportedRecord.batch_id)
        rows = [(r.kind, r.key, r.batch_id, r.said["n"]) for r in session.scalars(query)]
        assert rows == [
            ("k", "changed", 1, 1),
            ("k", "changed", 2, 2),
            ("other", "changed", 4, 3),
            ("k", "given back", 2, 1),
            ("k", "made first", 1, 2),
        ]
        if fresh_database.sqlite:
            assert add_service(session, "next").id == 100, "99 is in the history"
    migrations.downgrade(fresh_database, "0003")
    with fresh_database.engine.connect() as connection:
        kept = connection.exec_driver_sql(
            "SELECT key, batch_id FROM imported_record WHERE kind = 'k' ORDER BY key"
        ).all()
    assert [tuple(row) for row in kept] == [("changed", 2), ("given back", 2), ("made first", 1)]


def test_0024_works_out_what_follows_from_usages_and_their_history(
    fresh_database: Database,
) -> None:
    known = select(Usage.id, Usage.supplier_key, Usage.first_planned_on).order_by(Usage.id)
    with fresh_database.writing() as session:
        add_organisation(session, "ministry")
        add_service(session, "a-tax", owner="ministry")
        for need in ("letters", "texts"):
            add_capability(session, need)
        bought = {"arrangement": "bought_product", "product": "Post", "supplier": "Tide (UK) Ltd"}
        add_usage(session, "a-tax", "letters", **bought)
        add_usage(session, "a-tax", "texts", status="planned", since=None)
        before = [tuple(row) for row in session.execute(known)]
        assert [row[1:] for row in before] == [("tide", None), (None, ACT.day)]
    migrations.downgrade(fresh_database, "0023")
    migrations.upgrade(fresh_database)
    with fresh_database.reading() as session:
        assert [tuple(row) for row in session.execute(known)] == before


def test_tables_keep_their_checks_and_indexes(bare_database: Database) -> None:
    """Rebuilding a table on SQLite loses what nobody names."""
    migrations.upgrade(bare_database)
    inspector = inspect(bare_database.engine)
    for table in Base.metadata.sorted_tables:
        wanted = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
        found = {check["name"] for check in inspector.get_check_constraints(table.name)}
        assert {str(name) for name in wanted} == found, table.name
        if bare_database.sqlite and table.dialect_options["sqlite"]["autoincrement"]:
            with bare_database.reading() as session:
                told = text("SELECT sql FROM sqlite_master WHERE name = :name")
                made = session.scalar(told, {"name": table.name})
            assert "AUTOINCREMENT" in str(made), f"{table.name} gives numbers again"
