"""Rows of savings with one member of a closed list each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from portal.db import Base
from portal.reports import words as w
from portal.reports.models import assumptions as a
from portal.reports.models import runs as r
from tests.support.data import ACT

#: An id that no sequence comes to.
ID = 10**6
ON = date(2026, 7, 1)


def _set(**value: Any) -> a.AssumptionSet:
    plain = {
        "scope": 0, "number": 1, "base_year": 2026, "price_year": 2026, "horizon": 5,
        "rate": Decimal("0.035"), "claim_years": 3, "state": w.SetState.DRAFT, "made_by": "x",
        "edited_at": ACT.at,
    }  # fmt: skip
    row = {**plain, **value}
    if row["state"] is w.SetState.PUBLISHED:
        row |= {"published_at": ACT.at, "approver": "X"}
    return a.AssumptionSet(**row)


def seed(session: Session) -> None:
    """A draft and a run of it, with the id `ID`."""
    session.add(_set(id=ID, number=ID))
    session.flush()
    session.add(_run(id=ID))
    session.flush()


def _assumption(component: int | None = None, **value: Any) -> a.AssumptionRow:
    plain = {
        "set_id": ID, "key": "x", "field": w.Assumed.BUILD, "low": 1, "central": 1, "high": 1,
        "evidence": w.EvidenceClass.JUDGEMENT, "source": "x", "dated": ON,
    }  # fmt: skip
    row = {**plain, **value}
    of_component = row["field"] in (w.Assumed.PLATFORM, w.Assumed.PRICE)
    return a.AssumptionRow(**row, component_id=component if of_component else None)


def _run(**value: Any) -> r.SavingsRun:
    plain = {
        "set_id": ID, "as_at": ON, "basis": w.Basis.RESTATED, "seed": 1,
        "state": w.RunState.WAITING, "asked_by": "x", "asked_at": ACT.at, "result": {},
    }  # fmt: skip
    row = {**plain, **value}
    return r.SavingsRun(done_at=ACT.at if row["state"] is w.RunState.DONE else None, **row)


def _claim(kind: w.ClaimKind) -> r.SavingsClaim:
    platform = 1 if kind is w.ClaimKind.PLATFORM else 0
    return r.SavingsClaim(
        run_id=ID, service_id=0 if platform else 1, capability_id=0 if platform else 1, kind=kind,
        platform_id=platform, organisation_id=0, years=[], usages=[], assumptions=[],
    )  # fmt: skip


def rows(component: int) -> dict[str, Callable[[int, int, int, Any], Base]]:
    """As `ROWS` of tests/whole/test_enums.py, with the id of a component that there is."""
    return {
        "assumption_set.state": lambda _a, _b, _c, x: _set(state=x),
        "assumption.field": lambda _a, _b, _c, x: _assumption(component, field=x),
        "assumption.band": lambda _a, _b, _c, x: _assumption(band=x),
        "assumption.evidence": lambda _a, _b, _c, x: _assumption(evidence=x),
        "savings_run.basis": lambda _a, _b, _c, x: _run(basis=x),
        "savings_run.state": lambda _a, _b, _c, x: _run(state=x),
        "savings_claim.kind": lambda _a, _b, _c, x: _claim(x),
    }
