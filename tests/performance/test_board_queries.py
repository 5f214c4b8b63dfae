"""How often pages of performance data ask the database; as often for many rows as for few."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from portal.catalogue.store import components
from portal.performance.rules import periods
from portal.performance.words import Period, SetKind
from portal.web.caching import PAGES
from tests.performance.test_boards import BEFORE, NOW
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient
from tests.support.performance import add_set, number, send
from tests.support.queries import statements
from tests.support.storefront import add_capability, add_component
from tests.support.transactions import RolledBackDatabase

#: Sums over fewer services name the data sets that they are from, which costs a statement more.
FEW, MANY = 5, 12
LIST, RECORD, REPORT, JSON = 6, 8, 3, 4
FOUR = "service=service-0&service=service-1&service=service-2&component=component-0"
MOST = {
    "/performance": REPORT,
    "/performance?period=month&years=5": REPORT,
    "/performance.json": REPORT,
    "/organisations/body-0/performance": REPORT + 1,  # which organisation it is
    "/performance/components": REPORT,
    "/performance/components.json": REPORT,
    "/services/service-0/performance": RECORD,
    "/services/service-0/performance.json": RECORD,
    "/components/component-0/performance": RECORD,
    "/performance/services": LIST,
    "/performance/services?without=largest": LIST,
    "/performance/services?figure=digital_take_up": LIST,
    "/performance/services.json": JSON,
    "/performance/periods": REPORT,
    "/performance/periods.json": REPORT,
    f"/performance/compare?{FOUR}": LIST - 1,
    f"/performance/compare.json?{FOUR}": LIST - 1,
    "/data-sets": LIST,
    "/data-sets.json": JSON,
    "/data-sets/service-0/transactions-by-channel": RECORD,
    "/data-sets/service-0/transactions-by-channel.json": RECORD,
}
MONTHS = periods.between(Period.MONTH, BEFORE, NOW)


def fill(session: Session, first: int, last: int) -> None:
    """Services with figures in organisations, and components with volumes, from a number on."""
    if not first:
        add_capability(session, "needs")
        add_capability(session, "need", "needs")
    for n in range(first, last):
        add_organisation(session, f"body-{n}", **({"parent": "body-0"} if n else {}))
        service = add_service(session, f"service-{n}", owner=f"body-{n}").id
        kept = {"group": f"service-{n}", "threshold": 5}
        for kind, cells in ((SetKind.TRANSACTIONS, ("online", "paper")), (SetKind.VOLUMES, ("",))):
            measure = "count" if kind is SetKind.TRANSACTIONS else "digital"
            data_set = add_set(session, kind, service_id=service, **kept)  # type: ignore[arg-type]
            send(session, data_set, *(
                number(at, measure, 10 * n + 3 + place, cell)
                for at in MONTHS for place, cell in enumerate(cells)
            ))  # fmt: skip
        add_component(session, f"component-{n}", "need", provider="body-0")
        id_ = components.ids_by_slug(session)[f"component-{n}"]
        volumes = SetKind.COMPONENT_VOLUMES
        of = add_set(session, volumes, group=f"component-{n}", component_id=id_)
        send(session, of, *(number(at, "volume", 1000) for at in MONTHS))
    session.commit()
    session.expunge_all()


def test_queries(
    app: Flask, client: PageClient, database: RolledBackDatabase, session: Session
) -> None:
    counts: dict[str, list[int]] = {}
    said = {}
    for first, last in ((0, FEW), (FEW, MANY)):
        fill(session, first, last)
        for address in MOST:
            app.extensions[PAGES].clear()  # each asks as if it were the first
            database.kept.clear()
            with statements(database) as sent:
                assert client.get(address).status_code == 200, address
            counts.setdefault(address, []).append(len(sent))
            said[address] = sent
    over = {a: (many, said[a]) for a, many in counts.items() if max(many) > MOST[a]}
    assert over == {}
    assert {a: many for a, many in counts.items() if many[1] != many[0]} == {}
