"""What importers remember, refuse and keep."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from portal.audit import HistoryEvent, ImportBatch
from portal.catalogue.actions import import_services, importing
from portal.catalogue.actions.undo import undo
from portal.catalogue.models.imports import ImportedRecord, SetAside
from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.rules.importing import Aside, Outcome, Parsed
from portal.catalogue.store import organisations
from portal.catalogue.store import services as store
from portal.db import Database
from portal.errors import Missing
from tests.store.sources import bodies, body, link, owner, service, services
from tests.support.data import ACT


def number(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def said(database: Database, slug: str) -> dict[str, Any]:
    with database.reading() as session:
        return store.document_of(store.by_slug(session, slug))


def of_body(database: Database, slug: str) -> dict[str, Any]:
    with database.reading() as session:
        return organisations.document_of(organisations.by_slug(session, slug))


def counts(outcome: Outcome) -> tuple[int, int, int]:
    return outcome.created, outcome.updated, outcome.unchanged


def a(database: Database) -> Outcome:
    return services(database, service("one", purpose="A"))


def b(database: Database) -> Outcome:
    return services(database, service("one", purpose="B"))


def c(database: Database) -> Outcome:
    return services(database, service("one", purpose="C"))


def back(database: Database, *outcomes: Outcome) -> None:
    for outcome in outcomes:
        assert outcome.batch_id is not None
        undo(database, outcome.batch_id, ACT)


def test_after_undoing_all_the_next_import_makes_one_record(database: Database) -> None:
    first, second = a(database), b(database)
    back(database, second, first)
    services(database, service("another"))  # on SQLite it once took the id, and then the words
    assert counts(a(database)) == (1, 0, 0)
    assert counts(a(database)) == (0, 0, 1)
    assert counts(b(database)) == (0, 1, 0)
    assert said(database, "one")["purpose"] == "B"
    assert said(database, "another")["purpose"] is None
    with pytest.raises(Missing):
        said(database, "one-2")


def test_undone_words_were_not_said(database: Database) -> None:
    a(database)
    second, third = b(database), c(database)
    back(database, third, second)
    assert said(database, "one")["purpose"] == "A"
    assert counts(b(database)) == (0, 1, 0)
    assert said(database, "one")["purpose"] == "B"
    assert counts(c(database)) == (0, 1, 0)


def test_an_undone_import_can_be_done_again_and_undone_again(database: Database) -> None:
    a(database)
    for _ in range(3):
        back(database, b(database))
        assert said(database, "one")["purpose"] == "A"


def test_memory_follows_the_record_that_took_the_words(database: Database) -> None:
    first = a(database)
    back(database, first)
    other = services(database, service("one"), kind="other list")
    assert counts(a(database)) == (0, 1, 0), "found by its address"
    with database.reading() as session:
        ids = store.ids_by_slug(session)
        query = select(ImportedRecord).order_by(ImportedRecord.id.desc())
        newest = session.scalars(query).first()
    assert newest is not None
    assert newest.thing_id == ids["one"]
    assert other.created == 1


def test_the_memory_is_only_added_to(database: Database) -> None:
    a(database), b(database), b(database)
    with database.reading() as session:
        rows = session.scalars(select(ImportedRecord).order_by(ImportedRecord.id)).all()
    assert [row.said["purpose"] for row in rows] == ["A", "B"]


def test_services_again_after_their_organisations(database: Database) -> None:
    former = owner("Second body", until="2016-06-01")
    row = service("one", owners=[former, owner("First body", since="2016-06-01")])
    services(database, row)
    aliases = [{"alias": name, "source": None} for name in ("Second body", "First body")]
    bodies(database, body("first"), body("second", aliases=aliases))
    found = [(o["organisation"], o["since"]) for o in said(database, "one")["owners"]]
    assert found == [("portal:second", None)], "one owner of two names, so one period"
    assert counts(services(database, row)) == (0, 0, 1)


def test_a_bad_cell_refuses_its_row_and_no_other(database: Database) -> None:
    bodies(database, body("first"), body("second"))
    outcome = bodies(
        database,
        body("first", name="New\x07name"),
        body("second", website="https://www.gov.uk/second"),
        body("third", website="nowhere"),
        body("fourth", parent="third"),
    )
    assert counts(outcome) == (1, 1, 0)
    assert [(x.file, x.row, x.column) for x in outcome.aside] == [
        ("bodies.tsv", 2, "website"),
        ("bodies.tsv", 2, "name"),
    ]
    assert of_body(database, "first")["name"] == "First"
    assert of_body(database, "fourth")["parents"] == [], "the row of its parent was refused"


def test_a_link_is_made_once_its_other_end_is_there(database: Database) -> None:
    bodies(database, body("below", parent="top"))
    assert of_body(database, "below")["parents"] == []
    outcome = bodies(database, body("below", parent="top"), body("top"))
    assert counts(outcome) == (1, 1, 0)
    assert of_body(database, "below")["parents"] == [link("top")]
    assert counts(bodies(database, body("below", parent="top"))) == (0, 0, 1)
    assert of_body(database, "below")["parents"] == [link("top")], "a partial register"


def test_a_ring_is_set_aside_and_the_rest_is_imported(database: Database) -> None:
    rows = (body("first", parent="second"), body("second", parent="first"), body("third"))
    outcome = bodies(database, *rows)
    assert counts(outcome) == (3, 0, 0)
    assert [(x.column, x.reason[:30]) for x in outcome.aside] == [
        ("parents", "An organisation cannot be part")
    ]
    assert of_body(database, "first")["parents"] == [link("second")]
    assert of_body(database, "second")["parents"] == []
    again = bodies(database, *rows)
    assert (again.changed, again.batch_id) == (False, None)


def test_identifiers_of_two_bodies_in_one_row(database: Database) -> None:
    bodies(database, body("first"), body("second"))
    outcome = bodies(database, body("first", identifiers=["portal:first", "portal:second"]))
    assert [x.reason for x in outcome.aside] == [
        "These identifiers belong to several organisations"
    ]


ASIDE = Aside("list.csv", 3, "Slug", "x y", "Use lower-case letters")


def test_a_run_that_only_sets_aside_is_kept_once(database: Database) -> None:
    first = services(database, aside=(ASIDE,))
    assert first.batch_id is not None
    assert number(database, SetAside) == 1
    again = services(database, aside=(ASIDE,))
    assert again.batch_id is None
    assert number(database, ImportBatch) == number(database, SetAside) == 1
    other = Aside("list.csv", 4, "Slug", "x y", "Use lower-case letters")
    assert services(database, aside=(ASIDE, other)).batch_id is not None
    assert number(database, SetAside) == 3
    assert services(database, aside=(other,)).batch_id is None
    assert services(database, aside=(other,), kind="other list").batch_id is not None


def test_names_waiting_are_those_that_were_kept(database: Database) -> None:
    refused = service("one", "Nobody we know", start_page="nowhere")
    assert services(database, refused).waiting == number(database, OrganisationMatch) == 1
    again = services(database, refused)
    assert (again.batch_id, again.waiting) == (None, 0)
    preview = importing.preview(
        database, Parsed("list", ["list.csv"], 1, [refused]), ACT, import_services.apply
    )
    assert preview.waiting == 0


def test_an_older_year_does_not_come_back(database: Database) -> None:
    def year(number: int, many: int) -> dict[str, Any]:
        return {"yearly_transactions": many, "transactions_from": f"{number}-01-01",
                "transactions_to": f"{number}-12-31"}  # fmt: skip

    services(database, service("one", **year(2017, 5)))
    outcome = services(database, service("one", **year(2016, 9)))
    assert (outcome.changed, outcome.aside) == (False, [])
    assert said(database, "one")["yearly_transactions"] == 5
    services(database, service("one", **year(2018, 6)))
    assert said(database, "one")["transactions_to"] == "2018-12-31"


def test_a_repeated_run_writes_no_history(database: Database) -> None:
    rows = (body("first", aliases=[{"alias": "Das Amt", "source": None}]), body("second"))
    bodies(database, *rows)
    services(database, service("one", "Das Amt", "Unknown"))
    before = number(database, HistoryEvent), number(database, ImportBatch)
    bodies(database, *reversed(rows))
    services(database, service("one", "Das Amt", "Unknown"))
    assert (number(database, HistoryEvent), number(database, ImportBatch)) == before


def edit(database: Database, slug: str, **changes: Any) -> None:
    """A person changes a service here."""
    with database.writing() as session:
        found = store.by_slug(session, slug)
        before = store.document_of(found)
        refs = organisations.ids_by_reference(session)
        store.save(session, found, before, before | changes, refs, ACT, "edited")


def test_a_word_that_changes_no_record_is_remembered_too(database: Database) -> None:
    a(database)
    edit(database, "one", purpose="B")
    outcome = b(database)
    assert (counts(outcome), outcome.heard) == ((0, 0, 1), 1)
    assert outcome.batch_id is not None
    assert b(database).batch_id is None
    assert counts(c(database)) == (0, 1, 0), "its own word was replaced, so no conflict"
    assert said(database, "one")["purpose"] == "C"


def test_owners_are_replaced_where_nobody_changed_them(database: Database) -> None:
    bodies(database, body("first"), body("second"), body("third"))
    history = [owner("First", until="2016-06-01"), owner("Second", since="2016-06-01")]
    services(database, service("one", owners=history), service("two", "First"), kind="first list")
    services(database, service("one", "Second"), service("two", "First"))
    assert len(said(database, "one")["owners"]) == 2, "the longer history stands"
    services(database, service("one", "Second"), service("two", "First", purpose="x"))
    outcome = services(database, service("one", "Third"), service("two", "Third"))
    assert (outcome.updated, outcome.aside) == (2, [])
    found = [(o["organisation"], o["until"]) for o in said(database, "one")["owners"]]
    assert found == [("portal:first", "2016-06-01"), ("portal:third", None)]
    assert [o["organisation"] for o in said(database, "two")["owners"]] == ["portal:third"]
    assert not services(database, service("one", "Third"), service("two", "Third")).changed


def test_owners_changed_here_and_there_are_a_conflict(database: Database) -> None:
    bodies(database, body("first"), body("second"), body("third"))
    services(database, service("one", "First"))
    edit(
        database,
        "one",
        owners=[{**said(database, "one")["owners"][0], "organisation": "portal:second"}],
    )
    outcome = services(database, service("one", "Third"))
    assert [x.column for x in outcome.conflicts] == ["owners"]
    assert not services(database, service("one", "Third")).changed
    assert services(database, service("one", "First")).aside == []
    assert said(database, "one")["owners"][0]["organisation"] == "portal:second"
