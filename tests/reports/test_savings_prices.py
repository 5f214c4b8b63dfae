"""Prices, day rates and volumes from the records to the lines of a run, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage, UsageVolume
from portal.db import Database
from portal.errors import Invalid
from portal.reports.actions import assuming, opening, running
from portal.reports.rules.assumptions import Row
from portal.reports.store import assumption_sets, inputs, runs
from portal.reports.store.claims import ClaimQuery
from portal.reports.words import Assumed, Basis, ClaimKind
from tests.reports.test_keeping import DATE, sent
from tests.reports.test_savings_database import ACT, done, published
from tests.reports.test_savings_database import used as used
from tests.reports.test_savings_lines import again, told
from tests.reports.test_savings_measured import PRICED
from tests.reports.test_savings_pages import DEMO, said
from tests.reports.test_savings_runs import the_set
from tests.support.accounts import add_person, administrator, signed_in
from tests.support.pages import filled, soup_of
from tests.support.queries import statements
from tests.support.storefront import add_component, add_usage
from tests.support.transactions import RolledBackDatabase

#: Of the services of the worked example, by year; what is measured of g is only declared.
VOLUMES = {"a": {2020: 120_000, 2021: 90_000}, "b": {2020: 7}, "d": {2021: 500, 2019: 3},
           "g": {2020: 1_000, 2025: 60, 2026: 9}}  # fmt: skip


@pytest.fixture
def volumes(used: Session) -> Session:
    """The worked example, some of it measured; the gateway's needs are met by another as well."""
    add_component(used, "other", "card-payments", prices=[
        {"item": "Payment", "unit": "payment", "pence": "10", "since": "2021-04-01"},
    ])  # fmt: skip
    add_usage(used, "b", "card-payments", component="other", since="2021-04-01")
    ids = dict(used.execute(
        select(Service.slug, Usage.id).join(Usage, Usage.service_id == Service.id)
        .order_by(Usage.id.desc())
    ).all())  # fmt: skip
    for slug, years in VOLUMES.items():
        for year, many in years.items():
            used.add(UsageVolume(usage_id=ids[slug], year=year, quantity=many, edited_at=ACT.at))
    days = {"integration_days": Decimal("30.5"), "integration_source": "Timesheets"}
    used.execute(update(Usage).where(Usage.id == ids["d"]).values(**days))
    used.commit()
    return used


def the_rows() -> list[Row]:
    return [*the_set(), *PRICED]


def test_volumes_and_days_are_read_with_the_uses(
    database: RolledBackDatabase, volumes: Session
) -> None:
    with statements(database) as seen, database.reading() as session:
        found = {u.service: u for u in inputs.uses(session, ACT.day, Basis.RESTATED)
                 if u.component == "pay"}  # fmt: skip
    assert len(seen) <= 6, "not one for each use"
    assert found["a"].volumes == ((2020, 120_000, True), (2021, 90_000, True))
    # Today is in the year of 2025: it goes on, and what is said of the next is not known yet.
    assert found["g"].volumes == ((2020, 1_000, True), (2025, 60, False))
    assert (found["d"].days, found["a"].days) == (Decimal("30.50"), None)


def test_a_run_with_volumes_is_the_same_on_both_databases(
    database: Database, volumes: Session
) -> None:
    number = published(database, the_rows())
    first, second = done(database, number), done(database, number)
    with database.reading() as session:
        one, two = runs.by_id(session, first), runs.by_id(session, second)
        assert (one.inputs_digest, one.lines_digest) == (two.inputs_digest, two.lines_digest)
        # Known bytes: what SQLite gives, PostgreSQL gives.
        assert (one.inputs_digest or "")[:16] == "38586d04f1c93ef5"
        assert (one.lines_digest or "")[:16] == "9dd2a27c04999870"
        lines = list(opening.lines(session, one, ClaimQuery(first)))
        views = one.result["views"]
    assert running.replay(database, first).same
    for line in lines:
        assert again(told(line)) * 100 == sum(line.pence)
    spent = {line.of[0]: line.pence[0] for line in lines
             if line.ids[2] is ClaimKind.INTEGRATION_MEASURED}  # fmt: skip
    assert spent == {"d": 1_868_125}, "30.5 days of £612.50"
    mine, theirs = (views[view]["with_declared"] for view in ("whole", "organisation"))
    paid = round((120_000 + 7 + 1_000) * 2.44)
    assert theirs["price"][0] == mine["price"][0] and abs(theirs["price"][0] - paid) <= 1
    nets = zip(theirs["net"], theirs["price"], mine["platform"], strict=True)
    assert mine["net"] == [net + back - cost for net, back, cost in nets]


def test_a_price_names_a_row_that_there_is(database: Database, volumes: Session) -> None:
    number = assuming.draft(database, 0, ACT)
    mine = replace(PRICED[2], price_item="Payment", price_since=date(2021, 4, 1))
    assuming.put(database, 0, number, mine, ACT)
    with database.reading() as session:
        found = assumption_sets.by_number(session, 0, number)
        assert assumption_sets.rows(session, found.id) == [mine]
    for wrong in ({"price_since": None}, {"price_item": "Letter"}):
        with pytest.raises(Invalid) as refused:
            assuming.put(database, 0, number, replace(mine, **wrong), ACT)
        assert refused.value.field == "price_row"
    for row, field in ((replace(the_set()[0], apart=True), "apart"),
                       (replace(the_set()[0], price_item="x"), "price_row"),
                       (replace(PRICED[1], year=2026), "year")):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            assuming.put(database, 0, number, row, ACT)
        assert refused.value.field == field
    document = assumption_sets.document(mine)
    assert assuming.row_of({**document, "field": Assumed.PRICE.value}) == mine


@DEMO
def test_prices_are_kept_on_pages_and_lead_to_the_price_list(
    client: FlaskClient, session: Session
) -> None:
    signed_in(client, session, add_person(session, "keeper@x.example", administrator()))
    here = sent(client, "/portal/savings/versions/draft")
    one = {"low": "0.01", "central": "0.0244", "high": "0.03", "evidence": "judgement", **DATE}
    sent(client, f"{here}/add", field="price", component="nhs-notify", **one)
    wrong = {**filled(client.get(f"{here}/add")), **one, "field": "run", "apart": "y"}
    refused = client.post(f"{here}/add", data=wrong)
    assert "Only a price elsewhere comes beside other costs" in refused.text
    change = f"{here}/change?key=price:nhs-notify"
    listed = soup_of(client.get(change)).select("select[name=price_row] option")
    assert "Text message: 2.4p per text message" in [each.text.strip() for each in listed]
    assert sent(client, change, price_row="always Text message") == here
    [chosen] = soup_of(client.get(change)).select("select[name=price_row] option[selected]")
    assert chosen["value"] == "always Text message"
    assert "/components/nhs-notify#price" in client.get(here).text
    assert "From the price list: Text message" in client.get(f"{here}/history").text
    sent(client, f"{here}/change?key=alternative_price:email", apart="")
    assert "M or P may have it in it" in client.get(here).text


@DEMO
def test_the_demo_shows_what_was_measured(client: FlaskClient) -> None:
    shown = client.get("/savings")
    assert "Paid between departments" in shown.text
    [run, *_] = said(client, "/savings/runs.json")["items"]
    address = f"/savings/runs/{run['run']}/claims"
    rows = {row["kind"]: row for row in said(client, f"{address}.json")["items"]}
    volume, days = rows["volume_avoided"], rows["integration_measured"]
    assert volume["volume"] and volume["alternative_price"] and volume["additionality"]
    assert days["days"] and days["day_rate"]
    paid = said(client, f"{address}.json?kind=price&component=govuk-pay")["items"]
    assert {row["price_row"] for row in paid} == {"/components/govuk-pay#price"}
    for query in ("view=organisation&kind=price", "view=organisation"):
        assert "rices paid" in client.get(f"{address}?{query}").text
    method = client.get("/savings/method").text
    assert "Price of a day of work" in method and "not recorded yet" not in method
