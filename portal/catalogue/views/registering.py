"""What the views of registering share: the registration at an address, and where to go next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import abort, current_app, request, url_for

from portal.access import Thing
from portal.accounts.actions.roles import Said
from portal.accounts.views.base import not_done
from portal.audit import Document
from portal.catalogue.actions import publishing
from portal.catalogue.actions.similar import Similar, find_similar
from portal.catalogue.component_words import NeedAnswer
from portal.catalogue.forms.answers import rows_of
from portal.catalogue.models.registrations import Registration
from portal.catalogue.rules.registering import unmet
from portal.catalogue.rules.service_answers import accountable
from portal.catalogue.rules.service_questions import Question, unanswered
from portal.catalogue.store import capabilities, organisation_names, records, registrations
from portal.catalogue.words import RegistrationState
from portal.digits import LAST_ID
from portal.errors import Invalid
from portal.web.i18n import _
from portal.web.people import current_person
from portal.web.reading import reading

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

AT = f"/registrations/<int(min=1, max={LAST_ID}):registration_id>"
#: Less alike than this is not worth a question.
ALIKE = 0.3
_SHOWN = 5


def thing_at(registration_id: int, **_rest: object) -> Thing:
    """The registration at an address, as the policy sees it. Raises Missing."""
    return registrations.thing_of(read(registration_id))


def read(registration_id: int) -> Registration:
    """The registration at an address. Raises Missing."""
    with reading() as session:
        return registrations.get(session, registration_id)


def draft_at(registration_id: int) -> Registration:
    """The draft at an address; what is none any more leads to what became of it."""
    row = read(registration_id)
    if row.state is not RegistrationState.DRAFT:
        told = {
            RegistrationState.WAITING: _("It waits for approval: take it back to change it."),
            RegistrationState.PUBLISHED: _("It is published: change the service on its own page."),
        }
        abort(not_done(told[row.state], address("registrations.show", row)))
    return row


def title_of(row: Registration) -> str:
    """What a registration is called before it has a name, and after."""
    return row.name or _("A service without a name yet")


def crumbs(row: Registration) -> list[tuple[str, str]]:
    """The trail to one of its pages."""
    here = url_for("registrations.show", registration_id=row.id)
    return [(_("Services being registered"), "/registrations"), (title_of(row), here)]


def similar(session: Session, document: Document) -> list[Similar]:
    """The services of the catalogue that a draft may be, the likest first."""
    name = document.get("name")
    if not name:
        return []
    purpose, page = document.get("purpose"), document.get("start_page")
    found = find_similar(session, name, purpose, page, _SHOWN)
    return [each for each in found if each.score >= ALIKE]


def called(session: Session, document: Document) -> dict[str, str]:
    """The name of the organisation that a document names, by its reference."""
    row = accountable(document)
    wanted = [row["organisation"]] if row and row["organisation"] else []
    found = organisation_names.by_reference(session, wanted)
    return {reference: body.name for reference, body in found.items()}


def found_service(session: Session, slug: str) -> str:
    """The name of the service at an address. Raises Missing."""
    return records.TITLES["service"](session, slug)[1]


def leaves(session: Session) -> dict[str, capabilities.Node]:
    """Every need that a service can have, by slug in the order of the tree."""
    return {leaf.slug: leaf for top in capabilities.tree(session) for leaf in top.below}


def answers(session: Session, row: Registration, back: str = "") -> list[dict[str, Any]]:
    """The answers so far, each with the address of its question."""

    def href(question: Question) -> str:
        return address("answers.ask", row, question=question, back=back or None)

    return rows_of(row.document, called(session, row.document), href)


def address(endpoint: str, row: Registration, **more: Any) -> str:
    """The address of one of a registration's pages."""
    return url_for(endpoint, registration_id=row.id, **more)


def next_page(row: Registration) -> str:
    """Where an answer leads: back to the check page where it came from there, else to the next
    question without an answer, else to the task list.
    """
    if request.args.get("back") == "check":
        return address("publishing.check", row)
    left: Iterable[Question] = unanswered(row.document)
    for question in left:
        return address("answers.ask", row, question=question)
    return address("registrations.show", row)


def needed(session: Session, row: Registration) -> dict[str, capabilities.Node]:
    """The needs that a registration has, by slug in the order of the tree."""
    return {
        slug: leaf
        for slug, leaf in leaves(session).items()
        if row.needs.get(slug, {}).get("answer") == NeedAnswer.NEEDED
    }


def next_need(row: Registration) -> str:
    """Where an answer about a need leads: to the next that has none."""
    if request.args.get("back") == "check":
        return address("publishing.check", row)
    with reading() as session:
        order = needed(session, row)
    left = set(unmet(row.needs))
    for need in order:
        if need in left:
            return address("answers.meet", row, need=need)
    return address("registrations.show", row)


def said(row: Registration, path: str) -> Said:
    """What a mail says of a registration, and where to go."""
    url = current_app.extensions["portal"].settings.public_url
    return Said(title_of(row), "", f"{url}{path}")


def straight(session: Session, row: Registration) -> bool:
    """Whether it will be public at once when the reader, its author, publishes it; not until an
    organisation is named.
    """
    if row.person_id != current_person().id:
        return False
    try:
        body = publishing.accountable_id(session, row)
    except Invalid:
        return False
    return publishing.at_once(session, current_person(), body)
