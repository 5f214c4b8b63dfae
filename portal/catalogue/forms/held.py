"""Contracts and who controls what, as downloads and pages have them."""

from __future__ import annotations

from typing import Any

from portal.catalogue.forms.advice import document as advice_document
from portal.catalogue.rules.advice import Advice

#: What is said of an arrangement, in the order of the files.
CONTROLLED = (
    "product", "supplier", "supplier_organisation", "contract_group", "contract_end",
    "code_held_by", "data_held_by", "exit_plan", "exit_reviewed_on", "exit_note", "yearly_cost",
)  # fmt: skip
ADVISED = ("advice", "advice_by", "advice_reasons", "shared_options")
COLUMNS = (
    "usage", "service_slug", "service", "organisation_slug", "organisation", "capability_slug",
    "capability", "arrangement", "status", "standing", "component_slug", *CONTROLLED, "source",
    *ADVISED,
)  # fmt: skip


def control_of(row: Any) -> dict[str, Any]:
    """The contract of an arrangement and who controls it.

    Args:
        row: see `store.contracts.Held`.
    """
    said = {name: getattr(row, name) for name in CONTROLLED if name != "supplier_organisation"}
    return {**said, "supplier_organisation": row.supplier_slug}


def document(row: Any, standing: str, advice: Advice | None) -> dict[str, Any]:
    """An arrangement as the lists of contracts and of suppliers have it."""
    known = {"standing": standing, **control_of(row), **advice_document(advice)}
    return {name: known[name] if name in known else getattr(row, name) for name in COLUMNS}


def supplier_address(row: Any) -> str | None:
    """The page of a supplier: of the organisation that it is, else of its name.

    Args:
        row: with `supplier_slug` and `supplier_key`.
    """
    if row.supplier_slug:
        return f"/suppliers/{row.supplier_slug}"
    return f"/suppliers/named/{row.supplier_key}" if row.supplier_key else None
