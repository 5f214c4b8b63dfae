"""Which organisation a published name means is decided on a page, with its history."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.audit import history_of
from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.store import matches
from portal.catalogue.words import MatchAbout, MatchState
from tests.support.accounts import add_person, other_browser, send, signed_in
from tests.support.data import ACT, add_organisation
from tests.support.pages import PageClient, soup_of

DECIDER = Grant(Role.ASSURANCE_TEAM, Kind.PORTAL, 0)


@pytest.fixture
def waits(session: Session) -> OrganisationMatch:
    add_organisation(session, "ministry-of-boats")
    add_organisation(session, "harbour-board")
    row = matches.new("Ministry for Boats", None, None, ACT, MatchAbout.OWNER)
    session.add(row)
    session.commit()
    return row


def test_a_name_is_decided_and_decided_anew(
    client: PageClient, app: Flask, session: Session, waits: OrganisationMatch
) -> None:
    address = f"/organisation-names/{waits.id}"
    assert client.get(address).status_code == 302, "only for those who may"
    assert "Say what it means" not in client.get("/organisation-names").text
    team = other_browser(app)
    signed_in(team, session, add_person(session, "team@a.example", DECIDER))
    assert soup_of(team.get("/organisation-names")).select(f"a[href='{address}']")
    page = soup_of(team.get(address))
    offered = [each["value"] for each in page.select("[name=means]")]
    assert "portal:ministry-of-boats" in offered and offered[-2:] == ["other", "none"]
    nothing = send(team, address, {})
    assert nothing.status_code == 422 and "Select which it means" in nothing.text
    bare = send(team, address, {"means": offered[0]})
    assert bare.status_code == 422 and "Enter why it means that" in bare.text
    for wrong in ("", "/organisations/nobody", "https://a.example/organisations/harbour-board"):
        sent = {"means": "other", "organisation": wrong, "reason": "It is"}
        assert send(team, address, sent).status_code == 422, wrong
    # Neither choice is sure: the form asks, and keeps what was typed.
    asked = send(team, address, {"means": "other", "organisation": "the board", "reason": "So"})
    soup = soup_of(asked)
    assert asked.status_code == 422 and "Select which one you mean" in asked.text
    assert [each["value"] for each in soup.select("[name=which]")] == ["portal:harbour-board"]
    assert soup.select_one("[name=organisation]")["value"] == "the board"
    assert soup.select_one("[name=reason]").get_text(strip=True) == "So"
    chosen = {"means": "other", "organisation": "the board", "which": "portal:harbour-board"}
    again = soup_of(send(team, address, chosen))
    assert again.select_one("[name=which][checked]"), "another error does not lose the choice"
    said = {"means": "portal:ministry-of-boats", "reason": "Its name"}
    assert send(team, address, said).status_code == 303
    session.expire_all()
    assert waits.state is MatchState.MATCHED and waits.decided_at is not None
    other = {"means": "other", "organisation": "/organisations/harbour-board", "reason": "No"}
    assert send(team, address, other).status_code == 303
    shown = soup_of(team.get(address)).get_text(" ", strip=True)
    assert "It means Harbour board" in shown and "Why No" in shown
    assert send(team, address, {"means": "none", "reason": "Nobody"}).status_code == 303
    session.expire_all()
    assert waits.state is MatchState.NO_MATCH
    told = [(e.tag, e.reason) for e in history_of(session, matches.THING, waits.id)]
    assert told == [("match.decided", "Nobody"), ("match.decided", "No"),
                    ("match.decided", "Its name")]  # fmt: skip
