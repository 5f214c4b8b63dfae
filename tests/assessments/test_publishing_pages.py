"""The pages from the assurance check to closed actions, on the demo set: who is shown what."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal import clock
from portal.assessments.store import bookings
from portal.web.people import as_person
from tests.support.accounts import send
from tests.support.bookings import ASSURANCE, team_of, with_account
from tests.support.examples import CHECKED, HELD, REVIEWED, WEAKNESS, held
from tests.support.pages import PageClient, filled, soup_of
from tests.support.people import Somebody

pytestmark = pytest.mark.parametrize("demo", [True])


def _team(session: Session, reference: str) -> Somebody:
    return team_of(bookings.row_of(session, reference).service_id or 0)


def test_a_draft_is_checked_word_by_word(app: Flask, client: PageClient, session: Session) -> None:
    page = f"/assessments/{CHECKED}/check"
    mark = held(session)["assurance_checks"]["mark"]
    with as_person(app, _team(session, CHECKED)):
        assert client.get(page).status_code == 403
        assert client.get(f"/assessments/{CHECKED}/review").status_code == 403
    with as_person(app, ASSURANCE):
        text = soup_of(client.get(page)).text
        assert "2 places wait" in text and WEAKNESS in text and "How it will read" in text
        where = f"{page}/9/{mark}"
        assert client.get(f"{page}/9/{'0' * 64}").status_code == 404
        wrong = send(client, where, {"decision": "keep", "reason": ""}, page=where)
        assert wrong.status_code == 422 and "Enter why these words go or stay" in wrong.text
        done = send(client, where, {"decision": "redact", "reason": "Not for all"}, page=where)
        assert done.headers["Location"] == page
        text = soup_of(client.get(page)).text
        assert "1 place waits" in text and "[redacted]" in text and WEAKNESS not in text
        asked = client.get(f"/assessments/{CHECKED}/moves/send_to_team").text
        assert "Send the report to the team" in asked


def test_the_team_reads_challenges_and_the_panel_answers(
    app: Flask, client: PageClient, session: Session
) -> None:
    page = f"/assessments/{REVIEWED}/review"
    team, number = _team(session, REVIEWED), held(session)["report_reviews"]["challenge_id"]
    lead = with_account(min(p for s in bookings.seats_of(
        session, bookings.row_of(session, REVIEWED).id) if (p := s.person_id)))  # fmt: skip
    with as_person(app, team):
        assert "not sent yet" in client.get(page).text
        for what in ("0/result/0", "1/rating/0"):
            assert f"{page}/{what}" in client.get(page).text
            assert client.get(f"{page}/{what}").status_code == 200
        assert client.get(f"/assessments/{REVIEWED}/actions").status_code == 200
        where = f"{page}/1/to_explore/0"
        data = {"paragraph": "Look at what dealers do differently.", "text": "We did"}
        wrong = send(client, where, {**data, "text": " "}, page=where)
        assert wrong.status_code == 422
        assert send(client, where, data, page=where).headers["Location"] == page
        assert client.get(f"{page}/1/to_explore/9").status_code == 404
        where = f"{page}/challenges/{number}/remove"
        assert send(client, where, {}, page=where).headers["Location"] == page
        move = f"/assessments/{REVIEWED}/moves/challenge"
        done = send(client, move, {"version": "1"}, page=move)
        assert done.status_code == 303, done.text
        assert "Waits for the panel" in client.get(page).text
    number += 1
    with as_person(app, lead):
        where = f"{page}/challenges/{number}/answer"
        wrong = send(client, where, {"answer": "Yes"}, page=where)
        assert wrong.status_code == 422
        data = {"state": "kept", "answer": "It stands"}
        assert send(client, where, data, page=where).headers["Location"] == page
        assert "Send the answers" in client.get(page).text
    with as_person(app, team):
        assert "It stands" in client.get(page).text
        assert client.get(f"{page}/challenges/{number}/answer").status_code == 403


def test_a_published_report_is_everywhere_corrected_and_taken_back(
    app: Flask, client: PageClient, session: Session
) -> None:
    slug = held(session)["report_versions"]["slug"]
    report, booking = f"/reports/{slug}", f"/assessments/{HELD}"
    everywhere = (
        "/reports?stage=live_review&year=", "/reports.json", "/reports.csv", "/reports.atom",
        "/services/make-a-sorn/assessments", "/services/make-a-sorn/points", "/reports?q=made+up",
    )  # fmt: skip
    for address in everywhere:
        assert slug in client.get(address).text, address
    assert "/assessments" in client.get("/services/make-a-sorn").text
    assert client.get(f"{report}/versions/2").status_code == 404
    for ending in ("", ".json", ".csv"):
        assert client.get(f"{report}/versions{ending}").status_code == 200
        assert client.get(f"{report}/versions/1{ending}").status_code == 200
        assert client.get(f"/services/make-a-sorn/points{ending}").status_code == 200
    assert "First published on" in client.get(report).text
    figures = "/reports/statistics?standard=service-standard-3"
    assert "2 actions are open" in soup_of(client.get(figures)).text
    here = client.get(figures.replace("?", ".json?")).json
    assert (here["held_here"], here["open_actions"]["not_due"]) == (1, 2)
    with as_person(app, ASSURANCE):
        assert f"{booking}/correct" in client.get(booking).text
        assert client.get(f"{booking}/correct").status_code == 200
        where = f"{booking}/correct/5"
        data = {
            "done_well": "Other words", "to_explore": "", "kind": "major", "why": "Wrong",
            "note": "Point 5 says more", "version": str(bookings.row_of(session, HELD).version),
        }  # fmt: skip
        wrong = send(client, where, {**data, "note": ""}, page=where)
        assert wrong.status_code == 422 and "Enter what changed" in wrong.text
        bad = send(client, where, {**data, "done_well": "Ring 01632 960123"}, page=where)
        assert bad.status_code == 422 and "Look at the words" in bad.text
        assert send(client, where, data, page=where).headers["Location"] == report
        where = f"{booking}/correct/1"
        form = filled(client.get(where))
        assert (form["verbatim"], form["result"]) == (["Green"], ["Amber"]), "as it is"
        data = {
            **form, "verbatim": "Red", "result": "Green", "result_reason": "", "kind": "minor",
            "why": "Wrong", "note": "Point 1 was not met",
        }  # fmt: skip
        for said, text in (
            ({}, "Select major: another rating"),
            ({"kind": "major"}, "Say why: the result disagrees"),
        ):
            wrong = client.post(where, data={**data, **said})
            assert wrong.status_code == 422 and text in wrong.text
            assert "It passes, but these points are not met: 1" in wrong.text
            assert filled(wrong)["verbatim"] == ["Red"]
        data |= {"kind": "major", "result_reason": "It passes all the same."}
        assert client.post(where, data=data).headers["Location"] == report
        said = client.get(f"{report}.json").get_json()
        assert said["assessments"][0]["result"] == "met"
        assert said["assessments"][0]["points"][0]["rating"] == "not_met"
        assert client.get(f"{report}/versions/1.json").get_json()["points"][0]["rating"] == "met"
        whole = filled(client.get(f"{booking}/correct/0"))
        assert "result" in whole and "verbatim" not in whole
    assert "Point 5 says more" in client.get(report).text
    feed = client.get("/reports.atom").text
    entry = next(each for each in feed.split("<entry>") if slug in each)
    assert f"<updated>{clock.now():%Y-%m-%d}" in entry
    assert entry == feed.split("<entry>")[1], "what was published or corrected last comes first"
    assert "Other words" not in client.get(f"{report}/versions/1").text
    assert "Other words" in client.get(f"{report}/versions/2").text
    session.expire_all()
    with as_person(app, ASSURANCE):
        where = f"{booking}/unpublish"
        version = str(bookings.row_of(session, HELD).version)
        wrong = send(client, where, {"reason": "Wrong", "goes_to": "http://x.example",
                                     "version": version}, page=where)  # fmt: skip
        assert wrong.status_code == 422
        for nowhere in ("/nowhere-at-all", "/reports/nothing-there"):
            lost = {"reason": "Wrong", "goes_to": nowhere, "version": version}
            refused = send(client, where, lost, page=where)
            assert refused.status_code == 422 and "a page that there is" in refused.text
        data = {"reason": "It is of another service", "goes_to": "", "version": version}
        assert send(client, where, data, page=where).headers["Location"] == booking
    for address in (report, f"{report}/versions", f"{report}/versions/1", f"{report}/history"):
        gone = client.get(address)
        assert gone.status_code == 410 and "It is of another service" in gone.text
    assert client.get(f"{report}.json").json["status"] == 410
    for address in everywhere:
        assert slug not in client.get(address).text, address


def test_actions_are_evidenced_and_decided(
    app: Flask, client: PageClient, session: Session
) -> None:
    booking = f"/assessments/{HELD}"
    known = held(session)["follow_ups"]
    action = f"{booking}/actions/{known['action_id']}"
    team = _team(session, HELD)
    lead = with_account(min(p for s in bookings.seats_of(
        session, bookings.row_of(session, HELD).id) if (p := s.person_id)))  # fmt: skip
    with as_person(app, Somebody(id=10**6)):
        assert client.get(action).status_code == 404
        assert "There are no actions" in client.get("/assessment-actions").text
        assert client.get("/assessment-actions.json").json["items"] == []
    with as_person(app, team):
        for ending in ("", ".csv", ".json"):
            assert "speech software" in client.get(f"/assessment-actions{ending}").text
            assert "speech software" in client.get(f"{booking}/actions{ending}").text
        assert "/actions" in client.get(booking).text
        assert "No action matches" in client.get("/assessment-actions?state=closed").text
        assert "14." in client.get("/assessment-actions?point=14&age=not_due").text
        assert client.get("/assessment-actions.json?age=x").status_code == 400
        where = f"{action}/evidence"
        data = {"text": "We tested", "address": "https://notes.demo.example/x", "version": "2"}
        wrong = send(client, where, {**data, "address": "ftp://x"}, page=where)
        assert wrong.status_code == 422
        assert send(client, where, data, page=where).headers["Location"] == action
        assert client.get(f"{action}/decide/accept_risk").status_code == 403
        assert client.get(where).status_code == 404, "it waits for the lead"
    with as_person(app, lead):
        assert "We tested" in client.get(action).text
        where = f"{action}/review/not_enough"
        assert send(client, where, {"text": "", "version": "3"}, page=where).status_code == 422
        data = {"text": "With whom?", "version": "3"}
        assert send(client, where, data, page=where).headers["Location"] == action
    with as_person(app, ASSURANCE):
        where = f"{action}/decide/accept_risk"
        data = {"text": "It ends next year", "version": "4"}
        assert send(client, where, data, page=where).headers["Location"] == action
        text = soup_of(client.get(action)).text
        assert "Risk accepted" in text and "With whom?" in text
        assert "accepted_risk" in client.get("/assessment-actions.json").text
    with as_person(app, team):
        where = f"{booking}/assess-again/amber_review"
        assert "5, 14" in client.get(where).text
        made = send(client, where, {}, page=where).headers["Location"]
        assert client.get(made).status_code == 200
        assert client.get(where).status_code == 404, "it is booked"
        assert made in client.get(f"{booking}/actions").text
        assert client.get(f"{booking}/assess-again/reassessment").status_code == 404
