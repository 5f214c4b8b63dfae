"""Links by which somebody without an account gives the figures of one period."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit import history_of
from portal.errors import Invalid, Missing, Refused
from portal.jobs import Run
from portal.mail import Mail
from portal.performance.actions import answering
from portal.performance.actions import data_sets as sets
from portal.performance.actions import figure_links as acts
from portal.performance.actions.figure_links import Letter, Over
from portal.performance.models.collecting import FigureLink
from portal.performance.models.data_sets import DataSet
from portal.performance.rules import figure_links as rules
from portal.performance.rules.answers import Answer
from portal.performance.rules.answers import mark as mark_of
from portal.performance.store import data_sets
from portal.performance.words import SetKind, ValueState, ValueStatus
from tests.performance.places import Place, text, text_of
from tests.support.accounts import act, other_browser
from tests.support.data import add_service
from tests.support.pages import PageClient, filled, soup_of
from tests.support.performance import add_set, number
from tests.support.provision import settings_for
from tests.support.transactions import RolledBackDatabase

JUNE = date(2026, 6, 1)
TO = "finance.jo@a.example"
FINAL = ValueStatus.PUBLISHED


@pytest.fixture
def row(session: Session) -> DataSet:
    found = add_set(session, SetKind.COST, service_id=add_service(session, "a-fine").id)
    session.commit()
    return found


def sent(database: RolledBackDatabase, row: DataSet, to: str = TO) -> str:
    """The token that was sent."""
    letter = Letter(to, "A fine: Cost", "June 2026", "https://portal.example")
    acts.send(database, row.id, JUNE, letter, 14, act())
    return token_in(database)


def token_in(database: RolledBackDatabase) -> str:
    with database.reading(fresh=True) as session:
        query = select(Mail).where(Mail.kind == acts.KIND).order_by(Mail.id.desc())
        found = session.scalars(query).first()
        assert found is not None
        return str(found.personalisation["link"]).rpartition("/")[2]


def give(database: RolledBackDatabase, token: str, pounds: float, note: str | None = None) -> None:
    with database.reading(fresh=True) as session:
        link = acts.opened(session, token, act().at)
        found = data_sets.get(session, link.data_set_id)
        now = answering.sheet(session, found, link.start).answers.get(1)
    given = Answer(ValueState.NUMBER, {"cost:": pounds}, note)
    acts.answer(database, token, 1, given, mark_of(now), act())


def marks(database: RolledBackDatabase, row: DataSet) -> str:
    with database.reading(fresh=True) as session:
        return answering.marks(answering.sheet(session, data_sets.get(session, row.id), JUNE))


def state_of(session: Session) -> FigureLink:
    session.expire_all()
    return session.scalars(select(FigureLink).order_by(FigureLink.id.desc())).one()


def test_a_link_is_used_once_and_the_address_is_forgotten(
    database: RolledBackDatabase, session: Session, row: DataSet
) -> None:
    token = sent(database, row)
    kept = state_of(session)
    assert kept.email == TO and token not in (kept.digest, kept.asked_by)
    give(database, token, 12)
    base = marks(database, row)
    batch = acts.submit(database, token, FINAL, base, act())
    assert (batch.way.value, batch.actor) == ("link", rules.actor(kept.id))
    kept = state_of(session)
    assert kept.email is None and kept.used_at is not None
    for late in (lambda: give(database, token, 13),
                 lambda: acts.submit(database, token, FINAL, base, act())):  # fmt: skip
        with pytest.raises(Over):
            late()
    [mail] = session.scalars(select(Mail))
    assert (mail.to_address, mail.personalisation) == ("", {}) and mail.failed_at is not None
    told = [(e.tag, e.actor) for e in history_of(session, data_sets.THING, row.id)]
    assert told[:3] == [
        ("data_set.link_used", rules.actor(kept.id)), ("data_set.received", rules.actor(kept.id)),
        ("data_set.link_sent", act().actor),
    ]  # fmt: skip
    said = [str((e.before, e.after)) for e in history_of(session, data_sets.THING, row.id)]
    assert not any(TO in each or token in each or kept.digest in each for each in said)


def test_a_link_that_fails_to_send_goes_on(
    database: RolledBackDatabase, session: Session, row: DataSet
) -> None:
    token = sent(database, row)
    with pytest.raises(Invalid, match="Answer every question"):
        acts.submit(database, token, FINAL, marks(database, row), act())
    give(database, token, 12)
    acts.submit(database, token, FINAL, marks(database, row), act())


def test_a_note_of_the_team_stays_unless_another_is_given(
    database: RolledBackDatabase, row: DataSet
) -> None:
    first = Answer(ValueState.NUMBER, {"cost:": 5.0}, "Ask Jo")
    answering.answer(database, row.id, JUNE, 1, first, "", act())
    token = sent(database, row)
    for given, stays in ((None, "Ask Jo"), ("Jo said so", "Jo said so")):
        give(database, token, 6, given)
        with database.reading(fresh=True) as session:
            found = answering.sheet(session, data_sets.get(session, row.id), JUNE)
        assert found.answers[1] == Answer(ValueState.NUMBER, {"cost:": 6.0}, stays)


def test_links_are_revoked_and_end_and_unknown_ones_do_not_work(
    database: RolledBackDatabase, session: Session, row: DataSet
) -> None:
    token, later = sent(database, row), act().at + timedelta(days=14)
    link = state_of(session)
    assert acts.opened(session, token, later - timedelta(seconds=1)).id == link.id
    for wrong, at in ((token, later), (token + "x", act().at), ("", act().at)):
        with pytest.raises(Over):
            acts.opened(session, wrong, at)
    acts.revoke(database, row.id, link.id, act())
    assert state_of(session).email is None
    with pytest.raises(Over):
        give(database, token, 1)
    with pytest.raises(Invalid, match="does not work any more"):
        acts.revoke(database, row.id, link.id, act())
    with pytest.raises(Missing):
        acts.revoke(database, row.id + 1, link.id, act())


def test_a_job_forgets_addresses_of_links_that_ended(
    database: RolledBackDatabase, session: Session, row: DataSet
) -> None:
    sent(database, row)
    for days, forgotten in ((13, False), (15, True)):
        at = act().at + timedelta(days=days)
        acts.forget(Run(database, settings_for(database), {}, 1, lambda at=at: at))  # type: ignore[misc]
        assert (state_of(session).email is None) is forgotten
        [mail] = session.scalars(select(Mail).execution_options(populate_existing=True))
        assert (mail.to_address == "") is forgotten


def test_who_can_be_sent_a_link(
    database: RolledBackDatabase, session: Session, row: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Invalid, match="email address"):
        sent(database, row, "no address")
    monkeypatch.setattr(rules, "MOST", 1)
    sent(database, row)
    with pytest.raises(Invalid, match="work already"):
        sent(database, row)
    session.expire_all()
    token = token_in(database)
    sets.close(database, row.id, data_sets.get(session, row.id).version, act())
    with pytest.raises(Refused):
        give(database, token, 1)
    with pytest.raises(Refused):
        sent(database, row)


# Pages


@pytest.fixture
def place(app: Flask, session: Session) -> Place:
    return Place(app, session)


AT = "/data-sets/a-fine/cost/links"


def ask(place: Place, **typed: Any) -> Any:
    form = filled(place.team.get(f"{AT}?start=2026-06-01"), "main form:not([action])")
    return place.team.post(AT, data={**form, **typed})


def posted(client: FlaskClient, address: str, **typed: Any) -> Any:
    return client.post(address, data={**filled(client.get(address)), **typed})


def test_somebody_without_an_account_gives_one_period(
    client: PageClient, place: Place, database: RolledBackDatabase
) -> None:
    row = place.add(SetKind.COST)
    place.keep(row, number(date(2026, 5, 1), "cost", 99))
    assert (
        f"{AT}?start=2026-06-01" in place.team.get("/data-sets/a-fine/cost/figures/2026-06-01").text
    )
    refused = ask(place, email="no address")
    assert refused.status_code == 422 and "Enter an email address" in text_of(refused)
    assert filled(refused, "main form:not([action])")["email"] == ["no address"]
    assert ask(place, email=TO).status_code == 303
    shown = text(place.team, AT)
    assert TO in shown and "June 2026" in shown
    here = f"/figures/{token_in(database)}"
    landing = client.get(here)
    assert "A fine: Cost" in text_of(landing) and f"next={here}" not in landing.text
    for name, value in (("X-Robots-Tag", "noindex, nofollow"), ("Referrer-Policy", "no-referrer"),
                        ("Cache-Control", "private, no-store")):  # fmt: skip
        assert landing.headers[name] == value
    wrong = posted(client, f"{here}/1", state="number", number_1="x", note="From the ledger")
    assert wrong.status_code == 422 and "must be a number" in text_of(wrong)
    assert client.get(f"{here}/2").status_code == 404
    onward = posted(client, f"{here}/1", state="number", number_1="12.50", note="From the ledger")
    assert onward.headers["Location"] == here
    assert "From the ledger" not in client.get(f"{here}/1").text, "notes are for the team"
    assert "Begun, not sent" in text(place.team, "/data-sets/a-fine/cost/figures")
    done = posted(client, here, status="published")
    assert done.headers["Location"] == "/figures/sent"
    assert "Thank you" in text(client, "/figures/sent")
    for address in (here, f"{here}/1", "/figures/unknown", "/figures/unknown/1"):
        gone = client.get(address)
        assert gone.status_code == 404 and "This link does not work" in text_of(gone)
        assert gone.headers["X-Robots-Tag"] == "noindex, nofollow"
    page = text(client, "/data-sets/a-fine/cost")
    assert "£12.50" in page and "A link by email, asked by team member" in page
    assert "used " in text(place.team, AT) and TO not in text(place.team, AT)
    ever = text(place.team, "/data-sets/a-fine/cost/values/2026-06-01")
    assert "From the ledger" in ever
    told = text(client, "/data-sets/a-fine/cost/history")
    assert "Somebody with a link by email" in told and TO not in told


def test_a_link_is_revoked_by_the_team_alone(
    client: PageClient, place: Place, database: RolledBackDatabase
) -> None:
    place.add(SetKind.COST)
    ask(place, email=TO)
    here = f"/figures/{token_in(database)}"
    assert client.get(AT).status_code == 302
    [form] = soup_of(place.team.get(AT)).select("main form[action]")
    asked = place.team.post(
        str(form["action"]), data=filled(place.team.get(AT), "main form[action]")
    )
    assert "Revoke this link" in text_of(asked) and TO in text_of(asked)
    assert client.get(here).status_code == 200, "asked only"
    gone = place.team.post(str(form["action"]), data=filled(asked))
    assert gone.status_code == 303 and "revoked" in text(place.team, AT)
    assert client.get(here).status_code == 404
    again = place.team.post(str(form["action"]), data=filled(asked))
    assert again.status_code == 303 and "does not work any more" in text(place.team, AT)
    assert place.team.post(f"{AT}/99999/revoke", data=filled(asked)).status_code == 404


def test_the_token_stays_out_of_the_log(
    client: PageClient, place: Place, database: RolledBackDatabase,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    place.add(SetKind.COST)
    ask(place, email=TO)
    token = token_in(database)
    client.get(f"/figures/{token}")
    posted(other_browser(place.app), f"/figures/{token}/1", state="not_collected")
    said = "".join(capfd.readouterr())
    assert token not in said and TO not in said
