"""Who uses a shared component for a need, who builds their own, who has not answered: as files."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy.orm import Session

from portal.catalogue.forms.labels import label
from portal.catalogue.store import capabilities, components, need_services, usage
from portal.catalogue.store import services as service_store
from tests.support.data import ACT, add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_capability, add_component, add_usage

SOURCE = "https://a.example/who"


@pytest.fixture(autouse=True)
def _some(session: Session) -> None:
    add_organisation(session, "ministry")
    add_capability(session, "messages")
    for slug in ("letters", "texts"):
        add_capability(session, slug, "messages")
    add_component(session, "notify", "letters", "texts")
    for slug in ("a-shares", "b-builds", "c-plans", "d-needs", "e-not", "f-asked", "g-silent",
                 "h-stopped"):  # fmt: skip
        add_service(session, slug, owner="ministry")
    add_usage(session, "a-shares", "letters", component="notify", since_basis="seen",
              source=SOURCE)  # fmt: skip
    add_usage(session, "a-shares", "texts", arrangement="by_hand")
    add_usage(session, "b-builds", "letters", arrangement="own_build", since="2020-05-01")
    add_usage(session, "b-builds", "letters", arrangement="bought_product", product="Post Ltd",
              since="2022-01-01")  # fmt: skip
    add_usage(session, "c-plans", "letters", component="notify", status="planned", since=None)
    add_usage(session, "h-stopped", "letters", arrangement="own_build", status="stopped",
              until="2024-05-01")  # fmt: skip
    ids = usage.Ids(
        service_store.ids_by_slug(session), capabilities.ids_by_slug(session),
        components.ids_by_slug(session),
    )  # fmt: skip
    for service, answer in (("a-shares", "needed"), ("d-needs", "needed"), ("e-not", "not_needed"),
                            ("f-asked", "unknown")):  # fmt: skip
        need = {"service": service, "capability": "letters", "answer": answer, "note": None,
                "source": SOURCE}  # fmt: skip
        usage.say_need(session, need, ids, ACT, "need.said")
    session.flush()
    session.expunge_all()


def rows(client: PageClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).text.lstrip("\ufeff"))))


def test_each_service_says_how_it_meets_the_need(client: PageClient) -> None:
    found = rows(client, "/capabilities/letters/services.csv")
    assert [(r["service"], r["how"], r["component_or_product"], r["status"], r["since"])
            for r in found] == [
        ("a-shares", "Shared component", "Notify", "live", "2024-01-01"),
        ("b-builds", "Own build", "", "live", "2020-05-01"),
        ("b-builds", "Bought product", "Post Ltd", "live", "2022-01-01"),
        ("c-plans", "Shared component", "Notify", "planned", ""),
        ("d-needs", "Needed; how it is met is not known", "", "", ""),
        ("e-not", "Not needed", "", "", ""),
        ("f-asked", "Not answered", "", "", ""),
    ]  # fmt: skip
    first = found[0]
    assert (first["organisation"], first["organisation_name"]) == ("ministry", "Ministry")
    assert (first["service_name"], first["component"]) == ("A shares", "notify")
    assert (first["since_basis"], first["source"]) == (label("seen", "date_basis"), SOURCE)
    assert found[4]["source"] == SOURCE


def test_json_counts_who_never_answered(
    client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(need_services, "BATCH", 1)
    found = client.get("/capabilities/letters/services.json").get_json()
    assert found["services_not_answered"] == 2  # g-silent, and h-stopped, which has stopped
    assert found["count"] == len(found["items"]) == 7
    assert found["items"][0] == {
        "service": "a-shares", "service_name": "A shares", "organisation": "ministry",
        "organisation_name": "Ministry", "arrangement": "shared_component", "answer": None,
        "component": "notify", "component_name": "Notify", "product": None, "status": "live",
        "since": "2024-01-01", "since_basis": "seen", "source": SOURCE,
    }  # fmt: skip
    assert found["items"][6]["answer"] == "unknown"


def test_the_page_of_the_need_leads_to_them(client: PageClient) -> None:
    page = soup_of(client.get("/capabilities/letters"))
    links = [str(a["href"]) for a in page.select("a[href^='/capabilities/letters/services']")]
    assert links == ["/capabilities/letters/services.csv", "/capabilities/letters/services.json"]
    said = client.get("/capabilities/letters/services.csv").headers["Content-Disposition"]
    assert "letters-services.csv" in said


def test_what_has_no_such_list_is_not_found(client: PageClient) -> None:
    for address in ("messages/services.json", "nope/services.csv"):
        assert client.get(f"/capabilities/{address}").status_code == 404
    assert client.get("/capabilities/letters/services.csv?x=1").status_code == 400


def test_a_narrowed_list_of_services_names_things(client: PageClient) -> None:
    (row,) = rows(client, "/services.csv?component=notify")
    assert (row["need"], row["need_name"]) == ("letters", "Letters")
    assert (row["component"], row["component_name"]) == ("notify", "Notify")
    assert (row["since_basis"], row["source"]) == (label("seen", "date_basis"), SOURCE)
    both = rows(client, "/services.csv?capability=letters&sort=name")[1]
    assert (both["arrangement"], both["since_basis"]) == ("own_build; bought_product", "; ")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "services"),
        ("?component=notify", "services-notify"),
        ("?capability=letters&arrangement=own_build", "services-letters-own-build"),
        ("?organisation=ministry&component=notify", "services-ministry-notify"),
    ],
)
def test_a_file_is_named_after_its_filters(client: PageClient, query: str, name: str) -> None:
    said = client.get(f"/services.csv{query}").headers["Content-Disposition"]
    assert said.removeprefix("attachment; filename=").strip('"') == f"{name}.csv"
