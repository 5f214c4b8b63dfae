"""A registered service becomes public: at once, or once its organisation says so; and back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from sqlalchemy.orm import Session

from portal import mail, search
from portal.access import Grant, Kind, Permission, Person, Role, Thing, may
from portal.accounts.actions.roles import Said, deciders
from portal.accounts.store import grants, identities, people
from portal.audit import Act, record
from portal.catalogue.models.registrations import Registration
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.documents import clean_service
from portal.catalogue.rules.registering import need_of, refuse_late_withdrawal, usage_of
from portal.catalogue.rules.service_answers import accountable
from portal.catalogue.rules.service_questions import refuse_missing, unanswered
from portal.catalogue.store import (
    capabilities,
    components,
    organisation_names,
    pointing,
    registrations,
    reviews,
    service_search,
    services,
    usage,
)
from portal.catalogue.words import RegistrationState, Reviewed
from portal.db import Database
from portal.errors import N_, Clash, Invalid, Stale

REGISTERED, WITHDRAWN = "registered", "withdrawn"


def at_once(session: Session, person: Person, organisation_id: int) -> bool:
    """Whether what somebody registers for an organisation needs nobody's consent: they work there
    and it is known to let its people publish, or they could give it themselves.
    """
    home = identities.home_of(session, person.id)
    if home is not None and home.organisation_id == organisation_id and home.may_publish:
        return True
    made = Thing(Kind.SERVICE, 0, frozenset({organisation_id}))
    return may(person, Permission.PUBLISH_SERVICE, made)


def accountable_id(session: Session, registration: Registration) -> int:
    """The organisation that a registration names. Raises Invalid where there is none."""
    row = accountable(registration.document)
    reference = row["organisation"] if row else None
    found = organisation_names.by_reference(session, [reference] if reference else [])
    if reference not in found:
        raise Invalid("organisation", N_("Say which organisation is accountable"))
    return found[reference].id


def submit(
    database: Database, registration_id: int, person: Person, act: Act, said: Said
) -> RegistrationState:
    """Publish a draft, or ask for consent and tell those who decide. Submitting twice does it once.

    Args:
        database: the portal's.
        registration_id: which.
        person: its author.
        act: who does it, and when.
        said: what the mail says: the name and where to decide.

    Raises:
        Invalid: a question has no answer, or an answer is wrong.
    """
    with database.writing() as session:
        row = registrations.get(session, registration_id, lock=True)
        if row.state is not RegistrationState.DRAFT:
            return row.state
        refuse_missing(unanswered(row.document))
        body = accountable_id(session, row)
        if at_once(session, person, body):
            _publish(session, row, body, act)
        else:
            clean_service(registrations.document_for(row, "waiting"))
            _ask(session, row, body, act, said)
            row.state = RegistrationState.WAITING
            row.organisation_id, row.submitted_at = body, act.at
            registrations.tell(session, row, RegistrationState.DRAFT, act, "submitted")
        return row.state


def _ask(session: Session, row: Registration, body: int, act: Act, said: Said) -> None:
    values = {"person": people.get(session, row.person_id).name, "thing": said.thing,
              "link": said.link}  # fmt: skip
    for decider in deciders(session, Thing(Kind.ORGANISATION, body), act.day):
        key = f"registration_asked:{row.id}:{act.at.isoformat()}:{decider}"
        to = people.get(session, decider).email
        mail.queue(session, to, "registration_asked", values, key, act.at)


def _publish(session: Session, row: Registration, body: int, act: Act) -> str:
    """Put the service into the catalogue, and make its author its owner; gives its slug."""
    document = clean_service(
        registrations.document_for(row, registrations.free_slug(session, row.name))
    )
    wanted = [each["organisation"] for each in document["owners"] if each["organisation"]]
    refs = {
        ref: found.id for ref, found in organisation_names.by_reference(session, wanted).items()
    }
    made = services.new()
    services.save(session, made, None, document, refs, act, REGISTERED)
    _say_needs(session, row, document["slug"], made.id, act)
    search.put(session, service_search.search_documents(session, [made.id]))
    with suppress(Clash):  # they hold it already
        grants.add(session, row.person_id, Grant(Role.SERVICE_OWNER, Kind.SERVICE, made.id), act)
    # Its author has just looked at every answer, and said that it is right.
    author = replace(act, actor=people.actor(row.person_id))
    reviews.confirm(session, Reviewed.SERVICE, made.id, Role.SERVICE_OWNER, author)
    before, row.state = row.state, RegistrationState.PUBLISHED
    row.service_id, row.published_at = made.id, act.at
    row.organisation_id, row.submitted_at, row.answer = body, row.submitted_at or act.at, None
    registrations.tell(session, row, before, act, "published")
    return str(document["slug"])


def _say_needs(session: Session, row: Registration, slug: str, service_id: int, act: Act) -> None:
    ids = usage.Ids(
        {slug: service_id}, capabilities.ids_by_slug(session), components.ids_by_slug(session)
    )
    said = [need_of(slug, need, answer) for need, answer in row.needs.items()]
    usage.say_needs(session, service_id, said, ids, act, "needs answered")
    for need, answer in row.needs.items():
        document = usage_of(slug, need, answer, act.day)
        if document is not None:
            usage.save(session, Usage(), None, document, ids, act, "declared")


def take_back(database: Database, registration_id: int, act: Act) -> None:
    """Make a draft of what waits for consent again. Raises Stale where it waits no more."""
    with database.writing() as session:
        row = _waiting(session, registration_id)
        _to_draft(session, row, act, "taken back")


def _waiting(session: Session, registration_id: int) -> Registration:
    row = registrations.get(session, registration_id, lock=True)
    if row.state is not RegistrationState.WAITING:
        raise Stale(N_("Somebody else has decided since: see what became of it"))
    return row


def _to_draft(session: Session, row: Registration, act: Act, tag: str) -> None:
    before, row.state = row.state, RegistrationState.DRAFT
    row.submitted_at = row.published_at = row.service_id = None
    row.edited_at = act.at
    registrations.tell(session, row, before, act, tag)


def approve(database: Database, registration_id: int, act: Act, said: Said) -> None:
    """Publish what waits, and tell its author.

    Args:
        database: the portal's.
        registration_id: which.
        act: who does it, and when.
        said: what the mail says; the service's address follows its link.

    Raises:
        Stale: somebody has decided already.
    """
    with database.writing() as session:
        row = _waiting(session, registration_id)
        link = f"{said.link}{_publish(session, row, accountable_id(session, row), act)}"
        _answer(session, row, act, replace(said, link=link), "registration_published")


def refuse(database: Database, registration_id: int, why: str, act: Act, said: Said) -> None:
    """Send it back as a draft with what is to be changed, and tell its author. Raises Stale."""
    with database.writing() as session:
        row = _waiting(session, registration_id)
        row.answer = why
        _to_draft(session, row, act, "sent back")
        _answer(session, row, act, said, "registration_sent_back")


def _answer(session: Session, row: Registration, act: Act, said: Said, kind: str) -> None:
    values = {"thing": row.name, "link": said.link}
    if kind == "registration_sent_back":
        values["answer"] = row.answer or ""
    key = f"{kind}:{row.id}:{act.at.isoformat()}"
    mail.queue(session, people.get(session, row.person_id).email, kind, values, key, act.at)


def withdraw(database: Database, service_id: int, act: Act) -> int:
    """Take a service that was published by mistake out of the catalogue: it is a draft again.

    Its record, what it used and the roles on it go; the history keeps that they were there, when
    they went, and why.

    Returns:
        The id of the registration.

    Raises:
        Invalid: it was not registered here, or has been public too long.
        Clash: a journey includes it.
    """
    with database.writing() as session:
        row = registrations.of_service(session, service_id, lock=True)
        if row is None:
            raise Invalid("why", N_("Only what was registered here can be withdrawn"))
        refuse_late_withdrawal(row.published_at, act.at)
        _refuse_journeys(session, service_id)
        service = services.load(session, [service_id])[0]
        document = {**services.document_of(service), "relations": []}
        row.document = {name: value for name, value in document.items() if name != "slug"}
        _to_draft(session, row, act, WITHDRAWN)
        session.flush()
        _forget_usages(session, service_id, act)
        for grant in grants.holders(session, Kind.SERVICE, service_id, act.day):
            grants.end(session, grant, act)
        services.remove(session, [service_id], act, WITHDRAWN)
        search.remove(session, services.THING, [service_id])
        return row.id


def _refuse_journeys(session: Session, service_id: int) -> None:
    found = pointing.pointing_at(session, [(services.THING, service_id)], [])
    journeys = pointing.called(session, [each for each in found if each[0] == "journey"])
    if journeys:
        raise Clash("why", N_("Take it out of these first: %(names)s"), names=", ".join(journeys))


def _forget_usages(session: Session, service_id: int, act: Act) -> None:
    found = usage.of_service(session, service_id)
    for each in found:
        record(session, act, WITHDRAWN, usage.THING, each.id, usage.document_of(each), None)
    for each in reversed(found):  # what replaces another goes first
        session.delete(each)
        session.flush()
