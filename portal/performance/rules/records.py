"""Records as reads give them back, of values that came in other ways than as records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time

from portal.performance.rules import periods
from portal.performance.rules.entries import Entry, Record
from portal.performance.words import Period


def of_values(period: Period, entries: Iterable[Entry]) -> list[Record]:
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
