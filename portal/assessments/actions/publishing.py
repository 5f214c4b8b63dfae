"""Publish a report, take it back, and publish it again; `correcting` puts it right.

Only here does anything of a booking come into the tables that the public reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.actions import booking_steps, shown
from portal.assessments.actions.booking_steps import Step
from portal.assessments.actions.report_checks import BOOKED
from portal.assessments.booking_words import Move, SeatRole, SeatState, State, VersionKind
from portal.assessments.models.bookings import Booking
from portal.assessments.models.publishing import ReportVersion, WithdrawnReport
from portal.assessments.rules import publication_filter, report_writing
from portal.assessments.rules.confidentiality import parts_of
from portal.assessments.rules.report_documents import AGAIN, clean, placed, without_words
from portal.assessments.store import bookings, counts, publication, report_tables, sections
from portal.assessments.store.report_documents import Change, Reports
from portal.assessments.words import Rating, ServiceMatch, Stage
from portal.audit import Act, Document
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Missing, Refused

PUBLISHED, WITHDRAWN = "report.published", "report.withdrawn"
_ASKED = "publication_asked"
_HERE = re.compile(r"/[a-z0-9][a-z0-9/._-]*")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Where the address of a report leads once it is gone; None for nowhere."""

    goes_to: str | None


@booking_steps.guard(Move.PUBLISH)
def can_be_published(made: Step) -> None:
    """A report says a result, and is not of a confidential assessment."""
    booking = made.booking
    if booking.confidential:
        raise Refused(N_("The assessment is confidential: it is closed without being published"))
    if booking.held_on is None:
        raise Refused(N_("Say first on which day the assessment was held"))
    if booking.result is None:
        raise Refused(N_("Record the overall result first"))


@booking_steps.effect(Move.PUBLISH)
def publish(made: Step) -> None:
    """Write the report, for everybody."""
    slug = _free_slug(made.session, made.booking)
    _write(made, _new_document(made, slug), VersionKind.FIRST, None)


@booking_steps.guard(Move.PUBLISH_AGAIN)
def says_why_again(made: Step) -> None:
    """Everybody reads why a report is published again."""
    for_everybody(made.session, made.booking, "reason", made.act.reason)


@booking_steps.effect(Move.PUBLISH_AGAIN)
def publish_again(made: Step) -> None:
    """Write it again as it stands, at its address where that is free."""
    session, booking = made.session, made.booking
    [*_, last] = publication.versions(session, booking.id)
    names = publication.names_of(session, booking)
    session.execute(delete(WithdrawnReport).where(WithdrawnReport.booking_id == booking.id))
    slug = str(last.document["slug"])
    if slug in publication.taken_slugs(session, slug):
        slug = _free_slug(session, booking)
    now = {
        "slug": slug, placed(1, "service"): names.service,
        placed(1, "component"): names.component, placed(1, "again_of"): names.again_of,
    }  # fmt: skip
    document = clean({**last.document, **now, **findings(session, booking)})
    _write(made, document, VersionKind.AGAIN, made.act.reason)
    touched = publication.take_hold(session, booking)
    counts.touch(session, touched)


def _write(made: Step, document: Document, kind: VersionKind, note: str | None) -> None:
    session, booking, act = made.session, made.booking, made.act
    [id_] = Reports(session).write(
        [Change(None, None, document)], act, PUBLISHED, told=without_words
    )
    shown.follow(session, booking, id_, document, act)
    keep(session, booking, document, kind, note, act)
    before = bookings.document_of(booking)
    booking.report_id, booking.report_slug = id_, document["slug"]
    booking.decided_at = booking.decided_at or act.at
    bookings.save(session, booking, before, act, PUBLISHED)


def keep(
    session: Session, booking: Booking, document: Document, kind: VersionKind, note: str | None,
    act: Act,
) -> None:  # fmt: skip
    """Keep a version of a report as it is published now."""
    row = ReportVersion(
        booking_id=booking.id, kind=kind, note=(note or "")[:1000] or None,
        document=document, published_by=act.actor, published_at=act.at,
    )  # fmt: skip
    publication.add_version(session, row)


def _free_slug(session: Session, booking: Booking) -> str:
    title = report_writing.title_of(booking.name, booking.stage, booking.kind)
    held = booking.held_on
    plain = report_writing.slug_of(title, held.isoformat() if held else "")
    taken, slug, number = publication.taken_slugs(session, plain), plain, 2
    while slug in taken:
        slug, number = f"{plain}-{number}", number + 1
    return slug


def _new_document(made: Step, slug: str) -> Document:
    session, booking = made.session, made.booking
    names, refs = publication.names_of(session, booking), Reports(session).names
    day = booking.held_on or made.act.day
    owners = publication.owners_on(session, booking, day)
    led = any(
        seat.role is SeatRole.LEAD and seat.state is SeatState.FILLED
        for seat in bookings.seats_of(session, booking.id)
    )
    known = names.service or names.component
    of_one = {
        "stage": (booking.stage or Stage.UNKNOWN).value,
        "kind": booking.kind.value if booking.kind else "assessment",
        "held_on": day.isoformat(),
        "scheme": booking.scheme.value if booking.scheme else None,
        "standard": names.standard,
        "discovery_on": booking.discovery_on.isoformat() if booking.discovery_on else None,
        "lead_present": led,
        "owners": [owner.name for owner in owners],
        "organisations": [refs.get(owner.organisation_id or 0) for owner in owners],
        "service": names.service,
        "component": names.component,
        "service_match": (ServiceMatch.DECIDED if known else ServiceMatch.NO_MATCH).value,
        "again_of": names.again_of if booking.kind in AGAIN else None,
    }
    return clean({
        "slug": slug,
        "key": f"{BOOKED}{booking.reference}",
        "published_on": made.act.day.isoformat(),
        **{placed(1, name): value for name, value in of_one.items()},
        **findings(session, booking),
    })  # fmt: skip


def findings(session: Session, booking: Booking) -> Document:
    """What people wrote of a report's document: the panel, and who booked the assessment or chose
    the version of the standard.
    """
    parts = publication.parts(sections.of_booking(session, booking.id))
    told = report_writing.sections(parts, booking.result_reason)
    result = booking.result or Rating.NOT_RATED
    return {
        "title": report_writing.title_of(booking.name, booking.stage, booking.kind),
        placed(1, "name"): booking.name,
        placed(1, "pinned_because"): booking.pinned_because,
        "body": report_writing.body(told),
        "verbatim": {"dates": [], "labels": [], "stage": None, "sections": told},
        placed(1, "points"): report_writing.points(parts),
        placed(1, "result"): result.value,
        placed(1, "result_verbatim"): booking.result_verbatim,
    }


def for_everybody(session: Session, booking: Booking, field: str, text: str | None) -> None:
    """Raises Invalid for a text with words that are not for the public."""
    if text and publication_filter.find(text, publication.people_of(session, booking)):
        raise Invalid(field, N_("Leave out names, addresses, numbers and weaknesses of security"))


@booking_steps.guard(Move.UNPUBLISH)
def says_where_to(made: Step) -> None:
    """Whoever takes a report back says where its address leads; everybody reads the reason."""
    said = made.session.info.get(_ASKED)
    if not isinstance(said, Withdrawal):
        raise Refused(N_("Say where its address leads on the page of the report"))
    if said.goes_to is not None and not _HERE.fullmatch(said.goes_to):
        raise Invalid(
            "goes_to", N_("Enter an address of this portal, such as /reports/hire-a-boat")
        )
    if said.goes_to == f"/reports/{made.booking.report_slug}":
        raise Invalid("goes_to", N_("Enter another address than the one that it has"))
    for_everybody(made.session, made.booking, "reason", made.act.reason)


@booking_steps.effect(Move.UNPUBLISH)
def take_back(made: Step) -> None:
    """Take a report out of everything that the public reads; its address says why."""
    session, booking, act = made.session, made.booking, made.act
    said: Withdrawal = session.info.pop(_ASKED)
    id_, slug = booking.report_id, booking.report_slug
    assert id_ is not None  # noqa: S101  it was published
    assert slug is not None  # noqa: S101
    publication.let_go(session, booking)
    shown.forget(session, id_, slug, act)
    before = bookings.document_of(booking)
    booking.report_id = None
    session.flush()
    report_tables.remove(session, [id_], act, WITHDRAWN)
    session.merge(WithdrawnReport(
        slug=slug, booking_id=booking.id, reason=(act.reason or "")[:1000], goes_to=said.goes_to,
        at=act.at,
    ))  # fmt: skip
    bookings.save(session, booking, before, act, WITHDRAWN)


def unpublish(
    database: Database, reference: str, version: int, goes_to: str | None, person: Person, act: Act,
    url: str,
) -> State:  # fmt: skip
    """Take a published report back; `act.reason` is why, and the public reads it. Raises as
    `correct` does.
    """
    with database.writing() as session:
        one_at_a_time(session)
        booking = bookings.at_version(session, reference, version)
        parts = parts_of(person, bookings.thing_of(session, booking))
        if not parts:
            raise Missing("There is no such assessment")
        session.info[_ASKED] = Withdrawal(goes_to or None)
        return booking_steps.take(session, booking, Move.UNPUBLISH, parts, act, url)
