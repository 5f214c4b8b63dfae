"""The database itself refuses to change or lose history."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal import audit
from portal.audit import Act
from portal.db import Database


@pytest.fixture(autouse=True)
def an_event(fresh_database: Database, act: Act) -> None:
    with fresh_database.writing() as session:
        audit.record(session, act, "service.created", "service", 1, None, {"name": "A"})


BOTH = (
    "UPDATE history_event SET actor = 'nobody'",
    "UPDATE history_event SET id = 9 WHERE id = 1",
    "DELETE FROM history_event",
    "DELETE FROM history_event WHERE thing_id = 1",
)
SQLITE = (
    "INSERT OR REPLACE INTO history_event SELECT * FROM history_event",
    "UPDATE OR REPLACE history_event SET actor = 'nobody'",
)
POSTGRESQL = (
    "TRUNCATE history_event",
    """INSERT INTO history_event SELECT * FROM history_event
       ON CONFLICT (id) DO UPDATE SET actor = 'nobody'""",
)
CHANGES = [("sqlite", change) for change in BOTH + SQLITE]
CHANGES += [("postgresql", change) for change in BOTH + POSTGRESQL]


@pytest.mark.parametrize(("kind", "change"), CHANGES)
def test_a_change_is_refused(fresh_database: Database, change: str) -> None:
    with (
        pytest.raises(DBAPIError, match="append-only"),
        fresh_database.writing() as session,
    ):
        session.execute(text(change))
    with fresh_database.reading() as session:
        rows = session.execute(text("SELECT actor, thing_id FROM history_event")).all()
    assert [tuple(row) for row in rows] == [("command:test", 1)]
