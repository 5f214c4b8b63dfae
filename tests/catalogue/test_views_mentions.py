"""Sentences of documents that name components: imported, listed, decided, taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts import work
from portal.accounts.models.people import Person
from portal.accounts.store import grants
from portal.audit import HistoryEvent
from portal.catalogue.models.mentions import Mention
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import claims, components, evidence, services
from tests.interchange.commands import counts, run
from tests.support.accounts import act, add_person, other_browser, signed_in
from tests.support.data import add_organisation, add_service
from tests.support.pages import filled, soup_of
from tests.support.people import Somebody
from tests.support.storefront import add_capability, add_component, add_usage

DOCUMENTS = [
    {
        "original_url": "https://a.example/boats", "title": "Hire a boat - Service Assessment",
        "summary": "It takes fees.",
        "body": "The service uses GOV.UK Purse for fees. Purse with care.\n\n"
                "- The panel recommend GOV.UK Purse for refunds.",
    },
    {"original_url": "https://a.example/planes", "title": "Planes", "body": "It uses Purse now."},
    {"original_url": "https://a.example/planes", "title": "Planes", "body": "Twice."},
    {"original_url": "no address", "title": "X", "body": "GOV.UK Purse"},
    {"original_url": "https://a.example/x", "title": " ", "body": "GOV.UK Purse"},
    {"original_url": "https://a.example/y", "title": "Y", "body": 7},
    "GOV.UK Purse",
]  # fmt: skip


class Cast:
    """A component, two services of which one uses it, and people of all sides."""

    def __init__(self, app: Flask, session: Session, folder: Path) -> None:
        self.app, self.session, self.file = app, session, folder / "documents.json"
        add_organisation(session, "ministry")
        add_capability(session, "needs")
        add_capability(session, "fees", "needs")
        add_component(session, "purse", "fees", name="GOV.UK Purse")
        add_service(session, "boats", owner="ministry", name="Hire a boat")
        add_service(session, "planes", owner="ministry", name="Fly a plane")
        add_usage(session, "boats", "fees", component="purse")
        self.component = components.ids_by_slug(session)["purse"]
        ids = services.ids_by_slug(session)
        self.team = self.person(Role.TEAM_MEMBER, Kind.SERVICE, ids["boats"])
        self.provider = self.person(Role.COMPONENT_PROVIDER, Kind.COMPONENT, self.component)
        self.assurance = self.person(Role.ASSURANCE_TEAM, Kind.PORTAL, 0)
        self.nobody = self.person(Role.TEAM_MEMBER, Kind.SERVICE, ids["planes"])
        session.commit()
        self.file.write_text(json.dumps(DOCUMENTS))

    def person(self, role: Role, kind: Kind, id_: int) -> Person:
        return add_person(self.session, f"{role}{kind}{id_}@a.example", Grant(role, kind, id_))

    def take(self) -> dict[str, int]:
        found = counts(self.app, "documents", str(self.file), "--reports")
        self.session.expire_all()
        return found

    def as_(self, person: Person) -> FlaskClient:
        client = other_browser(self.app)
        signed_in(client, self.session, person)
        return client

    def mentions(self) -> list[Mention]:
        return list(self.session.scalars(select(Mention).order_by(Mention.id)))


@pytest.fixture
def cast(app: Flask, session: Session, tmp_path: Path) -> Cast:
    return Cast(app, session, tmp_path)


def decide(client: FlaskClient, mention: Mention, **said: str) -> int:
    address = f"/mentions/{mention.id}"
    form = filled(client.get(address))
    answer = client.post(address, data={**form, **said})
    if answer.status_code == 422:
        assert soup_of(answer).select(".govuk-error-summary")
    return answer.status_code


def test_each_sentence_is_a_candidate_once(cast: Cast, tmp_path: Path) -> None:
    found = cast.take()
    assert (found["read"], found["created"], found["set_aside"]) == (7, 3, 5)
    rows = cast.mentions()
    assert [(m.sentence, m.guess, m.state, m.service_id is not None) for m in rows] == [
        ("The service uses GOV.UK Purse for fees.", "uses", "open", True),
        ("The panel recommend GOV.UK Purse for refunds.", "advised", "open", True),
        ("It uses Purse now.", "uses", "open", False),
    ]
    assert cast.take()["batch"] is None, "the same file brings nothing new"
    standing = select(Usage.confirmed_on, Usage.disputed_on)
    assert cast.session.execute(standing).all() == [(None, None)], "nothing is a fact yet"
    run(cast.app, "import", "undo", str(found["batch"]), "--yes")
    cast.session.expire_all()
    assert cast.mentions() == []
    for text, why in (("{}", "must be a JSON list"), ("[", "is not JSON"), ("\xff", "not UTF-8")):
        bad = tmp_path / "bad.json"
        bad.write_bytes(text.encode("latin-1"))
        assert why in run(cast.app, "import", "documents", str(bad), "--yes", code=1).output


def test_the_list_and_who_decides(cast: Cast) -> None:
    assert "No document names" in cast.as_(cast.team).get("/mentions").text
    cast.take()
    client = cast.as_(cast.nobody)
    rows = soup_of(client.get("/mentions")).select("#mentions tbody tr")
    assert len(rows) == 3
    chosen = client.get("/mentions?sense=advised&state=open&component=purse&service=boats")
    assert len(soup_of(chosen).select("#mentions tbody tr")) == 1
    assert "No sentence fits" in client.get("/mentions?state=rejected").text
    assert "nonsense" in client.get("/mentions?state=nonsense&sense=nonsense").text
    items = client.get("/mentions.json").get_json()["items"]
    assert [item["guess"] for item in items] == ["uses", "advised", "uses"]
    assert client.get("/mentions.csv").text.count("\n") == 4
    assert client.get("/mentions.json?sense=nonsense").status_code == 400
    first, _second, third = cast.mentions()
    assert not soup_of(client.get(f"/mentions/{first.id}")).select("main form")
    assert client.post(f"/mentions/{first.id}").status_code == 403
    assert client.post("/mentions/999999").status_code == 404
    for person, waits in ((cast.team, "2"), (cast.provider, "3"), (cast.nobody, None)):
        on = cast.session.get_one(Person, person.id)
        held = tuple(grants.held(cast.session, on.id, act().day))
        items = work.items(cast.session, Somebody(held, id=on.id), act().day)
        assert [i.detail for i in items if i.task == "check_mentions"] == ([waits] if waits else [])
    assert soup_of(cast.as_(cast.provider).get(f"/mentions/{third.id}")).select("main form")
    assert soup_of(cast.as_(cast.assurance).get(f"/mentions/{third.id}")).select("main form")


def test_a_use_becomes_evidence_and_confirms_nothing(cast: Cast) -> None:
    cast.take()
    first, second, third = cast.mentions()
    client = cast.as_(cast.team)
    assert decide(client, first) == 422, "nothing is chosen"
    assert decide(client, first, sense="uses", service="") == 422
    day = {"written_on-day": "27", "written_on-month": "3", "written_on-year": "2024"}
    assert decide(client, first, sense="uses") == 422, "without a date"
    assert decide(client, first, sense="uses", service="/services/nowhere", **day) == 422
    assert decide(client, first, sense="uses", service="zebra", **day) == 422
    address = f"/mentions/{first.id}"
    form = {**filled(client.get(address)), "sense": "uses", "service": "fly", **day}
    asked = soup_of(client.post(address, data=form))
    assert [each["value"] for each in asked.select("[name=which]")] == ["planes"]
    assert decide(client, first, sense="reject") == 422, "without a reason"
    assert decide(client, first, sense="uses", **day) == 303
    cast.session.expire_all()
    usage_id = cast.session.scalars(select(Usage.id)).one()
    [row] = evidence.of_usage(cast.session, usage_id)
    assert (row.kind, row.said_on.isoformat(), row.note) == (
        "assessment_report", "2024-03-27", "The service uses GOV.UK Purse for fees.",
    )  # fmt: skip
    assert claims.state_of(cast.session, usage_id, act().day).standing == "declared"
    assert "is evidence of this use" in client.get(f"/mentions/{first.id}").text
    assert client.post(f"/mentions/{first.id}", data={"sense": "uses"}).status_code in (400, 422)
    assert decide(client, second, sense="reject", reason="The panel was wrong") == 303
    other = cast.as_(cast.assurance)
    where = "http://localhost/services/planes?x=1"
    assert decide(other, third, sense="plans", service=where, **day) == 303
    assert "can record it" in other.get(f"/mentions/{third.id}").text
    many = select(func.count()).select_from(Usage)
    flyer = cast.as_(cast.nobody)
    assert "Documents say, and nothing here does" in flyer.get("/services/planes/needs").text
    assert "Documents say" not in client.get("/services/boats/needs").text
    assert cast.session.scalar(many) == 1, "no claim comes of it by itself"
    events = select(func.count()).where(HistoryEvent.tag == "mention.decided")
    assert cast.session.scalar(events) == 3
    batch = cast.session.scalar(select(func.max(HistoryEvent.batch_id)))
    why = run(cast.app, "import", "undo", str(batch), "--yes", code=1).output
    assert "changed after the import" in why


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "confirmed"}, {"sense": "uses"}, {"decided_by": "person:1"},
        {"state": "rejected", "decided_by": "person:1"},
    ],
)  # fmt: skip
def test_the_database_refuses_half_a_decision(cast: Cast, wrong: dict[str, str]) -> None:
    cast.take()
    values = {
        name: getattr(cast.mentions()[0], name)
        for name in ("component_id", "kind", "address", "title", "sentence", "guess", "state",
                     "found_at")
    }  # fmt: skip
    with pytest.raises(IntegrityError), cast.session.begin_nested():
        cast.session.execute(Mention.__table__.insert().values(**{**values, "mark": "x", **wrong}))
