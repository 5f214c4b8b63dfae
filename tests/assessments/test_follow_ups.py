"""Actions after an assessment, the assessments that look again, and what happens by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access import Person
from portal.accounts import work
from portal.accounts.rules import digest
from portal.assessments.actions import booking_clocks, follow_ups
from portal.assessments.actions.assess_again import begin, possible
from portal.assessments.actions.booking_steps import step
from portal.assessments.actions.follow_ups import Wanted
from portal.assessments.booking_words import ActionState, ClockKind, Move, Part, SeatRole, State
from portal.assessments.models.assessments import Assessment
from portal.assessments.models.bookings import BookingClock
from portal.assessments.models.drafting import Section
from portal.assessments.models.publishing import FollowUp
from portal.assessments.rules.follow_ups import Deed
from portal.assessments.rules.point_standing import Rated, standings
from portal.assessments.store import bookings, publication, report_record, section_plans
from portal.assessments.store import follow_ups as store
from portal.assessments.store.follow_ups import ActionQuery
from portal.assessments.words import AssessmentKind, Rating
from portal.catalogue.models.services import Service
from portal.errors import Invalid, Missing, Refused, Stale
from portal.jobs import Run
from portal.mail.models import Mail
from tests.support.accounts import act
from tests.support.bookings import person as add_assessor
from tests.support.bookings import seat, with_account
from tests.support.held import HELD_ON, Held, held, standard
from tests.support.people import Somebody
from tests.support.provision import settings_for
from tests.support.transactions import RolledBackDatabase

pytestmark = pytest.mark.usefixtures("app")
URL = "https://portal.a.example"
DUE = date(2026, 6, 10)


def publish(database: RolledBackDatabase, case: Held) -> None:
    case.session.expire_all()
    step(database, case.reference, case.version, Move.PUBLISH, case.assurance, act(), URL)
    case.session.expire_all()


def actions_of(session: Session, case: Held) -> list[FollowUp]:
    session.expire_all()
    return store.all_of(session, case.id)


def do(
    database: RolledBackDatabase, case: Held, row: FollowUp, wanted: Wanted, who: Person
) -> ActionState:
    return follow_ups.do(database, case.reference, row.id, row.version, wanted, who, act(), URL)


def test_actions_begin_with_the_report_and_end_with_the_leads_answer(
    database: RolledBackDatabase, session: Session
) -> None:
    case = held(session, State.READY_TO_PUBLISH)
    amber = session.scalars(select(Section).where(Section.number == 2)).one()
    asked = FollowUp(booking_id=case.id, section_id=amber.id, text="Test it", owner=None,
                     state=ActionState.OPEN)  # fmt: skip
    store.add(session, asked, act())
    session.commit()
    query, day = ActionQuery(), date(2026, 4, 1)
    assert store.listing(session, case.team, query, day, 9) == [], "drafts are the panel's"
    publish(database, case)
    mine, other = actions_of(session, case)
    assert (mine.text, mine.due_on) == ("Test it", DUE)
    assert (other.text, other.owner, other.due_on) == (
        "Meet point 3: Make it simple", "Service owner", DUE,
    )  # fmt: skip
    for reader in (case.team, case.lead, case.assessor, case.assurance):
        assert len(store.listing(session, reader, query, day, 9)) == 2
    observer = add_assessor(session, "Olwen Watcher")
    seat(session, case.booking, observer.id, SeatRole.OBSERVER)
    for reader in (Somebody(id=999), with_account(observer.id)):
        assert store.listing(session, reader, query, day, 9) == []
    session.commit()

    given = Wanted(Deed.EVIDENCE, "We tested", "https://notes.a.example/1")
    for who, problem in ((case.lead, Refused), (Somebody(id=999), Missing)):
        with pytest.raises(problem):
            do(database, case, mine, given, who)
    for wrong in (replace(given, text=" "), replace(given, address="ftp://x")):
        with pytest.raises(Invalid):
            do(database, case, mine, wrong, case.team)
    assert do(database, case, mine, given, case.team) is ActionState.EVIDENCED
    with pytest.raises(Stale):
        do(database, case, mine, given, case.team)
    [mine, other] = actions_of(session, case)
    [waiting] = store.waiting(session, case.lead, (Part.LEAD,), (ActionState.EVIDENCED,), 9)
    assert waiting.id == mine.id
    with pytest.raises(Invalid):
        do(database, case, mine, Wanted(Deed.NOT_ENOUGH, ""), case.lead)
    assert do(database, case, mine, Wanted(Deed.NOT_ENOUGH, "With whom?"), case.lead) == "open"
    [mine, other] = actions_of(session, case)
    do(database, case, mine, replace(given, text="With ten people"), case.team)
    [mine, other] = actions_of(session, case)
    assert do(database, case, mine, Wanted(Deed.ENOUGH, ""), case.lead) is ActionState.CLOSED
    [mine, other] = actions_of(session, case)
    assert [e.state.value for e in mine.evidence] == ["not_enough", "enough"]
    with pytest.raises(Refused):
        do(database, case, other, Wanted(Deed.ACCEPT_RISK, "It ends"), case.lead)
    done = do(database, case, other, Wanted(Deed.ACCEPT_RISK, "It ends"), case.assurance)
    assert done is ActionState.ACCEPTED_RISK


def test_reds_are_assessed_again_and_the_rest_is_carried(
    database: RolledBackDatabase, session: Session
) -> None:
    version = standard(session)
    first = held(session, State.READY_TO_PUBLISH, version=version)
    publish(database, first)
    booking = first.booking
    kinds = possible(session, booking, frozenset({Part.TEAM}))
    assert kinds == [AssessmentKind.AMBER_REVIEW, AssessmentKind.REASSESSMENT]
    assert possible(session, booking, frozenset({Part.LEAD})) == []
    with pytest.raises(Refused):
        begin(database, first.reference, AssessmentKind.MOCK, first.team, act())
    again = AssessmentKind.REASSESSMENT
    reference = begin(database, first.reference, again, first.team, act())
    session.expire_all()
    made = bookings.by_reference(session, reference)
    original = session.scalars(select(Assessment)).one()
    assert (made.state, made.kind, made.again_of_id, made.after_id) == (
        State.DRAFT, again, original.id, first.id,
    )  # fmt: skip
    with pytest.raises(Refused):
        begin(database, first.reference, again, first.team, act())
    made.state = State.WITHDRAWN
    session.commit()

    service = session.get_one(Service, first.service_id)
    second = held(
        session, State.READY_TO_PUBLISH, {1: "met", 2: "met_with_conditions", 3: "met"},
        version=version, service=service, reference="TST-6789", kind=again,
        again_of_id=original.id, held_on=HELD_ON + timedelta(days=90),
    )  # fmt: skip
    for row in session.scalars(
        select(Section).where(Section.booking_id == second.id, Section.number.in_([1, 2]))
    ):
        row.carried, row.carried_from_id = True, original.id
    session.commit()
    publish(database, second)
    assert actions_of(session, second) == [], "what is carried asks for nothing anew"
    states = {row.text: row.state.value for row in actions_of(session, first)}
    assert states == {
        "Meet point 2: Solve a whole problem": "open", "Meet point 3: Make it simple": "closed",
    }  # fmt: skip
    rows = publication.rated_points(session, first.service_id)
    stands = standings([Rated._make((row[0], *row[1:9], row[9].value, *row[10:])) for row in rows])
    three, two = stands[version.id, 3], stands[version.id, 2]
    assert (three.now.rating, three.before[0].rating) == (Rating.MET, Rating.NOT_MET)
    assert two.now.assessment == original.id and two.carried is not None
    [later] = session.scalars(select(Assessment).where(Assessment.again_of_id == original.id))
    assert later.kind is again
    record = report_record.by_slug(session, first.booking.report_slug or "")
    assert [each.id for each in record.again] == [later.report_id], "its page leads there"

    # The ambers come after that: what is carried there is as the reds were found since.
    team = frozenset({Part.TEAM})
    assert possible(session, first.booking, team) == []
    assert possible(session, second.booking, team) == [AssessmentKind.AMBER_REVIEW]
    third = held(
        session, State.READY_TO_PUBLISH, {1: "met", 2: "met", 3: "met"}, version=version,
        service=service, reference="TST-7890", kind=AssessmentKind.AMBER_REVIEW,
        again_of_id=later.id, held_on=HELD_ON + timedelta(days=120),
    )  # fmt: skip
    for chosen in (original.id, later.id):
        third.booking.again_of_id = chosen
        found = section_plans.earlier(session, third.booking)
        assert {number: each.assessment_id for number, each in found.items()} == {
            1: original.id, 2: original.id, 3: later.id,
        }  # fmt: skip
        assert [found[n].rating.value for n in (2, 3)] == ["met_with_conditions", "met"]
    for row in session.scalars(
        select(Section).where(Section.booking_id == third.id, Section.number.in_([1, 3]))
    ):
        row.carried = True
    session.commit()
    publish(database, third)
    assert {row.state.value for row in actions_of(session, first)} == {"closed"}


def test_clocks_run_out_and_people_are_reminded_once(
    database: RolledBackDatabase, session: Session
) -> None:
    case = held(session, State.TEAM_REVIEW)  # the team has until 31 March 2026
    for kind, name in ((Part.TEAM, "team"), (Part.ASSURANCE, "assurance")):
        assert kind and name
    told: list[int] = []

    def run(day: date) -> State:
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        booking_clocks.run(Run(database, settings_for(database), {}, 1, lambda: at))
        session.expire_all()
        told.append(len(session.scalars(select(Mail)).all()))
        return case.booking.state

    assert run(date(2026, 3, 26)) is State.TEAM_REVIEW
    [clock] = case.booking.clocks
    assert clock.reminded_on is None, "three working days are left"
    run(date(2026, 3, 27))
    [clock] = case.booking.clocks
    assert clock.reminded_on == date(2026, 3, 27)
    run(date(2026, 3, 30))
    assert run(date(2026, 3, 31)) is State.TEAM_REVIEW
    assert run(date(2026, 4, 1)) is State.READY_TO_PUBLISH
    assert all(each.ended_on for each in case.booking.clocks)
    publish(database, case)
    [amber, red] = actions_of(session, case)
    run(DUE - timedelta(days=13))
    [amber, red] = actions_of(session, case)
    assert amber.reminded_on == DUE - timedelta(days=13)
    run(DUE + timedelta(days=1))
    [amber, red] = actions_of(session, case)
    assert amber.reminded_on == DUE + timedelta(days=1) and amber.state is ActionState.OPEN
    done = Wanted(Deed.EVIDENCE, "We did")
    do(database, case, red, done, case.team)
    run(DUE + timedelta(days=29))
    [amber, red] = actions_of(session, case)
    assert (amber.state, red.state) == (ActionState.ESCALATED, ActionState.EVIDENCED)


def test_what_waits_is_on_the_work_list(database: RolledBackDatabase, session: Session) -> None:
    case = held(session, State.READY_TO_PUBLISH)
    day, mine = date(2026, 4, 1), f"/assessments/{case.reference}"

    def items(who: Person) -> list[work.Item]:
        return [i for i in work.items(session, who, day) if i.href.startswith(mine)]

    def tasks(who: Person) -> list[str]:
        told = digest.values(items(who), day, work.label, lambda item: item.href, "all")
        assert "boat" not in str(told).lower(), "mails name the reference alone"
        return [item.task for item in items(who)]

    assert tasks(case.assurance) == ["publish_report"]
    assert [item.name for item in items(case.assurance)] == ["Hire a boat"]
    assert tasks(case.team) == tasks(case.lead) == tasks(Somebody(id=999)) == []
    publish(database, case)
    assert tasks(case.team) == ["do_action", "do_action"]
    assert tasks(case.assurance) == []


def test_the_panel_is_told_once_that_its_report_is_late(
    database: RolledBackDatabase, session: Session
) -> None:
    case = held(session, State.DRAFTING)
    due = date(2026, 3, 17)
    booking = case.booking
    booking.clocks.append(
        BookingClock(kind=ClockKind.REPORT, days=5, started_on=HELD_ON, due_on=due)
    )
    session.commit()
    sent = []
    for days in (-1, 0, 1, 2, 9):
        at = datetime(2026, 3, 17, 9, tzinfo=UTC) + timedelta(days=days)
        booking_clocks.run(Run(database, settings_for(database), {}, 1, lambda at=at: at))  # type: ignore[misc]
        sent.append(session.scalar(select(func.count()).select_from(Mail)))
    assert sent == [2, 2, 4, 4, 4], "two sit on the panel"
