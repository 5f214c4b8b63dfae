"""Begin a booking and answer its tasks, one after another, in any order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.access import Kind, Person
from portal.addresses import is_web_address
from portal.assessments.booking_words import ContactRole, State
from portal.assessments.models.bookings import Booking, BookingArtefact, BookingContact
from portal.assessments.rules import booking_tasks as rules
from portal.assessments.rules import weeks
from portal.assessments.rules.booking_tasks import Task
from portal.assessments.rules.confidentiality import parts_of
from portal.assessments.store import booking_drafts, booking_settings, bookings
from portal.assessments.words import AssessmentKind, Stage
from portal.audit import Act, Document, record
from portal.catalogue.rules.cleaners import sort_key
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Missing, Refused

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """Who sends something about which booking, as they read it."""

    reference: str
    version: int
    person: Person
    act: Act


def begin(database: Database, kind: Kind, slug: str, act: Act) -> str:
    """Begin to book an assessment of a service or component; its reference. Where a draft in which
    nothing is answered is there already, such as when a form is sent twice, it is that one's.

    Raises:
        Missing: there is no such record.
    """
    with database.writing() as session:
        one_at_a_time(session)
        of = booking_drafts.of_slug(session, kind, slug)
        found = booking_drafts.bare(session, of)
        if found is not None:
            return found.reference
        made = Booking(
            reference=_free(session), state=State.DRAFT, name=of.name, sort_name=sort_key(of.name),
            organisation_id=of.organisation_id, weeks=[], needed={}, contacts=[], artefacts=[],
            sessions=[], clocks=[],
        )  # fmt: skip
        if kind is Kind.SERVICE:
            made.service_id = of.id
        else:
            made.component_id = of.id
        bookings.add(session, made, act)
        return made.reference


def _free(session: Session) -> str:
    """A reference that no booking has."""
    while True:
        wanted = bookings.new_reference()
        try:
            bookings.by_reference(session, wanted)
        except Missing:
            return wanted


def answer(database: Database, sent: Sent, task: Task, values: Values) -> bool:
    """Keep the answer to a task; False where nothing changes.

    Raises:
        Missing: there is no such booking, as far as they may know.
        Stale: it changed since they read it.
        Refused: it is not for them, or not any more.
        Invalid: an answer is wrong.
    """
    return _change(database, sent, task, lambda s, b: _SET[task](s, b, values, sent))


def _change(
    database: Database, sent: Sent, task: Task, change: Callable[[Session, Booking], None]
) -> bool:
    with database.writing() as session:
        one_at_a_time(session)
        booking = bookings.at_version(session, sent.reference, sent.version)
        parts = parts_of(sent.person, bookings.thing_of(session, booking))
        if not parts:
            raise Missing("There is no such assessment")
        if not rules.open_to(task, booking.state, parts):
            raise Refused(N_("This can no longer be changed"))
        before, quiet = bookings.document_of(booking), _quiet(booking)
        change(session, booking)
        session.flush()
        if bookings.save(session, booking, before, sent.act, "booking.answered"):
            return True
        if _quiet(booking) == quiet:
            return False
        _tell_quietly(session, booking, task, sent.act)
        return True


def _quiet(booking: Booking) -> Document:
    """What the history does not repeat."""
    people = sorted((each.role.value, each.name, each.email) for each in booking.contacts)
    return {"needs": booking.access_needs, "needed": dict(booking.needed), "people": people}


def _tell_quietly(session: Session, booking: Booking, task: Task, act: Act) -> None:
    """Something personal changed: the history says that it did, and not what."""
    record(session, act, "booking.answered", bookings.THING, booking.id, {}, {"task": task.value})
    booking.version += 1
    booking.edited_at = act.at
    session.flush()


def _assessed(session: Session, booking: Booking, values: Values, sent: Sent) -> None:
    again, kind = str(values["again"] or ""), AssessmentKind(values["kind"])
    stage = Stage(values["stage"])
    if kind not in rules.AGAIN:
        again = ""
    for problem in rules.wrong_kind(stage, kind, again):
        raise problem
    booking.stage, booking.kind = stage, kind
    booking.after_id = booking.again_of_id = None
    flags = {name: value for name, value in booking.needed.items() if name != "elsewhere"}
    if again == "elsewhere":
        flags["elsewhere"] = True
    elif again:
        known = {row.value: row for row in booking_drafts.earlier(session, booking, sent.person)}
        if again not in known:
            raise Invalid("again", N_("Select the assessment that it repeats"))
        booking.after_id, booking.again_of_id = known[again].after_id, known[again].again_of_id
    booking.needed = flags


def _about(session: Session, booking: Booking, values: Values, _sent: Sent) -> None:
    booking.name = str(values["name"])
    booking.sort_name = sort_key(booking.name)
    booking.purpose = values["purpose"]


def _users(session: Session, booking: Booking, values: Values, _sent: Sent) -> None:
    booking.needed = {**booking.needed, "told": values["told"]}


def _dates(session: Session, booking: Booking, values: Values, sent: Sent) -> None:
    known = bool(values["phase_end_known"])
    end = values["phase_end"] if known else None
    said = (values["discovery_on"], values["phase_start"], known, end)
    for problem in rules.wrong_dates(*said, sent.act.day):
        raise problem
    booking.discovery_on, booking.phase_start = said[:2]
    booking.phase_end_known, booking.phase_end = known, end


def _code(session: Session, booking: Booking, values: Values, _sent: Sent) -> None:
    code = rules.code_said(values["project_code"]) if values["known"] else None
    if values["known"] and not code:
        raise Invalid("project_code", N_("Enter the project code"))
    booking.project_code_known, booking.project_code = bool(values["known"]), code


def _confidential(session: Session, booking: Booking, values: Values, _sent: Sent) -> None:
    booking.confidential = bool(values["confidential"])


def _weeks(session: Session, booking: Booking, values: Values, sent: Sent) -> None:
    held = booking_settings.held_by(session, booking.organisation_id)
    weeks.refuse(values["weeks"], sent.act.day, held)
    booking.weeks = sorted(values["weeks"])


def _people(session: Session, booking: Booking, values: Values, _sent: Sent) -> None:
    rows: dict[ContactRole, tuple[str, str]] = {role: values[role] for role in ContactRole}
    for problem in rules.wrong_people(rows):
        raise problem
    there = {each.role: each for each in booking.contacts}
    for role, (name, email) in rows.items():
        if not name:
            if role in there:
                booking.contacts.remove(there[role])
        elif role in there:
            there[role].name, there[role].email = name, email or None
        else:
            booking.contacts.append(BookingContact(role=role, name=name, email=email or None))


def _artefacts(session: Session, booking: Booking, values: Values, _sent: Sent) -> None:
    booking.artefacts_answered = True


def _access_needs(session: Session, booking: Booking, values: Values, _sent: Sent) -> None:
    booking.access_needs = values["access_needs"] or None
    booking.access_needs_answered = True


_SET: dict[Task, Callable[[Session, Booking, Values, Sent], None]] = {
    Task.ASSESSED: _assessed,
    Task.ABOUT: _about,
    Task.USERS: _users,
    Task.DATES: _dates,
    Task.PROJECT_CODE: _code,
    Task.CONFIDENTIAL: _confidential,
    Task.WEEKS: _weeks,
    Task.PEOPLE: _people,
    Task.ARTEFACTS: _artefacts,
    Task.ACCESS_NEEDS: _access_needs,
}


def put_artefact(database: Database, sent: Sent, artefact_id: int | None, values: Values) -> bool:
    """Add a link for the panel, or change the one with an id. Raises as `answer` does."""

    def change(session: Session, booking: Booking) -> None:
        if not is_web_address(values["address"]):
            raise Invalid("address", N_("Enter a web address"))
        if artefact_id is None:
            if len(booking.artefacts) >= rules.ARTEFACTS_LIMIT:
                raise Refused(N_("No more links can be added"))
            row = BookingArtefact()
            booking.artefacts.append(row)
        else:
            row = booking_drafts.artefact(booking, artefact_id)
        row.address, row.description = values["address"], values["description"]
        row.access_until = values["access_until"]

    return _change(database, sent, Task.ARTEFACTS, change)


def remove_artefact(database: Database, sent: Sent, artefact_id: int) -> bool:
    """Take a link away. Raises as `answer` does."""

    def change(_session: Session, booking: Booking) -> None:
        booking.artefacts.remove(booking_drafts.artefact(booking, artefact_id))

    return _change(database, sent, Task.ARTEFACTS, change)


def default_access(session: Session, booking: Booking, day: date) -> date | None:
    """Until when the panel can open an artefact where nobody says otherwise; None where that
    would be before `day`, since the weeks that were asked for have passed.
    """
    held = booking_settings.held_by(session, booking.organisation_id)
    last = max((each.held_on for each in booking.sessions), default=weeks.last_day(booking.weeks))
    ends = rules.access_ends(last, held.access_days)
    return ends if ends is None or ends >= day else None
