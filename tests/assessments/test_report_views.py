"""The pages of reports: found by filters, read, fed to readers, decided about."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as Xml

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import work
from portal.accounts.store import grants
from portal.assessments.models.assessments import Assessment
from portal.audit import HistoryEvent
from portal.web.caching import PAGES
from tests.interchange.commands import counts
from tests.support.accounts import act, other_browser, signed_in
from tests.support.pages import PageClient, filled, soup_of
from tests.support.people import Somebody
from tests.support.queries import statements
from tests.support.reports import REPORTS, decider, fill, report, table, write
from tests.support.transactions import RolledBackDatabase

BOAT, KITE = "hire-a-boat-service-assessment", "fly-a-kite-service-assessment"
ALONE = "sail-alone-service-assessment"


@pytest.fixture
def there(app: Flask, session: Session, database: RolledBackDatabase, tmp_path: Path) -> None:
    fill(session, database)
    file = write(tmp_path)
    counts(app, "documents", file, "--reports")
    counts(app, "reports", file)
    session.expire_all()


def titles(client: FlaskClient, query: str = "") -> list[str]:
    answer = client.get(f"/reports{query}")
    return [each["href"].split("/")[-1] for each in soup_of(answer).select(".portal-result h3 a")]


def test_nothing_is_there_yet(client: PageClient) -> None:
    assert "There are no reports here yet" in client.get("/reports").text
    assert client.get("/reports.json").get_json() == {"items": [], "count": 0}
    assert client.get("/reports/nothing").status_code == 404


@pytest.mark.usefixtures("there")
def test_the_list_is_narrowed(client: PageClient) -> None:
    everything = titles(client)
    assert everything == ["purse-service-assessment", f"{KITE}#assessment-2", KITE, ALONE, BOAT]
    for query, wanted in (
        ("?organisation=ministry", [everything[0], f"{KITE}#assessment-2", KITE, BOAT]),
        ("?organisation=wind", [f"{KITE}#assessment-2", KITE]),
        ("?stage=alpha&kind=reassessment", [f"{KITE}#assessment-2"]),
        ("?result=not_met", [KITE, ALONE]),
        ("?year=2014", [ALONE, BOAT]),
        ("?standard=service-standard-1", [BOAT]),
        # An original is not against a version of its reassessment that came after it.
        ("?standard=unknown", [KITE, ALONE]),
        ("?standard=service-standard-2&kind=assessment", [everything[0]]),
        ("?standard=service-standard-1&point=10&rating=not_met", [BOAT]),
        ("?point=service-standard-1.10&rating=met", []),
        ("?result=met&rating=not_met", [f"{KITE}#assessment-2", BOAT]),
        # Open source is point 15 of 26 and point 8 of 18.
        ("?point=service-standard-1.15&counterparts=yes",
         [everything[0], f"{KITE}#assessment-2", BOAT]),
        ("?component=purse", [f"{KITE}#assessment-2", KITE]),
        ("?organisation=nowhere", []),
    ):  # fmt: skip
        assert titles(client, query) == wanted, query
        items = client.get(f"/reports.json{query}").get_json()["items"]
        assert len(items) == len(wanted), query
        page = client.get(f"/reports{query}").text
        assert f">{len(wanted)} assessment" in page, query
    assert set(titles(client, "?q=help")) == {ALONE}
    narrowed = client.get("/reports?standard=service-standard-1&stage=beta")
    assert filled(narrowed, "#filters")["standard"] == ["service-standard-1"], (
        "other filters keep it"
    )
    point = client.get("/reports?point=service-standard-1.10")
    assert "standard" not in filled(point, "#filters"), "the point says it"
    other = "Also show the points of other versions"
    assert other not in point.text, "nobody has said which ask for the same"
    assert other in client.get("/reports?point=service-standard-1.15").text
    assert client.get("/reports.csv?stage=beta").text.count("\n") == 3
    assert "gamma" in client.get("/reports?stage=gamma").text
    assert client.get("/reports.json?stage=gamma").status_code == 400
    assert "nobody has looked yet" in client.get("/reports?component=purse").text
    assert "No reports match" in client.get("/reports?q=zebra&stage=live").text


@pytest.mark.usefixtures("there")
def test_the_list_goes_on(app: Flask, client: PageClient, tmp_path: Path) -> None:
    # The last 30 have a day that there is not.
    rows = [
        report(f"Boat {n}", date=f"{1 + n % 28}/1/2013" if n < 80 else "31/2/2013")
        for n in range(110)
    ]
    counts(app, "reports", write(tmp_path, rows, "more.json"))
    for query in ("", "?q=boat&year=2013"):
        seen, address = list[str](), f"/reports{query}"
        while address:
            soup = soup_of(client.get(address))
            seen += [each["href"] for each in soup.select(".portal-result h3 a")]
            on = soup.select_one('a[rel="next"]')
            back = soup.select_one('a[rel="prev"]')
            address = on["href"] if on else ""
        assert len(seen) == len(set(seen)) == (115 if not query else 80)
        edge = 50 * ((len(seen) - 1) // 50)
        while back:
            soup = soup_of(client.get(back["href"]))
            before = [each["href"] for each in soup.select(".portal-result h3 a")]
            assert before == seen[edge - 50 : edge]
            back, edge = soup.select_one('a[rel="prev"]'), edge - 50
    assert (
        "nothing on this page"
        in client.get("/reports?stage=live&before=WyIyMDk5LTAxLTAxIiw5XQ").text
    )


@pytest.mark.usefixtures("there")
def test_a_report(client: PageClient, session: Session) -> None:
    page = client.get(f"/reports/{BOAT}")
    soup = soup_of(page)
    rows = soup.select("#points-1 tbody tr")
    assert len(rows) == 26
    tags = [row.select_one(".govuk-tag") for row in rows]
    assert [t.text for t in tags if t][9] == "Not met"
    assert rows[9].select_one('th[scope="row"]').text.startswith("10. ")
    assert "published as “Ministry of Boats”" not in page.text
    assert "as many points as this version" in page.text
    levels = [int(each.name[1]) for each in soup.select("main h1, main h2, main h3, main h4")]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    kite = client.get(f"/reports/{KITE}").text
    assert "Board of Wind" in kite
    assert "not matched to a service" in kite
    assert "Purse" in soup_of(client.get(f"/reports/{KITE}")).select_one("#components + ul").text
    assert 'href="https://a.example/"' in kite
    copy = client.get(f"/reports/{ALONE}-2").text
    assert "published twice" in copy
    assert "at another address" in client.get(f"/reports/{ALONE}").text
    assert "as published; not matched yet" in copy
    said = client.get(f"/reports/{KITE}.json").get_json()
    assert [a["result"] for a in said["assessments"]] == ["not_met", "met"]
    assert said["verbatim"]["department"] == "Ministry of Boats / Board of Wind"
    assert client.get(f"/reports/{KITE}.csv").text.count("\n") == 2
    history = client.get(f"/reports/{KITE}/history")
    assert "Reassessment" in history.text
    assert "Ministry of Boats" in history.text
    for raw, said in (("service-standard.2", "Service Standard: 18 points (2015)"),
                      (">table<", "as many points as this version"),
                      (f"{KITE}.1", "Fly a kite - Service Assessment (1)")):  # fmt: skip
        assert raw not in history.text
        assert said in history.text
    assert client.get(f"/reports/{KITE}/history.json").get_json()["count"] == 1


@pytest.mark.usefixtures("there")
def test_the_feed(client: PageClient) -> None:
    answer = client.get("/reports.atom?result=not_met")
    assert answer.mimetype == "application/atom+xml"
    root = Xml.fromstring(answer.data)
    atom = {"a": "http://www.w3.org/2005/Atom"}
    for name in ("id", "title", "updated", "author/a:name"):
        assert root.find(f"a:{name}", atom) is not None, name
    entries = root.findall("a:entry", atom)
    assert len(entries) == 2
    ids = [each.findtext("a:id", "", atom) for each in entries]
    assert len(set(ids)) == 2
    assert all(each.startswith("http") for each in ids)
    assert entries[0].findtext("a:updated", "", atom).startswith("2015-02-01T00:00:00")
    links = {each.get("rel"): each.get("href", "") for each in root.findall("a:link", atom)}
    assert links["self"].endswith("/reports.atom?result=not_met")
    assert client.get("/reports.atom?stage=gamma").status_code == 400
    page = soup_of(client.get("/reports?result=not_met"))
    assert page.select_one('link[type="application/atom+xml"]')["href"] == (
        "/reports.atom?result=not_met"
    )


@pytest.fixture
def team(app: Flask, session: Session) -> FlaskClient:
    client = other_browser(app)
    signed_in(client, session, decider(session))
    return client


@pytest.mark.usefixtures("there")
def test_somebody_says_what_a_report_is_about(
    client: PageClient, team: FlaskClient, session: Session
) -> None:
    assert client.get("/report-services").status_code == 302
    queue = soup_of(team.get("/report-services?state=waiting"))
    assert len(queue.select("#reports tbody tr")) == 2
    assert team.get("/report-services.json").get_json()["count"] == 4
    assert "nonsense" in team.get("/report-services?state=nonsense").text
    assert "Nothing fits these filters" in team.get("/report-services?state=decided").text
    address = f"/report-services/{KITE}"
    form = filled(team.get(address))
    assert "Fly kites" in team.get(address).text, "its name is near"
    for said in ({}, {"about": "other"}, {"about": "other", "service": "/services/nowhere"},
                 {"about": "component", "component": "!"}):  # fmt: skip
        answer = team.post(address, data={**form, **said})
        assert answer.status_code == 422
        assert soup_of(answer).select(".govuk-error-summary a")
    typed = {**form, "about": "other", "service": "boat", "reason": "Typed"}
    asked = soup_of(team.post(address, data=typed))
    assert [x["value"] for x in asked.select("[name=which_service]")] == ["hire-a-boat"]
    assert (
        "Ministry of Boats"
        in asked.select_one("label[for=which_service-0], [for=which_service]").text
    )
    assert asked.select_one("[name=service]")["value"] == "boat"
    assert asked.select_one("[name=reason]").text.strip() == "Typed"
    answer = team.post(address, data={**form, "about": "service:kites", "reason": "The same"})
    assert (answer.status_code, answer.location) == (303, f"/reports/{KITE}")
    session.expire_all()
    rows = session.scalars(select(Assessment).where(Assessment.name == "Fly a kite")).all()
    assert {row.service_match for row in rows} == {"decided"}, "both assessments of the page"
    event = session.scalars(
        select(HistoryEvent).where(HistoryEvent.tag == "report.service_decided")
    ).one()
    assert event.reason == "The same"
    assert "called “Fly a kite” in the report" in team.get(f"/reports/{KITE}").text
    form = filled(team.get(f"/report-services/{ALONE}"))
    assert team.post(f"/report-services/{ALONE}", data={**form, "about": "none"}).status_code == 303
    component = {"about": "component", "component": "the purse"}
    assert team.post(address, data={**form, **component}).status_code == 303
    assert "a component" in team.get(f"/reports/{KITE}").text
    assert team.get(f"/report-services/{quote('nothing')}").status_code == 404


@pytest.mark.usefixtures("there")
def test_what_was_read_is_checked(
    app: Flask, team: FlaskClient, session: Session, tmp_path: Path
) -> None:
    row = report("Row home", stage="Gamma", date="1/2/2015", again="3/4/2015",
                 rated=table(26, failed=(2,)))  # fmt: skip
    counts(app, "reports", write(tmp_path, [row], "row.json"))
    session.expire_all()
    slug = "row-home-service-assessment"
    assert "not sure of" in team.get(f"/reports/{slug}").text
    marked = soup_of(team.get("/reports?q=row")).select(".portal-result__facts .portal-quiet")
    assert [each.text for each in marked] == ["Not all of it is checked yet"] * 2
    rows = team.get("/reports.json").get_json()["items"]
    assert {row["report"]: bool(row["to_be_checked"]) for row in rows}[slug]
    listed = team.get("/report-checks?state=open")
    assert slug in listed.text
    assert "Stage" in team.get("/report-checks?field=stage").text
    assert "Nothing fits" in team.get("/report-checks?field=lead&state=right").text
    assert "x" in team.get("/report-checks?state=x").text
    assert team.get("/report-checks.csv").text.startswith("report,title")
    address = f"/reports/{slug}/checks"
    form = filled(team.get(address))
    assert form["points_of"] == ["2"]
    assert "checks" not in form, "nothing is ticked before somebody has looked"
    assert team.post(address, data=form).status_code == 422
    form["checks"] = [box["value"] for box in soup_of(team.get(address)).select("[name=checks]")]
    standard = {**form, "a1_standard": "service-standard.2"}
    assert team.post(address, data=standard).status_code == 422, "why is needed"
    late = {**form, "a1_held_on-year": "2999"}
    assert team.post(address, data=late).status_code == 422
    right = {**form, "a1_stage": "beta", "a2_stage": "beta", "points_of": "1", "note": "I read it"}
    assert team.post(address, data=right).status_code == 303
    session.expire_all()
    first, second = session.scalars(
        select(Assessment).where(Assessment.name == "Row home").order_by(Assessment.position)
    )
    assert (first.stage, second.stage) == ("beta", "beta")
    assert first.standard_version_id == second.standard_version_id is not None
    page = team.get(f"/reports/{slug}").text
    assert 'id="points-1"' in page
    assert "not sure of" not in page
    assert "Not all of it is checked" not in team.get("/reports?q=row").text
    answer = team.post(address, data={**right, "a1_stage": "live"})
    assert answer.status_code == 409, "it changed since"
    assert soup_of(answer).select("#now")
    on = decider_of(session)
    items = work.items(session, on, act().day)
    assert "decide_report_service" in {item.task for item in items}


def decider_of(session: Session) -> Somebody:
    from portal.accounts.models.people import Person

    person = session.scalars(select(Person).where(Person.email == "decides@a.example")).one()
    return Somebody(tuple(grants.held(session, person.id, act().day)), id=person.id)


def test_the_fixture_has_a_copy() -> None:
    assert REPORTS[3]["body"] == REPORTS[4]["body"]


#: What each page may ask of the database, the version of the records included.
MOST = {
    "/reports": 5, "/reports?stage=alpha&year=2013&standard=service-standard-1": 5,
    "/reports?organisation=ministry&stage=beta": 6,
    "/reports?point=service-standard-1.10&rating=not_met&counterparts=yes": 6,
    "/reports?component=purse": 6, "/reports?q=boat": 8, "/reports.atom": 4, "/reports.json": 5,
    f"/reports/{KITE}": 4, f"/reports/{KITE}.json": 4, f"/reports/{KITE}/history": 8,
    "/services/hire-a-boat/assessments": 4, "/components/purse/assessments": 3,
}  # fmt: skip


@pytest.mark.usefixtures("there")
def test_pages_ask_little(
    app: Flask, client: PageClient, database: RolledBackDatabase, tmp_path: Path
) -> None:
    asked: dict[str, list[int]] = {}
    again: dict[str, int] = {}
    for many in (2, 60):
        rows = [
            report(f"Boat {n}", date=f"{1 + n % 28}/1/2013", rated=table(26, failed=(n % 20,)),
                   text="The Purse service helps.")
            for n in range(many)
        ]  # fmt: skip
        counts(app, "documents", write(tmp_path, rows, f"{many}.json"), "--reports")
        counts(app, "reports", write(tmp_path, rows, f"{many}.json"))
        for address in MOST:
            app.extensions[PAGES].clear()
            database.kept.clear()
            with statements(database) as sent:
                assert client.get(address).status_code == 200, address
            asked.setdefault(address, []).append(len(sent))
            app.extensions[PAGES].clear()
            with statements(database) as sent:
                client.get(address)
            again[address] = len(sent)
    assert again["/reports"] <= 3, (
        "counts and choices are kept: the version, the rows, those undated"
    )
    assert {a: n for a, n in asked.items() if max(n) > MOST[a]} == {}
    assert {a: n for a, n in asked.items() if n[1] > n[0]} == {}, "not more for more rows"
