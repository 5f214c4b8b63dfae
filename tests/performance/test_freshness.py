"""What is overdue: by data set, by owner and by organisation; on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.catalogue.store import hierarchy
from portal.performance.models.data_sets import DataSet
from portal.performance.store import freshness as store
from portal.performance.store.freshness import FreshQuery
from portal.performance.views import freshness
from portal.performance.words import DueState, Period, SetKind
from tests.performance.places import Place, text
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.performance import add_set

DAY = date(2026, 7, 10)
ON = timedelta(days=1)


def put(session: Session, name: str, of: int, due_on: date | None, **fields: Any) -> DataSet:
    """A data set that is due on a day."""
    row = add_set(session, group=name, service_id=of, due_days=20, **fields)
    row.due_on = due_on
    return row


@pytest.fixture
def known(session: Session) -> Session:
    """Two services, one of them of an organisation below the other's."""
    add_organisation(session, "above")
    add_organisation(session, "below", parent="above")
    one = add_service(session, "one", owner="above").id
    two = add_service(session, "two", owner="below").id
    put(session, "late", two, DAY - 3 * ON)
    put(session, "latest", two, DAY - 40 * ON, title="Passports issued")
    put(session, "today", one, DAY)
    put(session, "later", one, DAY + 15 * ON, period=Period.QUARTER)
    put(session, "hidden", one, DAY - 90 * ON, published=False)
    put(session, "closed", two, None).closed_on = DAY
    put(session, "undated", two, None)
    session.flush()
    return session


def listed(session: Session, **asked: Any) -> list[str]:
    return [row.group for row in store.listing(session, FreshQuery(**asked), DAY, 50)]


def test_what_is_due_first_comes_first_and_is_narrowed(known: Session) -> None:
    assert listed(known) == ["latest", "late", "today", "later"]
    for asked, found in (
        ({"state": DueState.OVERDUE}, ["latest", "late"]), ({"state": DueState.SOON}, ["today"]),
        ({"state": DueState.ON_TIME}, ["later"]), ({"state": DueState.CLOSED}, ["closed"]),
        ({"state": DueState.UNDATED}, ["undated"]), ({"organisation": "below"}, ["latest", "late"]),
        ({"organisation": "above"}, ["latest", "late", "today", "later"]),
        ({"organisation": "nobody"}, []), ({"service": "one"}, ["today", "later"]),
        ({"period": Period.QUARTER}, ["later"]), ({"kind": SetKind.COST}, []),
        ({"words": "PASSPORTS"}, ["latest"]), ({"words": "100%"}, []),
        ({"never": False}, []), ({"never": True, "state": DueState.SOON}, ["today"]),
    ):  # fmt: skip
        assert listed(known, **asked) == found, asked
    every = store.listing(known, FreshQuery(), DAY, 50)
    for at, row in enumerate(every):
        rest = [each.group for each in every[at + 1 :]]
        assert listed(known, after=store.place(row)) == rest
    [closed] = store.listing(known, FreshQuery(state=DueState.CLOSED), DAY, 50)
    assert listed(known, state=DueState.CLOSED, after=store.place(closed)) == []


def test_counts_and_sums_agree_with_the_rows(known: Session) -> None:
    many = store.counts(known, FreshQuery(), DAY)
    assert many["state"] == {
        DueState.OVERDUE: 2, DueState.SOON: 1, DueState.ON_TIME: 1, DueState.UNDATED: 1,
        DueState.CLOSED: 1,
    }  # fmt: skip
    [undated] = store.owners(known, FreshQuery(state=DueState.UNDATED), DAY)
    assert (undated.slug, undated.data_sets, undated.first_due) == ("two", 1, None)
    assert many["period"] == {Period.MONTH: 3, Period.QUARTER: 1} and many["never"] == {True: 4}
    narrow = store.counts(known, FreshQuery(state=DueState.OVERDUE, words="issued"), DAY)
    assert narrow["kind"] == {SetKind.VOLUMES: 1}
    owners = list(store.owners(known, FreshQuery(), DAY))
    said = [(o.kind, o.slug, o.organisation_slug, o.data_sets, o.overdue) for o in owners]
    assert said == [(Kind.SERVICE, "two", "below", 2, 2), (Kind.SERVICE, "one", "above", 2, 0)]
    assert owners[0].first_due == DAY - 40 * ON
    place = store.owner_place(owners[0])
    assert [o.slug for o in store.owners(known, FreshQuery(after=place), DAY)] == ["one"]
    bodies = store.by_organisation(known, FreshQuery(), DAY)
    ids = hierarchy.tree(known, DAY).ids
    assert bodies[ids["below"]] == (2, 2, DAY - 40 * ON)
    assert bodies[ids["above"]] == (2, 0, DAY)


# Pages


@pytest.fixture
def place(app: Flask, session: Session) -> Place:
    return Place(app, session)


AT = "/performance/freshness"


def test_the_public_sees_what_is_overdue_and_nothing_that_is_not_published(
    client: PageClient, place: Place
) -> None:
    assert "No published data set says yet" in text(client, AT)
    june = place.add(due_days=20)
    june.last_start, june.due_on = date(2026, 3, 1), date(2026, 5, 20)
    place.add(SetKind.COST, title="Secret cost", published=False, due_days=0)
    place.session.commit()
    for client_ in (client, place.team):
        page = text(client_, AT)
        assert "0 of 1 data sets are up to date" in page and "Secret" not in page
        assert "Overdue" in page and "April 2026 and " in page and "more periods" in page
    [row] = client.get(f"{AT}.json").json["items"]
    assert (row["state"], row["missing_from"]) == ("overdue", "2026-04-01")
    assert row["days_overdue"] > 20 and row["missing_periods"] >= 1
    assert "a-fine,volumes" in client.get(f"{AT}.csv").get_data(as_text=True)
    assert "No data set matches" in text(client, f"{AT}?state=closed")
    assert client.get(f"{AT}.json?state=x").status_code == 400
    assert "figures=x" in text(client, f"{AT}?figures=x&after=x")
    assert f"{AT}?service=a-fine" in client.get("/data-sets/a-fine/volumes").text
    assert f"{AT}?service=a-fine" in client.get("/services/a-fine/performance").text
    assert f"{AT}?organisation=ministry" in client.get("/organisations/ministry/performance").text


def test_by_owner_and_by_organisation(client: PageClient, place: Place) -> None:
    place.add(due_days=20).due_on = date(2026, 5, 20)
    add_set(
        place.session, SetKind.COMPONENT_VOLUMES, group="payments", component_id=place.component,
        due_days=1000,
    )  # fmt: skip
    place.session.commit()
    owners = client.get(f"{AT}/owners.json").json["items"]
    assert [(o["kind"], o["slug"], o["overdue"]) for o in owners] == [
        ("service", "a-fine", 1), ("component", "payments", 0),
    ]  # fmt: skip
    page = text(client, f"{AT}/owners")
    assert "A fine" in page and "Ministry" in page and "1 of 2 data sets are up to date" in page
    bodies = client.get(f"{AT}/organisations.json").json["items"]
    assert [(b["slug"], b["data_sets"], b["overdue"]) for b in bodies] == [("ministry", 2, 1)]
    assert "Ministry" in text(client, f"{AT}/organisations")
    shared = f"{AT}/organisations?organisation=ministry&state=overdue"
    assert len(client.get(shared.replace("?", ".json?")).json["items"]) == 1
    links = [str(a["href"]) for a in soup_of(client.get(shared)).select("nav[aria-label=Lists] a")]
    assert links == [f"{AT}{end}?organisation=ministry&state=overdue" for end in ("", "/owners")]


def test_pages_go_on(client: PageClient, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freshness, "PAGE_SIZE", 2)
    for n in range(3):
        add_organisation(place.session, f"o{n}")
        add_set(
            place.session, group=f"g{n}", due_days=1,
            service_id=add_service(place.session, f"s{n}", owner=f"o{n}").id,
        )  # fmt: skip
    place.session.commit()
    for end in ("?q=S", "/owners", "/organisations"):
        first = soup_of(client.get(AT + end))
        second = soup_of(client.get(str(first.select("a[rel=next]")[0]["href"])))
        names = [tr.get_text() for page in (first, second) for tr in page.select("main tbody tr")]
        assert len(names) == len(set(names)) == 3, end
