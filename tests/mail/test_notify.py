from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.jobs import Run, rules
from portal.mail import notify as module
from portal.mail import sending
from tests.jobs.clock import START, Clock
from tests.mail import servers
from tests.mail.sending import LINK, notify_settings, only, put, worker_for
from tests.support.transactions import RolledBackDatabase


def test_a_mail_goes_out_once_with_its_reference(
    session: Session, database: RolledBackDatabase, clock: Clock, notify: servers.Notify
) -> None:
    put(session)
    worker = worker_for(database, clock, **notify_settings(notify))
    worker.until_idle()
    worker.until_idle()
    row, job = only(session)
    [asked] = notify.asked
    assert asked["email_address"] == "ada@example.com"
    assert asked["template_id"] == servers.TEMPLATE
    assert asked["reference"] == row.reference
    assert asked["personalisation"]["subject"] == "Sign in to Service catalogue and assessments"
    assert LINK in asked["personalisation"]["body"]
    assert row.sent_at == job.finished_at == START
    assert row.provider_id and len(row.provider_id) == 36


def test_a_mail_that_left_is_not_sent_again_where_only_the_job_does_not_know(
    session: Session, database: RolledBackDatabase, clock: Clock, notify: servers.Notify
) -> None:
    """A worker killed after the note on the mail and before the one on the job."""
    put(session)
    worker = worker_for(database, clock, **notify_settings(notify))
    worker.until_idle()
    only(session)[1].finished_at = None
    session.commit()
    assert worker.until_idle() == 1
    assert len(notify.asked) == 1 and only(session)[1].finished_at


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (servers.BAD_TEMPLATE, "GOV.UK Notify answered 400 BadRequestError"),
        (servers.BAD_KEY, "GOV.UK Notify answered 403 AuthError"),
        (servers.TOO_MANY, "GOV.UK Notify answered 429 RateLimitError"),
        (servers.BROKEN, "GOV.UK Notify answered 500 Exception"),
        ((502, "<html>Bad gateway"), "GOV.UK Notify answered 502"),
        ((201, "no JSON"), "GOV.UK Notify answered 201"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_may_be_better_later_is_tried_again(
    session: Session, database: RolledBackDatabase, clock: Clock, notify: servers.Notify,
    answer: servers.Answer, said: str,
) -> None:  # fmt: skip
    put(session)
    notify.answers.append(answer)
    worker = worker_for(database, clock, **notify_settings(notify))
    worker.until_idle()
    row, job = only(session)
    assert (row.sent_at, row.failed_at, job.failed_at) == (None, None, None)
    assert job.last_error == said and job.run_after == START + rules.delay(1)
    clock.tick(10)
    worker.until_idle()
    row, job = only(session)
    assert row.sent_at == clock() and job.last_error is None
    assert len({asked["reference"] for asked in notify.asked}) == 1 < len(notify.asked)


def test_a_bad_address_is_given_up(
    session: Session, database: RolledBackDatabase, clock: Clock, notify: servers.Notify
) -> None:
    put(session)
    notify.answers.append(servers.BAD_ADDRESS)
    worker_for(database, clock, **notify_settings(notify)).until_idle()
    row, job = only(session)
    assert row.failed_at == job.failed_at == START
    assert row.reason == job.last_error == "GOV.UK Notify answered 400 ValidationError"


def test_after_a_day_of_failures_the_mail_is_given_up(
    session: Session, database: RolledBackDatabase, clock: Clock, notify: servers.Notify
) -> None:
    put(session)
    notify.answers.extend([servers.BROKEN] * 50)
    worker = worker_for(database, clock, **notify_settings(notify))
    while only(session)[1].failed_at is None:
        worker.until_idle()
        clock.tick(7200)
    assert only(session)[0].failed_at and len(notify.asked) == rules.ATTEMPTS


def test_nobody_answers(
    session: Session, database: RolledBackDatabase, clock: Clock, notify: servers.Notify,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Too slow an answer leaves open whether the mail left: it is repeated, with its name."""
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.2)
    notify.seconds = 0.5
    put(session)
    worker = worker_for(database, clock, **notify_settings(notify))
    worker.until_idle()
    assert only(session)[1].last_error == "GOV.UK Notify did not answer"
    notify.seconds = 0
    clock.tick(10)
    worker.until_idle()
    assert only(session)[0].sent_at
    assert [asked["reference"] for asked in notify.asked] == [only(session)[0].reference] * 2
    closed = {**notify_settings(notify), "notify_url": "http://127.0.0.1:1"}
    put(session, key="other")
    worker_for(database, clock, **closed).until_idle()
    session.expire_all()


def test_what_came_back_is_noted(
    session: Session, database: RolledBackDatabase, clock: Clock, notify: servers.Notify
) -> None:
    put(session)
    worker = worker_for(database, clock, **notify_settings(notify))
    worker.until_idle()
    notify.bounced = ["somebody-elses", str(only(session)[0].reference)]
    run = Run(database, worker.settings, {}, 1, clock)
    clock.tick(60)
    sending.bounces(run)
    bounced = only(session)[0].bounced_at
    clock.tick(60)
    sending.bounces(run)
    assert bounced == only(session)[0].bounced_at != clock()
    assert only(session)[0].reason == "there is no such address"
