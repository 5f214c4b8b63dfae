"""Documents read in bulk are those that the records themselves give."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from portal.catalogue.rules.filters import parse_organisations, parse_services
from portal.catalogue.store import (
    organisation_documents,
    organisations,
    service_documents,
    service_lists,
    services,
)
from portal.errors import Missing

TODAY = date(2026, 11, 21)
#: What a list says of the state of a record, which is no part of its document.
REVIEW = {"edited_on", "confirmed_on", "review_by", "review_state"}
DEMO = pytest.mark.parametrize("demo", [True])


@DEMO
@pytest.mark.parametrize(
    "arguments", [[], [("sort", "transactions")], [("q", "licence")], [("phase", "live")]]
)
def test_services(
    session: Session, arguments: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_documents, "BATCH", 7)  # so that there are edges between batches
    query, _ = parse_services(arguments)
    ids = [row.id for row in service_lists.listing(session, query, TODAY, 1000).rows]
    loaded = {s.id: services.document_of(s) for s in services.load(session, ids)}
    found = list(service_documents.listed(session, query, TODAY))
    assert found
    said = [{k: v for k, v in each.items() if k not in REVIEW} for each in found]
    assert said == [loaded[id_] for id_ in ids]
    assert all(set(each) - set(loaded[id_]) == REVIEW for each, id_ in zip(found, ids, strict=True))


@DEMO
def test_one_service_with_the_names_of_its_organisations(session: Session) -> None:
    document = service_documents.by_slug(session, "tax-your-vehicle", named=True)
    assert document["owners"][0]["name"] == "Driver and Vehicle Licensing Agency"
    with pytest.raises(Missing):
        service_documents.by_slug(session, "no-such-service")


@DEMO
@pytest.mark.parametrize("arguments", [[], [("kind", "agency")], [("q", "transport")]])
def test_organisations(session: Session, arguments: list[tuple[str, str]]) -> None:
    query, _ = parse_organisations(arguments)
    found = list(organisation_documents.listed(session, query, TODAY))
    loaded = {o.slug: organisations.document_of(o) for o in organisations.load(session)}
    assert found
    assert found == [loaded[document["slug"]] for document in found]
