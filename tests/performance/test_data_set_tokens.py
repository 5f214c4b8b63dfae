"""The tokens of a data set on pages: shown once, replaced, revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.audit import history_of
from portal.performance.store import data_sets, tokens
from tests.performance.places import Place, text, text_of
from tests.support.pages import PageClient, filled, soup_of

ADDRESS = "/data-sets/a-fine/volumes/tokens"


@pytest.fixture
def place(app: Flask, session: Session) -> Place:
    return Place(app, session)


def test_a_token_is_shown_once_and_can_be_replaced_and_revoked(
    client: PageClient, place: Place
) -> None:
    row = place.add()
    assert "No token works" in text(place.team, ADDRESS)
    form = filled(place.team.get(ADDRESS))
    assert "Enter which program it is for" in text_of(place.team.post(ADDRESS, data=form))
    made = place.team.post(ADDRESS, data={**form, "label": "Monthly export"})
    [shown] = soup_of(made).select("#token")
    assert "no-store" in made.headers["Cache-Control"] and len(shown.get_text()) > 30
    again = place.team.post(ADDRESS, data={**form, "label": "Monthly export"})
    assert soup_of(again).select("#token")[0].get_text() == shown.get_text()
    page = text(place.team, ADDRESS)
    assert "Monthly export" in page and "Never" in page and shown.get_text() not in page
    [token] = tokens.of_set(place.session, row.id)
    rotate = f"{ADDRESS}/{token.id}/rotate"
    replacing = filled(place.team.get(rotate))
    told = [
        soup_of(place.team.post(rotate, data=replacing)).select("#token")[0].get_text()
        for _ in range(2)
    ]
    assert told[0] == told[1] != shown.get_text()
    assert len(tokens.of_set(place.session, row.id)) == 2
    # Both have the same name: only the older one has an end, and is said to be replaced.
    newer, older = soup_of(place.team.get(ADDRESS)).select("#tokens tbody tr")
    assert "No end is set" in newer.get_text() and "A newer one" not in newer.get_text()
    assert "A newer one takes its place" in older.get_text()
    # Later it is not told again, and the page has a key for another one.
    for each in tokens.of_set(place.session, row.id):
        each.made_at -= timedelta(minutes=11)
    place.session.commit()
    late = place.team.post(ADDRESS, data={**form, "label": "Monthly export"})
    assert "This form was sent before" in text_of(late)
    assert filled(late, "main form:has(#label)")["once"] != form["once"]
    asked = place.team.post(f"{ADDRESS}/{token.id}/revoke", data=filled(place.team.get(rotate)))
    assert "Revoke this token" in text_of(asked)
    gone = place.team.post(f"{ADDRESS}/{token.id}/revoke", data=filled(asked))
    assert gone.status_code == 303 and "revoked" in text(place.team, ADDRESS)
    again = place.team.post(rotate, data=filled(place.team.get(rotate)))
    assert again.status_code == 303
    assert "This token does not work any more" in text(place.team, ADDRESS)
    assert place.team.get(f"{ADDRESS}/999999/rotate").status_code == 404
    told = text(client, "/data-sets/a-fine/volumes/history")
    assert "Monthly export" in told and token.digest not in told
    tags = [each.tag for each in history_of(place.session, data_sets.THING, row.id)]
    assert tags[0] == "data_set.token_revoked"
    assert client.get(ADDRESS).status_code == 302
