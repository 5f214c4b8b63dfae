"""What the published volumes add up to, read with as little code as possible."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.db import Database
from portal.performance.models.figures import FigureTotal, ThingFigure
from portal.performance.store import comparing
from portal.performance.store.figures import GOVERNMENT
from portal.performance.words import Doubt, Figure, Period

FIRST_OF_QUARTER = {"Jul": 7, "Oct": 10, "Jan": 1, "Apr": 4}
Totals = dict[tuple[str, str, date], tuple[int, int]]


def _numbers(rows: list[list[str]], place: int) -> list[int]:
    cells = (row[place].strip().replace(",", "") for row in rows)
    return [int(cell) for cell in cells if cell not in ("", "-")]


def totals_of(path: Path) -> Totals:
    """How many services have it and the sum, by period, figure and start."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    found: Totals = {}
    quarters = [n for n, each in enumerate(header) if "transactions\n" in each]
    for place in quarters:
        what, _, month, *_, year = header[place].split()
        figure = "transactions" if what == "Total" else "digital"
        numbers = _numbers(rows, place)
        start = date(int(year), FIRST_OF_QUARTER[month], 1)
        found["quarter", figure, start] = len(numbers), sum(numbers)
    years = [n for n, each in enumerate(header) if each.endswith("ol.")]
    # 2012-Q4 is April 2011 to March 2012; from 2013-Q1, a column a quarter from January 2012 on.
    starts = [date(2011, 4, 1)]
    starts += [date(2012 + n // 4, 3 * (n % 4) + 1, 1) for n in range(20)]
    for n, place in enumerate(years):
        numbers = _numbers(rows, place)
        found["year", ("transactions", "digital")[n % 2], starts[n // 2]] = (
            len(numbers), sum(numbers),
        )  # fmt: skip
    return found


def assert_agrees(database: Database, path: Path) -> None:
    """The portal's totals are the file's, to the unit, and what is strange is marked."""
    t, f = FigureTotal, ThingFigure
    with database.reading() as session:
        kept = {
            (each.period.value, each.figure, each.start): (each.things, round(each.top))
            for each in session.scalars(select(t).where(t.organisation_id == GOVERNMENT))
            # Months are the demo's own; the file has none.
            if each.figure in ("transactions", "digital") and each.period is not Period.MONTH
        }
        marked = select(f.doubt, f.period, func.count()).group_by(f.doubt, f.period)
        rows = session.execute(marked.where(f.doubt.is_not(None)))
        doubts = {(doubt, period): many for doubt, period, many in rows}
        now, before = date(2016, 7, 1), date(2016, 4, 1)
        asked = comparing.Asked(Period.YEAR, Figure.TRANSACTIONS, now, before, now)
        two = comparing.between(session, asked)
    wanted = {key: each for key, each in totals_of(path).items() if each[0]}
    assert len(wanted) == 84
    assert kept == wanted
    assert doubts == {
        (Doubt.DIGITAL_ABOVE_TOTAL, Period.YEAR): 5,
        (Doubt.DIGITAL_ABOVE_TOTAL, Period.QUARTER): 18,
        (Doubt.QUARTERS_DIFFER, Period.YEAR): 297,
    }
    assert two.of_all == pytest.approx(-0.863, abs=5e-4)
    assert two.like_for_like == pytest.approx(-0.006, abs=5e-4)
    assert (two.before.was, two.now.now) == tuple(
        kept["year", "transactions", each][1] for each in (before, now)
    )
