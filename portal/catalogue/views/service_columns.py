"""Services as rows of a CSV file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from portal.catalogue.forms.labels import label
from portal.catalogue.rules.documents import current_phase
from portal.catalogue.rules.filters import ServiceQuery
from portal.web.formats import Column

Row = Mapping[str, Any]
#: Of a file's name, in letters: more is too much for some file systems.
LONGEST = 150


def _owner(role: str, field: str) -> Callable[[Row], object]:
    """Who holds a role now, by name (`name`) or by register identifier (`organisation`)."""
    return lambda row: [
        owner[field] or ""
        for owner in row["owners"]
        if owner["role"] == role and owner["until"] is None
    ]


def _items(field: str, *parts: str) -> Callable[[Row], object]:
    return lambda row: [
        " ".join(str(item[part]) for part in parts if item[part]) for item in row[field]
    ]


COLUMNS: tuple[str | Column, ...] = (
    "slug",
    "name",
    Column("phase", lambda row: current_phase(dict(row))),
    Column("accountable", _owner("accountable", "name")),
    Column("accountable_identifier", _owner("accountable", "organisation")),
    Column("delivers", _owner("delivers", "name")),
    Column("funds", _owner("funds", "name")),
    "purpose",
    "user_need",
    "audiences",
    "transactional",
    "category",
    "customer_type",
    "business_model",
    "start_page",
    "service_address",
    "keywords",
    Column("other_names", _items("names", "name")),
    "channels",
    "apis_answer",
    Column("apis", _items("apis", "name", "address", "documentation")),
    Column("links", _items("links", "url")),
    Column("relations", _items("relations", "relation", "service")),
    "yearly_transactions",
    "transactions_from",
    "transactions_to",
    "sources",
    "edited_on",
    "confirmed_on",
    "review_by",
    "review_state",
)


def _used(field: str) -> Callable[[Row], object]:
    """One field of each usage, so that the cells of a row speak of usages in the same order."""
    return lambda row: [usage[field] or "" for usage in row["usages"]]


def _basis(row: Row) -> object:
    """What each start rests on, in words."""
    bases = [usage["since_basis"] for usage in row["usages"]]
    return [label(basis, "date_basis") if basis else "" for basis in bases]


#: A list that is narrowed by component, need or arrangement says what of it each service has.
BY_USAGE: tuple[str | Column, ...] = (
    *COLUMNS,
    Column("need", _used("capability")),
    Column("need_name", _used("capability_name")),
    *(Column(f, _used(f)) for f in ("component", "component_name", "product", "arrangement")),
    *(Column(f, _used(f)) for f in ("status", "since")),
    Column("since_basis", _basis),
    Column("source", _used("source")),
)


def file_name(query: ServiceQuery) -> str:
    """The name of the list's file: says what it is narrowed by, as `services-govuk-notify`."""
    narrowed = (query.organisation, query.component, query.capability, query.arrangement)
    return "-".join(("services", *(part for part in narrowed if part))).replace("_", "-")[:LONGEST]


def _met(row: Row) -> object:
    """How it meets its needs: `card-payments: govuk-pay (live)`."""
    return [
        f"{u['capability']}: {u['component'] or u['product'] or u['arrangement']} ({u['status']})"
        for u in row["usages"]
    ]


#: One service's file says more: how it meets its needs.
ONE: tuple[str | Column, ...] = (
    *COLUMNS,
    Column("usages", _met),
    Column("needs", lambda row: [f"{n['capability']}: {n['answer']}" for n in row["needs"]]),
    "needs_not_answered",
)
