"""How services use components, in the downloads of the service list and in histories."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.catalogue.store import service_documents
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient
from tests.support.storefront import add_capability, add_component, add_usage


@pytest.fixture(autouse=True)
def _some(session: Session) -> None:
    add_organisation(session, "ministry")
    add_capability(session, "messages")
    for slug in ("letters", "texts"):
        add_capability(session, slug, "messages")
    add_component(session, "notify", "letters", "texts")
    for slug in ("ask-pupils", "send-bills", "tell-all"):
        add_service(session, slug, owner="ministry")
    add_usage(session, "send-bills", "texts", component="notify", since_basis="seen")
    add_usage(session, "send-bills", "letters", component="notify", since="2020-05-01")
    add_usage(session, "ask-pupils", "letters", component="notify", status="planned", since=None)
    add_usage(session, "tell-all", "texts", component="notify", status="stopping",
              since="2024-01-01", until="2999-01-01")  # fmt: skip
    add_usage(session, "tell-all", "letters", arrangement="bought_product", product="Post Ltd")
    session.flush()
    session.expunge_all()


def items(client: PageClient, address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(address).get_json()["items"]
    return found


def rows(client: PageClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).text.lstrip("\ufeff"))))


@pytest.mark.parametrize("sort", ["", "&sort=transactions", "&q=ministry"])
def test_a_list_of_who_uses_a_component_says_how(
    client: PageClient, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_documents, "BATCH", 1)  # each service in a batch of its own
    found = {item["slug"]: item["usages"] for item in
             items(client, f"/services.json?component=notify{sort}")}  # fmt: skip
    assert found == {
        "send-bills": [
            {"capability": "letters", "component": "notify", "product": None,
             "arrangement": "shared_component", "status": "live", "since": "2020-05-01",
             "since_basis": None},
            {"capability": "texts", "component": "notify", "product": None,
             "arrangement": "shared_component", "status": "live", "since": "2024-01-01",
             "since_basis": "seen"},
        ],
        "tell-all": [
            {"capability": "texts", "component": "notify", "product": None,
             "arrangement": "shared_component", "status": "stopping", "since": "2024-01-01",
             "since_basis": None},
        ],
    }  # fmt: skip


def test_only_what_was_asked_for_is_said(client: PageClient) -> None:
    (row,) = rows(client, "/services.csv?arrangement=bought_product")
    told = {name: row[name] for name in
            ("slug", "need", "component", "product", "arrangement", "status", "since")}  # fmt: skip
    assert told == {
        "slug": "tell-all", "need": "letters", "component": "", "product": "Post Ltd",
        "arrangement": "bought_product", "status": "live", "since": "2024-01-01",
    }  # fmt: skip
    first, second = rows(client, "/services.csv?component=notify")
    assert (first["need"], first["since"]) == ("letters; texts", "2020-05-01; 2024-01-01")
    assert (second["need"], second["status"]) == ("texts", "stopping")
    (item,) = items(client, "/services.json?component=notify&capability=letters")
    assert [usage["capability"] for usage in item["usages"]] == ["letters"]


def test_other_lists_are_as_they_were(client: PageClient) -> None:
    assert not any("usages" in item for item in items(client, "/services.json?phase=live"))
    assert "need" not in rows(client, "/services.csv")[0]
