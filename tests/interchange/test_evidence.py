"""Scans, invoices, reports and documents as evidence: read, added once, taken back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit import HistoryEvent
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import claims, evidence, imports
from tests.interchange.commands import counts, run
from tests.interchange.files import write
from tests.support.accounts import act
from tests.support.data import add_organisation, add_service
from tests.support.storefront import add_capability, add_component, add_usage

LAST_MONTH = (act().day - timedelta(days=30)).isoformat()
FILE = f"""service,component,kind,on,note,source
boats,purse,scan,{LAST_MONTH},A call in the code,https://a.example/scan
boats,purse,scan,{LAST_MONTH},A call in the code,https://a.example/scan
Fly a plane,purse,assessment_report,{LAST_MONTH},,
nobody,purse,scan,{LAST_MONTH},,
boats,post,scan,{LAST_MONTH},,
boats,door,scan,{LAST_MONTH},,
boats,purse,roster,{LAST_MONTH},,
boats,purse,scan,2999-01-01,,
boats,purse,scan,,,
planes,purse,invoice,2020-01-31,,not an address
"""


@pytest.fixture
def catalogue(session: Session) -> Session:
    add_organisation(session, "ministry")
    add_capability(session, "needs")
    add_capability(session, "fees", "needs")
    for component in ("purse", "door"):
        add_component(session, component, "fees")
    add_service(session, "boats", owner="ministry")
    add_service(session, "planes", owner="ministry", name="Fly a plane")
    for service in ("boats", "planes"):
        add_usage(session, service, "fees", component="purse")
    session.commit()
    return session


def standings(session: Session) -> list[str]:
    session.expire_all()
    ids = session.scalars(select(Usage.id).order_by(Usage.id)).all()
    return [claims.state_of(session, usage_id, act().day).standing for usage_id in ids]


def test_evidence_is_added_once_and_taken_back(
    catalogue: Session, app: Flask, tmp_path: Path
) -> None:
    path = str(write(tmp_path, "evidence.csv", FILE))
    found = counts(app, "evidence", path)
    assert (found["read"], found["created"], found["set_aside"]) == (10, 3, 8)
    reasons = {(row.row, row.column) for row in imports.set_aside(catalogue, found["batch"])}
    assert reasons == {
        (3, "service"), (5, "service"), (6, "component"), (7, "component"), (8, "kind"),
        (9, "on"), (10, "on"), (11, "source"),
    }  # fmt: skip
    assert standings(catalogue) == ["confirmed", "lapsed"], "a report alone would confirm nothing"
    assert counts(app, "evidence", path)["batch"] is None, "the same again is no news"
    run(app, "import", "undo", str(found["batch"]), "--yes")
    assert standings(catalogue) == ["declared", "declared"]
    assert evidence.of_usage(catalogue, catalogue.scalars(select(Usage.id)).all()[0]) == []
    told = select(HistoryEvent.tag).where(HistoryEvent.tag == "import undone")
    assert len(catalogue.scalars(told).all()) == 3
    assert counts(app, "evidence", path)["created"] == 3, "what was taken back can come again"


def test_a_file_that_lacks_columns_is_refused(
    catalogue: Session, app: Flask, tmp_path: Path
) -> None:
    path = str(write(tmp_path, "evidence.csv", "service,kind\nboats,scan\n"))
    assert "component" in run(app, "import", "evidence", path, "--yes", code=1).output
