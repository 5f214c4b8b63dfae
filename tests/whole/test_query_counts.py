"""How often a page asks the database; as often for many rows as for few."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.words import MatchState
from portal.web.caching import PAGES
from portal.web.people import as_person
from tests.support.data import ACT, OPEN, add_journey, add_organisation, add_service
from tests.support.pages import PageClient
from tests.support.people import reader_of
from tests.support.queries import statements
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase

FEW, MANY = 5, 50
LIST, RECORD, JSON, REPORT = 6, 8, 4, 3
SEARCH = 3  # the words, the candidates by name, the candidates by anything
USED = 1  # how each service uses what the list is narrowed by
NAMED = 1  # whether the words name a component or a need; one more for each of the two they do
LISTS = ("/services", "/services?organisation=body-0&phase=live",
         "/services?sort=transactions", "/organisations", "/journeys",
         "/services?capability=need-0&component=component-0&organisation=body-0",
         "/components", "/components?need=need-0&kind=api&sector=nhs", "/capabilities",
         "/suppliers?organisation=body-0", "/contracts?organisation=body-0&ends=24",
         "/imports", "/organisation-names", "/", "/burning-platforms",
         "/components/component-0/closing", "/mandates", "/mandates/component-0",
         "/mandates/component-0?state=not_known", "/spend-requests",
         "/reports/reuse?by=organisation", "/reports/reuse/services", "/reports/reuse/closing",
         "/reports/reuse/changes", "/reports/reuse/adoption",
         "/reports/reuse?by=organisation&on-day=1&on-month=2&on-year=2025",
         "/reports/reuse/services?by=component&component=component-0&way=shared",
         "/reports/duplication/services")  # fmt: skip
REPORTS = ("/reports/reuse", "/reports/reuse?by=phase", "/reports/reuse?by=component",
           "/reports/reuse.json", "/reports/overdue-exemptions", "/reports/duplication",
           "/reports/duplication?phase=alpha")  # fmt: skip
RECORDS = ("/services/service-1", "/organisations/body-0", "/journeys/journey-0",
           "/services/service-1/history", "/services/service-1.json",
           "/organisations/body-0.json", "/journeys/journey-0.json", "/components/component-0",
           "/components/component-0/history", "/components/component-0.json",
           "/capabilities/need-0", "/capabilities/need-0.json",
           *(f"/{record}/as-at/2026-01-03" for record in (
               "services/service-1", "organisations/body-0", "journeys/journey-0",
               "components/component-0", "capabilities/need-0")))  # fmt: skip
JSONS = ("/organisations.json", "/journeys.json", "/services.json", "/imports.json",
         "/organisation-names.json", "/components.json", "/capabilities.json")  # fmt: skip


#: Everybody must use it.
RULE = [{"scope": "All of us", "needs": ["need-0"]}]


def fill(session: Session, first: int, last: int) -> None:
    """Bodies, services with everything, journeys and names, from number `first` on."""
    if not first:
        add_capability(session, "needs")
        add_capability(session, "need-0", "needs")
    name = {"kind": "former", "language": "en", "until": None}
    for n in range(first, last):
        add_organisation(session, f"body-{n}", **({"parent": "body-0"} if n else {}))
        owners = [
            {"role": role, "organisation": f"portal:body-{n}", "published_name": None,
             "source": None, **OPEN}
            for role in ("accountable", "delivers")
        ]  # fmt: skip
        add_service(
            session, f"service-{n}", audiences=["public"], category=f"Category {n % 3}",
            owners=owners, names=[{**name, "name": f"Old {n}"}],
            apis=[{"name": "A", "address": "https://a.example/", "documentation": None}],
            links=[{"kind": "other", "url": "https://b.example/", "title": None}],
            relations=[{"relation": "part_of", "service": "service-0"}] if n else [],
        )  # fmt: skip
        add_journey(session, f"journey-{n}", [f"service-{m}" for m in range(first, n + 1)][:5])
        if n:
            add_capability(session, f"need-{n}", "needs")
        successor = {"lifecycle": "closed", "successor": "component-0"} if n else {"mandates": RULE}
        add_component(
            session, f"component-{n}", *{"need-0", f"need-{n}"}, provider="body-0",
            prices=[{"item": "Use", "unit": "use", "pence": "1"}], **successor,
        )  # fmt: skip
        add_usage(session, f"service-{n}", "need-0", component="component-0")
        add_usage(session, "service-1" if n > 1 else f"service-{n}", f"need-{n}")
        waiting = MatchState.WAITING
        session.add(
            OrganisationMatch(published_name=f"Name {n}", state=waiting, first_seen_at=ACT.at)
        )
    session.flush()
    session.expunge_all()


MOST = {
    **dict.fromkeys(LISTS, LIST),
    **dict.fromkeys(RECORDS, RECORD),
    **dict.fromkeys(JSONS, JSON),
    **dict.fromkeys(REPORTS, REPORT),
    "/reports/reuse?by=component": REPORT + NAMED,
    "/reports/reuse/heat-map": LIST + 1,
    "/leadership": RECORD - 1,  # with a run, that and its assumptions: tests/reports
    "/services?q=service": LIST + SEARCH + NAMED,
    "/organisations?q=body": LIST + SEARCH,
    "/services.json?q=service": JSON + SEARCH,
    "/services.json?component=component-0": JSON + USED,
}


def test_queries(
    app: Flask, client: PageClient, database: RolledBackDatabase, session: Session
) -> None:
    counts: dict[str, list[int]] = {}
    for first, last in ((0, FEW), (FEW, MANY)):
        fill(session, first, last)
        for address in MOST:
            reader = reader_of(app, address)  # asks for the page
            app.extensions[PAGES].clear()  # so that each asks as if it were the first
            database.kept.clear()
            with as_person(app, reader), statements(database) as sent:
                assert client.get(address).status_code == 200, address
            counts.setdefault(address, []).append(len(sent))
    assert {a: many for a, many in counts.items() if max(many) > MOST[a]} == {}
    # It may shrink: the search reads its words once and keeps them.
    assert {a: many for a, many in counts.items() if many[1] > many[0]} == {}
