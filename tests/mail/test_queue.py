from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import jobs, mail
from portal.errors import Invalid, Refused
from portal.jobs import Job, Run
from portal.mail import Mail, sending
from portal.mail.templates import LOADER, placeholders, render
from tests.jobs.clock import START, Clock
from tests.mail.sending import LINK, VALUES, only, put, worker_for
from tests.support.provision import settings_for
from tests.support.transactions import RolledBackDatabase

EXAMPLES: dict[str, dict[str, Any]] = {
    "sign_in_link": VALUES,
    "assessment_news": {"link": LINK, "reference": "HKT-4827", "news": "The panel is ready."},
    "invitation": {"link": LINK, "thing": "Tax your vehicle", "role": "a team member", "days": 7},
    "join_asked": {"link": LINK, "thing": "Tax your vehicle", "person": "Ada"},
    "join_accepted": {"link": LINK, "thing": "Tax your vehicle", "role": "team member",
                      "answer": "Welcome"},
    "join_refused": {"link": LINK, "thing": "Tax your vehicle", "answer": "Ask again in May"},
    "registration_asked": {"link": LINK, "thing": "Tax your vehicle", "person": "Ada"},
    "registration_published": {"link": LINK, "thing": "Tax your vehicle"},
    "registration_sent_back": {"link": LINK, "thing": "Tax your vehicle", "answer": "Say more"},
    "proposal_made": {"link": LINK, "thing": "Tax your vehicle", "person": "Ada",
                      "question": "Purpose"},
    "proposal_accepted": {"link": LINK, "thing": "Tax your vehicle", "question": "Purpose",
                          "answer": "", "changed": True},
    "proposal_refused": {"link": LINK, "thing": "Tax your vehicle", "question": "Purpose",
                         "answer": "It is right as it is"},
    "digest": {"count": 1, "link": LINK, "groups": [{"title": "Check", "more": 0, "rows": [
        {"name": "Tax your vehicle", "due": "by 5 May 2026", "link": LINK}]}]},
    "records_merged": {"link": LINK, "thing": "Tax your vehicle", "gone": "Vehicle tax",
                       "why": "They are one", "count": 2},
    "functions_transferred": {"link": LINK, "title": "Transport moves", "day": "5 May 2026",
                              "count": 3, "back": False},
    "component_closing": {
        "link": LINK, "component": "GOV.UK PaaS", "day": "23 December 2023", "before": "",
        "closed": False, "successor": "", "means": "", "count": 1, "more": 0,
        "services": [{"name": "Tax your vehicle", "link": LINK}]},
    "component_called_off": {
        "link": LINK, "component": "GOV.UK PaaS", "day": "23 December 2023", "count": 1, "more": 0,
        "services": [{"name": "Tax your vehicle", "link": LINK}]},
    "exemption_asked": {"link": LINK, "service": "Tax your vehicle", "component": "GOV.UK Pay"},
    "exemption_granted": {"link": LINK, "service": "Tax your vehicle", "component": "GOV.UK Pay",
                          "until": "5 May 2027", "conditions": "Plan the move",
                          "by": "1 March 2027"},
    "exemption_refused": {"link": LINK, "service": "Tax your vehicle", "component": "GOV.UK Pay",
                          "answer": "It can be done"},
    "exemption_ended": {"link": LINK, "service": "Tax your vehicle", "component": "GOV.UK Pay",
                        "answer": "The contract has ended"},
    "spend_decided": {"link": LINK, "what": "A new system", "decision": "approved", "conditions": 1,
                      "count": 1},
    "collection_failing": {"link": LINK, "title": "Volumes", "count": 3, "host": "a.example",
                           "why": "Nobody answered"},
    "figure_link": {"link": LINK, "about": "Tax your vehicle: volumes", "period": "May 2026",
                    "days": 14},
    "figures_due": {
        "link": LINK, "count": 1,
        "groups": [{"step": "overdue", "more": 0,
                    "rows": [{"name": "Volumes", "due": "5 May 2026", "link": LINK}]}]},
    "problem_reported": {"link": LINK, "thing": "Tax your vehicle", "by": "5 May 2026"},
    "problem_answered": {"link": LINK, "thing": "Tax your vehicle", "outcome": "It is put right",
                         "answer": "The figure is new"},
}  # fmt: skip


def many(session: Session, table: type[Mail] | type[Job]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_queueing_twice_is_one_mail(session: Session) -> None:
    assert [put(session), put(session), put(session, key="other")] == [True, False, True]
    assert many(session, Mail) == many(session, Job) == 2


def test_a_mail_of_a_change_that_was_taken_back_is_not_there(database: RolledBackDatabase) -> None:
    def change() -> None:
        with database.writing() as session:
            assert mail.queue(session, "a@b.example", "sign_in_link", VALUES, "k", START)
            raise Refused

    with pytest.raises(Refused):
        change()
    with database.reading() as session:
        assert many(session, Mail) == many(session, Job) == 0


@pytest.mark.parametrize(
    "to",
    ["", "ada", "ada@", "@example.com", "ada@example", "a da@example.com", "ada@example.com\n",
     "ada@example.com\r\nBcc: eve@example.com", "<ada@example.com>", "a@b.example,eve@c.example",
     "Ada <ada@example.com>", "a" * 250 + "@example.com"],
)  # fmt: skip
def test_what_is_no_address_is_refused(session: Session, to: str) -> None:
    with pytest.raises(Invalid) as refused:
        put(session, to)
    assert refused.value.field == "email"
    assert many(session, Mail) == 0


@pytest.mark.parametrize(
    "to", ["ada@example.com", "o'neil+x@sub.example.gov.uk", "ŵyn@exâmple.cymru"]
)
def test_addresses_that_people_have(session: Session, to: str) -> None:
    assert put(session, to)


@pytest.mark.parametrize(
    ("kind", "values"),
    [("sign_in_link", {}), ("sign_in_link", {**VALUES, "name": "Ada"}), ("nothing", {}),
     ("../errors/error", {})],
)  # fmt: skip
def test_a_template_gets_what_it_needs(session: Session, kind: str, values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="mail"):
        mail.queue(session, "ada@example.com", kind, values, "key", START)


def test_every_template_has_subject_and_text() -> None:
    assert {name.removesuffix(".txt") for name in LOADER.list_templates()} == set(EXAMPLES)
    for kind, values in EXAMPLES.items():
        assert placeholders(kind) == set(values)
        subject, body = render(kind, values, "The <portal> & co")
        assert "\n" not in subject and 10 < len(subject) < 100
        assert LINK in body and "The <portal> & co" in body, "plain text: nothing is escaped"
        assert "{{" not in body and not body.startswith("\n") and body.endswith("co\n")


def test_what_people_typed_adds_no_line(session: Session) -> None:
    values = {**EXAMPLES["invitation"], "thing": "Tax\r\n\r\nClick https://evil.example\u2028\x00!"}
    mail.queue(session, "ada@example.com", "invitation", values, "key", START)
    letter = mail.letter(only(session)[0], "Portal")
    assert "join Tax Click https://evil.example ! in Portal" in letter.body


def test_the_text_goes_when_it_is_old(
    session: Session, database: RolledBackDatabase, clock: Clock
) -> None:
    put(session)
    run = Run(database, settings_for(database), {}, 1, clock)
    sending.blank(run)
    clock.tick(31 * 24 * 3600)
    sending.blank(run)
    assert only(session)[0].blanked_at is None, "it has not left yet"
    worker_for(database, clock).until_idle()
    clock.tick(29 * 24 * 3600)
    sending.blank(run)
    assert only(session)[0].to_address
    clock.tick(2 * 24 * 3600)
    sending.blank(run)
    row, _ = only(session)
    assert (row.to_address, row.personalisation, row.blanked_at) == ("", {}, clock())
    assert row.sent_at and row.kind and row.reference
    assert mail.newest(session, 10) == []
    assert not put(session), "its key is known for ever"


def test_a_mail_whose_text_is_gone_is_given_up_again(
    session: Session, database: RolledBackDatabase, clock: Clock
) -> None:
    put(session)
    row, job = only(session)
    row.failed_at = job.failed_at = START
    row.blanked_at, row.personalisation = START, {}
    jobs.again(session, job.id, START)
    session.commit()
    worker_for(database, clock).until_idle()
    assert only(session)[1].last_error == "its text is no longer kept"


def test_without_a_setting_mails_wait(
    session: Session, database: RolledBackDatabase, clock: Clock
) -> None:
    put(session)
    worker_for(database, clock, back_end="none").until_idle()
    row, job = only(session)
    assert job.last_error == "PORTAL_MAIL is not set" and row.sent_at is None
    clock.tick(10)
    worker_for(database, clock, back_end="outbox").until_idle()
    assert only(session)[0].sent_at == clock()


def test_a_mail_can_wait_for_its_time(
    session: Session, database: RolledBackDatabase, clock: Clock
) -> None:
    later = START + timedelta(hours=1)
    mail.queue(session, "ada@example.com", "sign_in_link", VALUES, "key", START, later)
    session.commit()
    assert worker_for(database, clock).until_idle() == 0
    clock.tick(3600)
    assert worker_for(database, clock).until_idle() == 1
