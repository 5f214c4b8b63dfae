"""The lines of a run as files have them: each can be worked out again from its own columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from portal.catalogue.component_words import EvidenceKind
from portal.reports.actions import opening
from portal.reports.rules.assumptions import Row
from portal.reports.rules.inputs import COUNTED, SAID_ITSELF, Used
from portal.reports.rules.lines import AMOUNTS, Line
from portal.reports.rules.model import COLUMN_OF
from portal.reports.store import assumption_sets
from portal.reports.store.claims import ClaimQuery
from portal.reports.views.savings_shown import Shown
from portal.reports.words import Assumed
from portal.web.links import with_query

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MONEY = ("confirmed", "declared", "planned")
#: What a line is worked out from, in the order of the formula.
FACTORS = (*AMOUNTS, *(each.value for each in Assumed))
CLAIMS = ("claim_key", "service", "capability", "component", "organisation", "kind", "column",
          "financial_year", *MONEY, "usage", "address", "standing", "evidence", "evidence_on",
          "evidence_by", "used_from", "used_until", *FACTORS, "w_by", "price_row", "assumptions",
          "assumption_version", "savings_run")  # fmt: skip
#: Who it is that says so; never a person.
_BY = {
    SAID_ITSELF: "service", EvidenceKind.PROVIDER_CONFIRMED: "provider",
    EvidenceKind.ROSTER: "provider", EvidenceKind.SCAN: "automatic_scan",
    EvidenceKind.INVOICE: "supplier",
}  # fmt: skip
#: A run from before evidence was kept with it.
NOT_KEPT = "not_kept"


def lines_of(session: Session, shown: Shown, query: ClaimQuery) -> Iterator[dict[str, Any]]:
    """What a run claims: a line for each use, kind and financial year."""
    said: dict[str, Any] = dict.fromkeys(CLAIMS)
    said |= {"assumption_version": shown.set.number, "savings_run": shown.run.id}
    every = assumption_sets.rows(session, shown.set.id)
    prices = {row.key: address for row in every if (address := price_row(row))}
    for line in opening.lines(session, shown.run, query):
        yield said | _claimed(line, shown.set.base_year) | _use(line) | _worked_out(line, prices)


def _claimed(line: Line, base_year: int) -> dict[str, Any]:
    service, need, component, organisation = line.of
    kind, begins = line.ids[2], base_year + line.year
    of = [service or "", need or component or "", kind.value, str(begins)]
    return {
        "claim_key": "|".join(of), "service": service, "capability": need, "component": component,
        "organisation": organisation, "kind": kind.value, "column": COLUMN_OF[kind].value,
        "financial_year": begins,
        **{name: pence / 100 for name, pence in zip(MONEY, line.pence, strict=True)},
    }  # fmt: skip


def _use(line: Line) -> dict[str, Any]:
    used = line.used
    stands = [each for each, pence in zip(COUNTED, line.pence, strict=True) if pence]
    found = {
        "usage": " ".join(map(str, line.usages)),
        "address": " ".join(f"/usages/{each}" for each in line.usages),
        "standing": " ".join(stands),
    }
    return found if used is None else found | stands_on(used)


def stands_on(used: Used) -> dict[str, Any]:
    """How a use stands, on what and since when; never a person."""
    what, day = used.proof or (NOT_KEPT, None)
    return {
        "standing": used.standing, "evidence": what, "evidence_on": day,
        "evidence_by": _BY.get(what), "used_from": used.since, "used_until": used.until,
    }  # fmt: skip


def _worked_out(line: Line, prices: Mapping[str, str]) -> dict[str, Any]:
    by = {True: "volume", False: "count", None: None}[line.by_volume]
    return {
        **{name: float(factor) for name, factor in (line.factors or {}).items()}, "w_by": by,
        "price_row": " ".join(prices[key] for key in line.keys if key in prices),
        "assumptions": " ".join(line.keys),
    }  # fmt: skip


def documented(row: Row) -> dict[str, Any]:
    """An assumption as files have it, with the address of the row of the price list."""
    said = assumption_sets.document(row)
    return {**said, "apart": "yes" if row.apart else None, "price_row": price_row(row) or None}


def price_row(row: Row) -> str:
    """Where the row of a price list is that an assumption is from; empty where it names none."""
    if row.price_item is None:
        return ""
    on = [("on", row.price_since.isoformat())] if row.price_since else []
    return with_query(f"/components/{row.component}", on) + "#price"
