"""A provider's lists of who uses a component, several days in one file.

Counts have the columns `recorded_on`, `organisation` and `live_services`; a list of services has
`service` (its name, slug or web address), and may have `organisation`, `since` and `recorded_on`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from portal.catalogue.component_words import RosterSort
from portal.catalogue.rules.cleaners import Document, sort_key
from portal.catalogue.rules.importing import Aside, Desired, Parsed
from portal.errors import Invalid
from portal.interchange import entries
from portal.interchange.rows import NOTHING, Row, called, number, text
from portal.interchange.tables import Table

KIND = "roster"
DAY, BODY, COUNT, SERVICE, SINCE = (
    "recorded_on", "organisation", "live_services", "service", "since",
)  # fmt: skip
MOST = 10**9
#: The name of an organisation, and the service or None.
_Key = tuple[str | None, str | None]


def parse(path: Path, component: str, source: str | None, on: date | None, today: date) -> Parsed:
    """Read a file of lists.

    Args:
        path: CSV or JSON.
        component: the slug of the component whose users they are.
        source: the address where they are published.
        on: the day of the list, where the file does not say it.
        today: later days are set aside.

    Raises:
        Invalid: the file cannot be read as a table, lacks columns, or its day is not said once.
    """
    table, found = entries.read(path)
    sort = RosterSort.PER_SERVICE if SERVICE in table.columns else RosterSort.COUNTS
    table.need([SERVICE] if sort is RosterSort.PER_SERVICE else [BODY, COUNT])
    if (on is None) != (DAY in table.columns):
        why = "the file says its days itself" if on else f"it has no column {DAY!r}"
        raise Invalid(table.name, f"{table.name}: {why}; {'leave out' if on else 'give'} --on DAY")
    if on is not None:
        entries.not_after(today, "on", on.isoformat())
    parsed = Parsed(KIND, [table.name], aside=table.aside)
    lists: dict[str, dict[_Key, Row]] = {}
    wanted = {DAY, BODY, COUNT if sort is RosterSort.COUNTS else SERVICE, SINCE}
    rows = [Row(table, line, cells) for line, cells in found]
    _name_the_rest(table, rows, wanted)
    counts = sort is RosterSort.COUNTS
    for row in rows:
        column = DAY
        try:
            day = on.isoformat() if on else row.need(DAY, entries.day)
            entries.not_after(today, DAY, day)
            column = BODY
            name = row.need(BODY, called) if counts else row.get(BODY, called)
            column = COUNT if counts else SERVICE
            _read(row, sort, name)
            column = BODY if counts else SERVICE
            there = lists.setdefault(day, {}).setdefault((name, row.fields.get("service")), row)
            if there is not row:
                where = entries.same(table, there.line)
                raise Invalid(column, f"The day’s list has this twice: {where} has it already")
        except Invalid as problem:
            row.aside(column, problem.message)
    for day, listed in sorted(lists.items()):
        first = min(row.line for row in listed.values())
        fields: Document = {
            "component": component, "taken_on": day, "sort": sort.value, "source": source,
            "rows": [listed[key].fields for key in sorted(listed, key=_order)],
        }  # fmt: skip
        own = f"{component}/{day}/{sort.value}"
        parsed.desired.append(Desired(own, table.name, first, fields, day))
    parsed.read = table.read
    return parsed


def _read(row: Row, sort: RosterSort, name: str | None) -> None:
    """What a row says beside its day. Raises Invalid where it cannot stand."""
    row.fields["organisation"] = name
    if sort is RosterSort.COUNTS:
        count = row.need(COUNT, number)
        if count > MOST:
            raise Invalid(COUNT, f"This must be {MOST:,} or less")
        if row.half(COUNT):
            raise Invalid(COUNT, "The file ends in this cell, so it may be cut off")
        row.fields["services"] = count
        return
    row.fields["service"] = row.need(SERVICE, text(2000))
    row.fields["since"] = None
    row.put("since", SINCE, entries.day)


def _order(key: _Key) -> tuple[str, str]:
    return sort_key(key[0] or ""), sort_key(key[1] or "")


def _name_the_rest(table: Table, rows: list[Row], wanted: set[str]) -> None:
    """Name the columns that say something and are not kept."""
    for column in table.columns:
        if column not in wanted and any(r.cells[column].lower() not in NOTHING for r in rows):
            reason = "This column is not part of a list of users, so it is not kept"
            table.aside.append(Aside(table.name, 1, column[:300], None, reason))
