"""Eight writers at once lose nothing, on either database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from portal.audit import Act, HistoryEvent, record
from portal.catalogue.models.organisations import Organisation
from portal.db import Database
from tests.support.data import add_organisation

WRITERS = 8
EDITS = 50


def test_eight_writers_lose_no_edit(fresh_database: Database, act: Act) -> None:
    with fresh_database.writing() as session:
        id_ = add_organisation(session, "a-body").id

    def edit(_writer: int) -> None:
        for _ in range(EDITS):
            with fresh_database.writing() as session:
                # SQLite has no FOR UPDATE and needs none: a writer begins with BEGIN IMMEDIATE.
                query = select(Organisation).where(Organisation.id == id_).with_for_update()
                body = session.scalars(query).one()
                before = body.version
                body.version = before + 1
                record(session, act, "x", "body", id_, {"n": before}, {"n": before + 1})

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(edit, range(WRITERS)))
    with fresh_database.reading() as session:
        body = session.get_one(Organisation, id_)
        assert body.version == 1 + WRITERS * EDITS
        query = select(HistoryEvent).where(HistoryEvent.thing == "body").order_by(HistoryEvent.id)
        after = [event.after["n"] for event in session.scalars(query)]
    assert after == list(range(2, WRITERS * EDITS + 2))
