"""What of the records a savings run reads as use: not after the end of a service or component, and
once for a service that was recorded twice.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.catalogue.actions import merging
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import services
from portal.catalogue.words import RecordKind
from portal.db import Database
from portal.reports.store import inputs
from portal.reports.words import Basis
from tests.reports.test_savings_database import ACT
from tests.reports.test_savings_database import used as used
from tests.reports.test_savings_guards import rows_of, totals
from tests.support.data import add_service
from tests.support.storefront import add_component, add_usage

GONE = [
    {"phase": "live", "since": None, "until": "2024-06-01"},
    {"phase": "retired", "since": "2024-06-01", "until": None},
]
LONG_GONE = [{"phase": "retired", "since": None, "until": None}]


def test_nothing_is_used_after_its_service_or_component(database: Database, used: Session) -> None:
    with database.writing() as session:
        add_component(session, "old", "card-payments", lifecycle="closed", closes_on="2023-12-23")
        add_component(session, "ends", "card-payments", lifecycle="closing", closes_on="2028-01-01")
        add_component(session, "ended", "card-payments", lifecycle="closed")
        add_service(session, "gone", owners=[], phases=GONE)
        add_service(session, "long-gone", owners=[], phases=LONG_GONE)
        for service, component, more in (
            ("gone", "pay", {}), ("long-gone", "pay", {}), ("a", "old", {}), ("b", "ended", {}),
            ("c", "ends", {}), ("d", "ends", {"status": "stopped", "until": "2022-05-01"}),
            ("f", "old", {"since": "2025-01-01"}),
        ):  # fmt: skip
            add_usage(session, service, "card-payments", component=component,
                      **{"since": "2021-04-01", **more})  # fmt: skip
    with database.reading() as session:
        ends = {
            (each.service, each.component): each.until
            for each in inputs.uses(session, ACT.day, Basis.RESTATED)
        }
    assert ends["gone", "pay"] == date(2024, 6, 1)
    assert ends["a", "old"] == date(2023, 12, 23)
    assert ends["c", "ends"] == date(2028, 1, 1)
    assert ends["d", "ends"] == date(2022, 5, 1), "which was before"
    nobody_knows = date(2021, 4, 1), date(2021, 4, 1), date(2025, 1, 1)
    assert (ends["long-gone", "pay"], ends["b", "ended"], ends["f", "old"]) == nobody_knows
    assert ends["a", "pay"] is None


def test_a_service_that_was_recorded_twice_claims_once(database: Database, used: Session) -> None:
    def said() -> dict[Any, dict[str, list[int]]]:
        with database.reading() as session:
            return totals(inputs.uses(session, ACT.day, Basis.RESTATED), rows_of())

    with database.writing() as session:
        session.execute(update(Usage).values(confirmed_on=None))  # merging looks for evidence
    before = said()
    with database.writing() as session:
        add_service(session, "a-again", owner="hmrc")
        add_usage(session, "a-again", "card-payments", component="pay", since="2020-04-01")
        ids = services.ids_by_slug(session)
    assert said() != before
    choices = {"name": "stays", "purpose": "stays", "user_need": "stays"}
    wanted = merging.Wanted(RecordKind.SERVICE, ids["a"], ids["a-again"], choices)
    merging.merge(database, wanted, ACT)
    assert said() == before
