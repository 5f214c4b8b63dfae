"""Change a record by answering one of its questions again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal import search
from portal.audit import Act, HistoryEvent
from portal.catalogue.actions import closing
from portal.catalogue.actions.indexing import refresh
from portal.catalogue.rules.books import BOOKS
from portal.catalogue.rules.cleaners import Document, slugify
from portal.catalogue.rules.editing import Conflict, Values, merged
from portal.catalogue.store import (
    components,
    editable,
    journeys,
    organisations,
    service_search,
)
from portal.catalogue.store.editable import Record
from portal.db import Database, one_at_a_time
from portal.errors import Stale

EDITED = "edited"
#: What others of a service's pages are found by.
_FOUND_BY = ("name", "owners")


class Changed(Stale):
    """Somebody else has answered the same question since.

    Attributes:
        conflict: what it was, what it is and what was entered.
        base: the record's last event now, which the next answer is based on.
        actor: who changed it, as the history names them.
        at: when.
    """

    def __init__(self, conflict: Conflict, base: int, actor: str, at: datetime) -> None:
        """Keep what the person is to see."""
        super().__init__()
        self.conflict, self.base, self.actor, self.at = conflict, base, actor, at


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered.

    Attributes:
        question: which, as its address names it.
        values: what its form holds.
        base: the id of the record's last event when the form was made.
        move: whether a service that is renamed gets a new address.
    """

    question: str
    values: Values
    base: int
    move: bool = False


def edit(database: Database, thing: str, id_: int, answer: Answer, act: Act) -> bool:
    """Answer one question about a record again; False where nothing differs.

    Raises:
        Missing: there is no such record.
        Invalid: a value is wrong, or speaks of something that is not in the catalogue.
        Changed: somebody else has answered the same question since; nothing is saved.
    """
    with database.writing() as session:
        one_at_a_time(session)
        record = editable.load(session, thing, id_)
        after = answered(session, record, answer, act)
        return save(session, record, after, act, EDITED)


def answered(session: Session, record: Record, answer: Answer, act: Act) -> Document:
    """The clean document of a record with an answer in it; raises like `edit`."""
    later = editable.since(session, record, answer.base)
    was = editable.at_base(record, later)
    book = BOOKS[record.thing]
    try:
        after = merged(book, answer.question, was, record.document, answer.values, act.day)
    except Conflict as conflict:
        event = _last(later, book.fields(answer.question))
        raise Changed(conflict, record.base, event.actor, event.at) from None
    if answer.move and after["name"] != record.name:
        after["slug"] = editable.free_slug(session, slugify(after["name"]), record.id)
    return editable.CLEAN[record.thing](after)


def _last(later: list[HistoryEvent], fields: tuple[str, ...]) -> HistoryEvent:
    """The newest of these events that changed one of the fields."""
    return next(event for event in later if set(fields) & {*event.before, *event.after})


def save(session: Session, record: Record, after: Document, act: Act, tag: str) -> bool:
    """Write a clean document over a loaded record and keep the search in step; False where it
    says so already. Whoever depends on a component that ends is told.
    """
    if not editable.save(session, record, after, act, tag):
        return False
    closing.announce(session, record, after, act)
    index(session, record, after)
    return True


def index(session: Session, record: Record, after: Document) -> None:
    """Keep the search in step with a record that was changed."""
    thing, ids = record.thing, [record.id]
    if thing == journeys.THING:
        found = journeys.search_documents(session)
        search.put(session, [document for document in found if document.thing_id in ids])
    elif thing == components.THING:
        search.put(session, components.search_documents(session, ids))
    elif thing == organisations.THING or any(
        record.document[field] != after[field] for field in _FOUND_BY
    ):
        refresh(session, {thing: ids})
    else:
        search.put(session, service_search.search_documents(session, ids))
