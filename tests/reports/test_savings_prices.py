"""Prices, day rates and volumes from the records to the lines of a run, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
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
from tests.reports.test_savings_database import ACT, done, published
from tests.reports.test_savings_database import used as used
from tests.reports.test_savings_lines import again, told
from tests.reports.test_savings_measured import PRICED
from tests.reports.test_savings_runs import the_set
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
