"""Records as they were recorded on a day, of every kind: the page, its files, and the way there."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal import clock
from portal.audit import Act, ImportBatch, london_day
from portal.catalogue.forms.labels import LABELS
from portal.catalogue.rules.component_documents import (
    CAPABILITY,
    COMPONENT,
    clean_capability,
    clean_component,
    clean_need,
)
from portal.catalogue.rules.documents import (
    JOURNEY,
    ORGANISATION,
    SERVICE,
    clean_journey,
    clean_organisation,
    clean_service,
)
from portal.catalogue.store import (
    as_at,
    capabilities,
    components,
    journeys,
    organisations,
    services,
    usage,
)
from tests.support.data import ACT, add_journey, add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_capability, add_component

#: The address of each kind, what its fields are, and a field with two later values.
KINDS: dict[str, tuple[str, set[str], str, list[Any]]] = {
    services.THING: (
        "services/pay-fines", {*SERVICE, "needs"}, "keywords", [["fines"], ["fines", "courts"]]
    ),
    organisations.THING: (
        "organisations/ministry", set(ORGANISATION), "aliases",
        [[{"alias": "Min", "source": None}],
         [{"alias": "Min", "source": None}, {"alias": "MoX", "source": None}]],
    ),
    journeys.THING: (
        "journeys/drive", set(JOURNEY), "steps",
        [[{"service": "pay-fines", "what_happens": "Pay", "hand_off": None}],
         [{"service": "book-tests", "what_happens": "Book", "hand_off": "A receipt"}]],
    ),
    components.THING: (
        "components/pay", set(COMPONENT), "prices",
        [[], [{"item": "Use", "unit": "use", "pence": "2", "per_cent": None, "since": None,
               "until": None, "note": None, "source": None}]],
    ),
    capabilities.THING: ("capabilities/payments", set(CAPABILITY), "question", ["Why?", "Who?"]),
}  # fmt: skip
EVERY = pytest.mark.parametrize("thing", KINDS)


def on(month: int, day: int, hour: int = 12) -> Act:
    """Somebody does something at an hour of 2026, in UTC."""
    return Act("person:7", datetime(2026, month, day, hour, tzinfo=UTC), "test")


@pytest.fixture(autouse=True)
def _some(session: Session) -> None:
    add_organisation(session, "ministry")
    add_service(session, "pay-fines", owner="ministry")
    add_service(session, "book-tests", relations=[{"relation": "part_of", "service": "pay-fines"}])
    add_journey(session, "drive", ["pay-fines", "book-tests"])
    add_capability(session, "payments")
    add_component(
        session, "pay", "payments",
        prices=[{"item": "Use", "unit": "use", "pence": "1"}],
    )  # fmt: skip


def change(session: Session, thing: str, slug: str, act: Act, /, **fields: Any) -> None:
    """Edit a record of any kind as an action does."""
    session.flush()
    session.expunge_all()
    refs = organisations.ids_by_reference(session)
    slugs, needs = services.ids_by_slug(session), capabilities.ids_by_slug(session)
    if thing == services.THING:
        s = services.by_slug(session, slug)
        now = services.document_of(s)
        after = clean_service({**now, **fields})
        services.save(session, s, now, after, refs, act, "edited")
    elif thing == organisations.THING:
        o = organisations.by_slug(session, slug)
        now = organisations.document_of(o)
        organisations.save(
            session, o, now, clean_organisation({**now, **fields}), refs, act, "edited"
        )
    elif thing == journeys.THING:
        j = journeys.by_slug(session, slug)
        now = journeys.document_of(j)
        journeys.save(session, j, now, clean_journey({**now, **fields}), slugs, act, "edited")
    elif thing == components.THING:
        c = components.by_slug(session, slug)
        now = components.document_of(c)
        after = clean_component({**now, **fields})
        components.save(session, c, now, after, refs, needs, act, "edited")
    else:
        n = capabilities.by_slug(session, slug)
        now = capabilities.document_of(n)
        after = clean_capability({**now, **fields})
        capabilities.save(session, n, now, after, needs, act, "edited")
    session.flush()
    session.expunge_all()


def answer(session: Session, act: Act, said: str) -> None:
    """Say whether the service needs payments."""
    known = usage.Ids(services.ids_by_slug(session), capabilities.ids_by_slug(session), {})
    need = {"service": "pay-fines", "capability": "payments", "answer": said, "note": "So."}
    usage.say_need(session, clean_need(need), known, act, "answered")


def record(client: PageClient, address: str) -> dict[str, Any]:
    """A record's JSON without what it says about the last change."""
    found = dict(client.get(f"/{address}.json").get_json())
    return {name: value for name, value in found.items() if not name.startswith("last_")}


@EVERY
def test_it_says_what_it_said_then(client: PageClient, session: Session, thing: str) -> None:
    address, fields, field, values = KINDS[thing]
    slug = address.split("/")[1]
    stood = [dict(as_at.NOW[thing](session, slug)[1])]
    for month, value in enumerate(values, start=2):
        change(session, thing, slug, on(month, 1), **{field: value})
        stood.append(dict(as_at.NOW[thing](session, slug)[1]))
    assert len({str(document) for document in stood}) == 3
    for month, document in enumerate(stood, start=1):
        for day in (f"2026-{month:02}-02", f"2026-{month:02}-28"):
            assert record(client, f"{address}/as-at/{day}") == {"as_at": day, **document}
    confirmed = {"confirmed_on"} if thing in (services.THING, components.THING) else set()
    assert set(stood[0]) == fields | confirmed
    # The page has a row for each field, by its label; the file a column.
    page = soup_of(client.get(f"/{address}/as-at/2026-02-10"))
    keys = [key.get_text() for key in page.select(".govuk-summary-list__key")]
    assert keys == [str(LABELS["field"][name]) for name in stood[0]]
    assert "This is how the record stood on 10 February 2026." in page.get_text()
    assert page.select(f"main a[href='/{address}']") and page.select(
        f"a[href='/{address}/history']"
    )
    answer = client.get(f"/{address}/as-at/2026-02-10.csv")
    [row] = csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))
    assert set(row) >= {*fields, "as_at", "last_changed_at", "last_changed_by"}
    assert row["slug"] == slug and row["as_at"] == "2026-02-10"
    assert f"{slug}-2026-02-10.csv" in answer.headers["Content-Disposition"]


def text_of(client: PageClient, address: str, status: int = 200) -> str:
    """The main part of a page as one line."""
    found = client.get(address)
    assert found.status_code == status
    main = soup_of(found).select_one("main")
    assert main is not None
    return " ".join(main.get_text(" ").split())


def test_the_words_of_the_page(client: PageClient, session: Session) -> None:
    act = replace(on(3, 1, 15), reason="A mistake")
    change(session, services.THING, "pay-fines", act, purpose="To pay", phases=[
        {"phase": "live", "since": "2020-01-01", "until": None}
    ])  # fmt: skip
    told = text_of(client, "/services/pay-fines/as-at/2026-03-01")
    assert "Pay fines, as recorded on 1 March 2026" in told
    assert "Changed" not in told and "Last changed 1 March 2026 at 3:00pm: Person" in told
    assert "Reason: A mistake" in told
    assert "Purpose To pay" in told and "Live, from 1 January 2020" in told
    assert "Organisations Accountable, Ministry" in told
    assert "Keywords Not recorded" in told
    earlier = text_of(client, "/services/pay-fines/as-at/2026-02-28")
    assert "Purpose Not recorded" in earlier and "Added 2 January 2026" in earlier
    assert "Part of, Pay fines" in text_of(client, "/services/book-tests/as-at/2026-02-01")
    file = client.get("/services/pay-fines/as-at/2026-03-01.csv").text
    assert '"Accountable, Ministry"' in file
    told = client.get("/services/pay-fines/as-at/2026-03-01.json").get_json()
    assert told["last_changed_by"] == "Person" and told["last_changed_reason"] == "A mistake"
    assert told["last_changed_at"].startswith("2026-03-01T15:00:00")


def test_answers_about_needs_come_and_change(client: PageClient, session: Session) -> None:
    answer(session, on(2, 1), "unknown")
    answer(session, on(3, 1), "needed")
    days = {"2026-01-31": None, "2026-02-01": "unknown", "2026-03-01": "needed"}
    for day, said in days.items():
        needs = client.get(f"/services/pay-fines/as-at/{day}.json").get_json()["needs"]
        assert {n: a["answer"] for n, a in needs.items()} == ({"payments": said} if said else {})
    told = text_of(client, "/services/pay-fines/as-at/2026-03-01")
    assert "Needs answered Payments, Needed, So." in told


def test_today_is_not_over(client: PageClient) -> None:
    day = london_day(clock.now())
    told = text_of(client, f"/services/pay-fines/as-at/{day}")
    assert "It is what the catalogue says so far today." in told


def test_a_day_ends_at_midnight_in_london(client: PageClient, session: Session) -> None:
    change(session, services.THING, "pay-fines", on(6, 1, 22), purpose="On the first")
    change(session, services.THING, "pay-fines", on(6, 1, 23), purpose="On the second")
    for day, purpose in (("05-31", None), ("06-01", "On the first"), ("06-02", "On the second")):
        told = client.get(f"/services/pay-fines/as-at/2026-{day}.json").get_json()
        assert told["purpose"] == purpose


def test_what_was_written_out_of_turn(client: PageClient, session: Session) -> None:
    # An act of just before midnight that waited for one of just after it.
    change(session, services.THING, "pay-fines", on(6, 1, 23), purpose="After midnight")
    change(session, services.THING, "pay-fines", on(6, 1, 22), keywords=["before"])
    told = client.get("/services/pay-fines/as-at/2026-06-01.json").get_json()
    assert (told["purpose"], told["keywords"]) == ("After midnight", ["before"])


@EVERY
def test_before_it_was_in_the_catalogue(client: PageClient, thing: str) -> None:
    address = KINDS[thing][0]
    told = text_of(client, f"/{address}/as-at/2026-01-01", status=404)
    assert "was not in the catalogue on 1 January 2026" in told
    assert "It has been in the catalogue since 2 January 2026." in told
    assert client.get(f"/{address}/as-at/2026-01-02").status_code == 200
    answer = client.get(f"/{address}/as-at/2026-01-01.json")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert "since 2 January 2026" in answer.get_json()["detail"]
    assert client.get(f"/{address}/as-at/2026-01-01.csv").status_code == 404


@EVERY
def test_days_that_are_none(client: PageClient, thing: str) -> None:
    address = KINDS[thing][0]
    tomorrow = london_day(clock.now()) + timedelta(days=1)
    for ending in ("", ".json", ".csv"):
        assert client.get(f"/{address}/as-at/2026-02-31{ending}").status_code == 404
        assert client.get(f"/{address}/as-at/{tomorrow}{ending}").status_code == 400
        assert client.get(f"/{address[:-1]}x/as-at/2026-02-01{ending}").status_code == 404
    assert client.get(f"/{address}/as-at/2026-02-01.json?on=1").status_code == 400
    assert "left them out: on" in text_of(client, f"/{address}/as-at/2026-02-01?on=1")


def test_the_history_leads_to_each_day_once(client: PageClient, session: Session) -> None:
    for hour, purpose in enumerate(("One", "Two"), start=10):
        change(session, services.THING, "pay-fines", on(2, 1, hour), purpose=purpose)
    links = soup_of(client.get("/services/pay-fines/history")).select(".portal-event a")
    days = [str(link["href"]).rpartition("/")[2] for link in links]
    assert days == ["2026-02-01", "2026-01-02"]


@EVERY
def test_the_history_asks_for_a_day(client: PageClient, thing: str) -> None:
    address = KINDS[thing][0]
    page = soup_of(client.get(f"/{address}/history"))
    assert page.select("form #on-day") and page.select(f"a[href='/{address}/as-at/2026-01-02']")
    asked = f"/{address}/history?on-day=3&on-month=5&on-year=2026"
    answer = client.get(asked)
    assert (answer.status_code, answer.location) == (302, f"/{address}/as-at/2026-05-03")
    wrong = text_of(client, f"/{address}/history?on-day=&on-month=&on-year=")
    assert "There is a problem Enter a date" in wrong
    late = text_of(client, f"/{address}/history?on-day=1&on-month=1&on-year=2999")
    assert "Date must be today or in the past" in late
    # Programs have the address itself.
    assert client.get(asked.replace("history", "history.json")).status_code == 400


@pytest.mark.parametrize("ending", ["", ".json", ".csv"])
@pytest.mark.parametrize("thing", [services.THING, organisations.THING, components.THING])
def test_former_addresses_lead_on(
    client: PageClient, session: Session, thing: str, ending: str
) -> None:
    address = KINDS[thing][0]
    folder, slug = address.split("/")
    change(session, thing, slug, on(4, 1), slug="renamed")
    answer = client.get(f"/{address}/as-at/2026-02-01{ending}")
    assert (answer.status_code, answer.location) == (
        301,
        f"/{folder}/renamed/as-at/2026-02-01{ending}",
    )
    told = client.get(f"/{folder}/renamed/as-at/2026-02-01.json").get_json()
    assert told["slug"] == slug, "the address it had then"


def test_which_of_the_two_times_is_meant(client: PageClient) -> None:
    told = text_of(client, "/organisations/ministry/as-at/2026-02-01")
    assert "not what is known today about that day" in told
    page = soup_of(client.get("/organisations/ministry/as-at/2026-02-01"))
    assert page.select("a[href='/organisations/ministry?on-day=1&on-month=2&on-year=2026']")
    page = soup_of(client.get("/organisations/ministry"))
    assert "This shows what is known today about that day." in page.get_text()
    assert page.select("p a[href='/organisations/ministry/history']")
    assert "See what is known today" not in text_of(client, "/services/pay-fines/as-at/2026-02-01")


def test_a_day_is_not_sent_twice(client: PageClient, session: Session) -> None:
    address = "/services/pay-fines/as-at/2026-02-01"
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    change(session, services.THING, "pay-fines", on(2, 1), purpose="Told late")
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200
    assert "Told late" in text_of(client, address)


def test_who_made_the_last_change(client: PageClient, session: Session) -> None:
    address = "/services/pay-fines/as-at/2026-02-01"
    assert "Added 2 January 2026 at 12:00am: Command line" in text_of(client, address)
    batch = ImportBatch(
        kind="services-csv", files=[], actor="command:import", applied_at=ACT.at, counts={}
    )
    session.add(batch)
    session.flush()
    act = on(2, 1).in_batch(batch.id)
    change(session, services.THING, "pay-fines", act, purpose="Imported")
    assert f"Last changed 1 February 2026 at 12:00pm: Import {batch.id}" in text_of(client, address)
    assert client.get(f"{address}.json").get_json()["last_changed_import"] == batch.id
