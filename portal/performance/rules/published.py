"""Published volumes of many services: what a file says of each, and what is strange about it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from portal.catalogue.rules.importing import Aside, Desired, Parsed
from portal.performance.rules import periods
from portal.performance.rules.entries import Entry, Record
from portal.performance.words import Doubt, Period, ValueState

TOTAL, DIGITAL = "transactions", "digital"
#: The measures of volumes that a total is compared with.
COUNTED = (TOTAL, DIGITAL)
#: The kind of import that brings the demo's volumes.
DEMO = "demo-volumes"
GROUP_LIMIT = 60
_DIGEST = 10
#: What is known of a service: by period, what it is a value of, and the value.
Cells = Mapping[Period, Mapping[tuple[date, str, str], Entry]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file that has volumes.

    Attributes:
        desired: what the row says of the service.
        entries: its volumes, by period.
    """

    desired: Desired
    entries: dict[Period, list[Entry]]


@dataclass(slots=True)
class Published(Parsed):
    """A source's file of services with volumes.

    Attributes:
        rows: reads the rows again, one at a time, and puts what it sets aside into a list.
        source: the address where the file is published; None for the file's name.
    """

    rows: Callable[[list[Aside]], Iterator[Row]] = lambda _aside: iter(())
    source: str | None = None


def group_of(slug: str, attempt: int = 0) -> str:
    """The first part of the address of a service's data sets: its own address part, shortened to 60
    characters with a digest of the whole where it is longer.

    Args:
        attempt: above 0 where another service's data set has the address.
    """
    if len(slug) <= GROUP_LIMIT and not attempt:
        return slug
    whole = slug if not attempt else f"{slug}/{attempt}"
    digest = hashlib.sha256(whole.encode()).hexdigest()[:_DIGEST]
    return f"{slug[: GROUP_LIMIT - _DIGEST - 1].rstrip('-')}-{digest}"


def doubted(cells: Cells) -> dict[tuple[Period, date, str, str], Doubt]:
    """What is strange about the volumes of one service: more digital transactions than all, and 12
    months that are not the sum of their four quarters, where all of these are known.
    """
    found: dict[tuple[Period, date, str, str], Doubt] = {}
    quarters = _numbers(cells.get(Period.QUARTER, {}).values())
    for period, known in cells.items():
        numbers = _numbers(known.values())
        for (start, measure), number in numbers.items():
            at = (period, start, "", measure)
            if measure == DIGITAL and number > numbers.get((start, TOTAL), number):
                found[at] = Doubt.DIGITAL_ABOVE_TOTAL
            elif period is Period.YEAR and measure in COUNTED:
                four = [quarters.get((each, measure)) for each in _quarters(start)]
                if None not in four and sum(filter(None, four)) != number:
                    found[at] = Doubt.QUARTERS_DIFFER
    return found


def _numbers(entries: Iterable[Entry]) -> dict[tuple[date, str], float]:
    return {
        (entry.start, entry.measure): entry.number
        for entry in entries
        if entry.state is ValueState.NUMBER and entry.number is not None
    }


def _quarters(start: date) -> list[date]:
    return [periods.later(Period.QUARTER, start, many) for many in range(4)]


def marked(entry: Entry, doubt: Doubt | None) -> Entry:
    """An entry with what is strange about it."""
    return entry if entry.doubt is doubt else replace(entry, doubt=doubt)


def records_of(period: Period, entries: Iterable[Entry]) -> list[Record]:
    """A record for each period, of values that have no dimensions. What is not known is null."""
    of: dict[datetime, dict[str, float | None]] = {}
    for entry in sorted(entries, key=lambda each: (each.start, each.measure)):
        at = datetime.combine(entry.start, time(), UTC)
        of.setdefault(at, {})[entry.measure] = _plain(entry.number)
    return [_record(period, at, numbers) for at, numbers in of.items()]


def _plain(number: float | None) -> float | None:
    return int(number) if number is not None and number.is_integer() else number


def _record(period: Period, at: datetime, numbers: dict[str, float | None]) -> Record:
    id_ = at.date().isoformat()
    end = datetime.combine(periods.later(period, at.date()), time(), UTC)
    body = {
        "_id": id_,
        "_timestamp": at.isoformat(),
        "_start_at": at.isoformat(),
        "_end_at": end.isoformat(),
        **numbers,
    }
    return Record(id_, at, "", body)
