"""A component's published adoption: a row a day, and a column for each figure.

`recorded_on` is the day. Any other column that holds numbers is kept under its own name, so that
`services_central` or `submissions_cumulative` need no list here; an empty cell says nothing.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from portal.catalogue.rules.importing import Aside, Desired, Parsed
from portal.errors import Invalid
from portal.interchange import entries
from portal.interchange.rows import NOTHING, Row
from portal.interchange.tables import Table

KIND = "component-adoption"
DAY = "recorded_on"
MEASURE_LIMIT = 100


def parse(path: Path, component: str, source: str | None, today: date) -> Parsed:
    """Read a file of figures by day.

    Args:
        path: CSV or JSON.
        component: the slug of the component that the figures are of.
        source: the address where they are published.
        today: later days are set aside.

    Raises:
        Invalid: the file cannot be read as a table, or has no days.
    """
    table, found = entries.read(path)
    table.need([DAY])
    parsed = Parsed(KIND, [table.name], aside=table.aside)
    rows = [Row(table, line, cells) for line, cells in found]
    measures = _measures(table, rows)
    seen: dict[str, int] = {}
    for row in rows:
        try:
            day = entries.not_after(today, DAY, row.need(DAY, entries.day))
            if day in seen:
                where = entries.same(table, seen[day])
                raise Invalid(DAY, f"This day is in the file twice: {where} has it already")
        except Invalid as problem:
            row.aside(DAY, problem.message)
            continue
        figures = {
            measure: value for measure in measures if (value := _figure(row, measure)) is not None
        }
        seen[day] = row.line
        if not figures:
            row.aside(DAY, "The row has no figure for this day")
            continue
        fields = {"component": component, "day": day, "source": source, "figures": figures}
        parsed.desired.append(Desired(f"{component}/{day}", table.name, row.line, fields, day))
    parsed.read = table.read
    return parsed


def _measures(table: Table, rows: list[Row]) -> list[str]:
    """The columns that are figures; another one that says anything is named."""
    found = []
    for column in table.columns:
        said = [cell for row in rows if (cell := row.cells[column]).lower() not in NOTHING]
        if column == DAY or not said:
            continue
        reason = None
        if not column:
            reason = "The column has no name"
        elif len(column) > MEASURE_LIMIT:
            reason = f"The column's name is longer than {MEASURE_LIMIT} characters"
        elif not any(map(entries.is_figure, said)):
            reason = "The column holds no numbers, so it is not kept"
        if reason:
            table.aside.append(Aside(table.name, 1, column[:300], None, reason))
        else:
            found.append(column)
    return found


def _figure(row: Row, measure: str) -> int | float | None:
    try:
        value: int | float | None = row.get(measure, entries.figure)
        if value is not None and row.half(measure):
            raise Invalid(measure, "The file ends in this cell, so it may be cut off")
    except Invalid as problem:
        row.aside(measure, problem.message)
        return None
    return value
