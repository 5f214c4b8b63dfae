from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Text, cast, delete, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Act, HistoryEvent, ImportBatch
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import ServiceSlug
from portal.db import COPIED, Database, insert_rows, new_ids
from tests.support.transactions import RolledBackDatabase

INSERT = "INSERT INTO search_thing (thing, version) VALUES ('x', 1)"


def test_a_moment_comes_back_with_its_zone(session: Session) -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    batch = ImportBatch(kind="x", files=[], actor="a", applied_at=noon, counts={"read": 1})
    session.add(batch)
    session.flush()
    session.expire_all()
    assert batch.applied_at == noon
    assert batch.applied_at.tzinfo is UTC
    assert batch.undone_at is None
    assert batch.counts == {"read": 1}


def test_a_moment_without_a_zone_is_refused(session: Session) -> None:
    naive = datetime(2026, 7, 1, 12)  # noqa: DTZ001
    session.add(ImportBatch(kind="x", files=[], actor="a", applied_at=naive, counts={}))
    with pytest.raises(StatementError, match="time zone"):
        session.flush()


@pytest.mark.parametrize("many", [1, COPIED - 1, COPIED])
def test_rows_inserted_past_the_orm_are_those_of_the_orm(session: Session, many: int) -> None:
    odd = "tab\t, line\n, \\N, “quotes”, Gŵyl"
    noon = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    row = {"kind": odd, "files": [odd], "actor": "", "applied_at": noon, "undone_at": None,
           "counts": {"read": None, odd: 1.5}}  # fmt: skip
    session.add(ImportBatch(**row))
    insert_rows(session, ImportBatch, [row] * many)
    session.expire_all()
    found = session.scalars(select(ImportBatch)).all()
    assert [{name: getattr(batch, name) for name in row} for batch in found] == [row] * (many + 1)
    raw = select(cast(ImportBatch.counts, Text)).distinct()
    assert len(session.scalars(raw).all()) == 1


@pytest.mark.parametrize("many", [2, COPIED])
def test_a_constraint_is_one_for_many_rows_too(session: Session, many: int) -> None:
    row = {"slug": "a", "service_id": 0}
    with pytest.raises(IntegrityError), session.begin_nested():
        insert_rows(session, ServiceSlug, [row] * many)
    assert session.scalars(select(ServiceSlug)).all() == []


def test_ids_are_given_ahead_and_never_twice(session: Session) -> None:
    first = new_ids(session, Organisation, 3)
    row = {"kind": "other", "sort_name": "x", "version": 1, "edited_at": clock.now()}
    rows = [{"id": id_, "slug": f"s-{id_}", "name": "x", **row} for id_ in first]
    insert_rows(session, Organisation, rows)
    session.execute(delete(Organisation))
    second = new_ids(session, Organisation, 2)
    assert len({*first, *second}) == 5
    assert min(second) > max(first)


def test_writing_commits_at_the_end(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        session.execute(text(INSERT))
    with fresh_database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM search_thing")) == 1


def test_a_failed_write_leaves_nothing(fresh_database: Database) -> None:
    def fail_half_way() -> None:
        with fresh_database.writing() as session:
            session.execute(text(INSERT))
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    with fresh_database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM search_thing")) == 0


def test_reading_cannot_write_and_its_connection_can_afterwards(fresh_database: Database) -> None:
    with fresh_database.reading() as session, pytest.raises(DBAPIError):
        session.execute(text(INSERT))
    with fresh_database.writing() as session:
        session.execute(text(INSERT))


def test_reading_inside_a_test_cannot_write_either(database: RolledBackDatabase) -> None:
    with database.reading() as session, pytest.raises(DBAPIError):
        session.execute(text(INSERT))
    with database.writing() as session:
        session.execute(text(INSERT))


def test_the_revision_can_be_asked_during_a_write(fresh_database: Database) -> None:
    answers: list[str | None] = []
    with fresh_database.writing() as session:
        session.execute(text(INSERT))
        asking = threading.Thread(target=lambda: answers.append(fresh_database.revision()))
        asking.start()
        asking.join(timeout=2)
        assert answers, "a health check must not wait for a writer"
    asking.join()


def test_history_keeps_what_changed(session: Session, act: Act) -> None:
    before, after = {"name": "A", "slug": "a"}, {"name": "B", "slug": "a"}
    assert audit.record(session, act, "service.changed", "service", 7, before, after)
    event = session.scalars(select(HistoryEvent)).one()
    assert (event.before, event.after) == ({"name": "A"}, {"name": "B"})
    assert (event.actor, event.at, event.tag) == (act.actor, act.at, "service.changed")


def test_history_says_nothing_where_nothing_changed(session: Session, act: Act) -> None:
    same = {"name": "A"}
    assert not audit.record(session, act, "service.changed", "service", 7, same, dict(same))
    assert session.scalars(select(HistoryEvent)).all() == []


def test_history_is_read_newest_first_in_pages(session: Session, act: Act) -> None:
    for number in range(5):
        audit.record(session, act, "x.changed", "service", 7, {"n": number}, {"n": number + 1})
    audit.record(session, act, "x.changed", "service", 8, {"n": 1}, {"n": 2})
    first = audit.history_of(session, "service", 7, limit=3)
    rest = audit.history_of(session, "service", 7, before_id=first[-1].id, limit=3)
    assert [event.after["n"] for event in first + rest] == [5, 4, 3, 2, 1]


def test_an_error_of_the_database_does_not_tell_what_was_typed(session: Session) -> None:
    query = text("SELECT * FROM nothing WHERE name = :name")
    with pytest.raises(DBAPIError) as refusal:
        session.execute(query, {"name": "a secret"})
    assert "secret" not in str(refusal.value)
