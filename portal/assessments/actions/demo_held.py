"""Held assessments of a set, with their reports: drafts at some state, and published ones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.accounts.store import people, things
from portal.accounts.words import Profession
from portal.assessments import words
from portal.assessments.actions import booking_steps
from portal.assessments.booking_words import (
    ActionState,
    ChallengeState,
    ClockKind,
    ContactRole,
    Declaration,
    Move,
    PanelBy,
    SeatRole,
    SeatState,
    State,
)
from portal.assessments.models.bookings import Booking, BookingContact
from portal.assessments.models.drafting import Challenge, Section
from portal.assessments.models.panels import Seat
from portal.assessments.models.publishing import FollowUp
from portal.assessments.models.standards import Standard, StandardPoint, StandardVersion
from portal.assessments.rules import clocks, ratings
from portal.assessments.rules.pinning import Because
from portal.assessments.rules.workflow import rule_of
from portal.assessments.store import booking_settings, bookings, challenges, follow_ups, sections
from portal.audit import Act, Document
from portal.catalogue.rules.cleaners import sort_key
from portal.db import Database, one_at_a_time

STANDARD = "service-standard"
_SAID = "The team showed how it works, and what it learned."
_CLOCKS = {State.TEAM_REVIEW: ClockKind.ANSWER, State.ASSURANCE_CHECK: ClockKind.CHECK}


def add_missing(database: Database, rows: Iterable[Document], lead: str, act: Act, url: str) -> int:
    """Add the held assessments of a set that are not there yet; how many came.

    Args:
        database: the portal's.
        rows: documents with the booking, how many days ago it was held, the ratings that are not
            "met", texts and actions by point, and whether its report is published.
        lead: the address of whoever led the panels.
        act: who loads the set.
        url: where the portal is, for the links of mails.
    """
    added = 0
    with database.writing() as session:
        one_at_a_time(session)
        known = set(session.scalars(select(Booking.reference)))
        version = _version(session)
        for row in rows:
            if version is not None and row["reference"] not in known:
                _add(session, row, version, lead, act, url)
                added += 1
    return added


def _version(session: Session) -> StandardVersion | None:
    v = StandardVersion
    query = select(v).join(Standard, Standard.id == v.standard_id)
    query = query.where(Standard.slug == STANDARD, v.state == words.VersionState.PUBLISHED)
    return session.scalars(query.order_by(v.number.desc())).first()


def _add(
    session: Session, row: Document, version: StandardVersion, lead: str, act: Act, url: str
) -> None:
    made = _book(session, row, version, act)
    leads = people.by_email(session, lead)
    if leads is not None:
        session.add(
            Seat(booking_id=made.id, role=SeatRole.LEAD, profession=Profession.PRODUCT,
                 state=SeatState.FILLED, person_id=leads.id, filled_at=act.at,
                 declaration=Declaration.NONE, declared_at=act.at)
        )  # fmt: skip
    numbers = _write(session, made, row, version, act)
    for each in row["actions"]:
        asked = FollowUp(
            booking_id=made.id, section_id=numbers[each["point"]], text=each["text"],
            owner=each["owner"], state=ActionState.OPEN,
        )  # fmt: skip
        follow_ups.add(session, asked, act)
    for each in row["challenges"]:
        said = Challenge(
            booking_id=made.id, section_id=numbers[each["point"]], paragraph=each["paragraph"],
            text=each["text"], raised_by=act.actor, raised_at=act.at,
            state=ChallengeState.WAITING,
        )  # fmt: skip
        challenges.add(session, said, act)
    if row["publish"]:
        booking_steps.take(session, made, Move.PUBLISH, rule_of(Move.PUBLISH).by, act, url)


def _book(session: Session, row: Document, version: StandardVersion, act: Act) -> Booking:
    of = things.by_slug(session, Kind.SERVICE, row["service"])
    named = things.names(session, [(Kind.SERVICE, of.id)])[Kind.SERVICE, of.id].name
    state = State(row["state"])
    made = Booking(
        reference=row["reference"], state=state, name=named, sort_name=sort_key(named),
        service_id=of.id, organisation_id=min(of.organisations, default=None),
        purpose=row["purpose"], stage=words.Stage(row["stage"]),
        kind=words.AssessmentKind.ASSESSMENT, confidential=False, project_code_known=False,
        phase_end_known=False, weeks=[], needed={}, access_needs_answered=True,
        artefacts_answered=True, panel_by=PanelBy.ORGANISATION, submitted_at=act.at
        - timedelta(days=row["held"] + 42), held_on=act.day - timedelta(days=row["held"]),
        scheme=words.RatingScheme.RAG, standard_version_id=version.id,
        pinned_because=Because.DISCOVERY.value,
        discovery_on=act.day - timedelta(days=row["held"] + 700),
        result=words.Rating(row["result"]), result_verbatim=row["result_verbatim"],
        result_reason=row["result_reason"],
    )  # fmt: skip
    made.contacts = [BookingContact(role=ContactRole.SERVICE_OWNER, name="Demo service owner")]
    made.artefacts, made.sessions, made.clocks = [], [], []
    bookings.add(session, made, act)
    if state in _CLOCKS:
        held = booking_settings.held_by(session, made.organisation_id)
        kind = _CLOCKS[state]
        begun = clocks.start(kind, held.days(kind), act.day, held.nation)
        booking_steps.begin(made, begun)
        session.flush()
    return made


def _write(
    session: Session, made: Booking, row: Document, version: StandardVersion, act: Act
) -> dict[int, int]:
    """Write the sections of a report; their ids by the numbers of their points."""
    terms = {rating: term for term, rating in ratings.of_point(words.RatingScheme.RAG).items()}
    p = StandardPoint
    points = session.scalars(select(p).where(p.version_id == version.id).order_by(p.number)).all()
    found = [Section(booking_id=made.id, number=0)]
    for point in points:
        rating = words.Rating(row["ratings"].get(str(point.number), "met"))
        found.append(
            Section(booking_id=made.id, number=point.number, point_id=point.id,
                    profession=point.profession, rating=rating, verbatim=terms[rating])
        )  # fmt: skip
    for each in found:
        well, explore = row["texts"].get(str(each.number), [_SAID, ""])
        each.done_well, each.to_explore = well, explore
        each.edited_at, each.edited_by = act.at, act.actor
    sections.add(session, found, act)
    return {each.number: each.id for each in found}
