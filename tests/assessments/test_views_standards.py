"""The pages of standards: what everybody reads, and how an administrator makes a version."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.store import things
from portal.assessments.actions import shipped
from portal.assessments.store import standards
from portal.assessments.views import point_panels
from portal.web.caching import PAGES
from portal.web.people import as_person
from tests.support.data import ACT, add_organisation
from tests.support.pages import PageClient, filled, soup_of
from tests.support.people import Somebody, everywhere
from tests.support.queries import statements
from tests.support.transactions import RolledBackDatabase

DEMO = pytest.mark.parametrize("demo", [True])
ONE_KIND = pytest.mark.parametrize("kind", ["sqlite"])
ADMINISTRATOR = everywhere(Role.PORTAL_ADMINISTRATOR)
UK, EXTRA = "/standards/service-standard", "/standards/dvla-extra-points"


@pytest.fixture
def panel() -> Iterator[None]:
    template = "assessments/standard_parts.html"  # shows nothing by itself
    point_panels.register(template, lambda point_id: {"point": point_id})
    yield
    del point_panels._PANELS[template]


def text_of(client: PageClient, address: str) -> str:
    main = soup_of(client.get(address)).main
    assert main is not None
    return " ".join(main.get_text(" ").split())


@DEMO
def test_everybody_reads_what_is_published(client: PageClient, app: Flask) -> None:
    found = text_of(client, "/standards")
    assert "Service Standard" in found and "14 points (2019) since 1 July 2019" in found
    assert "Add a standard" not in found
    narrowed = "/standards?organisation=driver-and-vehicle-licensing-agency"
    assert [row["slug"] for row in client.get(narrowed.replace("?", ".json?")).json["items"]] == [
        "dvla-extra-points"
    ]
    assert "no standard of its own" in text_of(client, "/standards?organisation=cabinet-office")
    assert "nonsense" in text_of(client, "/standards?nonsense=1")
    assert client.get("/standards.json?nonsense=1").status_code == 400
    assert "no more standards" in text_of(client, "/standards?after=zzz")
    rows = list(csv.DictReader(io.StringIO(client.get("/standards.csv").text)))
    assert [(row["slug"], row["version"], row["points"]) for row in rows] == [
        ("dvla-extra-points", "1", "16"), ("service-standard", "3", "14"),
    ]  # fmt: skip
    page = text_of(client, UK)
    assert "14 points (2019) Holds now" in page
    assert "Discovery began from 1 June 2015 to 30 June 2019" in page
    found = client.get(f"{UK}.json").json
    assert [(v["number"], v["points"], v["holds_now"]) for v in found["items"]] == [
        (3, 14, True), (2, 18, False), (1, 26, False),
    ]  # fmt: skip
    assert found["items"][1]["holds_until"] == "2019-06-30"
    # A draft is there for nobody else, in no form.
    assert "draft" not in text_of(client, EXTRA).lower()
    assert [v["number"] for v in client.get(f"{EXTRA}.json").json["items"]] == [1]
    for below in ("", ".json", "/history", "/points/16"):
        assert client.get(f"{EXTRA}/2{below}").status_code == 404
    assert "3 extra points" not in client.get(f"{EXTRA}/history").text
    assert client.get("/standards/nothing").status_code == 404


@DEMO
def test_a_version_and_its_points(client: PageClient, panel: None) -> None:
    page = text_of(client, f"{UK}/1")
    assert "10. Assisted digital support" in page
    assert "In other versions: version 2, point 8 ; version 3, point 12" in page
    assert "In other versions: unmapped" in page
    rows = list(csv.DictReader(io.StringIO(client.get(f"{UK}/1.csv").text)))
    assert len(rows) == 26 and rows[14]["counterparts"] == "2/8; 3/12"
    assert client.get(f"{UK}/2.json").json["scheme"] == "pass_fail"
    page = text_of(client, f"{UK}/3/points/12")
    assert "18 points (2015) 8. Make all new source code open" in page
    assert "Leading profession Technology" in page
    assert "26 points (2014) Unmapped" in text_of(client, f"{UK}/3/points/1")
    found = client.get(f"{UK}/3/points/12.json").json
    assert (found["profession"], found["counterparts"]) == ("technology", ["1/15", "2/8"])
    assert client.get(f"{UK}/3/points/15").status_code == 404
    # Extras come after the points of the standard that they are on top of.
    page = text_of(client, f"{EXTRA}/1")
    assert "14. Operate a reliable service" in page and "15. Keep one record right" in page
    items = client.get(f"{EXTRA}/1.json").json["items"]
    assert [(i["standard"], i["number"]) for i in items[13:15]] == [
        ("service-standard", 14), ("dvla-extra-points", 15),
    ]  # fmt: skip
    led = client.get(f"{EXTRA}/1/points/3")
    assert led.headers["Location"].endswith(f"{UK}/3/points/3")
    assert client.get(f"{EXTRA}/1/points/3.csv").headers["Location"].endswith("/points/3.csv")
    assert client.get(f"{EXTRA}/1/points/17").status_code == 404


@DEMO
@ONE_KIND
def test_the_versions_side_by_side_and_what_changed(client: PageClient) -> None:
    page = soup_of(client.get(f"{UK}/crosswalk"))
    cells = [
        [" ".join(cell.get_text().split()) for cell in row.select("td")]
        for row in page.select("tbody tr")
    ]
    assert ["12. Make new source code open", "8. Make all new source code open",
            "15. Open and reusable source code"] in cells  # fmt: skip
    assert ["Unmapped", "Unmapped", "10. Assisted digital support"] in cells
    assert len(client.get(f"{UK}/crosswalk.json").json["items"]) == 58
    assert client.get(f"{UK}/crosswalk.csv").text.count("\n") == 59
    assert "State Was: Draft Now: Published" in text_of(client, f"{UK}/3/history")
    assert "Leading profession" not in client.get(f"{UK}/3/history.json").text
    assert "user_research" in client.get(f"{UK}/3/history.json").text
    assert "Draft" in client.get(f"{UK}/3/history.csv").text
    assert "Government Digital Service" in client.get(f"{UK}/history.csv").text
    assert client.get(f"{UK}/history.json").json["items"][-1]["tag"] == "standard.added"
    assert client.get(f"{UK}.csv").text.splitlines()[1].startswith("3,14 points (2019),published")
    assert "History of 26 points (2014)" in text_of(client, f"{UK}/history")
    assert "Service Standard: 14 points (2019)" in text_of(client, f"{EXTRA}/1/history")
    links = {a["href"] for a in soup_of(client.get("/toolkit/alpha")).select("main a")}
    assert f"{UK}/3/points/4" in links


@DEMO
@ONE_KIND
def test_how_often_the_pages_ask(
    app: Flask, client: PageClient, database: RolledBackDatabase
) -> None:
    most = {
        "/standards": 6, UK: 8, f"{UK}/1": 8, f"{UK}/3/points/12": 8, f"{EXTRA}/1": 8,
        f"{EXTRA}/1.json": 8, f"{UK}/crosswalk": 6, "/standards.json": 4,
    }  # fmt: skip
    for address, number in most.items():
        app.extensions[PAGES].clear()
        database.kept.clear()
        with statements(database) as sent:
            assert client.get(address).status_code == 200
        assert len(sent) <= number, address


@ONE_KIND
def test_before_anything_is_there(client: PageClient) -> None:
    assert "brings in the Service Standard" in text_of(client, "/standards")
    assert "More on this point" not in client.get("/toolkit/alpha").text


def send(client: PageClient, at: str, to: int = 303, /, **answers: str) -> str:
    """Fill in the form at an address and send it; where it leads, or the page."""
    sent = filled(client.get(at)) | answers
    answer = client.post(at, data=sent)
    assert answer.status_code == to, " ".join(soup_of(answer).get_text().split())
    return answer.headers["Location"] if to == 303 else answer.text


def test_an_administrator_makes_a_standard(
    app: Flask, client: PageClient, database: RolledBackDatabase, session: Session
) -> None:
    body = add_organisation(session, "body", name="The body")
    other = add_organisation(session, "other", name="Another one")
    session.commit()
    shipped.load(database, ACT)
    mine = Somebody((Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, body.id),))
    theirs = Somebody((Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, other.id),), id=2)
    with as_person(app, mine):
        for wrong in ({"organisation": ""}, {"organisation": "Another one"}):
            page = send(client, "/standards/new", 422, name="Ours", owner="The body", **wrong)
            assert "an organisation that you administer" in page
        page = send(client, "/standards/new", 422, name="", owner="", address="ftp://a")
        assert "Enter what the standard is called" in page and 'value="ftp://a"' in page
        one = send(client, "/standards/new", name="Ours", owner="B", organisation="The body")
        twice = send(client, "/standards/new", 422, name="OURS", owner="C", organisation="The body")
        assert "Another standard is called this already" in twice
        other = send(client, "/standards/new", name="Ours too", owner="C", organisation="The body")
        assert "is called this already" in send(client, f"{other}/edit", 422, name="ours")
        assert send(client, f"{other}/edit", name="OURS TOO") == other
        assert one == "/standards/ours" and "It has no version yet" in client.get(one).text
        assert send(client, f"{one}/edit", owner="The body") == one
        draft = send(client, f"{one}/new", title="First", scheme="rag", copied=f"{UK[11:]}/3")
        assert draft == f"{one}/1" and "14. Operate a reliable service" in text_of(client, draft)
        old = {
            f"discovery_from-{part}": n for part, n in (("day", 31), ("month", 12), ("year", 1999))
        }
        page = send(client, f"{one}/new", 422, title="Old", scheme="rag", **old)
        assert "must be in 2000 or later" in page and 'href="#discovery_from-day"' in page
        page = send(client, f"{one}/new", 422, title="", scheme="")
        assert "Enter what this version is called" in page and "Select how points" in page
        assert send(client, f"{draft}/points/new", title="Ours alone") == draft
        assert send(client, f"{draft}/points/15/edit", profession="design") == draft
        assert "15. Ours alone Leads on it: Design" in text_of(client, draft)
        up = {"by": "up", "at": button(client, draft, 15)}
        assert client.post(f"{draft}/points/15/move", data=filled_move(client, draft) | up)
        assert "14. Ours alone" in text_of(client, draft)
        assert "Remove this point" in text_of(client, f"{draft}/points/1/remove")
        assert send(client, f"{draft}/points/1/remove") == draft
        assert "13. Ours alone" in text_of(client, draft)
        assert "It cannot be published yet. Say from which" in text_of(client, f"{draft}/publish")
        day = {
            "discovery_from-day": "1",
            "discovery_from-month": "4",
            "discovery_from-year": "2025",
        }
        assert send(client, f"{draft}/edit", **day) == draft
    with as_person(app, theirs):
        assert client.get(one).status_code == 404
        assert client.get(f"{one}/edit").status_code == 403
        assert "Ours" not in text_of(client, "/standards")
    assert client.get(one).status_code == 404
    assert client.get("/standards.json").json["count"] == 1
    with as_person(app, mine):
        assert "Ours" in text_of(client, "/standards")
        assert "1 April 2025" in text_of(client, f"{draft}/publish")
        assert send(client, f"{draft}/publish") == draft
        for late in ("edit", "publish", "delete", "points/new", "points/1/edit",
                     "points/1/remove"):  # fmt: skip
            assert client.get(f"{draft}/{late}").headers["Location"] == draft
        assert client.get(f"{one}/delete").headers["Location"] == one
        assert "nobody can change it" in client.get(draft).text
        second = send(client, f"{one}/new", title="Second", scheme="met", copied="ours/1")
        assert "Delete this draft" in text_of(client, f"{second}/delete")
        assert send(client, f"{second}/delete", confirm="yes") == one
    assert "Ours alone" in text_of(client, draft), "everybody reads it now"


def button(client: PageClient, draft: str, number: int) -> str:
    """What the button that moves a point up sends with it."""
    form = soup_of(client.get(draft)).select_one(f'form[action="{draft}/points/{number}/move"]')
    assert form is not None
    return str(form.select_one('input[name="at"]')["value"])  # type: ignore[index]


def filled_move(client: PageClient, draft: str) -> dict[str, str]:
    token = soup_of(client.get(draft)).select_one('main input[name="csrf_token"]')
    assert token is not None
    return {"csrf_token": str(token["value"])}


@DEMO
@ONE_KIND
def test_two_people_at_once_both_see_both(app: Flask, client: PageClient, session: Session) -> None:
    dvla = things.by_slug(session, Kind.ORGANISATION, "driver-and-vehicle-licensing-agency").id
    colleague = Somebody((Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, dvla),), id=2)
    point = f"{EXTRA}/2/points/16/edit"
    with as_person(app, ADMINISTRATOR):
        mine = filled(client.get(point)) | {"asks": "What I entered"}
        frame = filled(client.get(f"{EXTRA}/2/edit")) | {"title": "What I call it"}
        gone = filled(client.get(f"{EXTRA}/2/points/17/remove"))
        ready = filled(client.get(f"{EXTRA}/2/publish"))
        itself = filled(client.get(f"{EXTRA}/edit")) | {"summary": "My summary"}
    with as_person(app, colleague):
        assert send(client, point, asks="What a colleague entered") == f"{EXTRA}/2"
        assert send(client, f"{EXTRA}/2/edit", title="What they call it") == f"{EXTRA}/2"
        assert send(client, f"{EXTRA}/2/points/17/edit", title="Changed") == f"{EXTRA}/2"
        assert send(client, f"{EXTRA}/edit", summary="Their summary") == EXTRA
    with as_person(app, ADMINISTRATOR):
        for address, sent, both in (
            (point, mine, ("What I entered", "What a colleague entered")),
            (f"{EXTRA}/2/edit", frame, ("What I call it", "What they call it")),
            (f"{EXTRA}/edit", itself, ("My summary", "Their summary")),
        ):
            answer = client.post(address, data=sent)
            assert answer.status_code == 409
            assert all(text in answer.text for text in (*both, "a colleague"))
        again = filled(client.post(point, data=mine))
        assert client.post(point, data=again).status_code == 303
        assert "What I entered" in client.get(f"{EXTRA}/2").text
        for address, sent, why in (
            (f"{EXTRA}/2/points/17/remove", gone, "changed this point since"),
            (f"{EXTRA}/2/publish", ready, "since you checked it"),
        ):
            answer = client.post(address, data=sent, follow_redirects=True)
            assert why in answer.text


@DEMO
@ONE_KIND
def test_points_are_related_on_a_page(app: Flask, client: PageClient, session: Session) -> None:
    page = f"{UK}/3/points/1"
    with as_person(app, ADMINISTRATOR):
        assert "Say which points ask for the same" in client.get(page).text
        assert "Say which" not in client.get(f"{EXTRA}/1/points/15").text, "it has no other version"
        early = filled(client.get(f"{page}/counterparts"))
        found = {row.number: row.id for row in _points(session, 1)}
        sent = early | {"version_1": str(found[1])}
        assert client.post(f"{page}/counterparts", data=sent).status_code == 303
        assert "26 points (2014) 1. Understand user needs" in text_of(client, page)
        late = early | {"version_1": str(found[2])}
        answer = client.post(f"{page}/counterparts", data=late)
        assert answer.status_code == 409
        for point in (1, 2):
            said = f"point 1 of version 3 and point {point} of version 1"
            assert said in answer.text
        assert client.get(f"{EXTRA}/2/points/15/counterparts").status_code == 404, "a draft"
        nobody = sent | {"version_1": "1000000"}
        assert client.post(f"{page}/counterparts", data=nobody).status_code == 422
    assert "point 1 of version 3 and point 1 of version 1" in text_of(client, f"{UK}/history")


def _points(session: Session, number: int) -> list[object]:
    standard = standards.by_slug(session, "service-standard")
    return list(standards.version_at(session, standard.id, number).points)


@DEMO
@ONE_KIND
def test_a_standard_that_never_held_is_deleted(app: Flask, client: PageClient) -> None:
    with as_person(app, ADMINISTRATOR):
        one = send(client, "/standards/new", name="A mistake", owner="Us")
        send(client, f"{one}/new", title="First", scheme="rag")
        assert "Drafts that go with it 1" in text_of(client, f"{one}/delete")
        assert send(client, f"{one}/delete", confirm="yes") == "/standards"
        assert client.get(one).status_code == 404
