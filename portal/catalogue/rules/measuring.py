"""What was measured of the use of a shared component: how much of it a service took in a financial
year, and the days of work that building it in took. Pure rules.

A financial year is named by the calendar year in which it begins: 2026 is 2026-27.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from portal.catalogue.component_words import Arrangement, DateBasis, UsageStatus
from portal.catalogue.rules.cleaners import Cleaner, Document, decimal, text, whole
from portal.errors import N_, Invalid

#: The years that the database takes.
FIRST, LAST = 1990, 2100
#: So many years before the last one may be given where nobody knows when the use began.
BEFORE = 9
DAYS_LIMIT = 1_000_000
#: The fields of a usage document that say what was measured.
FIELDS = ("yearly_volumes", "integration_days", "integration_source")
_USED = (UsageStatus.LIVE, UsageStatus.STOPPING, UsageStatus.STOPPED)


def _year(field: str, value: object) -> int:
    year = whole(field, value)
    if year is None or not FIRST <= year <= LAST:
        raise Invalid(field, N_("Give the year in which the financial year begins, like 2025"))
    return year


def _quantity(field: str, value: object) -> int:
    quantity = whole(field, value)
    if quantity is None:
        raise Invalid(field, N_("Enter how much was used"))
    return quantity


#: What a usage document says of one financial year.
VOLUME: Mapping[str, Cleaner] = {"year": _year, "quantity": _quantity, "source": text(2000)}
#: What building in took.
BUILDING_IN: Mapping[str, Cleaner] = {
    "integration_days": decimal(2),
    "integration_source": text(2000),
}


def check(clean: Document) -> None:
    """Put the years of a usage document in order, and refuse what contradicts itself.

    Raises:
        Invalid: it is no shared component's, a year stands there twice, the days are too many, or
            a source is named of days that nobody gives.
    """
    clean["yearly_volumes"].sort(key=lambda row: row["year"])
    years = [row["year"] for row in clean["yearly_volumes"]]
    if len(set(years)) < len(years):
        raise Invalid("yearly_volumes", N_("A financial year stands there twice"))
    days = clean["integration_days"]
    if clean["arrangement"] != Arrangement.SHARED_COMPONENT and (years or days is not None):
        field = "yearly_volumes" if years else "integration_days"
        raise Invalid(field, N_("Only the use of a shared component is measured here"))
    if days is not None and Decimal(days) >= DAYS_LIMIT:
        raise Invalid("integration_days", N_("Enter fewer than 1,000,000 days"))
    if days is None and clean["integration_source"]:
        raise Invalid("integration_days", N_("Enter the days of work that this is the source of"))


def financial_year(day: date) -> int:
    """The calendar year in which the financial year of a day begins: on 1 April."""
    return day.year if day.month >= 4 else day.year - 1


def years(usage: Document, day: date) -> range:
    """The financial years of which volumes can be given: those in which a use of a shared
    component was live, up to that of a day. A year that is not over can be given as far as it was
    measured.

    Where nobody knows when it began, some years before the last one can be given as well.
    """
    if usage["arrangement"] != Arrangement.SHARED_COMPONENT or usage["status"] not in _USED:
        return range(0)
    last = financial_year(day)
    if usage["until"]:
        last = min(last, financial_year(date.fromisoformat(usage["until"])))
    known = usage["since"] and financial_year(date.fromisoformat(usage["since"]))
    first = known or last
    if not known or usage["since_basis"] == DateBasis.SEEN:
        first = min(first, last - BEFORE)
    return range(max(FIRST, first), last + 1)


def measured(
    before: Document, volumes: Iterable[Mapping[str, Any]], days: object, source: object, day: date
) -> Document:
    """What a usage document says of what was measured, in place of what it said before.

    Args:
        before: the whole document.
        volumes: of each year: `year`, `quantity`, `source`.
        days: of building in, as decimal text or a number; None where nobody measured them.
        source: of the days.
        day: of the answer.

    Raises:
        Invalid: a year in which it was not live, and that was not there before. `field` is
            `year.YEAR`, or one of `FIELDS`.
    """
    rows = list(volumes)
    may = {*years(before, day), *(row["year"] for row in before["yearly_volumes"])}
    for row in rows:
        if row["year"] not in may:
            raise Invalid(f"year.{row['year']}", N_("It was not in use in this financial year"))
    return {
        **before,
        "yearly_volumes": rows,
        "integration_days": days,
        "integration_source": source,
    }


def refuse_before_measured(before: Document, after: Document, day: date) -> None:
    """Raise Invalid where other days or another status would say of a year whose volume is
    recorded that there was no use in it.
    """
    was, now = years(before, day), years(after, day)
    lost = [row["year"] for row in after["yearly_volumes"] if row["year"] not in now]
    lost = [year for year in lost if year in was]
    if not lost:
        return
    field = "status"
    if now:
        field = "since" if lost[0] < now.start else "until"
    raise Invalid(
        field,
        N_("What was measured of the financial year that begins in %(year)s is recorded: remove "
           "that first if it was not in use then"),
        year=lost[0],
    )  # fmt: skip


def united(own: Iterable[Document], others: Iterable[Document]) -> list[Document]:
    """The years of two records of one use. Of a year that both speak of, the one that stays is
    believed: they measured the same use, so their sum would count it twice.
    """
    rows = {row["year"]: row for row in others} | {row["year"]: row for row in own}
    return [rows[year] for year in sorted(rows)]
