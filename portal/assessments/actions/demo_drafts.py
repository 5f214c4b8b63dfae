"""Draft reports of the demo set: a panel that has met and writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.accounts.rules.people import Known
from portal.accounts.store import people, things
from portal.accounts.words import Profession
from portal.assessments import words
from portal.assessments.actions import asking, section_making, section_writing
from portal.assessments.actions.booking_steps import Step
from portal.assessments.booking_words import (
    Declaration,
    Move,
    PanelBy,
    SeatRole,
    SeatState,
    State,
)
from portal.assessments.models.bookings import Booking
from portal.assessments.models.panels import Seat
from portal.assessments.rules.booking_settings import DEFAULT
from portal.assessments.rules.drafting import Said
from portal.assessments.store import bookings
from portal.audit import Act, Document
from portal.catalogue.rules.cleaners import sort_key
from portal.db import Database, one_at_a_time

#: The assessment was so many days ago, and discovery began long before.
AGO, BEGAN = timedelta(days=2), timedelta(days=1500)


def add_missing(database: Database, rows: Iterable[Document], act: Act) -> int:
    """Add the drafts of a set that are not there yet; how many came."""
    added = 0
    for row in rows:
        with database.writing() as session:
            one_at_a_time(session)
            if session.scalar(select(Booking.id).where(Booking.reference == row["reference"])):
                continue
            panel = _panel(session, row)
            _hold(session, row, panel, act)
        _write(database, row, panel, act)
        added += 1
    return added


def _panel(session: Session, row: Document) -> dict[str, int]:
    found = {each["email"]: people.by_email(session, each["email"]) for each in row["panel"]}
    return {email: person.id for email, person in found.items() if person is not None}


def _hold(session: Session, row: Document, panel: Mapping[str, int], act: Act) -> None:
    of = things.by_slug(session, Kind.SERVICE, row["service"])
    name = things.names(session, [(Kind.SERVICE, of.id)])[Kind.SERVICE, of.id].name
    booking = Booking(
        reference=row["reference"], state=State.DRAFTING, name=name, sort_name=sort_key(name),
        service_id=of.id, organisation_id=min(of.organisations, default=None),
        purpose=row["purpose"], stage=words.Stage(row["stage"]), confidential=False,
        kind=words.AssessmentKind(row["kind"]), project_code_known=False, phase_end_known=False,
        discovery_on=act.day - BEGAN, held_on=act.day - AGO, panel_by=PanelBy.CROSS_GOVERNMENT,
        access_needs_answered=True, artefacts_answered=True, weeks=[], needed={},
    )  # fmt: skip
    bookings.add(session, booking, act)
    for each in row["panel"]:
        session.add(
            Seat(
                booking_id=booking.id, role=SeatRole(each["role"]), state=SeatState.FILLED,
                profession=Profession(each["profession"]), person_id=panel[each["email"]],
                filled_at=act.at, declaration=Declaration.NONE, declared_at=act.at,
            )
        )  # fmt: skip
    session.flush()
    held = bookings.by_reference(session, booking.reference)
    section_making.make(Step(session, held, Move.HOLD, frozenset(), DEFAULT, act, ""))


def _write(database: Database, row: Document, panel: Mapping[str, int], act: Act) -> None:
    """What the panel wrote, the last text by somebody who had read what stood before it."""
    base: dict[int, int] = {}
    for text in (*row["texts"], row["late"]):
        number, who = text["number"], Known(panel[text["by"]], ())
        read = 1 if text is row["late"] else base.get(number, 1)
        said = Said(text.get("verbatim"), None, text["done_well"], text["to_explore"])
        found = section_writing.write(
            database, row["reference"], number, read, said, who, _by(act, who)
        )
        base[number] = found.version
    for each in row["actions"]:
        who = Known(panel[row["panel"][0]["email"]], ())
        asking.ask(database, row["reference"], each["number"], each["text"], each["owner"], who,
                   _by(act, who))  # fmt: skip


def _by(act: Act, who: Known) -> Act:
    return replace(act, actor=people.actor(who.id))
