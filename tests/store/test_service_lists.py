from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from portal.catalogue.rules.filters import ServiceQuery, parse_services
from portal.catalogue.store import ownership, service_lists, service_scope
from portal.catalogue.store.service_facets import Choice
from portal.catalogue.store.service_lists import Listing
from tests.support.data import OPEN, add_organisation, add_service

TODAY = date(2026, 1, 2)


@pytest.fixture(autouse=True)
def catalogue(session: Session) -> None:
    add_organisation(session, "transport")
    add_organisation(session, "vehicle-agency", kind="agency", parent="transport")
    add_organisation(session, "health")
    add_service(
        session, "tax-a-vehicle", owner="vehicle-agency", audiences=["public", "business"],
        category="Licence", apis=[{"name": "Check", "address": "https://api.example/"}],
        yearly_transactions=90, transactions_to="2017-09-30",
    )  # fmt: skip
    add_service(session, "book-a-test", owner="transport", audiences=["public"], phase="alpha")
    add_service(
        session, "order-a-card", owner="health", audiences=["public"], category="Licence",
        apis_answer="none", yearly_transactions=10, transactions_to="2017-09-30",
    )  # fmt: skip
    add_service(session, "lonely-service", phase="retired")


def query(**arguments: str | list[str]) -> ServiceQuery:
    pairs = [
        (name, value)
        for name, values in arguments.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    found, ignored = parse_services(pairs)
    assert not ignored
    return found


def listing(session: Session, size: int = 50, **arguments: str | list[str]) -> Listing:
    return service_lists.listing(session, query(**arguments), TODAY, size)


def slugs(found: Listing) -> list[str]:
    return [row.slug for row in found.rows]


def counts(found: Listing, facet: str) -> dict[str, int]:
    return {choice.value: choice.count for choice in found.facets[facet]}


def test_everything_by_name(session: Session) -> None:
    found = listing(session, sort="name")
    assert slugs(found) == ["book-a-test", "lonely-service", "order-a-card", "tax-a-vehicle"]
    assert (found.total, found.previous, found.next) == (4, None, None)
    assert found.rows[0].organisation == "Transport"
    assert found.rows[1].organisation is None


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"phase": "alpha"}, ["book-a-test"]),
        ({"phase": ["alpha", "retired"]}, ["book-a-test", "lonely-service"]),
        ({"audience": "business"}, ["tax-a-vehicle"]),
        ({"category": "Licence"}, ["order-a-card", "tax-a-vehicle"]),
        ({"apis": "none"}, ["order-a-card"]),
        ({"organisation": "transport"}, ["book-a-test", "tax-a-vehicle"]),
        ({"organisation": "vehicle-agency"}, ["tax-a-vehicle"]),
        ({"organisation": "nobody"}, []),
        ({"organisation": "transport", "phase": "live"}, ["tax-a-vehicle"]),
        ({"q": "vehical"}, ["tax-a-vehicle"]),
        ({"q": "zzzzqqqq"}, []),
        ({"q": "vehical", "organisation": "nobody"}, []),
        ({"q": "a", "organisation": "transport"}, ["book-a-test", "tax-a-vehicle"]),
    ],
)
def test_filters(session: Session, arguments: dict[str, str], expected: list[str]) -> None:
    found = listing(session, **{"sort": "name", **arguments})
    assert slugs(found) == expected
    assert found.total == len(expected)


def test_a_facet_counts_what_its_other_choices_would_give(session: Session) -> None:
    found = listing(session, phase="alpha")
    assert counts(found, "phases") == {"alpha": 1, "live": 2, "retired": 1}
    assert counts(found, "audiences") == {"public": 1}
    assert counts(found, "organisation") == {"transport": 1}


def test_the_organisation_facet_counts_what_is_below(session: Session) -> None:
    everywhere = listing(session).facets["organisation"]
    assert everywhere == [Choice("health", "Health", 1), Choice("transport", "Transport", 2)]
    inside = listing(session, organisation="transport")
    assert counts(inside, "organisation") == {"vehicle-agency": 1}
    assert inside.organisation == "Transport"


def test_counts_agree_with_lists(session: Session) -> None:
    found = listing(session)
    arguments = {"phases": "phase", "audiences": "audience", "categories": "category"}
    for facet in found.facets:
        argument = arguments.get(facet, facet)
        for choice in found.facets[facet]:
            assert listing(session, **{argument: choice.value}).total == choice.count


@pytest.mark.parametrize("sort", ["name", "transactions"])
def test_pages_go_forward_and_back(session: Session, sort: str) -> None:
    whole = slugs(listing(session, sort=sort))
    first = service_lists.listing(session, query(sort=sort), TODAY, 3)
    assert slugs(first) == whole[:3]
    assert first.next and not first.previous
    second = _at(session, sort, "after", first.next, 3)
    assert slugs(second) == whole[3:]
    assert second.previous and not second.next
    back = _at(session, sort, "before", second.previous, 3)
    assert slugs(back) == whole[:3]


def _at(session: Session, sort: str, where: str, key: tuple[object, int], size: int) -> Listing:
    from portal.catalogue.rules.filters import encode_key

    return listing(session, size, **{"sort": sort, where: encode_key(key)})  # type: ignore[arg-type]


def test_most_used_first_and_unknown_last(session: Session) -> None:
    assert slugs(listing(session, sort="transactions"))[:2] == ["tax-a-vehicle", "order-a-card"]


def test_what_a_body_owned_on_a_day(session: Session) -> None:
    owner = {"role": "accountable", "published_name": None, "source": None, **OPEN}
    day = "2020-01-01"
    add_service(
        session,
        "moved-service",
        owners=[
            owner | {"organisation": "portal:health", "until": day},
            owner | {"organisation": "portal:transport", "since": day},
        ],
    )
    body = service_scope.scope(session, query(organisation="health"), TODAY).organisation_id
    assert body is not None
    before, _ = ownership.owned_on(session, body, date(2019, 12, 31))
    assert [row.slug for row in before] == ["moved-service", "order-a-card"]
    after, former = ownership.owned_on(session, body, date(2020, 1, 1))
    assert [(row.slug, row.now_slug) for row in former] == [("moved-service", "transport")]
    assert [row.slug for row in after] == ["order-a-card"]


def test_counts_by_answer(session: Session) -> None:
    answers = service_lists.counts_by_answer(session)
    assert answers == {"offers": 1, "none": 1, "unknown": 2}
