"""The weekly mail: one for each person, while something waits, and never in anybody's way."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import clock, jobs, mail
from portal.access import Grant, Kind, Role
from portal.accounts.actions import digests, signing_in
from portal.accounts.models.people import Person
from portal.accounts.rules.digest import SHOWN, shown, values, week_of
from portal.accounts.store import people
from portal.accounts.work import Item
from portal.audit import HistoryEvent
from portal.catalogue.models.reviews import Review
from portal.jobs import GiveUp, Job, Run, Worker
from portal.jobs.handlers import HANDLERS
from portal.mail import Mail, sending, store
from portal.mail.templates import Letter
from tests.jobs.clock import Clock
from tests.support.accounts import act, add_person, send, signed_in
from tests.support.data import add_service
from tests.support.pages import PageClient
from tests.support.provision import settings_for
from tests.support.transactions import RolledBackDatabase

As = Callable[[Person], FlaskClient]
#: A Monday.
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
KINDS = ("accounts.digests", "accounts.digest", "mail.send", "accounts.sign_in_link")


def late(session: Session, by: date) -> None:
    asked = update(Review).where(Review.review_by.is_not(None))
    session.execute(asked.values(review_by=by))
    session.commit()


def working(database: RolledBackDatabase, clock: Clock) -> Worker:
    handlers = {kind: HANDLERS[kind] for kind in KINDS}
    return Worker(database, settings_for(database), handlers, clock)


def run_on(database: RolledBackDatabase, at: datetime) -> None:
    clock = Clock()
    clock.now = at
    working(database, clock).until_idle()


def digests_of(session: Session) -> list[Letter]:
    session.expire_all()
    rows = session.scalars(select(Mail).where(Mail.kind == "digest").order_by(Mail.id))
    return [mail.letter(row, "Portal") for row in rows]


def test_one_mail_a_week_with_all_that_waits(
    cast: Any, as_: As, session: Session, database: RolledBackDatabase, client: PageClient
) -> None:
    today = act().day
    add_service(session, "c-service", owner="a-body")
    late(session, today)
    send(as_(cast.nobody), "/services/a-service/join", {})
    now = clock.now()
    while now.hour < 8:
        now += timedelta(hours=1)
    for _ in range(3):  # the same day again
        run_on(database, now)
    found = {letter.to_address: letter for letter in digests_of(session)}
    assert len(digests_of(session)) == len(found)
    # The owner and the member of one service; the administrators of both bodies.
    assert set(found) == {f"{who}@a.example" for who in ("owner", "member", "admin", "stranger")}
    body = found["owner@a.example"].body
    assert found["owner@a.example"].subject == "2 things wait for you in Portal"
    assert "Check that these records are still right" in body
    assert "Answer requests to join" in body and "/join-requests/" in body
    links = re.findall(r"http\S+/confirm/\S+", body)
    assert len(links) == 1 and "/work" in body
    assert client.get(urlsplit(links[0]).path).status_code == 200
    rows = session.scalars(select(Review).where(Review.thing_id == cast.service)).all()
    assert all(row.asked_at is not None for row in rows)


def test_a_week_later_the_next_and_nothing_without_work(
    cast: Any, session: Session, database: RolledBackDatabase
) -> None:
    late(session, date(2027, 3, 1))
    run_on(database, MONDAY)
    assert digests_of(session) == [], "nothing is due yet"
    late(session, MONDAY.date())
    run_on(database, MONDAY + timedelta(days=1))
    assert digests_of(session) == [], "this week was looked at"
    mailed = []
    for week in range(1, 4):
        for day in (0, 3):
            run_on(database, MONDAY + timedelta(days=7 * week + day))
        mailed.append(sum(each.to_address == "owner@a.example" for each in digests_of(session)))
    assert mailed == [1, 2, 3]
    keys = [row.unique_key for row in session.scalars(select(Mail).where(Mail.kind == "digest"))]
    assert len(keys) == len(set(keys)) and f"digest:{cast.owner.id}:2026-W49" in keys


def test_nobody_is_mailed_at_night(
    cast: Any, session: Session, database: RolledBackDatabase
) -> None:
    late(session, MONDAY.date())
    run_on(database, MONDAY.replace(hour=1))
    assert digests_of(session) == []
    run_on(database, MONDAY.replace(hour=7, minute=1))
    assert digests_of(session)


def test_who_left_or_cannot_be_reached_gets_none(
    cast: Any, session: Session, database: RolledBackDatabase
) -> None:
    late(session, MONDAY.date())
    people.deactivate(session, people.get(session, cast.member.id), act())
    people.unreached(session, people.get(session, cast.stranger.id), act())
    session.commit()
    plan = Run(database, settings_for(database), {}, 1, lambda: MONDAY)
    digests.plan(plan)
    people.deactivate(session, people.get(session, cast.owner.id), act())
    session.commit()  # between the promise and the mail
    run_on(database, MONDAY)
    assert {letter.to_address for letter in digests_of(session)} == {"admin@a.example"}


def test_a_job_that_waited_into_the_next_week_mails_nothing(
    cast: Any, session: Session, database: RolledBackDatabase
) -> None:
    late(session, MONDAY.date())
    payload = {"person": cast.owner.id, "week": "2026-W47"}
    run = Run(database, settings_for(database), payload, 1, lambda: MONDAY)
    digests.send(run)
    assert digests_of(session) == []
    for _ in range(2):
        digests.send(replace(run, payload={**payload, "week": week_of(MONDAY.date())}))
    assert len(digests_of(session)) == 1


def test_a_link_to_sign_in_does_not_wait_behind_them(
    session: Session, database: RolledBackDatabase
) -> None:
    add_person(session, "ada@a.example")
    for n in range(30):
        letter = {"count": 1, "link": "https://c.example/work", "groups": []}
        mail.queue(session, f"p{n}@a.example", "digest", letter, f"d{n}", MONDAY,
                   priority=jobs.BULK)  # fmt: skip
        jobs.add(session, digests.JOB, {"person": n, "week": "x"}, MONDAY, priority=jobs.BULK)
    mail.queue(session, "b@a.example", "join_refused",
               {"thing": "x", "link": "x", "answer": ""}, "join", MONDAY)  # fmt: skip
    session.commit()
    clock = Clock()
    clock.now = MONDAY + timedelta(minutes=5)
    signing_in.ask(database, "ada@a.example", None, clock.now)
    worker = working(database, clock)
    worker.handlers = {k: v for k, v in worker.handlers.items() if k != "accounts.digests"}
    for _ in range(2):
        assert worker.step()
    session.expire_all()
    done = session.scalars(select(Mail).where(Mail.sent_at.is_not(None))).all()
    assert [row.to_address for row in done] == ["ada@a.example"], "asked for last, sent first"
    assert worker.step()
    session.expire_all()
    done = session.scalars(select(Mail).where(Mail.sent_at.is_not(None))).all()
    assert {row.to_address for row in done} == {"ada@a.example", "b@a.example"}
    assert worker.until_idle() == 60
    assert session.scalars(select(Job).where(Job.finished_at.is_(None))).all() == []


ITEMS = st.builds(
    Item,
    task=st.sampled_from(["a", "b"]),
    name=st.text(max_size=3),
    href=st.text(max_size=3),
    due=st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
)


@given(st.lists(ITEMS, max_size=60))
def test_the_mail_names_some_and_counts_all(items: list[Item]) -> None:
    found = shown(items)
    assert sum(len(some) + more for _task, some, more in found) == len(items)
    assert all(len(some) <= SHOWN and (not more or len(some) == SHOWN) for _t, some, more in found)
    said = values(items, date(2026, 6, 1), str.upper, lambda item: item.href, "all")
    assert said["count"] == len(items) and said["link"] == "all"
    for group, (_task, some, _more) in zip(said["groups"], found, strict=True):
        for row, item in zip(group["rows"], some, strict=True):
            assert ("overdue" in row["due"]) is (
                item.due is not None and item.due < date(2026, 6, 1)
            )


def test_the_weeks_of_the_year() -> None:
    assert week_of(date(2026, 11, 22)) == "2026-W47" and week_of(date(2026, 11, 23)) == "2026-W48"
    assert week_of(date(2027, 1, 3)) == "2026-W53", "the year of its Thursday"


class Refusing:
    """A back end that says there is no such address."""

    def send(self, letter: Letter) -> None:
        raise GiveUp("the SMTP server refused the address with 550")


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "mailer", lambda settings: Refusing())


def owner(cast: Any) -> Person:
    cast.session.expire_all()
    return people.get(cast.session, cast.owner.id)


@pytest.mark.usefixtures("refused")
def test_an_address_that_is_refused_marks_its_person_until_they_sign_in(
    cast: Any, as_: As, session: Session, database: RolledBackDatabase, client: PageClient
) -> None:
    late(session, MONDAY.date())
    run_on(database, MONDAY)
    assert owner(cast).unreachable_at == MONDAY
    found = session.scalars(
        select(HistoryEvent).where(HistoryEvent.tag == "person.unreachable")
    ).all()
    assert cast.owner.id in {event.thing_id for event in found}
    assert all("@" not in str((event.before, event.after)) for event in found)
    page = as_(cast.admin).get("/work?task=unreachable").text
    assert "The owners of these records cannot be reached" in page and "A service" in page
    assert "comes back since" in as_(cast.admin).get("/services/a-service/people").text
    assert "comes back since" in as_(cast.admin).get(f"/people/{cast.owner.id}").text
    listed = as_(cast.admin).get("/organisations/a-body/quality/unreachable.json").get_json()
    assert as_(cast.admin).get("/organisations/a-body/quality/unreachable.csv").status_code == 200
    assert [row["slug"] for row in listed["items"]] == ["a-service"]
    assert "cannot be reached" not in client.get("/organisations/a-body/quality").text
    run_on(database, MONDAY + timedelta(days=7))
    mails = session.scalars(select(Mail).where(Mail.to_address == "owner@a.example")).all()
    assert len(mails) == 1, "not tried every week"
    # Another owner who can be reached is enough.
    another = Grant(Role.SERVICE_OWNER, Kind.SERVICE, cast.service)
    heir = add_person(session, "heir@a.example", another)
    session.commit()
    assert "A service" not in as_(cast.admin).get("/work?task=unreachable").text
    people.deactivate(session, heir, act())
    session.commit()
    # They sign in: nobody doubts it any more.
    lives = settings_for(database).accounts
    with database.writing() as writing:
        signing_in.begin(
            writing, people.get(writing, cast.owner.id), signing_in.Method.LINK, act(), lives
        )
    assert owner(cast).unreachable_at is None
    assert "A service" not in as_(cast.admin).get("/work?task=unreachable").text


def test_a_mail_that_came_back_says_so_unless_they_signed_in_since(
    cast: Any, session: Session, database: RolledBackDatabase, client: PageClient
) -> None:
    at = act().at
    letter = {"count": 1, "link": "https://c.example/work", "groups": []}
    for who in ("owner", "member", "unknown"):
        mail.queue(session, f"{who}@a.example", "digest", letter, who, at - timedelta(hours=2))
    signed_in(client, session, cast.member)
    rows = {row.unique_key: row.reference for row in session.scalars(select(Mail))}
    for who in rows:
        with database.writing() as writing:
            assert store.mark_bounced(writing, rows[who], "there is no such address", at)
            assert not store.mark_bounced(writing, rows[who], "there is no such address", at)
    assert owner(cast).unreachable_at == at
    assert people.get(session, cast.member.id).unreachable_at is None


def test_a_server_that_is_away_says_nothing_of_anybody(
    cast: Any, session: Session, database: RolledBackDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away:
        def send(self, letter: Letter) -> None:
            raise jobs.Retry("the SMTP server did not answer")

    monkeypatch.setattr(sending, "mailer", lambda settings: Away())
    letter = {"count": 1, "link": "https://c.example/work", "groups": []}
    mail.queue(session, "owner@a.example", "digest", letter, "key", MONDAY)
    session.commit()
    clock = Clock()
    clock.now = MONDAY
    worker = Worker(database, settings_for(database), {"mail.send": HANDLERS["mail.send"]}, clock)
    for _ in range(25):
        worker.until_idle()
        clock.tick(3 * 3600)
    session.expire_all()
    assert session.scalars(select(Mail)).one().failed_at is not None
    assert owner(cast).unreachable_at is None
