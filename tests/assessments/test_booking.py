"""Bookings on both databases: begun, answered, submitted, accepted, and given their days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Person, Role
from portal.accounts.store import people
from portal.assessments.actions import (
    booking,
    booking_retention,
    booking_sessions,
    booking_settings,
    booking_steps,
    booking_submitting,
    calendar_keys,
)
from portal.assessments.actions.booking import Sent
from portal.assessments.actions.booking_sessions import Planned, Unusual
from portal.assessments.booking_words import ContactRole, Move, PanelBy, State
from portal.assessments.models.bookings import Booking, BookingContact
from portal.assessments.rules import weeks
from portal.assessments.rules.booking_settings import NAMES, HeldHow
from portal.assessments.rules.booking_tasks import Task
from portal.assessments.rules.sessions import Sitting
from portal.assessments.store import (
    assessment_inputs,
    booking_drafts,
    bookings,
    calendar,
)
from portal.assessments.store import booking_settings as stored_settings
from portal.audit import Act, HistoryEvent, history_of, london_day
from portal.errors import Invalid, Missing, Refused, Stale
from portal.mail import Mail
from tests.support.accounts import act, add_person
from tests.support.assessment_data import add_report, add_version
from tests.support.bookings import answers
from tests.support.data import add_organisation, add_service
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase

URL = "https://portal.example"
OWNER = "owner@a.example"


class World:
    """A service with its team, and the assurance teams of its organisation and of the portal."""

    def __init__(self, database: RolledBackDatabase, session: Session) -> None:
        self.database, self.session = database, session
        body = add_organisation(session, "ministry")
        other = add_organisation(session, "office")
        service = add_service(session, "hire-a-boat", owner="ministry", transactional=True)
        add_service(session, "hire-a-bike", owner="office")
        add_version(session, "service-standard", 3, "One", "Two")
        assures = Role.ASSURANCE_TEAM
        self.ids = {
            "owner": add_person(
                session, OWNER, Grant(Role.SERVICE_OWNER, Kind.SERVICE, service.id)
            ),
            "runs": add_person(
                session, "runs@a.example", Grant(assures, Kind.ORGANISATION, body.id)
            ),
            "portal": add_person(session, "portal@a.example", Grant(assures, Kind.PORTAL, 0)),
            "stranger": add_person(
                session, "s@a.example", Grant(Role.TEAM_MEMBER, Kind.ORGANISATION, other.id)
            ),
        }
        session.commit()
        self.service, self.body = service.id, body.id
        self.reference = ""

    def person(self, who: str) -> Person:
        found = people.known(self.session, self.ids[who].id, london_day(act().at))
        assert found is not None
        return found

    def act(self, who: str, reason: str | None = None) -> Act:
        return replace(act(), actor=people.actor(self.ids[who].id), reason=reason)

    def begin(self) -> str:
        self.reference = booking.begin(
            self.database, Kind.SERVICE, "hire-a-boat", self.act("owner")
        )  # fmt: skip
        return self.reference

    def now(self) -> Booking:
        self.session.expire_all()
        return bookings.by_reference(self.session, self.reference)

    def sent(self, who: str = "owner", reason: str | None = None) -> Sent:
        return Sent(self.reference, self.now().version, self.person(who), self.act(who, reason))

    def answer(self, task: Task, who: str = "owner", **values: Any) -> bool:
        return booking.answer(self.database, self.sent(who), task, values)

    def answer_all(self) -> None:
        for task, values in answers().items():
            assert self.answer(task, **values), task

    def move(self, move: Move, who: str, reason: str | None = None) -> State:
        sent = self.sent(who, reason)
        return booking_steps.step(
            self.database, self.reference, sent.version, move, sent.person, sent.act, URL
        )

    def mails(self) -> list[str]:
        self.session.expire_all()
        rows = self.session.scalars(select(Mail).order_by(Mail.id))
        return [row.to_address for row in rows]


@pytest.fixture
def world(app: Flask, database: RolledBackDatabase, session: Session) -> World:
    return World(database, session)


def test_a_booking_from_begin_to_accepted(world: World) -> None:
    reference = world.begin()
    assert world.begin() == reference, "a form sent twice"
    with pytest.raises(Refused):
        world.move(Move.SUBMIT, "owner")
    world.answer_all()
    assert not world.answer(Task.USERS, told="no"), "nothing changes"
    assert world.move(Move.SUBMIT, "owner") is State.SUBMITTED
    row = world.now()
    assert row.organisation_id == world.body and row.submitted_at is not None
    assert row.needed["need"] == "needed" and row.needed["told"] == "no"
    assert row.panel_by is PanelBy.ORGANISATION, "transactions are not known, users are"
    assert row.standard_version_id is not None and row.pinned_because == "discovery"
    assert (row.scheme, row.project_code) == ("rag", "AB-1"), "nobody rates with yes and no now"
    assert world.mails() == ["runs@a.example"], "the organisation has an assurance team of its own"
    sent = world.sent("runs")
    state = booking_submitting.accept(world.database, sent, PanelBy.CROSS_GOVERNMENT, URL)
    assert state is State.ACCEPTED
    with pytest.raises(Stale):
        booking_submitting.accept(world.database, sent, PanelBy.ORGANISATION, URL)
    with pytest.raises(Missing):
        booking_submitting.override(world.database, world.sent("runs"), 1, "It is ours")
    assert sorted(world.mails()) == [OWNER, "portal@a.example", "runs@a.example"]
    told = " ".join(
        f"{event.before} {event.after}" for event in history_of(world.session, "booking", row.id)
    )
    for personal in ("one@a.example", "service_owner one", "hearing loop"):
        assert personal not in told


def test_answers_are_checked(world: World) -> None:
    world.begin()
    old = world.sent()
    wrong: list[tuple[Task, dict[str, Any], str]] = [
        (Task.ASSESSED, {"stage": "discovery", "kind": "assessment", "again": ""}, "kind"),
        (Task.ASSESSED, {"stage": "beta", "kind": "reassessment", "again": "b9"}, "again"),
        (Task.WEEKS, {"weeks": ["2020-01-06"]}, "weeks"),
        (Task.PROJECT_CODE, {"known": True, "project_code": " "}, "project_code"),
        (Task.PEOPLE, dict.fromkeys(ContactRole, ("", "")), "senior_responsible_owner_name"),
        (Task.DATES, {"discovery_on": date(2026, 1, 2), "phase_start": date(2026, 1, 1),
                      "phase_end_known": False, "phase_end": None}, "phase_start"),
    ]  # fmt: skip
    for task, values, field in wrong:
        with pytest.raises(Invalid) as problem:
            world.answer(task, **values)
        assert problem.value.field == field
    assert world.now().version == 1
    assert world.answer(Task.CONFIDENTIAL, confidential=True)
    with pytest.raises(Stale):
        booking.answer(world.database, old, Task.CONFIDENTIAL, {"confidential": False})
    with pytest.raises(Missing):
        world.answer(Task.CONFIDENTIAL, "stranger", confidential=False)
    with pytest.raises(Refused):
        world.answer(Task.CONFIDENTIAL, "runs", confidential=False)


def test_links_for_the_panel(world: World) -> None:
    world.begin()
    day = date(2027, 1, 4)
    link = {"address": "https://a.example/x", "description": "The prototype", "access_until": day}
    assert booking.put_artefact(world.database, world.sent(), None, link)
    [row] = world.now().artefacts
    changed = {**link, "description": "The newer prototype"}
    assert booking.put_artefact(world.database, world.sent(), row.id, changed)
    assert not booking.put_artefact(world.database, world.sent(), row.id, changed)
    with pytest.raises(Invalid):
        booking.put_artefact(
            world.database, world.sent(), None, {**link, "address": "javascript:1"}
        )
    with pytest.raises(Missing):
        booking.remove_artefact(world.database, world.sent(), row.id + 1)
    assert booking.remove_artefact(world.database, world.sent(), row.id)
    assert world.now().artefacts == []
    assert booking.default_access(world.session, world.now(), day) is None


def test_what_it_repeats(world: World) -> None:
    session = world.session
    report = add_report(session, "boat-beta", stage="beta", service_id=world.service)
    assessment = report.assessments[0]
    session.commit()
    world.begin()
    [told] = booking_drafts.earlier(session, world.now(), world.person("owner"))
    assert told.value == f"a{assessment.id}" and told.again_of_id == assessment.id
    again = {"stage": "beta", "kind": "reassessment"}
    assert world.answer(Task.ASSESSED, **again, again=told.value)
    assert world.now().again_of_id == assessment.id
    assert world.answer(Task.ASSESSED, **again, again="elsewhere")
    row = world.now()
    assert row.again_of_id is None and row.needed["elsewhere"]
    assert world.answer(Task.ASSESSED, stage="beta", kind="assessment", again=told.value)
    assert world.now().again_of_id is None and "elsewhere" not in world.now().needed


def test_a_second_booking_is_told_of_only_to_those_who_may_know(world: World) -> None:
    world.begin()
    world.answer(Task.PROJECT_CODE, known=True, project_code="X 1")
    world.answer(Task.CONFIDENTIAL, confidential=True)
    first = world.reference
    made = booking.begin(world.database, Kind.SERVICE, "hire-a-bike", world.act("portal"))
    theirs = bookings.by_reference(world.session, made)
    theirs.project_code = "X 1"
    world.session.commit()
    stranger, portal = world.person("stranger"), world.person("portal")
    assert booking_drafts.others(world.session, theirs, stranger) == []
    [seen] = booking_drafts.others(world.session, theirs, portal)
    assert (seen.reference, seen.same_project) == (first, True)


def test_the_standard_is_overridden_with_a_reason(world: World) -> None:
    newer = add_version(world.session, "our-standard", 1, "One").id
    world.session.commit()
    world.begin()
    world.answer_all()
    world.move(Move.SUBMIT, "owner")
    with pytest.raises(Invalid):
        booking_submitting.override(world.database, world.sent("runs"), newer, " ")
    with pytest.raises(Refused):
        booking_submitting.override(world.database, world.sent("owner"), newer, "We want it")
    assert booking_submitting.override(world.database, world.sent("runs"), newer, "It is ours")
    row = world.now()
    assert row.standard_version_id == newer and row.pinned_because == "override: It is ours"
    for move, who in ((Move.REJECT, "runs"), (Move.REVISE, "owner"), (Move.SUBMIT, "owner")):
        world.move(move, who, "Because")
    assert world.now().standard_version_id == newer, "what a person chose stays"


def test_days_are_set_one_after_another(world: World) -> None:
    world.begin()
    world.answer_all()
    week = date.fromisoformat(world.now().weeks[0])
    first = next(d for d in weeks.week_of(week, HeldHow()).days)
    planned = Planned(Sitting(first, "10:00", 120), "Room 1", "Welcome")

    def put(planned: Planned, id_: int | None = None, who: str = "runs") -> bool:
        return booking_sessions.put(world.database, world.sent(who), id_, planned, URL)

    with pytest.raises(Refused):
        put(planned)
    world.move(Move.SUBMIT, "owner")
    world.move(Move.ACCEPT, "runs")
    with pytest.raises(Refused):
        put(planned, who="owner")
    many = len(world.mails())
    assert put(planned)
    assert len(world.mails()) == many + 1
    assert world.now().held_on == first
    later = replace(planned, sitting=Sitting(first + timedelta(weeks=9), "10:00", 60))
    with pytest.raises(Unusual):
        put(later)
    assert put(replace(later, meant=True))
    assert world.now().held_on == first
    one, _two = world.now().sessions
    with pytest.raises(Invalid):
        put(replace(planned, sitting=Sitting(first, "11:00", 60)))
    assert not put(planned, one.id)
    assert put(replace(planned, agenda="Welcome all"), one.id), "an agenda alone is a change"
    assert booking_sessions.remove(world.database, world.sent("runs"), one.id, URL)
    assert world.now().held_on == first + timedelta(weeks=9)
    rows = calendar.between(world.session, world.person("owner"), first)
    assert [row.reference for row in rows] == [world.reference]
    assert not calendar.between(world.session, world.person("stranger"), first)
    world.move(Move.POSTPONE, "owner", "The team is away")
    assert not calendar.between(world.session, world.person("owner"), first)


def test_how_assessments_are_held(world: World) -> None:
    nothing: dict[str, Any] = dict.fromkeys(NAMES)

    def say(body: int | None, base: int, **values: Any) -> bool:
        return booking_settings.say(world.database, body, base, nothing | values, world.act("runs"))

    assert not say(world.body, 0), "nothing is said"
    assert say(None, 0, report_days=7, lead_weeks=6)
    assert say(world.body, 0, report_days=3)
    held = stored_settings.held_by(world.session, world.body)
    assert (held.report_days, held.lead_weeks, held.check_days) == (3, 6, 3)
    with pytest.raises(Stale):
        say(world.body, 0, report_days=4)
    with pytest.raises(Invalid):
        say(world.body, 1, ahead_weeks=5)
    assert say(world.body, 1)
    assert stored_settings.held_by(world.session, world.body).report_days == 7


def test_an_address_of_a_calendar_is_kept_as_a_digest(world: World) -> None:
    who = world.ids["owner"].id
    first = calendar_keys.make(world.database, who, act().at)
    row = booking_drafts.calendar_key(world.session, who)
    assert row is not None and first not in row.digest
    second = calendar_keys.make(world.database, who, act().at)
    world.session.expire_all()
    digest = calendar_keys.digest
    assert booking_drafts.keeper(world.session, digest(first)) is None
    assert booking_drafts.keeper(world.session, digest(second)) == who
    assert calendar_keys.withdraw(world.database, who)
    assert not calendar_keys.withdraw(world.database, who)


def test_personal_data_goes_some_time_after_the_end(world: World) -> None:
    world.begin()
    world.answer_all()
    delete = booking_retention.delete

    def days(many: int) -> datetime:
        return act().at + timedelta(days=many)

    assert delete(world.database, days(400)) == 0, "it is open"
    world.move(Move.WITHDRAW, "owner", "No longer")
    assert delete(world.database, days(89)) == 0
    assert delete(world.database, days(91)) == 1
    assert delete(world.database, days(92)) == 0
    row = world.now()
    assert row.contacts == [] and row.access_needs is None
    assert world.session.scalars(select(BookingContact)).all() == []
    tags = world.session.scalars(select(HistoryEvent.tag).where(HistoryEvent.thing == "booking"))
    assert booking_retention.TAG in set(tags)


def test_whether_one_is_needed(world: World) -> None:
    session = world.session
    add_capability(session, "forms")
    add_capability(session, "build-forms", "forms")
    add_component(session, "form-maker", "build-forms")
    asked = assessment_inputs.about_service(session, "hire-a-boat")
    assert asked.answer.need == "needed" and asked.organisation == "Ministry"
    add_usage(session, "hire-a-boat", "build-forms", component="form-maker")
    assert assessment_inputs.about_service(session, "hire-a-boat").answer.need == "not_needed"
    component = assessment_inputs.about_component(session, "form-maker")
    add_report(
        session, "maker-beta", stage="beta", result="not_met", component_id=component.id
    )  # fmt: skip
    assert assessment_inputs.about_service(session, "hire-a-boat").answer.need == "needed"
    assert component.answer.panel is PanelBy.ORGANISATION
    with pytest.raises(Missing):
        assessment_inputs.about_service(session, "no-such")
