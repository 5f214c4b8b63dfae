"""A component on a day, and components as rows of a CSV file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.catalogue.component_words import Lifecycle
from portal.catalogue.forms.figures import price_list
from portal.catalogue.rules.components import (
    ENDING,
    holds,
    latest,
    prices_on,
    typical_days,
    unpriced_on,
)
from portal.catalogue.rules.starting import Measured
from portal.catalogue.store.blast import Blast
from portal.catalogue.store.component_documents import Shown, reviewed
from portal.catalogue.store.component_users import Users
from portal.web.formats import Column

Rows = list[Any]


@dataclass(frozen=True, slots=True)
class Details:
    """What the page of a component works out from what is known of it.

    Attributes:
        on: the day of its prices and allowances.
        ending: whether it is deprecated, closing or closed.
        closed: whether it has closed by today.
        unpriced: the items that have a price on another day and none on that one.
        latest: the newest figure of each measure.
        days: from the first step to the last, in typical days, where every step says its own.
    """

    on: date
    ending: bool
    closed: bool
    prices: Rows
    unpriced: list[str]
    allowances: Rows
    mandates: Rows
    former_mandates: Rows
    latest: Rows
    days: int | None


def details(shown: Shown, today: date, on: date) -> Details:
    """Work it out, with prices and allowances on a day and the rest today."""
    document = shown.document
    lifecycle, closes = Lifecycle(document["lifecycle"]), document["closes_on"]
    day, now = on.isoformat(), today.isoformat()
    gone = lifecycle is Lifecycle.CLOSING and closes is not None and closes <= now
    return Details(
        on=on,
        ending=lifecycle in ENDING,
        closed=lifecycle is Lifecycle.CLOSED or gone,
        prices=prices_on(document["prices"], day),
        unpriced=unpriced_on(document["prices"], day),
        allowances=[row for row in document["allowances"] if holds(row, day)],
        mandates=[
            row for row in document["mandates"] if row["until"] is None or row["until"] > now
        ],
        former_mandates=[
            row for row in document["mandates"] if row["until"] and row["until"] <= now
        ],
        latest=latest(document["volumes"]),
        days=typical_days(document["steps"]),
    )


def document(shown: Shown, users: Users, hit: Blast, today: date, on: date) -> dict[str, Any]:
    """A component's document with what its page shows around it, prices on a day."""
    found = details(shown, today, on)
    return {
        **shown.document,
        "provider_name": shown.provider,
        "on": found.on.isoformat(),
        "prices_on_day": found.prices,
        "no_price_on_day": found.unpriced,
        "typical_days": found.days,
        "services_now": users.services,
        "organisations_now": users.organisations,
        "services_confirmed": users.confirmed,
        "services_depending": hit.services,
        "organisations_depending": hit.organisations,
        "transactions_depending": hit.transactions if hit.counted else None,
        "services_depending_without_figure": hit.uncounted,
        "used_by": [_user(row) for row in users.now],
        "used_or_planned_by": [_user(row) for row in users.others],
        "replaces": [slug for slug, _ in shown.replaces],
        "exemptions": shown.exemptions,
        **reviewed(shown.edited_at, shown.review, today),
    }


def started(measured: Measured | None) -> dict[str, Any]:
    """How long services really took to start, as downloads have it."""
    return {
        "measured_days": measured.days if measured else None,
        "measured_services": measured.many if measured else None,
    }


def _user(row: Any) -> dict[str, Any]:
    return {
        "usage": row.usage,
        "service": row.service_slug,
        "service_name": row.service,
        "organisation": row.organisation_slug,
        "organisation_name": row.organisation,
        "capability": row.capability_slug,
        "status": row.status,
        "planned_live": row.planned_live,
        "since": row.since,
        "since_basis": row.since_basis,
        "until": row.until,
        "until_basis": row.until_basis,
        "source": row.source,
        "standing": row.standing,
        "confirmed_on": row.confirmed_on,
        "disputed_on": row.disputed_on,
    }


def _dated(row: dict[str, Any]) -> str:
    return f"{row['what']} ({row['since']} to {row['until'] or 'now'})"


COLUMNS: tuple[str | Column, ...] = (
    "slug",
    "name",
    "kind",
    "lifecycle",
    "lifecycle_since",
    "closes_on",
    "successor",
    "provider_name",
    Column("provider_identifier", lambda row: row["provider"]),
    "summary",
    Column("needs", lambda row: [need["capability"] for need in row["capabilities"]]),
    "sectors",
    "eligibility_note",
    "delivery",
    "has_interface",
    "how_to_start",
    Column("steps", lambda row: [step["text"] for step in row["steps"]]),
    "documentation",
    "support_hours",
    "status_page",
    Column(
        "mandates",
        lambda row: [f"{m['scope']} (from {m['since'] or 'no date'})" for m in row["mandates"]],
    ),
    "closing_means",
    "team",
    "team_reachable",
    "security_tested_on",
    Column("incidents", lambda row: [_dated(each) for each in row["incidents"]]),
    Column("unsupported", lambda row: [_dated(each) for each in row["unsupported"]]),
    "looked_at_on",
    "sources",
    "edited_on",
    "confirmed_on",
    "review_by",
    "review_state",
)
#: One component's file says more: its prices on the day asked for, and who uses it.
ON_DAY: tuple[str | Column, ...] = (
    *COLUMNS,
    "on",
    Column("prices", lambda row: price_list(row["prices_on_day"])),
    "typical_days",
    "measured_days",
    "measured_services",
    "services_now",
    "organisations_now",
    "services_confirmed",
    "services_depending",
    "organisations_depending",
    "transactions_depending",
    "services_depending_without_figure",
    Column(
        "used_by",
        lambda row: [
            f"{u['service']} ({u['capability']}, {u['standing']})" for u in row["used_by"]
        ],
    ),
    Column(
        "used_or_planned_by",
        lambda row: [f"{u['service']} ({u['status']})" for u in row["used_or_planned_by"]],
    ),
)
