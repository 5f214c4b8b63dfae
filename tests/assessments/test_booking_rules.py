"""Whether an assessment is needed, when it can be held, and the tasks of a booking."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.assessments.booking_words import ContactRole, Nation, PanelBy, Part, State
from portal.assessments.rules import booking_tasks as tasks
from portal.assessments.rules import calendar, sessions, weeks, working_days
from portal.assessments.rules.assessment_needed import (
    FormsComponent,
    Input,
    Need,
    ServiceFacts,
    of_component,
    of_service,
)
from portal.assessments.rules.booking_settings import HeldHow
from portal.assessments.rules.booking_tasks import Task
from portal.assessments.rules.sessions import Odd, Sitting
from portal.assessments.words import AssessmentKind, Stage
from portal.catalogue.component_words import ComponentKind
from portal.errors import Invalid

CROSS, OWN = PanelBy.CROSS_GOVERNMENT, PanelBy.ORGANISATION
MOST = 100_000
MAYBE = st.sampled_from([True, False, None])
FACTS = st.builds(
    ServiceFacts,
    transactional=MAYBE,
    forms=st.lists(
        st.builds(FormsComponent, st.just("f"), st.just("F"), st.booleans()), max_size=2
    ).map(tuple),
    transactions=st.one_of(st.none(), st.integers(0, 10**7)),
    for_staff=MAYBE,
    bodies=st.integers(0, 3),
    told=MAYBE,
)
DAYS = st.dates(date(2026, 1, 1), date(2027, 6, 1))
HELD = st.builds(
    HeldHow,
    nation=st.sampled_from(Nation),
    lead_weeks=st.integers(0, 8),
    ahead_weeks=st.integers(8, 26),
    weekdays=st.sets(st.integers(1, 5), min_size=1).map(lambda s: tuple(sorted(s))),
)


@given(FACTS)
def test_every_answer_has_its_reasons(facts: ServiceFacts) -> None:
    answer = of_service(facts, MOST)
    holds = {each.input: each.holds for each in answer.why}
    if answer.need is Need.UNKNOWN:
        assert holds[Input.TRANSACTIONAL] is None and not holds[Input.FORMS]
    if answer.need is Need.NEEDED:
        assert holds[Input.TRANSACTIONAL] and not holds[Input.FORMS]
    reasons = (holds[Input.TRANSACTIONS], holds[Input.ORGANISATIONS])
    assert (answer.panel is CROSS) == (True in reasons)
    assert (answer.panel is OWN) == (reasons == (False, False))
    document = answer.document()
    assert document["need"] == answer.need and set(document["inputs"]) == set(holds)


@pytest.mark.parametrize(
    ("facts", "need", "panel"),
    [
        (ServiceFacts(True, (), 100_001, False, 1), Need.NEEDED, CROSS),
        (ServiceFacts(True, (), 100_000, False, 1), Need.NEEDED, OWN),
        (ServiceFacts(True, (), 10, True, 1), Need.NEEDED, None),
        (ServiceFacts(True, (), 10, True, 2), Need.NEEDED, CROSS),
        (ServiceFacts(True, (), 10, True, 2, told=False), Need.NEEDED, OWN),
        (ServiceFacts(True, (), None, False, 1), Need.NEEDED, None),
        (ServiceFacts(False, (), 10, False, 1), Need.NOT_NEEDED, OWN),
        (ServiceFacts(None), Need.UNKNOWN, None),
        (ServiceFacts(True, (FormsComponent("f", "F"),), 10, False), Need.NOT_NEEDED, OWN),
        (ServiceFacts(True, (FormsComponent("f", "F", True),), 10, False), Need.NEEDED, OWN),
    ],
)
def test_who_needs_one(facts: ServiceFacts, need: Need, panel: PanelBy | None) -> None:
    answer = of_service(facts, MOST)
    assert (answer.need, answer.panel) == (need, panel)


def test_a_component_needs_one_where_something_runs() -> None:
    assert of_component(ComponentKind.PLATFORM, 2).panel is CROSS
    assert of_component(ComponentKind.API, 1).panel is OWN
    assert of_component(ComponentKind.LIBRARY, 9).need is Need.NOT_NEEDED


@given(DAYS, HELD)
def test_weeks_lie_between_the_lead_time_and_the_furthest(day: date, held: HeldHow) -> None:
    found = weeks.bookable(day, held)
    for week in found:
        assert week.monday.isoweekday() == 1
        assert week.monday >= day + timedelta(weeks=held.lead_weeks)
        assert week.monday <= day + timedelta(weeks=held.ahead_weeks)
        for each in week.days:
            assert working_days.is_working(each, held.nation)
            assert each.isoweekday() in held.weekdays
        assert all(week.monday <= d < week.monday + timedelta(7) for d, _name in week.holidays)
    mondays = [week.monday for week in found]
    assert mondays == sorted(set(mondays))
    assert len(found) in (
        held.ahead_weeks - held.lead_weeks,
        held.ahead_weeks - held.lead_weeks + 1,
    )


def test_a_week_names_the_nations_bank_holidays() -> None:
    monday = date(2026, 8, 3)
    assert weeks.week_of(monday, HeldHow()).holidays == ()
    [(day, name)] = weeks.week_of(monday, HeldHow(nation=Nation.SCOTLAND)).holidays
    assert (day, name) == (monday, "Summer bank holiday")
    christmas = weeks.week_of(date(2026, 12, 23), HeldHow(weekdays=(5,)))
    assert christmas.days == () and len(christmas.holidays) == 1
    assert weeks.week_of(date(2026, 6, 3), HeldHow()).days == (
        date(2026, 6, 2), date(2026, 6, 3), date(2026, 6, 4),
    )  # fmt: skip


def test_weeks_that_cannot_be_booked_any_more_are_refused() -> None:
    day, held = date(2026, 6, 1), HeldHow()
    first = weeks.bookable(day, held)[0]
    assert first.value == "2026-06-29"
    weeks.refuse([first.value], day, held)
    for wrong in ([], ["2026-06-22"], [first.value, "2027-06-28"], ["2026-06-30"], ["nonsense"]):
        with pytest.raises(Invalid):
            weeks.refuse(wrong, day, held)
    with pytest.raises(Invalid):
        weeks.refuse([first.value], day + timedelta(1), held)
    assert weeks.last_day([first.value]) == date(2026, 7, 3)


def test_a_session_is_on_a_working_day_of_its_own() -> None:
    held, day = HeldHow(), date(2026, 5, 1)

    def wrong(on: date, starts: str = "10:00", *others: Sitting) -> list[str]:
        return [p.field for p in sessions.wrong(Sitting(on, starts, 60), others, held, day)]

    good = date(2026, 5, 26)
    assert wrong(good) == []
    assert wrong(date(2026, 5, 25)) == ["held_on"], "the spring bank holiday"
    assert wrong(date(2026, 5, 24)) == ["held_on"], "a Sunday"
    assert wrong(date(2026, 4, 30)) == ["held_on"], "it is past"
    there = Sitting(good, "10:30", 60)
    assert wrong(good, "10:00", there) == ["starts"] == wrong(good, "11:29", there)
    assert wrong(good, "11:30", there) == [] == wrong(good, "09:30", there)
    assert sessions.odd(good, ["2026-05-25"], held) == []
    assert sessions.odd(good, ["2026-06-01"], held) == [Odd.WEEK]
    assert sessions.odd(date(2026, 5, 29), [], held) == [Odd.WEEKDAY, Odd.WEEK]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("9:30", "09:30"),
        ("14.00", "14:00"),
        ("23:59", "23:59"),
        ("24:00", None),
        ("9", None),
        ("9am", "09:00"),
        ("12 PM", "12:00"),
        ("12.15am", "00:15"),
        ("13pm", None),
    ],
)
def test_times(typed: str, kept: str | None) -> None:
    assert sessions.time_said(typed) == kept


def test_every_stage_has_an_agenda() -> None:
    assert all(sessions.agenda(stage) for stage in (*Stage, None))
    assert sessions.agenda(Stage.DISCOVERY) != sessions.agenda(Stage.LIVE)


def booking(**known: Any) -> Any:
    plain: dict[str, Any] = {
        "stage": None, "kind": None, "after_id": None, "again_of_id": None, "needed": {},
        "name": "X", "purpose": None, "project_code_known": None, "project_code": None,
        "confidential": None, "discovery_on": None, "phase_start": None, "phase_end_known": None,
        "phase_end": None, "weeks": [], "contacts": [], "artefacts_answered": False,
        "access_needs_answered": False,
    }  # fmt: skip
    return SimpleNamespace(**{**plain, **known})


def contacts(*roles: ContactRole) -> list[Any]:
    return [SimpleNamespace(role=role) for role in roles]


def test_nothing_of_a_new_booking_is_answered() -> None:
    assert tasks.left(booking()) == list(Task)


R = ContactRole
ON = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("task", "known", "done"),
    [
        (Task.ASSESSED, {"stage": Stage.BETA, "kind": AssessmentKind.ASSESSMENT}, True),
        (Task.ASSESSED, {"stage": Stage.BETA, "kind": AssessmentKind.REASSESSMENT}, False),
        (Task.ASSESSED, {"stage": Stage.BETA, "kind": AssessmentKind.REASSESSMENT,
                         "after_id": 1}, True),
        (Task.ASSESSED, {"stage": Stage.BETA, "kind": AssessmentKind.AMBER_REVIEW,
                         "needed": {"elsewhere": True}}, True),
        (Task.USERS, {"needed": {"told": "unknown"}}, True),
        (Task.PROJECT_CODE, {"project_code_known": False}, True),
        (Task.PROJECT_CODE, {"project_code_known": True}, False),
        (Task.DATES, {"discovery_on": ON, "phase_start": ON, "phase_end_known": False}, True),
        (Task.DATES, {"discovery_on": ON, "phase_start": ON, "phase_end_known": True}, False),
        (Task.CONFIDENTIAL, {"confidential": False}, True),
        (Task.PEOPLE, {"contacts": contacts(R.SENIOR_RESPONSIBLE_OWNER, R.SERVICE_OWNER)}, False),
        (Task.PEOPLE, {"contacts": contacts(R.SENIOR_RESPONSIBLE_OWNER, R.SERVICE_OWNER,
                                            R.DELIVERY_MANAGER)}, True),
    ],
)  # fmt: skip
def test_what_answers_a_task(task: Task, known: dict[str, Any], done: bool) -> None:
    assert tasks.answered(task, booking(**known)) == done


def test_who_answers_when() -> None:
    team, assurance = frozenset({Part.TEAM}), frozenset({Part.ASSURANCE})
    for task in Task:
        assert tasks.open_to(task, State.DRAFT, team)
        assert not tasks.open_to(task, State.DRAFT, assurance)
        for state in State:
            later = tasks.open_to(task, state, assurance)
            assert not later or (task in tasks.LATER and state is not State.DRAFT)
            assert not tasks.open_to(task, state, frozenset({Part.LEAD, Part.OBSERVER}))
    assert tasks.open_to(Task.WEEKS, State.SUBMITTED, team)
    assert not tasks.open_to(Task.DATES, State.SUBMITTED, team)
    assert not tasks.open_to(Task.PEOPLE, State.ASSESSED, team)


def fields(found: Any) -> list[str]:
    return [problem.field for problem in found]


def test_what_is_no_assessment() -> None:
    k = AssessmentKind
    assert fields(tasks.wrong_kind(Stage.DISCOVERY, k.ASSESSMENT, "")) == ["kind"]
    assert fields(tasks.wrong_kind(Stage.BETA, k.PEER_REVIEW, "")) == ["kind"]
    assert fields(tasks.wrong_kind(Stage.BETA, k.REASSESSMENT, "")) == ["again"]
    assert fields(tasks.wrong_kind(Stage.BETA, k.REASSESSMENT, "b1")) == []


@given(DAYS, DAYS, st.booleans(), st.one_of(st.none(), DAYS), DAYS)
def test_days_come_in_their_order(
    discovery: date, start: date, known: bool, end: date | None, day: date
) -> None:
    wrong = fields(tasks.wrong_dates(discovery, start, known, end, day))
    fine = discovery <= day and discovery <= start and (
        (not known and end is None) or (known and end is not None and start <= end)
    )  # fmt: skip
    assert (not wrong) == fine


def test_people_who_are_missing() -> None:
    rows = dict.fromkeys(R, ("", ""))
    assert len(fields(tasks.wrong_people(rows))) == 3
    rows |= {R.SENIOR_RESPONSIBLE_OWNER: ("A", ""), R.SERVICE_OWNER: ("B", "")}
    assert fields(tasks.wrong_people(rows)) == ["product_manager_name"]
    rows[R.DELIVERY_MANAGER] = ("", "d@a.example")
    assert "delivery_manager_name" in fields(tasks.wrong_people(rows))
    rows[R.DELIVERY_MANAGER] = ("D", "d@a.example")
    assert not fields(tasks.wrong_people(rows))


def test_codes_are_kept_alike() -> None:
    assert tasks.code_said("  abc  12 ") == "ABC 12" == tasks.code_said("ABC 12")
    assert tasks.code_said(" ") is None
    assert tasks.access_ends(ON, 28) == date(2026, 1, 29)
    assert tasks.access_ends(None, 28) is None


class On:
    def __init__(self, held_on: date) -> None:
        self.held_on = held_on


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(Nation))
def test_a_month_shows_whole_weeks(day: date, nation: Nation) -> None:
    first = calendar.month_said(f"{day:%Y-%m}")
    assert first == day.replace(day=1) and calendar.said(first) == f"{day:%Y-%m}"
    assert calendar.previous_month(calendar.next_month(first)) == first
    shown = calendar.weeks(first, [On(day)], nation)
    assert all(len(week) == 7 and week[0].on.isoweekday() == 1 for week in shown)
    days = [each for week in shown for each in week]
    assert [d.on for d in days] == [days[0].on + timedelta(n) for n in range(len(days))]
    assert sum(len(d.items) for d in days) == 1
    assert sum(d.inside for d in days) == (calendar.next_month(first) - first).days


def test_what_is_no_month() -> None:
    for text in ("2026-13", "2026-00", "1999-12", "2100-01", "26-01", "2026-1", "x", "２０２６-01"):
        assert calendar.month_said(text) is None, text


def test_a_feed_tells_the_name_only_of_what_is_not_confidential() -> None:
    assert calendar.summary("A", "Boat", False) == "A: Boat"
    assert calendar.summary("A", "Boat", True) == "A" == calendar.summary("A", "Boat", None)
