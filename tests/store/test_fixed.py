"""Statements made once give what SQLAlchemy gives, on both databases, errors too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, func, literal, select, union_all
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from portal.audit import HistoryEvent, ImportBatch
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.words import OrganisationKind
from portal.db import Database, insert_rows
from portal.fixed import Fixed
from tests.support.queries import statements
from tests.support.transactions import RolledBackDatabase

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
B = ImportBatch
BATCHES = select(B.kind, B.files, B.applied_at, B.undone_at, B.counts, B.id > 0).order_by(B.kind)


def add_batches(session: Session) -> None:
    for number, kind in enumerate(("a%", "b", "c")):
        at = NOON + timedelta(days=number)
        session.add(B(kind=kind, files=["x"], actor="y", applied_at=at, counts={"read": number}))
    session.flush()


def test_rows_have_the_values_of_their_types(session: Session) -> None:
    add_batches(session)
    asked = BATCHES.where(
        B.kind.in_(["a%", "b"]), B.applied_at >= bindparam("since", type_=B.applied_at.type)
    )
    fixed = Fixed(asked)
    for since, many in ((NOON, 2), (NOON + timedelta(hours=1), 1), (NOON, 2)):
        rows = [tuple(row) for row in fixed.rows(session, since=since)]
        assert rows == [tuple(row) for row in session.execute(asked, {"since": since})]
        assert len(rows) == many
    assert fixed.row(session, since=NOON) == ["a%", ["x"], NOON, None, {"read": 0}, True]
    assert fixed.row(session, since=NOON + timedelta(days=9)) is None


def test_a_union_and_a_value_that_is_asked_for_twice(session: Session) -> None:
    add_batches(session)
    wanted = bindparam("kind", type_=B.kind.type)
    fixed = Fixed(
        union_all(
            select(literal("is"), func.count()).where(B.kind == wanted),
            select(literal("100% not"), func.count()).where(B.kind != wanted),
        )
    )
    assert sorted(map(tuple, fixed.rows(session, kind="a%"))) == [("100% not", 2), ("is", 1)]


def test_a_closed_list_comes_back_as_its_member(session: Session) -> None:
    row = {"slug": "x", "name": "x", "kind": "other", "sort_name": "x", "version": 1}
    insert_rows(session, Organisation, [{**row, "edited_at": NOON}])
    wanted = bindparam("kind", type_=Organisation.kind.type)
    fixed = Fixed(select(Organisation.kind).where(Organisation.kind == wanted))
    [[kind]] = fixed.rows(session, kind=OrganisationKind.OTHER)
    assert kind is OrganisationKind.OTHER


def test_whoever_listens_hears_the_statement(
    session: Session, database: RolledBackDatabase
) -> None:
    fixed = Fixed(select(func.count()).select_from(HistoryEvent))
    with statements(database) as sent:
        fixed.rows(session)
    assert len(sent) == 1
    assert "history_event" in sent[0]


def test_an_error_is_sqlalchemys_and_holds_no_value(session: Session) -> None:
    fixed = Fixed(select(func.no_such_function(bindparam("typed"))))
    with pytest.raises((OperationalError, ProgrammingError)) as problem, session.begin_nested():
        fixed.rows(session, typed="Jane Smith")
    assert isinstance(problem.value, DBAPIError)
    assert "no_such_function" in str(problem.value)
    assert "Jane" not in str(problem.value)


def test_a_value_that_is_missing_is_a_mistake(session: Session) -> None:
    fixed = Fixed(select(B.id).where(B.kind == bindparam("kind")))
    with pytest.raises((KeyError, DBAPIError)), session.begin_nested():
        fixed.rows(session)


@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_lost_connection_is_given_up(fresh_database: Database) -> None:
    fixed = Fixed(select(func.pg_backend_pid()))
    with fresh_database.reading() as session:
        [[pid]] = fixed.rows(session)
        with fresh_database.writing() as other:
            other.execute(select(func.pg_terminate_backend(pid)))
        with pytest.raises(OperationalError) as problem:
            fixed.rows(session)
        assert problem.value.connection_invalidated
    with fresh_database.reading() as session:
        [[now]] = fixed.rows(session)
    assert now != pid
