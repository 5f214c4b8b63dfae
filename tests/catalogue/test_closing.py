"""A component that closes: its dependents are listed, told once, and followed to where they go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import jobs, mail
from portal.access import Grant, Kind, Role
from portal.accounts.store import grants, people
from portal.catalogue.actions import closing as telling
from portal.catalogue.actions import meeting, merging
from portal.catalogue.actions.meeting import Place, Said
from portal.catalogue.actions.merging import Wanted
from portal.catalogue.component_words import Arrangement, Moving, UsageStatus
from portal.catalogue.models.closing import ClosingNotice
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.closing import Next, comes_next, moving
from portal.catalogue.store import closing, components, services
from portal.catalogue.store.closing import DependentQuery
from portal.catalogue.words import RecordKind
from portal.jobs import Job, Run
from tests.support.accounts import (
    act,
    add_person,
    letters,
    now,
    send,
)
from tests.support.closing import EDIT, PAGE, TODAY, Cast, ends, form
from tests.support.data import add_service
from tests.support.pages import PageClient, soup_of
from tests.support.provision import settings_for
from tests.support.storefront import add_usage
from tests.support.transactions import RolledBackDatabase


@pytest.fixture
def cast(app: Flask, session: Session, database: RolledBackDatabase) -> Cast:
    return Cast(app, session, database)


def test_whoever_saves_sees_who_is_hit_first(cast: Cast) -> None:
    provider = cast.as_(cast.provider)
    asked = send(provider, EDIT, form(ends(6)))
    text = soup_of(asked).get_text(" ", strip=True)
    assert asked.status_code == 200 and "Check who is hit before you save" in text
    assert "Services that depend on it 4: A; B; " in text and "1,020" in text
    assert "What takes over Cloud" in text
    assert components.load(cast.session, [cast.component])[0].lifecycle == "live"
    wrong = send(provider, EDIT, {"lifecycle": "closing"})
    assert wrong.status_code == 422 and "Enter the day it closes" in wrong.text
    plain = send(provider, EDIT, {"lifecycle": "beta"})
    assert plain.status_code == 303, "what tells nobody anything is saved at once"


def test_dependents_are_told_once(cast: Cast) -> None:
    cast.close(ends(6))
    first = cast.told()
    subject = first[0][1]
    assert sorted(first) == [(who, subject) for who in ("admin", "owner", "third")]
    mine = next(each for each in letters(cast.session) if each.to_address.startswith("owner"))
    assert "2 services that you answer for" in mine.body and "/services/b/needs" in mine.body
    assert "Move your apps." in mine.body and "/components/paas/closing" in mine.body
    cast.close(ends(6))
    cast.close(ends(6), closing_means="Move your apps now.")
    assert cast.told() == first, "saving again, or another edit, tells nobody twice"
    cast.close(ends(7))
    again = cast.told()[len(first) :]
    assert sorted(who for who, _subject in again) == ["admin", "owner", "third"]
    assert ", not " in again[0][1] and "The day has changed" in letters(cast.session)[-1].body
    noted = cast.session.scalar(select(func.count()).select_from(ClosingNotice))
    assert noted == 8, "each service once for each day"


def test_one_that_is_called_off_and_closes_after_all_tells_only_who_is_new(cast: Cast) -> None:
    cast.close(ends(6))
    first = cast.told()
    cast.close(ends(6), lifecycle="live")
    add_usage(cast.session, "gone", "hosting", component="paas")
    grants.add(cast.session, cast.third.id, cast.owns("gone"), act())
    cast.session.commit()
    cast.close(ends(6))
    assert [who for who, _subject in cast.told()[len(first) :]] == ["third"], (
        "the worker looked after both, and nobody was told otherwise"
    )
    assert "One service that you answer for" in letters(cast.session)[-1].body


def test_who_was_told_is_told_once_that_it_is_called_off(cast: Cast) -> None:
    provider = cast.as_(cast.provider)
    cast.close(ends(6))
    first = cast.told()
    _stop(cast, "c")
    asked = send(provider, EDIT, form(ends(6), lifecycle="live"))
    text = soup_of(asked).get_text(" ", strip=True)
    assert "Check who is told before you save" in text and "the 4 services" in text
    cast.close(ends(6), lifecycle="live")
    told = cast.told()[len(first) :]
    assert sorted(who for who, _subject in told) == ["admin", "owner", "third"]
    assert {subject for _who, subject in told} == {"Paas does not close after all"}
    mine = next(each for each in letters(cast.session)[3:] if each.to_address.startswith("owner"))
    assert "2 services that you answer for" in mine.body and "/services/b/needs" in mine.body
    job = cast.session.scalars(select(Job).where(Job.kind == telling.OFF)).one()
    telling.tell_called_off(Run(cast.database, settings_for(cast.database), job.payload, 2, now))
    assert len(cast.told()) == 6, "done twice it tells once"
    no_day = {f"closes_on-{part}": "" for part in ("day", "month", "year")}
    quiet = send(provider, EDIT, form(ends(6), lifecycle="beta", **no_day))
    assert quiet.status_code == 303, "nobody is left who was told"
    cast.close(ends(6))
    assert sorted(who for who, _subject in cast.told()[6:]) == ["admin", "owner"], (
        "that it closes is news again to those who still depend on it"
    )
    assert "The day has changed" not in letters(cast.session)[-1].body


def test_two_people_who_save_at_once_tell_once(cast: Cast) -> None:
    provider = Grant(Role.COMPONENT_PROVIDER, Kind.COMPONENT, cast.component)
    second = add_person(cast.session, "second@a.example", provider)
    both = [cast.as_(cast.provider), cast.as_(second)]
    for client in both:
        assert "Check who is hit" in send(client, EDIT, form(ends(6))).text
    bases = [soup_of(client.get(EDIT)).select("[name=base]")[0]["value"] for client in both]
    codes = [
        send(client, EDIT, form(ends(6), base=base, confirm="yes")).status_code
        for client, base in zip(both, bases, strict=True)
    ]
    assert codes == [303, 303]
    assert len(cast.told()) == 3


def test_a_repeated_job_tells_nobody_again(cast: Cast) -> None:
    cast.close(ends(6))
    cast.told()
    job = cast.session.scalars(select(Job).where(Job.kind == telling.JOB)).one()
    run = Run(cast.database, settings_for(cast.database), job.payload, 2, now)
    telling.tell(run)
    assert len(cast.told()) == 3
    cast.close(ends(6), lifecycle="live")
    with cast.database.writing() as session:
        late = {**job.payload, "on": ends(9).isoformat(), "job": "late"}
        jobs.add(session, telling.JOB, late, now(), "late")
    subjects = [subject for _who, subject in cast.told()]
    assert len(subjects) == 6, "a day that is no longer said is nobody's news"
    assert all("does not close after all" in subject for subject in subjects[3:])


def test_a_kill_before_the_commit_loses_and_doubles_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.close(ends(6))
    payload = cast.session.scalars(select(Job).where(Job.kind == telling.JOB)).one().payload
    run = Run(cast.database, settings_for(cast.database), payload, 1, now)
    queued = mail.queue

    def killed(*args: Any, **more: Any) -> bool:
        queued(*args, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(mail, "queue", killed)
    with pytest.raises(KeyboardInterrupt):
        telling.tell(run)
    monkeypatch.undo()
    assert cast.session.scalar(select(func.count()).select_from(ClosingNotice)) == 0
    assert len(cast.told()) == 3


def test_who_cannot_be_reached_is_passed_over(cast: Cast) -> None:
    grants.add(cast.session, cast.third.id, cast.owns("a"), act())
    people.unreached(cast.session, cast.third, act())
    cast.session.commit()
    cast.close(ends(6))
    mails = cast.told()
    assert sorted(who for who, _subject in mails) == ["admin", "owner"]
    mine = next(each for each in letters(cast.session) if each.to_address.startswith("admin"))
    assert "2 services" in mine.body, "the administrators above are told"


def test_each_is_followed_to_where_it_goes(cast: Cast, client: PageClient) -> None:
    cast.close(ends(2))
    cast.told()
    assert cast.states(client) == dict.fromkeys("abcd", "not_started") | {"gone": "moved"}
    assert cast.waits(cast.owner) == [
        ("closes_in_3_months", "/services/a/needs/hosting"),
        ("closes_in_3_months", "/services/b/needs/hosting"),
    ]
    assert cast.waits(cast.admin) == [("closes_in_3_months", "/services/d/needs/hosting")], (
        "of the services without an owner"
    )
    soon = cast.waits(cast.owner, ends(2) - timedelta(days=20))
    assert [task for task, _href in soon] == ["closes_in_1_month"] * 2
    team = cast.as_(cast.owner)
    values = {"component": "cloud", "status": "planned"}
    _declare(cast, "a", values)
    assert cast.waits(cast.owner) == [("closes_in_3_months", "/services/b/needs/hosting")]
    _declare(cast, "c", {"component": "cloud", "status": "live", "since": TODAY})
    _stop(cast, "b")
    assert cast.states(client) == {
        "a": "chosen", "b": "moved", "c": "moving", "d": "not_started", "gone": "moved",
    }  # fmt: skip
    assert "Closes on" in team.get("/services/a/needs").text
    rows = {row["service_slug"]: row for row in client.get(f"{PAGE}.json").get_json()["items"]}
    assert rows["a"]["next_component_slug"] == "cloud" and rows["b"]["next_usage"] is None
    assert rows["a"]["told_on"] == TODAY.isoformat() and rows["gone"]["told_on"] is None
    _declare(cast, "b", {"component": "cloud", "status": "live", "since": TODAY})
    page = soup_of(client.get(PAGE))
    assert "No longer uses it" in page.select("#dependents tbody tr")[1].get_text()
    assert "Declared" in page.select("#dependents tbody tr")[0].get_text()
    assert page.select("#dependents tbody tr")[1].select("a[href='/components/cloud']")
    assert page.select("#progress progress")[3]["value"] == "2"
    sent = {"lifecycle": "closed", "confirm": "yes"}
    parts = {f"closes_on-{part}": getattr(TODAY, part) for part in ("day", "month", "year")}
    assert send(cast.as_(cast.provider), EDIT, {**sent, **parts}).status_code == 303
    cast.session.expire_all()
    assert cast.states(client) == {
        "a": "still_there", "b": "moved", "c": "still_there", "d": "still_there", "gone": "moved",
    }  # fmt: skip
    assert ("closed_still_used", "/services/a/needs/hosting") in cast.waits(cast.owner)
    for slug in "acd":
        _stop(cast, slug)
    assert set(cast.states(client).values()) == {"moved"}
    assert cast.waits(cast.owner) == []
    assert "closed_in_use" not in client.get("/burning-platforms.json").text


def _declare(cast: Cast, slug: str, values: dict[str, Any]) -> None:
    place = Place(cast.ids[slug], slug, "hosting")
    empty = {"since": None, "planned_live": None, "until": None, "share": None}
    said = Said("shared_component", {**empty, **values}, cast.usage(slug))
    meeting.meet(cast.database, place, said, act())
    cast.session.expire_all()


def _stop(cast: Cast, slug: str) -> None:
    row = cast.session.get_one(Usage, cast.usage(slug))
    row.status, row.until = UsageStatus.STOPPED, TODAY
    cast.session.commit()


def test_a_service_that_comes_later_is_warned_at_once(cast: Cast) -> None:
    cast.close(ends(6))
    add_service(cast.session, "late", owner="ministry")
    ids = services.ids_by_slug(cast.session)
    owner = Grant(Role.SERVICE_OWNER, Kind.SERVICE, ids["late"])
    team = cast.as_(add_person(cast.session, "late@a.example", owner))
    sent = {"how": "component:paas", "status": "live", "since-day": "1", "since-month": "2",
            "since-year": "2026"}  # fmt: skip
    page = "/services/late/needs/hosting"
    answer = send(team, page, {**sent, "how": _how(team, page)})
    assert answer.status_code == 303, answer.text
    assert "Paas closes on" in team.get(answer.headers["Location"]).text


def _how(client: FlaskClient, page: str) -> str:
    found = [box["value"] for box in soup_of(client.get(page)).select("input[name=how]")]
    return next(str(value) for value in found if "paas" in str(value))


def test_a_proposal_that_closes_it_asks_and_tells_too(cast: Cast) -> None:
    visitor = cast.as_(add_person(cast.session, "reader@a.example"))
    sent = form(ends(6), why="It was announced")
    assert send(visitor, "/components/paas/propose/lifecycle", sent).status_code == 303
    provider = cast.as_(cast.provider)
    one = soup_of(provider.get("/proposals")).select("a[href^='/proposals/']")[0]["href"]
    base = soup_of(provider.get(str(one))).select("[name=base]")[0]["value"]
    decision = {"decision": "accept", "base": base}
    asked = send(provider, f"{one}/decide", decision, str(one))
    assert "Check who is hit before you save" in asked.text
    done = send(provider, f"{one}/decide", {**decision, "confirm": "yes"}, str(one))
    assert done.status_code == 303
    told = [who for who, subject in cast.told() if "closes on" in subject]
    assert sorted(told) == ["admin", "owner", "third"]


def test_the_database_finds_the_states_that_the_rules_say(cast: Cast) -> None:
    """Every status of a use, with every sort of other use of the same need beside it."""
    day = "2026-01-01"
    others = [(a, s, r) for a in ("own_build", "gap") for s in UsageStatus for r in (True, False)]
    wanted: dict[str, tuple[Moving, Moving]] = {}
    for status in UsageStatus:
        for number, (arrangement, next_status, replaces) in enumerate(others):
            slug = f"x-{status.value.replace('_', '-')}-{number}"
            add_service(cast.session, slug, owner="ministry")
            add_usage(cast.session, slug, "hosting", component="paas", **_dates(status, day))
            add_usage(cast.session, slug, "hosting", arrangement=arrangement,
                      **_dates(next_status, day))  # fmt: skip
            mine = services.ids_by_slug(cast.session)[slug]
            rows = cast.session.scalars(
                select(Usage).where(Usage.service_id == mine).order_by(Usage.id)
            ).all()
            rows[1].replaces_id = rows[0].id if replaces else None
            other = Next(replaces, next_status, Arrangement(arrangement))
            then = next_status if comes_next(status, other) else None
            wanted[slug] = (moving(status, then, False),
                            moving(status, then, True))  # fmt: skip
    cast.session.flush()
    component = closing.ending(cast.session, "paas")
    for place, day_of_end in enumerate((TODAY + timedelta(1), TODAY)):
        query = DependentQuery(component._replace(ends=day_of_end), TODAY)
        found = {row.service_slug: row.state for row in closing.listing(cast.session, query)
                 if row.service_slug.startswith("x-")}  # fmt: skip
        left_out = ("considering", "planned")
        assert found == {slug: states[place].value for slug, states in wanted.items()
                         if slug.split("-")[1] not in left_out}  # fmt: skip
        numbers = closing.progress(cast.session, query).states
        rows = closing.listing(cast.session, query)
        assert numbers == {state: sum(row.state == state for row in rows) for state in numbers}


def _dates(status: UsageStatus, day: str) -> dict[str, Any]:
    since = day if status in ("live", "stopping", "stopped") else None
    return {"status": status.value, "since": since, "until": day if status == "stopped" else None}


def test_a_merged_service_was_told_once(cast: Cast) -> None:
    cast.close(ends(6))
    cast.told()
    wanted = Wanted(RecordKind.SERVICE, cast.ids["a"], cast.ids["b"], {}, None)
    merging.merge(cast.database, wanted, act())
    found = cast.session.scalars(select(ClosingNotice.service_id)).all()
    assert sorted(found) == sorted(cast.ids[slug] for slug in "acd")


def test_what_goes_on_has_no_day_of_its_end(cast: Cast) -> None:
    wrong = send(cast.as_(cast.provider), EDIT, form(ends(6), lifecycle="live"))
    assert wrong.status_code == 422
    assert "Choose that it is closing, or leave this day out" in wrong.text
    cast.close(ends(6))
    cast.close(ends(6), lifecycle="live")
    assert components.load(cast.session, [cast.component])[0].closes_on is None, "called off"
