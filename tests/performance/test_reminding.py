"""Who is mailed when about figures that are due; the days are given."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts import work
from portal.accounts.store import people
from portal.jobs import Job, Run
from portal.mail import Mail, letter
from portal.performance.actions import reminding
from portal.performance.models.collecting import FigureReminder
from portal.performance.models.data_sets import DataSet
from portal.performance.rules import reminders
from portal.performance.rules.reminders import Due
from portal.performance.words import Period, Reminder
from tests.support.accounts import add_person
from tests.support.data import add_organisation, add_service
from tests.support.people import Somebody
from tests.support.performance import add_set, number, send
from tests.support.provision import settings_for
from tests.support.transactions import RolledBackDatabase

#: Long after the roles were granted.
JUNE = date(2031, 6, 1)
#: July is due on 20 August.
DUE = date(2031, 8, 20)
DAYS = st.integers(-40, 60)


@given(DAYS, st.booleans(), st.booleans())
def test_steps_come_one_after_another(later: int, over: bool, published: bool) -> None:
    order = [None, Reminder.COMING, Reminder.OVERDUE, Reminder.ESCALATED]
    due = Due(Period.MONTH, JUNE, DUE, over or later > 0, published)
    now = reminders.step(due, DUE + timedelta(days=later))
    then = reminders.step(due, DUE + timedelta(days=later + 1))
    assert order.index(now) <= order.index(then)
    assert now is not Reminder.ESCALATED or (published and later > 14)


@pytest.mark.parametrize(
    ("later", "period", "over", "published", "step"),
    [
        (-8, Period.MONTH, True, True, None), (-7, Period.MONTH, True, True, Reminder.COMING),
        (-7, Period.MONTH, False, True, None), (0, Period.MONTH, True, True, Reminder.COMING),
        (-1, Period.DAY, True, True, None), (1, Period.DAY, True, True, Reminder.OVERDUE),
        (14, None, True, True, Reminder.OVERDUE), (15, None, True, True, Reminder.ESCALATED),
        (99, Period.MONTH, True, False, Reminder.OVERDUE),
    ],
)  # fmt: skip
def test_steps(
    later: int, period: Period | None, over: bool, published: bool, step: Reminder | None
) -> None:
    day = DUE + timedelta(days=later)
    assert reminders.step(Due(period, JUNE, DUE, over, published), day) is step


class Desk:
    """A service with an owner and a member of its team, and an administrator above them."""

    def __init__(self, database: RolledBackDatabase, session: Session) -> None:
        self.database, self.session = database, session
        body = add_organisation(session, "ministry").id
        self.service = add_service(session, "a-fine", owner="ministry").id
        on = {
            "member": Grant(Role.TEAM_MEMBER, Kind.SERVICE, self.service),
            "owner": Grant(Role.SERVICE_OWNER, Kind.SERVICE, self.service),
            "boss": Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, body),
        }
        for name, grant in on.items():
            add_person(session, f"{name}@a.example", grant, name=name)

    def add(self, **fields: Any) -> DataSet:
        """One whose newest figures are those of June."""
        row = add_set(
            self.session,
            **{"due_days": 20, "group": "a-fine", "service_id": self.service, **fields},
        )
        if row.period is not None:
            send(self.session, row, number(JUNE, "transactions", 5))
        self.session.commit()
        return row

    def on(self, day: date) -> dict[str, str]:
        """What was mailed on a day: the text by the person's name."""
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        settings = settings_for(self.database)
        reminding.plan(Run(self.database, settings, {}, 1, lambda: at))
        with self.database.reading(fresh=True) as session:
            query = select(Job).where(Job.kind == reminding.JOB, Job.created_at == at)
            payloads = [job.payload for job in session.scalars(query)]
        for payload in payloads * 2:
            reminding.send(Run(self.database, settings, payload, 1, lambda: at))
        with self.database.reading(fresh=True) as session:
            mails = session.scalars(select(Mail).where(Mail.created_at == at))
            return {
                mail.to_address.partition("@")[0]: letter(mail, "Portal").body for mail in mails
            }


@pytest.fixture
def desk(app: Flask, database: RolledBackDatabase, session: Session) -> Desk:
    return Desk(database, session)


def test_each_step_is_told_once_and_then_those_above(desk: Desk) -> None:
    desk.add()
    assert desk.on(DUE - timedelta(days=8)) == {}
    soon = desk.on(DUE - timedelta(days=7))
    assert set(soon) == {"member", "owner"}
    assert "Due soon:" in soon["owner"] and "due on 20 August 2031" in soon["owner"]
    assert "/data-sets/a-fine/volumes/figures" in soon["owner"]
    for later in (-6, 0):
        assert desk.on(DUE + timedelta(days=later)) == {}
    late = desk.on(DUE + timedelta(days=1))
    assert set(late) == {"member", "owner"} and "was due on 20 August 2031" in late["member"]
    assert desk.on(DUE + timedelta(days=14)) == {}
    above = desk.on(DUE + timedelta(days=15))
    assert set(above) == {"member", "owner", "boss"} and "more than 2 weeks" in above["boss"]
    assert desk.on(DUE + timedelta(days=300)) == {}


def test_one_mail_lists_all_and_a_day_has_no_second(desk: Desk) -> None:
    desk.add()
    desk.add(type="other", title="Other figures", due_days=3)
    day = DUE - timedelta(days=5)
    both = desk.on(day)
    assert set(both) == {"member", "owner"}
    assert both["owner"].index("Overdue:") < both["owner"].index("Due soon:")
    desk.add(type="third", due_days=3)
    assert desk.on(day) == both, "nobody gets a second one that day"
    assert "third" in desk.on(day + timedelta(days=1))["owner"]


def test_what_is_closed_given_or_for_the_team_only(desk: Desk) -> None:
    closed = desk.add()
    closed.closed_on, closed.due_on = DUE, None
    hidden = desk.add(type="hidden", published=False)
    program = desk.add(type="program", period=None, open_schema=True, due_days=None, max_age_days=7)
    desk.session.commit()
    day = DUE + timedelta(days=30)
    program.due_on = day - timedelta(days=1)
    desk.session.commit()
    told = desk.on(day)
    assert set(told) == {"member", "owner"}, "what only the team reads is not escalated"
    assert "/a-fine/hidden/figures" in told["owner"]
    assert "/a-fine/program\n" in told["owner"] and "/a-fine/volumes" not in told["owner"]
    send(desk.session, hidden, number(date(2031, 7, 1), "transactions", 5))
    desk.session.commit()
    assert hidden.due_on == date(2031, 9, 20)
    after = desk.on(day + timedelta(days=1))["owner"]
    assert "Due soon:" in after and "Overdue" not in after, "July is given, August is next"


def test_what_came_meanwhile_is_not_mailed(desk: Desk) -> None:
    row = desk.add()
    at = datetime(2031, 8, 21, 9, tzinfo=UTC)
    settings = settings_for(desk.database)
    reminding.plan(Run(desk.database, settings, {}, 1, lambda: at))
    steps = desk.session.scalars(select(FigureReminder)).all()
    assert [(s.start, s.step) for s in steps] == [(date(2031, 7, 1), Reminder.OVERDUE)]
    payload = {"person": 1, "steps": [[row.id, "2031-07-01", "overdue"]]}
    payload["person"] = people.by_email(desk.session, "owner@a.example").id  # type: ignore[union-attr]
    send(desk.session, row, number(date(2031, 7, 1), "transactions", 5))
    desk.session.commit()
    reminding.send(Run(desk.database, settings, payload, 1, lambda: at))
    assert desk.session.scalars(select(Mail)).all() == []


def test_without_a_team_those_nearest_are_told(
    app: Flask, database: RolledBackDatabase, session: Session
) -> None:
    desk = Desk.__new__(Desk)
    desk.database, desk.session = database, session
    body = add_organisation(session, "ministry").id
    desk.service = add_service(session, "a-fine", owner="ministry").id
    grant = Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, body)
    boss = add_person(session, "boss@a.example", grant, name="boss")
    desk.add()
    assert set(desk.on(DUE + timedelta(days=1))) == {"boss"}
    items = work.items(session, Somebody((grant,), id=boss.id), DUE + timedelta(days=15))
    assert [i.task for i in items if i.task.startswith("figures")] == ["figures_late"]
