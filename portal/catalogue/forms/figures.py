"""Prices, amounts and the dates of usages in words."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.catalogue.component_words import DateBasis, Sector, UsageStatus
from portal.catalogue.forms.labels import LABELS, label
from portal.web.filters import long_date, month
from portal.web.i18n import _

Row = Mapping[str, Any]


def price(row: Row) -> str:
    """What one unit costs: `Free`, `1.6p`, `£1.49` or `10%`. Pence have the decimals they need,
    pounds two.

    Args:
        row: with `pence` and `per_cent`, one of them a number as text.
    """
    if row["pence"] is None:
        return f"{row['per_cent']}%"
    pence = Decimal(row["pence"])
    if not pence:
        return _("Free")
    if pence >= 100:
        return f"£{_two_places(pence / 100)}"
    return f"{pence.normalize():f}p"


def per_unit(row: Row) -> str:
    """What the amount of a price is for: `per letter`, `(share of cost)`; nothing where free.

    Args:
        row: as of `price`, with the `unit`.
    """
    if row["pence"] is None:
        return f"({row['unit']})"
    return _("per %(unit)s", unit=row["unit"]) if Decimal(row["pence"]) else ""


def plain_decimal(number: Decimal) -> str:
    """A number with commas between thousands and the decimal places that it needs."""
    return f"{number.normalize():,f}"


def financial_year(begins: int) -> str:
    """A financial year by the calendar year in which it begins."""
    return _("%(first)s to %(last)s", first=begins, last=begins + 1)


def unit_means(unit: str) -> str:
    """What a unit of prices is, where not everybody knows; else nothing."""
    return str(LABELS["unit"].get(unit, ""))


def price_list(rows: Iterable[Row]) -> list[str]:
    """Prices as one cell of a file has them: `Letter: 63.8p per letter`."""
    return [f"{row['item']}: {price(row)} {per_unit(row)}".rstrip() for row in rows]


def _two_places(number: Decimal) -> str:
    """A number with the two decimal places that pounds have, or with more where it has more."""
    exact = number.normalize()
    exponent = exact.as_tuple().exponent
    return f"{exact:,f}" if isinstance(exponent, int) and exponent < -2 else f"{number:,.2f}"


def measure(name: str) -> str:
    """What a figure counts."""
    known = label(name, "measure")
    return known if known != name else name.replace("_", " ").capitalize()


def figure(row: Row) -> str:
    """A published figure: `1,204` or, of money, `£494,000,000`."""
    return f"£{row['amount']:,}" if row["measure"] == "pounds" else f"{row['amount']:,}"


def last_day(until: str | None) -> date | None:
    """The last day of a period that ends before `until` (ISO): of a price, for people."""
    return date.fromisoformat(until) - timedelta(days=1) if until else None


def when(row: Any) -> str:
    """The dates of a usage and what they rest on: "Since 15 April 2021", "Seen in use on ...".

    What was only seen had begun or ended before, on a day that is not known.

    Args:
        row: with the dates, their bases and the status of a usage.
    """
    if row.status in (UsageStatus.CONSIDERING, UsageStatus.PLANNED, UsageStatus.INTEGRATING):
        if row.planned_live is None:
            return _("No date given")
        return _("Planned for %(day)s", day=long_date(row.planned_live))
    said = [text for text in (_start(row), _end(row)) if text]
    if not said:
        return _("Dates not known")
    text = ", ".join(said)
    return text[:1].upper() + text[1:]


def seen(rows: Iterable[Any]) -> bool:
    """Whether the dates of any of these usages rest on somebody's having seen it in use."""
    return any(DateBasis.SEEN in (row.since_basis, row.until_basis) for row in rows)


def _start(row: Any) -> str:
    if row.since is None:
        return ""
    day = long_date(row.since)
    if row.since_basis == DateBasis.SEEN:
        return _("seen in use on %(day)s", day=day)
    if row.since_basis == DateBasis.MONTH:
        return _("since %(month)s", month=month(row.since))
    return _("since %(day)s", day=day)


def _end(row: Any) -> str:
    if row.until is None:
        return ""
    day = long_date(row.until)
    if row.until_basis == DateBasis.SEEN:
        return _("no longer seen on %(day)s", day=day)
    if row.until_basis == DateBasis.CONTRACT:
        return _("until the contract ended on %(day)s", day=day)
    if row.until_basis == DateBasis.MONTH:
        return _("until %(month)s", month=month(row.until))
    return _("until %(day)s", day=day)


def sectors(allowed: Container[str]) -> str:
    """Who may use a component, in words: "Central government, NHS and schools"."""
    said = [label(s.value, "sector") for s in Sector if s.value in allowed]
    # "NHS" keeps its capitals inside the sentence.
    said = [*said[:1], *(w if w.isupper() else w[:1].lower() + w[1:] for w in said[1:])]
    if len(said) < 2:
        return "".join(said)
    return _("%(most)s and %(last)s", most=", ".join(said[:-1]), last=said[-1])
