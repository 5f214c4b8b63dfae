"""The provider's side: who says that they use a component, and what its provider answers."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts import work
from portal.accounts.models.people import Person
from portal.accounts.store import grants
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import components, rosters, services
from tests.support.accounts import (
    act,
    add_person,
    other_browser,
    send,
    signed_in,
    token_in,
)
from tests.support.data import add_organisation, add_service
from tests.support.pages import filled, soup_of
from tests.support.people import Somebody
from tests.support.storefront import add_capability, add_component, add_usage

CLAIMS = "/components/payments/users"


class Cast:
    """A component with claims, its provider, and the owner of a service that uses it."""

    def __init__(self, app: Flask, session: Session, claims: int) -> None:
        self.app, self.session = app, session
        add_organisation(session, "ministry")
        add_capability(session, "needs")
        add_capability(session, "pay", "needs")
        add_component(session, "payments", "pay")
        for number in range(claims):
            add_service(session, f"s-{number:02}", owner="ministry")
            add_usage(session, f"s-{number:02}", "pay", component="payments")
        component = components.ids_by_slug(session)["payments"]
        service = services.ids_by_slug(session)["s-00"]
        provider = Grant(Role.COMPONENT_PROVIDER, Kind.COMPONENT, component)
        self.provider = add_person(session, "provider@a.example", provider)
        self.owner = add_person(
            session, "owner@a.example", Grant(Role.SERVICE_OWNER, Kind.SERVICE, service)
        )
        self.first = session.scalars(select(Usage.id).where(Usage.service_id == service)).one()
        session.commit()

    def as_(self, person: Person) -> FlaskClient:
        client = other_browser(self.app)
        signed_in(client, self.session, person)
        return client

    def waits(self, person: Person) -> list[str]:
        self.session.expire_all()
        held = grants.held(self.session, person.id, act().day)
        found = work.items(self.session, Somebody(held, person.id), act().day)
        return [i.href for i in found if i.task in ("answer_claims", "disputed_claim")]


@pytest.fixture
def claims() -> int:
    return 2


@pytest.fixture
def cast(app: Flask, session: Session, claims: int) -> Cast:
    return Cast(app, session, claims)


@pytest.mark.parametrize("claims", [60])
def test_a_provider_confirms_some_and_disputes_one(cast: Cast) -> None:
    client = cast.as_(cast.provider)
    assert cast.waits(cast.provider) == [CLAIMS] and cast.waits(cast.owner) == []
    page = soup_of(client.get(CLAIMS))
    boxes = [str(box["value"]) for box in page.select("input[name=usage]")]
    assert len(boxes) == 50
    nothing = client.get(send(client, CLAIMS, {}).headers["Location"])
    assert "Nothing was confirmed" in nothing.text
    done = send(client, CLAIMS, {"usage": boxes[1:]})
    assert "Confirmed: 49." in client.get(done.headers["Location"]).text
    following = str(page.select("a[rel=next]")[0]["href"])
    assert len(soup_of(client.get(following)).select("input[name=usage]")) == 10
    left = client.get(f"{CLAIMS}.json?standing=declared").get_json()
    assert left["count"] == 11 and left["items"][0]["usage"] == cast.first
    assert "Confirmed" in client.get(f"{CLAIMS}?standing=confirmed").text
    assert "No claim stands so" in client.get(f"{CLAIMS}?standing=disputed").text
    assert client.get(f"{CLAIMS}.csv?standing=x").status_code == 400
    assert "standing=x" in client.get(f"{CLAIMS}?standing=x").text
    answer = f"/usages/{cast.first}/answer"
    told = send(client, answer, {"answer": "not_ours", "note": "Not on our list"})
    assert "The provider says otherwise." in client.get(told.headers["Location"]).text
    assert cast.waits(cast.owner) == [f"/usages/{cast.first}"]
    public = other_browser(cast.app).get(f"/usages/{cast.first}")
    assert "Not on our list" in public.text and "provider@a.example" not in public.text
    document = client.get(f"/usages/{cast.first}.json").get_json()
    assert document["standing"] == "disputed" and document["evidence"][0]["reason"] == "not_ours"
    service = other_browser(cast.app).get("/services/s-00")
    assert "Disputed" in service.text
    component = other_browser(cast.app).get("/components/payments")
    assert "confirmed 49 of them" in component.text
    history = other_browser(cast.app).get(f"/usages/{cast.first}/history").text
    assert "The provider disputed it" in history and "They do not use it" in history


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Select whether it is right"),
        ({"answer": "other_date"}, "Enter the date"),
        ({"answer": "stopped"}, "Enter the date"),
        ({"answer": "right", "stopped_on-day": "1", "stopped_on-month": "2",
          "stopped_on-year": "2025"}, "Empty this date"),
        ({"answer": "other_date", "in_use_since-day": "1", "in_use_since-month": "1",
          "in_use_since-year": "2024"}, "That is the date they gave"),
        ({"answer": "stopped", "stopped_on-day": "31", "stopped_on-month": "2",
          "stopped_on-year": "2025"}, "must be a real date"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(
    cast: Cast, sent: dict[str, str], said: str
) -> None:
    client, where = cast.as_(cast.provider), f"/usages/{cast.first}/answer"
    wrong = client.post(where, data=filled(client.get(where)) | {"note": "Typed"} | sent)
    assert wrong.status_code == 422 and said in wrong.text and "Typed" in wrong.text


def test_only_the_provider_answers(cast: Cast) -> None:
    client = cast.as_(cast.owner)
    address = f"/usages/{cast.first}/answer"
    assert client.get(address).status_code == 403
    visitor = other_browser(cast.app)
    assert visitor.get(address).headers["Location"].startswith("/sign-in")
    for somebody in (client, visitor):
        page = soup_of(somebody.get(CLAIMS))
        assert not page.select("input[name=usage]") and page.select(
            f"a[href='/usages/{cast.first}']"
        )
    sent = {"csrf_token": token_in(client.get("/account")), "usage": str(cast.first)}
    assert client.post(CLAIMS, data=sent).status_code == 403
    assert client.get("/usages/999999/answer").status_code == 404
    assert client.get("/usages/999999").status_code == 404


def test_a_component_that_nobody_uses(cast: Cast) -> None:
    add_component(cast.session, "letters", "pay")
    id_ = components.ids_by_slug(cast.session)["letters"]
    other = add_person(
        cast.session, "o@a.example", Grant(Role.COMPONENT_PROVIDER, Kind.COMPONENT, id_)
    )
    cast.session.commit()
    page = cast.as_(other).get("/components/letters/users")
    assert (
        "No service is recorded" in cast.as_(other).get("/components/letters/users/fragment").text
    )
    assert "No service in this catalogue says that it uses it" in page.text


@pytest.mark.parametrize("claims", [60])
def test_both_sides(cast: Cast) -> None:
    client = other_browser(cast.app)
    where = "/components/payments/reconciliation"
    assert "has published no list" in client.get(where).text
    assert client.get(f"{where}.json").get_json()["items"] == []
    component = components.ids_by_slug(cast.session)["payments"]
    rows = [{"organisation": "Ministri", "services": 61},
            {"organisation": "Ministry of Fun", "services": 1}]  # fmt: skip
    document = {"component": "payments", "taken_on": "2026-08-04", "sort": "counts",
                "source": "https://a.example/list", "rows": rows}  # fmt: skip
    known = services.ids_by_slug(cast.session)
    rosters.save(cast.session, None, component, None, document, known, act(), "imported")
    cast.session.commit()
    page = client.get(where)
    cells = [c.get_text(" ", strip=True) for c in soup_of(page).select("#reconciled tbody th")]
    assert cells[-1] == "Ministry", "in the catalogue alone, as long as no name is matched"
    assert "Not matched to an organisation yet. It may be Ministry" in cells[0]
    assert "confirms none" in page.text and "4 August 2026" in page.text
    found = client.get(f"{where}.json?list=catalogue_only").get_json()["items"]
    assert [(row["name"], row["catalogue_says"]) for row in found] == [("Ministry", 60)]
    assert "Nothing is on this list" in client.get(f"{where}?list=different").text
    assert "list=x" in client.get(f"{where}?list=x&by=y").text
    assert client.get(f"{where}.csv?by=y").status_code == 400
    row = {"organisation": None, "service": "S 01", "since": "2024-01-01", "means": "s-01"}
    services_list = {**document, "sort": "per_service", "rows": [row]}
    rosters.save(cast.session, None, component, None, services_list, known, act(), "imported")
    cast.session.commit()
    page = client.get(f"{where}?list=same")
    assert "confirms that a service uses it" in page.text
    assert [a["href"] for a in soup_of(page).select("#reconciled th a")] == ["/services/s-01"]
    following = soup_of(client.get(where)).select("a[rel=next]")
    assert len(soup_of(client.get(str(following[0]["href"]))).select("#reconciled tbody tr")) == 10
    assert "Ministri" in client.get(f"{where}?by=counts").text


@pytest.mark.parametrize("claims", [60])
def test_a_frame_for_other_pages(cast: Cast) -> None:
    answer = other_browser(cast.app).get(f"{CLAIMS}/fragment")
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    page = soup_of(answer)
    assert len(page.select("li a")) == 20 and "60 services of 1 organisation" in answer.text
    assert not page.select("script, form")
    hrefs = [str(a["href"]) for a in page.select("a")]
    assert all(href.startswith("http") for href in hrefs), "they lead out of the frame"
