"""The floor's report of the pipeline of assessments: what is known of them, counted and written
out.
"""

from __future__ import annotations

from collections import Counter
from math import ceil, sqrt
from statistics import median
from typing import Any

from jinja2 import Template

from bench.floor_sql import Connection

CHOICES = """
SELECT v.id, s.slug, s.name, v.number, v.title, sum(c.many)
FROM assessment_count c JOIN standard_version v ON v.id = c.version_id
JOIN standard s ON s.id = v.standard_id
WHERE c.copy = 0 AND c.kind NOT IN ('peer_review', 'mock') AND c.result <> 'not_rated'
GROUP BY v.id, s.slug, s.name, v.number, v.title ORDER BY s.name, s.slug, v.number
"""
YEARS = "SELECT DISTINCT year FROM assessment_count WHERE copy = 0 AND year > 0 ORDER BY year DESC"
BODIES = """
SELECT o.id, o.slug, o.name, p.parent_id FROM organisation o
LEFT JOIN organisation_parent p ON p.child_id = o.id AND p.until IS NULL ORDER BY o.sort_name
"""
OWNED = "SELECT DISTINCT organisation_id FROM pipeline_fact"
ENDED = "SELECT stage, kind, used, result, count(*) FROM pipeline_fact {} GROUP BY 1, 2, 3, 4"
TOOK = """
SELECT published_in, days, count(*) FROM pipeline_fact
WHERE published_in IS NOT NULL {} GROUP BY published_in, days
"""
POINTS = """
SELECT c.number, p.title, c.rating, sum(c.many) FROM point_count c
JOIN standard_point p ON p.version_id = c.version_id AND p.number = c.number
WHERE c.version_id = %s {} GROUP BY c.number, p.title, c.rating ORDER BY c.number
"""
OPEN = """
SELECT f.due_on, s.rating, count(*) FROM follow_up f JOIN section s ON s.id = f.section_id
JOIN booking b ON b.id = f.booking_id JOIN assessment a ON a.report_id = b.report_id
JOIN pipeline_fact k ON k.id = a.id
WHERE f.state IN ('open', 'evidenced', 'escalated') AND b.state = 'published' {}
GROUP BY f.due_on, s.rating
"""
STAGES = ("discovery", "alpha", "beta", "live", "unknown")
USES = ("confirmed", "declared", "none")
RATINGS = ("met", "met_with_conditions", "not_met")
AGAIN, NEVER = ("reassessment", "amber_review"), ("peer_review", "mock")
Z = 1.959963984540054


def pipeline(run: Connection, stage: str, year: str, page: Template) -> str:
    """How long assessments take and how they end, of a stage or a year."""
    mine, points, values = "", "", list[str]()
    if stage:
        mine, points, values = "stage = %s", "AND c.stage = %s", [stage]
    if year:
        mine, points = "held_on BETWEEN %s AND %s", "AND c.year = %s"
        values = [f"{year}-01-01", f"{year}-12-31"]
    days: dict[str, Counter[int]] = {}
    for quarter, took, many in run(TOOK.format(mine and f"AND {mine}"), values):
        days.setdefault(quarter, Counter())[took] += many
    whole = sum(days.values(), Counter())
    choices = run(CHOICES)
    most = max(choices, key=lambda each: (each[5], each[3]))
    asked = (most[0], *([int(year)] if year else values))
    rated: dict[tuple[int, str], Counter[str]] = {}
    for number, title, rating, many in run(POINTS.format(points), asked):
        rated.setdefault((number, title), Counter())[rating] = many
    ended = run(ENDED.format(mine and f"WHERE {mine}"), values)
    return page.render(
        title="Pipeline of assessments", selects=[
            ("organisation", "Organisation, with those below it", bodies(run)),
            ("stage", "Phase", [(each, each) for each in STAGES]),
            ("kind", "Type", [(each, each) for each in ("assessment", *AGAIN, *NEVER)]),
            ("period", "Held in", [(each, each) for (each,) in run(YEARS)]),
            ("standard", "Standard of the points",
             [(f"{row[1]}-{row[3]}", f"{row[2]}: {row[4]}") for row in choices]),
        ], many=sum(row[4] for row in ended), quarters=[
            (name, name, *times(days[name])) for name in sorted(days, reverse=True)
        ], whole=times(whole), points=rated.items(), version=f"{most[1]}-{most[3]}",
        open=run(OPEN.format(mine and f"AND k.{mine}"), values), groups=compared(ended),
        ratings=RATINGS,
    )  # fmt: skip


def bodies(run: Connection) -> list[tuple[str, str]]:
    """The organisations that were accountable, and everything above them."""
    rows, wanted = run(BODIES), {id_ for (id_,) in run(OWNED)}
    above: dict[int, list[int]] = {}
    for id_, _slug, _name, parent in rows:
        above.setdefault(id_, []).append(parent)
    waiting = list(wanted)
    while waiting:
        new = [each for each in above.get(waiting.pop(), ()) if each and each not in wanted]
        wanted.update(new)
        waiting += new
    return list({row[0]: (row[1], row[2]) for row in rows if row[0] in wanted}.values())


def times(days: Counter[int]) -> tuple[int, float, int]:
    """How many, the median and the 90th percentile."""
    every = sorted(days.elements())
    return len(every), median(every), every[ceil(0.9 * len(every)) - 1]


def compared(ended: list[Any]) -> list[Any]:
    """The share that passed by what was shared, of all and of each phase."""
    found: dict[tuple[int, bool], Counter[tuple[str, bool]]] = {}
    for stage, kind, used, result, many in ended:
        if used and result != "not_rated" and kind not in NEVER:
            for group in ((-1, False), (STAGES.index(stage), kind in AGAIN)):
                row = found.setdefault(group, Counter())
                row[used, result != "not_met"] += many
    return [
        (STAGES[at] if at >= 0 else "All together", at, again, use, *share(row, use))
        for (at, again), row in sorted(found.items()) for use in USES
    ]  # fmt: skip


def share(row: Counter[tuple[str, bool]], use: str) -> tuple[Any, ...]:
    """How many passed, of how many, the share, and its score interval."""
    part, n = row[use, True], row[use, True] + row[use, False]
    if not n:
        return part, n, None, None, None
    p, z = part / n, Z * Z / n
    middle, wide = (p + z / 2) / (1 + z), sqrt(p * (1 - p) * z + z * z / 4) / (1 + z)
    return part, n, p, max(middle - wide, 0), min(middle + wide, 1)
