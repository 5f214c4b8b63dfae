"""What the pages that change records share: records by their addresses, forms filled and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import current_app, request, url_for

from portal.access import Kind, Permission, Thing, may
from portal.accounts.store import things as owned
from portal.catalogue.actions.finding_records import FIND
from portal.catalogue.forms.editing import (
    NEEDED,
    PAGES,
    answer_of,
    form_of,
    is_asked,
    refuse,
    row_of,
    settle,
    typed_names,
)
from portal.catalogue.forms.history_words import Said, said
from portal.catalogue.rules import retiring
from portal.catalogue.rules.books import BOOKS
from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.journey_questions import ADD, STEP
from portal.catalogue.rules.mandate_question import MANDATE
from portal.catalogue.store import (
    editable,
    journeys,
    organisation_lists,
    organisations,
    records,
    services,
    things,
)
from portal.catalogue.store.editable import Record
from portal.catalogue.views.base import reading
from portal.catalogue.views.histories import names_in
from portal.errors import Invalid, Missing
from portal.web.forms import choices
from portal.web.i18n import lazy
from portal.web.people import current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.catalogue.actions.editing import Answer
    from portal.web.forms import Form


@dataclass(frozen=True, slots=True)
class Edited:
    """A kind of record that people edit.

    Attributes:
        folder: where its records are.
        permission: who may edit one.
        section: what pages call all of them.
        edit: the link on a record's page.
    """

    folder: str
    permission: Permission
    section: str
    edit: str


KINDS: dict[str, Edited] = {
    "service": Edited(
        "services", Permission.EDIT_SERVICE, lazy("Services"), lazy("Edit this service")
    ),
    "journey": Edited(
        "journeys", Permission.EDIT_JOURNEY, lazy("Journeys"), lazy("Edit this journey")
    ),
    "organisation": Edited(
        "organisations",
        Permission.EDIT_ORGANISATION,
        lazy("Organisations"),
        lazy("Edit this organisation"),
    ),
    "component": Edited(
        "components", Permission.EDIT_COMPONENT, lazy("Components"), lazy("Edit this component")
    ),
}


def id_at(thing: str, slug: str) -> int:
    """The id of the record at an address or at what was one. Raises Missing."""
    with reading() as session:
        return editable.id_at(session, thing, slug)


def owned_thing(session: Session, thing: str, id_: int) -> Thing:
    """A record as the policy sees it. Raises Missing."""
    if thing == journeys.THING:
        return things.journey(session, id_)
    return owned.by_id(session, Kind(thing), id_)


def thing_at(thing: str) -> Callable[..., Thing]:
    """Finds what the policy is asked about: the record at an address."""

    def find(slug: str, **_rest: object) -> Thing:
        with reading() as session:
            return owned_thing(session, thing, editable.id_at(session, thing, slug))

    return find


def edits(thing: str, slug: str) -> bool:
    """Whether the reader may edit a record; a visitor never may, so nothing is read for one."""
    if not current_person().is_authenticated:
        return False
    try:
        return may(current_person(), KINDS[thing].permission, thing_at(thing)(slug))
    except Missing:
        return False


def edit_link(thing: str) -> str:
    """What the link to a record's edit page says."""
    return str(KINDS[thing].edit)


def record_at(thing: str, slug: str) -> Record:
    """The record at an address or at what was one. Raises Missing."""
    with reading() as session:
        return editable.load(session, thing, editable.id_at(session, thing, slug))


def asked_of(thing: str, slug: str, question: str) -> Record:
    """The record of which a question is asked. Raises Missing where there is no such question. What
    was sent may be about a step that somebody has removed since: it is shown beside what is left.
    """
    record = record_at(thing, slug)
    known = is_asked(thing, question)
    if request.method == "GET":
        known = known and question in BOOKS[thing].asked(record.document)
    if not known:
        raise Missing("There is no such question")
    return record


def href_of(thing: str, slug: str) -> str:
    """The page of a record."""
    return f"/{KINDS[thing].folder}/{slug}"


def crumbs_to(record: Record, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The trail to a page below a record's own."""
    kind = KINDS[record.thing]
    index = (str(kind.section), url_for(f"{kind.folder}.index"))
    return [index, (record.name, href_of(record.thing, record.slug)), *more]


def rows_of(record: Record) -> list[tuple[str, str, list[Said]]]:
    """Each question of a record, what it is called and what the record says on it."""
    book = BOOKS[record.thing]
    with reading() as session:
        names = names_in(session, record.document)
    return [
        (each, row_of(record.thing, each), in_words(book.part(each, record.document), names))
        for each in book.asked(record.document)
    ]


def is_retired(record: Record) -> bool:
    """Whether a record is of a service that is retired now."""
    return record.thing == services.THING and retiring.is_retired(record.document)


def by_steps(record: Record) -> dict[str, Any]:
    """The rows of a record: those of a journey's steps apart, as its page shows them."""
    every = [row for row in rows_of(record) if row[0] != ADD]
    walked = [row for row in every if row[0].startswith(f"{STEP}-")]
    rows = [row for row in every if row not in walked]
    with reading() as session:
        names = names_in(session, record.document) if walked else {}
    steps = [
        (question, name, in_words(step, names))
        for (question, name, _said), step in zip(
            walked, record.document["steps"] if walked else (), strict=True
        )
    ]
    return {"rows": rows, "steps": steps}


def in_words(document: Document, names: Mapping[str, str]) -> list[Said]:
    """Fields in words, those that say something."""
    return [each for each in said(document, names).values() if each.lines]


def filled_form(record: Record, question: str, asks: str = "") -> tuple[Form, Document]:
    """The form of a question, and what it shows where nothing was sent; `asks` as in `form_of`."""
    shown = BOOKS[record.thing].values_of(question, record.document)
    return form_for(record, question, shown, asks)


def form_for(
    record: Record, question: str, shown: Document, asks: str = ""
) -> tuple[Form, Document]:
    """The same with other values in it."""
    for field, kind in PAGES[record.thing].means.items():
        if field in shown and shown.get("reference"):
            with reading() as session:
                shown[field] = name_of(session, kind, str(shown["reference"]))
    form = form_of(record.thing, question, shown, record.base, asks)
    if question == MANDATE:
        form["needs"].choices = choices(_needs_of(record))
    return form, shown


def _needs_of(record: Record) -> dict[str, str]:
    """The needs that a component meets, by slug."""
    slugs = [row["capability"] for row in record.document["capabilities"]]
    with reading() as session:
        names = records.names_of(session, [f"capability:{slug}" for slug in slugs])
    return {slug: names.get(f"capability:{slug}", slug) for slug in slugs}


def public_url() -> str:
    """Where the portal is, for links in mails."""
    return str(current_app.extensions["portal"].settings.public_url)


def name_of(session: Session, kind: str, reference: str) -> str:
    """The name behind a reference; the reference itself where there is nothing behind it."""
    if kind == organisations.THING:
        return organisation_lists.names_of(session, [reference]).get(reference, reference)
    key = f"{kind}:{reference}"
    return records.names_of(session, [key]).get(key, reference)


def answered(form: Form, record: Record, question: str, shown: Document) -> Answer | None:
    """What was sent, or None where the form has something to say about a typed name."""
    references: dict[str, str | None] = {}
    for field, kind in typed_names(record.thing, form):
        known = (shown.get("reference"), shown.get(field) or "")
        with reading() as session:
            references[field] = settle(form, field, known, partial(FIND[kind], session))
        if not form.errors and references[field] is None and field in NEEDED:
            refuse(form, Invalid(field, NEEDED[field]))
    return None if form.errors else answer_of(form, question, references)
