"""The floor's page of government's dashboard: the same numbers, tiles, charts and tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jinja2 import Template

from bench.floor_record import MONTHS

UNITS = """
SELECT sum(CASE WHEN facet = '' THEN many ELSE -many END) FROM service_count
WHERE within = '' AND (facet = '' OR facet = 'phase' AND value = 'retired')
"""
TOTALS = """
SELECT figure, start, things, top, bottom, same_things, same_top, same_bottom, was_top, was_bottom
FROM figure_total WHERE organisation_id = -1 AND period = 'month'
AND figure IN ('transactions', 'digital_take_up') ORDER BY start
"""
BODIES = """
SELECT o.slug, o.name, t.top, t.things, t.same_top, t.was_top FROM figure_total t
JOIN organisation o ON o.id = t.organisation_id WHERE t.period = 'month'
AND t.figure = 'transactions' AND t.start = :start ORDER BY t.top DESC, o.id
"""
TITLES = {"transactions": "Transactions", "digital_take_up": "Digital take-up"}
SHOWN, BARS, RANKED = 25, 13, 20
Row = Sequence[Any]


def board(units: int, totals: Sequence[Row], bodies: Sequence[Row], page: Template) -> str:
    """The page, from what the three statements read."""
    of: dict[str, dict[str, Row]] = {name: {} for name in TITLES}
    for name, start, *sums in totals:
        of[name][str(start)] = sums
    days = list(of["transactions"])[-SHOWN:]
    starts = [(day, _called(day)) for day in reversed(days)]
    tiles = [_tile(name, [sums[day] for day in days]) for name, sums in of.items()]
    now = starts[0][1]
    figures: list[tuple[Any, ...]] = []
    for name, tile in zip(TITLES, tiles, strict=True):
        cells = [(None, _called(day), f"{_said(name, of[name][day])} ({of[name][day][0]} services)")
                 for day in days]  # fmt: skip
        heading = f"{tile['title']}: {tile['change']} like for like to {now}"
        alt = f"Line chart. {cells[0][2]} in {cells[0][1]}, {cells[-1][2]} in {now}."
        figures.append((name, heading, alt, ("Period", tile["title"]), cells))
    shares = [of["digital_take_up"][day] for day in days[-BARS:]]
    parts = [(None, _called(day), f"{s[1]:,.0f}", f"{s[2] - s[1]:,.0f}")
             for day, s in zip(days[-BARS:], shares, strict=True)]  # fmt: skip
    heads = "", "Digital", "Other channels"
    figures.append(("channels", f"{tiles[1]['value']} of transactions were digital in {now}",
                    f"Bar chart. {parts[-1]}", heads, parts))  # fmt: skip
    whole = sum(each[2] for each in bodies)
    ranked = [
        (f"/organisations/{slug}/performance", name, f"{top:,.0f}", share(top, whole),
         f"{things:,}", _change("transactions", was, same))
        for slug, name, top, things, same, was in bodies[:RANKED]
    ]  # fmt: skip
    first = f"{ranked[0][1]} has {ranked[0][3]} of all transactions"
    few = [(None, name, top) for _, name, top, *_ in ranked[:10]]
    figures.append(("organisations", first, f"Bar chart. {few[:3]}", ("", "Transactions"), few))
    every = [(None, called, *(_said(name, of[name][day]) for name in TITLES))
             for day, called in starts]  # fmt: skip
    return str(page.render(
        title="Performance of government services", units=units, starts=starts, tiles=tiles,
        figures=figures, bodies=ranked, every=every, here="/performance",
        query=f"period=month&to={days[-1]}&years=2",
    ))  # fmt: skip


def share(part: float, whole: float) -> str:
    """A part of a whole in words."""
    return f"{round(100 * part / whole, 1):g}%"


def _called(day: str) -> str:
    return f"{MONTHS[int(day[5:7])]} {day[:4]}"


def _value(name: str, sums: Row) -> float:
    return float(sums[1] / sums[2] if name == "digital_take_up" else sums[1])


def _said(name: str, sums: Row) -> str:
    return share(sums[1], sums[2]) if name == "digital_take_up" else f"{sums[1]:,.0f}"


def _change(name: str, was: float, now: float) -> str:
    by = 100 * (now - was) if name == "digital_take_up" else 100 * (now - was) / was
    if not round(by, 1):
        return "unchanged"
    unit = " percentage points" if name == "digital_take_up" else "%"
    return f"{'up' if by > 0 else 'down'} {abs(round(by, 1)):g}{unit}"


def _tile(name: str, sums: list[Row]) -> dict[str, Any]:
    now, before, values = sums[-1], sums[-13], [_value(name, each) for each in sums]
    low, step = min(values), 112 / (len(values) - 1)
    by = 22 / ((max(values) - low) or 1)
    same, was = now[4], now[6]
    if name == "digital_take_up":
        same, was = now[4] / now[5], now[6] / now[7]
    many = [each[0] for each in sums]
    return {
        "measure": name, "title": TITLES[name], "value": _said(name, now), "things": now[0],
        "same": now[3], "change": _change(name, was, same),
        "everybody": _change(name, _value(name, before), values[-1]),
        "coverage": round(100 * sum(many) / (max(many) * len(many))),
        "path": "M" + "L".join(f"{4 + n * step:.1f} {26 - (each - low) * by:.1f}"
                               for n, each in enumerate(values)),
    }  # fmt: skip
