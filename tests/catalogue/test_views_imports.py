"""The pages of imports, of the reviewed queue, of journeys, and the home page."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from portal.audit import ImportBatch
from portal.catalogue.models.imports import SetAside
from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.words import MatchState
from tests.support.data import add_journey, add_organisation, add_service
from tests.support.pages import PageClient, soup_of

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def main(client: PageClient, address: str) -> str:
    tag = soup_of(client.get(address)).select_one("main")
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


@pytest.fixture
def batch(session: Session) -> ImportBatch:
    counts = {
        "read": 61,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "set_aside": 60,
        "conflicts": 0,
    }
    row = ImportBatch(kind="services-csv", files=["services.csv"], actor="command:import",
                      applied_at=NOW, counts=counts)  # fmt: skip
    session.add(row)
    session.flush()
    for number in range(60):
        session.add(
            SetAside(batch_id=row.id, file="services.csv", row=number + 2, column="cost",
                     value="=1+1", reason="This is not a number", conflict=False)
        )  # fmt: skip
    session.flush()
    return row


def test_imports_and_what_each_set_aside(client: PageClient, batch: ImportBatch) -> None:
    assert "Services (quarterly file) services.csv 1 July 2026 at 1:00pm 61 1" in main(
        client, "/imports"
    )
    page = soup_of(client.get(f"/imports/{batch.id}"))
    assert len(page.select("#set-aside tbody tr")) == 50
    page = soup_of(client.get(str(page.select("a[rel=next]")[0]["href"])))
    assert len(page.select("#set-aside tbody tr")) == 10
    rows = list(csv.DictReader(io.StringIO(client.get(f"/imports/{batch.id}.csv").text)))
    assert len(rows) == 60
    assert rows[0] == {"file": "services.csv", "row": "2", "column": "cost", "value": "'=1+1",
                       "reason": "This is not a number", "conflict": "false", "thing": "",
                       "slug": "", "name": ""}  # fmt: skip
    assert len(client.get(f"/imports/{batch.id}.json").get_json()["items"]) == 60
    assert client.get("/imports.json").get_json()["items"][0]["counts"]["read"] == 61


def test_a_conflict_leads_to_its_record(client: PageClient, session: Session) -> None:
    service = add_service(session, "tax-your-vehicle")
    batch = ImportBatch(kind="services-csv", files=["a.csv"], actor="command:import",
                        applied_at=NOW, counts={"conflicts": 2})  # fmt: skip
    session.add(batch)
    session.flush()
    for thing_id in (service.id, service.id + 99):
        session.add(SetAside(batch_id=batch.id, file="a.csv", row=2, column="yearly_transactions",
                             value="1", reason="It says 2", conflict=True, thing="service",
                             thing_id=thing_id))  # fmt: skip
    session.flush()
    page = soup_of(client.get(f"/imports/{batch.id}"))
    first, gone = page.select("#set-aside tbody tr")
    assert [a["href"] for a in first.select("a")] == ["/services/tax-your-vehicle"]
    assert "Transactions in 12 months" in first.get_text()
    assert not gone.select("a")


def test_journeys_are_searched_and_paged(client: PageClient, session: Session) -> None:
    add_organisation(session, "companies-house")
    add_service(session, "register-company", owner="companies-house")
    add_service(session, "pay-tax")
    for number in range(60):
        add_journey(session, f"journey-{number:02}", ["pay-tax"])
    add_journey(session, "start-a-business", ["register-company", "pay-tax"])

    def names(address: str) -> list[str]:
        page = soup_of(client.get(address))
        return [a.get_text() for a in page.select(".portal-result a")]

    assert len(names("/journeys")) == 50
    following = str(soup_of(client.get("/journeys")).select("a[rel=next]")[0]["href"])
    assert names(following)[-1] == "Start a business"
    for words in ("busines", "companies house", "register company"):
        assert names(f"/journeys?q={words}")[0] == "Start a business"
        found = client.get(f"/journeys.json?q={words}").get_json()["items"]
        assert found[0]["slug"] == "start-a-business"
    assert "No journeys match" in main(client, "/journeys?q=zzzz")


def test_an_undone_import_says_so(client: PageClient, batch: ImportBatch, session: Session) -> None:
    batch.undone_at = NOW
    session.flush()
    assert "Undone" in main(client, "/imports")
    assert "This import was undone on 1 July 2026" in main(client, f"/imports/{batch.id}")


@pytest.mark.parametrize("number", ["0", "2147483647", "99999999999999999999", "x"])
def test_an_import_that_is_not_there(client: PageClient, number: str) -> None:
    for ending in ("", ".json", ".csv"):
        assert client.get(f"/imports/{number}{ending}").status_code == 404


def test_the_queue_of_names(client: PageClient, session: Session) -> None:
    body = add_organisation(session, "ministry")
    for name, state, id_ in (
        ("Min. of X", MatchState.WAITING, None),
        ("The Ministry", MatchState.MATCHED, body.id),
        ("Acme", MatchState.NO_MATCH, None),
    ):
        session.add(
            OrganisationMatch(
                published_name=name, state=state, organisation_id=id_, first_seen_at=NOW
            )
        )
    session.flush()
    session.expunge_all()
    told = main(client, "/organisation-names")
    assert "Waiting for a decision (1) Matched (1) Matches no organisation (1)" in told
    matched = main(client, "/organisation-names?state=matched")
    assert "The Ministry Matched Ministry" in matched and "Acme" not in matched
    items = client.get("/organisation-names.json?state=matched").get_json()["items"]
    assert [item["organisation_slug"] for item in items] == ["ministry"]
    assert "left them out: state=maybe" in main(client, "/organisation-names?state=maybe")
    assert client.get("/organisation-names.csv?state=maybe").status_code == 400


def test_a_journey_shows_where_it_changes_organisation(
    client: PageClient, session: Session
) -> None:
    for slug in ("one", "two"):
        add_organisation(session, slug)
    for slug, owner in (("first", "one"), ("second", "one"), ("third", "two")):
        add_service(session, slug, owner=owner)
    add_journey(session, "get-going", ["first", "second", "third"])
    session.expunge_all()
    assert "3 steps 2 organisations" in main(client, "/journeys")
    steps = soup_of(client.get("/journeys/get-going")).select(".portal-journey > li")
    assert ["Changes organisation" in step.get_text() for step in steps] == [False, False, True]
    assert all("Hand-off: A form" in " ".join(s.get_text(" ").split()) for s in steps)
    assert "Steps" in main(client, "/journeys/get-going/history")


def test_the_home_page_counts(client: PageClient, session: Session) -> None:
    add_service(session, "first")
    told = main(client, "/")
    for words in ("1 service ", "0 organisations", "0 journeys", "0 services offer APIs"):
        assert words in told
    assert "waiting for a match" not in told
