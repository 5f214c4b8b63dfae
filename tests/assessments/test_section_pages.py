"""The pages of a draft report: written, saved meanwhile, compared, washed up and decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.assessments.booking_words import State
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.models.publishing import FollowUp
from portal.assessments.store import sections
from portal.assessments.words import Rating, Stage
from portal.web.people import as_person
from tests.support.accounts import send, token_in
from tests.support.drafts import REFERENCE, Draft, drafted
from tests.support.pages import PageClient, soup_of
from tests.support.people import Somebody
from tests.support.queries import statements
from tests.support.transactions import RolledBackDatabase

PAGE = f"/assessments/{REFERENCE}"
POINT = f"{PAGE}/sections/2"


@pytest.fixture
def draft(session: Session) -> Draft:
    made = drafted(session)
    session.commit()
    return made


@contextmanager
def playing(app: Flask, draft: Draft, name: str) -> Iterator[None]:
    """Everything comes from one of the people of a draft."""
    who = draft.people[name]
    with as_person(app, Somebody(who.grants, id=who.id, name=name)):
        yield


def _typed(done_well: str = "", **more: str) -> dict[str, str]:
    return {"version": "1", "verbatim": "Green", "done_well": done_well, "go": "Save", **more}


def _section(session: Session, number: int = 2) -> Section:
    session.expire_all()
    return sections.at(session, session.scalars(select(Booking.id)).one(), number)


def _autosave(client: PageClient, data: dict[str, str]) -> TestResponse:
    token = token_in(client.get(POINT))
    return client.post(f"{POINT}/autosave", data={"csrf_token": token, **data})


def test_a_section_is_written_and_previewed(
    app: Flask, client: PageClient, session: Session, draft: Draft
) -> None:
    with playing(app, draft, "design"):
        page = client.get(POINT).text
        assert "Written by Assessor design." in page and 'data-autosave="' in page
        shown = send(client, POINT, {**_typed("Uses **patterns**"), "go": "", "preview": "Preview"})
        assert "<strong>patterns</strong>" in shown.text and "not saved yet" in shown.text
        assert _section(session).version == 1
        shown = send(client, POINT, {**_typed("<script>alert(1)</script>"), "preview": "Preview"})
        assert "<script>alert" not in shown.text
        assert send(client, POINT, _typed("Uses **patterns**")).status_code == 303
        assert _section(session).done_well == "Uses **patterns**"
        assert "Version 2, written by Assessor design" in client.get(POINT).text
        again = send(client, POINT, _typed(version="2", verbatim="N/A"))
        assert again.status_code == 422 and "Enter why the point does not apply" in again.text
        typed = {"version": "2", "verbatim": "N/A", "reason": "No users"}
        assert send(client, POINT, _typed(**typed)).status_code == 303
        assert (_section(session).rating, _section(session).reason) == (
            Rating.NOT_RATED, "No users",
        )  # fmt: skip
        whole = client.get(f"{PAGE}/sections/0").text
        assert "The service as a whole" in whole and 'name="verbatim"' not in whole
        assert client.get(f"{PAGE}/sections/9").status_code == 404


def test_two_people_in_one_section_see_both_texts(
    app: Flask, client: PageClient, session: Session, draft: Draft
) -> None:
    with playing(app, draft, "tech"):
        assert send(client, POINT, _typed("First words")).status_code == 303
    with playing(app, draft, "design"):
        both = send(client, POINT, _typed("Second words", verbatim="Amber"))
        assert both.status_code == 409
        for words in ("First words", "Second words", "Assessor tech wrote here"):
            assert words in both.text
        form = soup_of(both).select(f"form[action='{POINT}']")[0]
        kept = {i["name"]: i["value"] for i in form.select("input[type=hidden]")}
        assert kept["version"] == "2" and kept["aside"]
        assert "Second words" in form.select("textarea[name=done_well]")[0].text
        page = client.get(POINT).text
        assert "Bring both together" in page
        compare = f"{POINT}/texts/{kept['aside']}/compare"
        assert "Second words" in client.get(compare).text
        with playing(app, draft, "tech"):
            assert client.get(compare).status_code == 403
            assert "A text of Assessor design" in client.get(POINT).text
        merged = _typed("First words\nSecond words", version="2", aside=kept["aside"])
        assert send(client, POINT, merged).status_code == 303
        assert client.get(compare).status_code == 404
        assert _section(session).done_well == "First words\nSecond words"
        assert sections.aside(session, [_section(session).id]) == []


def test_what_is_typed_is_saved_meanwhile(
    app: Flask, client: PageClient, session: Session, draft: Draft
) -> None:
    with playing(app, draft, "design"):
        first = _autosave(client, _typed("Half a sen", verbatim="N/A"))
        assert first.status_code == 200 and first.json["version"] == 2, "its reason comes later"
        assert first.json["message"].startswith("Saved")
        assert _section(session).done_well == "Half a sen"
        late = _autosave(client, _typed("Another"))
        assert late.status_code == 409 and "kept" in late.json["message"]
        [aside] = sections.aside(session, [_section(session).id])
        assert late.json["aside"] == aside.id and aside.said.done_well == "Another"
        assert _autosave(client, _typed("x" * 50_001, version="2")).status_code == 422
        assert _autosave(client, _typed("x", version="2", verbatim="Met")).status_code == 422
        draft.booking.state = State.ASSURANCE_CHECK
        session.flush()
        locked = _autosave(client, _typed("Too late", version="2"))
        assert locked.status_code == 409 and "Not saved" in locked.json["message"]
        assert _section(session).version == 2


def test_a_locked_or_carried_section_is_only_read(
    app: Flask, client: PageClient, session: Session, draft: Draft
) -> None:
    section = _section(session)
    section.carried, section.verbatim, section.rating = True, "Red", Rating.NOT_MET
    session.flush()
    with playing(app, draft, "design"):
        carried = client.get(POINT).text
        assert "carried forward" in carried and "<textarea" not in carried and "Red" in carried
        assert client.get(f"{POINT}/actions/new").status_code == 403
    draft.booking.state = State.TEAM_REVIEW
    session.flush()
    with playing(app, draft, "design"):
        assert "with others now" in client.get(f"{PAGE}/sections/3").text
        sent = client.post(f"{PAGE}/sections/3", data={
            "csrf_token": token_in(client.get("/account")), **_typed("Too late"),
        })  # fmt: skip
        assert sent.status_code == 409 and "nothing is lost" in sent.text
    with playing(app, draft, "lead"):
        assert client.get(f"{PAGE}/decision").status_code == 403
        assert client.get(f"{POINT}/owner").status_code == 403


def test_earlier_texts_are_read_restored_and_settled(
    app: Flask, client: PageClient, session: Session, draft: Draft
) -> None:
    with playing(app, draft, "design"):
        send(client, POINT, _typed("One"))
        send(client, POINT, _typed("Two", version="2"))
        send(client, POINT, _typed("Three"))
        listed = client.get(f"{POINT}/texts").text
        for words in ("One", "Two", "Three", "Version 3", "Set aside, beside version 2",
                      "Assessor design", "Waits for its author"):  # fmt: skip
            assert words in listed
        three, two, one = sections.texts(session, _section(session).id)
        assert "One" in client.get(f"{POINT}/texts/{one.id}/restore").text
        done = send(client, f"{POINT}/texts/{one.id}/restore", {"version": "3"})
        assert done.status_code == 303 and _section(session).done_well == "One"
        stale = send(client, f"{POINT}/texts/{two.id}/restore", {"version": "3"})
        assert stale.status_code == 409 and "Two" in stale.text
    with playing(app, draft, "tech"):
        assert send(client, f"{POINT}/texts/{three.id}/settle", {}).status_code == 403
    with playing(app, draft, "lead"):
        assert "Leave this text aside?" in client.get(f"{POINT}/texts/{three.id}/settle").text
        assert send(client, f"{POINT}/texts/{three.id}/settle", {}).status_code == 303
        assert "Settled" in client.get(f"{POINT}/texts").text
    with playing(app, draft, "assurance"):
        assert "Three" in client.get(f"{POINT}/texts").text
        assert client.get(f"{POINT}/texts/{one.id}/restore").status_code == 403
    with playing(app, draft, "team"):
        assert client.get(f"{POINT}/texts").status_code == 403


def test_the_list_of_texts_is_paged(
    app: Flask, client: PageClient, session: Session, draft: Draft
) -> None:
    with playing(app, draft, "design"):
        for turn in range(1, 13):
            send(client, POINT, _typed(f"Text {turn}", version=str(turn)))
        first = client.get(f"{POINT}/texts")
        assert "Text 12" in first.text and "Text 2<" not in first.text
        following = soup_of(first).select("a[rel=next]")[0]["href"]
        assert "Text 2" in client.get(str(following)).text


def test_the_wash_up_says_what_is_missing(
    app: Flask, client: PageClient, session: Session, draft: Draft
) -> None:
    with playing(app, draft, "design"):
        send(client, POINT, _typed("Clear"))
    with playing(app, draft, "tech"):
        send(client, POINT, _typed("Clear", version="2", verbatim="Red"))
        send(client, POINT, _typed("Mine", version="1"))
        page = client.get(f"{PAGE}/sections")
        rows = soup_of(page).select("#points tbody tr")
        said = " ".join(rows[2].get_text().split())
        for words in ("Red", "Assessor design said Green", "Assessor tech said Red",
                      "The panel does not agree", "1 text is set aside"):  # fmt: skip
            assert words in said
        assert "No rating yet" in rows[1].get_text()
        assert "Assessor lead" in rows[4].get_text(), "nobody sits for performance"
        assert "Record the overall result" not in page.text
    with playing(app, draft, "assurance"):
        assert client.get(f"{PAGE}/sections").status_code == 200
        assert "of 4 points" in client.get(PAGE).text
    for name in ("team", "observer"):
        with playing(app, draft, name):
            assert client.get(f"{PAGE}/sections").status_code == 403
            told = client.get(PAGE).text
            assert "points are rated" not in told and "Red" not in told
    with playing(app, draft, "nobody"):
        for page in (PAGE, f"{PAGE}/sections", POINT, f"{PAGE}/decision", f"{POINT}/texts"):
            assert client.get(str(page)).status_code == 404


def test_the_wash_up_asks_few_statements(
    app: Flask, client: PageClient, database: RolledBackDatabase, draft: Draft
) -> None:
    with playing(app, draft, "lead"), statements(database) as sent:
        assert client.get(f"{PAGE}/sections").status_code == 200
    assert len(sent) <= 17, sent


def test_the_lead_decides_with_a_reason_and_says_who_writes(
    app: Flask, client: PageClient, session: Session, draft: Draft
) -> None:
    with playing(app, draft, "lead"):
        send(client, POINT, _typed("Not clear", verbatim="Red"))
        page = client.get(f"{PAGE}/decision")
        version = soup_of(page).select("input[name=version]")[0]["value"]
        said: dict[str, Any] = {"version": version, "result": "Green"}
        asked = send(client, f"{PAGE}/decision", said)
        assert asked.status_code == 422 and "these points are not met: 2" in asked.text
        assert "Say why" in asked.text
        assert send(client, f"{PAGE}/decision", {"version": version}).status_code == 422
        stale = send(client, f"{PAGE}/decision", {"version": "99", "result": "Red"})
        assert stale.status_code == 422
        done = send(client, f"{PAGE}/decision", {**said, "reason": "It is mended"})
        assert done.status_code == 303
        washed = client.get(f"{PAGE}/sections").text
        assert "It is mended" in washed and "these points are not met: 2" in washed
        owner = str(draft.people["tech"].id)
        assert send(client, f"{POINT}/owner", {"owner": owner}).status_code == 303
        assert "Written by Assessor tech." in client.get(POINT).text
        assert send(client, f"{POINT}/owner", {"owner": "999"}).status_code == 422
    with playing(app, draft, "design"):
        assert client.get(f"{PAGE}/decision").status_code == 403
        assert client.get(f"{POINT}/owner").status_code == 403
    draft.booking.stage = Stage.DISCOVERY
    session.flush()
    with playing(app, draft, "lead"):
        assert client.get(f"{PAGE}/decision").status_code == 404
        assert 'name="verbatim"' not in client.get(POINT).text


def test_the_guard_says_at_the_button_what_is_missing(
    app: Flask, client: PageClient, draft: Draft
) -> None:
    with playing(app, draft, "lead"):
        said = {"version": str(draft.booking.version)}
        answer = send(client, f"{PAGE}/moves/send_to_check", said)
        assert answer.status_code == 422
        assert re.search(r"Rate these points.*: 1, 2, 3, 4", answer.text)


def test_actions_are_added_changed_and_taken_back(
    app: Flask, client: PageClient, session: Session, draft: Draft
) -> None:
    with playing(app, draft, "design"):
        assert send(client, f"{POINT}/actions/new", {"text": " "}).status_code == 422
        typed = {"text": "Test it", "owner": "Designer"}
        assert send(client, f"{POINT}/actions/new", typed).status_code == 303
        id_ = session.scalars(select(FollowUp.id)).one()
        one = f"{POINT}/actions/{id_}"
        assert "Test it" in client.get(POINT).text and "Test it" in client.get(one).text
        assert (
            send(client, one, {**typed, "text": "Test it all", "version": "1"}).status_code == 303
        )
        stale = send(client, one, {**typed, "version": "1"})
        assert stale.status_code == 422 and "Test it all" in stale.text
        assert send(client, f"{one}/take-back", {"version": "1"}).status_code == 422
        assert "Take this action back?" in client.get(f"{one}/take-back").text
        assert send(client, f"{one}/take-back", {"version": "2"}).status_code == 303
        assert client.get(one).status_code == 404
        assert client.get(f"{PAGE}/sections/0/actions/new").status_code == 403
