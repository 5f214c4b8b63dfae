"""The floor's reuse report and adoption over time: kept counts, added up and written out."""

from __future__ import annotations

from jinja2 import Template

from bench.floor_sql import Connection

NEEDS = """
SELECT c.id, c.slug, c.name, g.slug, g.name FROM capability c
LEFT JOIN capability g ON g.id = c.parent_id
WHERE NOT EXISTS (SELECT 1 FROM capability b WHERE b.parent_id = c.id)
ORDER BY g.position, c.position, c.id
"""
COUNTS = """
SELECT capability_id, counted, standing, many FROM reuse_count
WHERE organisation_id = -1 AND kind = '' AND phase = %s AND component_id = 0 AND many <> 0
  AND (capability_id <> 0 OR counted = 'services')
"""
STEPS = """
SELECT counted, month, SUM(many) FROM adoption_count
WHERE organisation_id = -1 AND kind = '' AND phase = %s AND capability_id = 0 AND component_id = 0
GROUP BY counted, month
"""
MONTHS = 120
WAYS = ("own", "bought", "by_hand", "gap")
IN_USE = ("confirmed", "declared")


def reuse(run: Connection, phase: str, page: Template) -> str:
    """How needs are met, by need."""
    counts: dict[int, dict[tuple[str, str], int]] = {}
    for need, counted, standing, many in run(COUNTS, (phase,)):
        counts.setdefault(need, {})[counted, standing] = many
    services = counts.pop(0, {}).get(("services", ""), 0)
    needs, whole = run(NEEDS), dict[tuple[str, str], int]()
    for each in counts.values():
        for key, many in each.items():
            whole[key] = whole.get(key, 0) + many
    rows = [row("All together", "", "", whole, services * len(needs), "")]
    for id_, slug, name, _group, group in needs:
        rows.append(row(name, slug, group, counts.get(id_, {}), services, phase))
    return page.render(title="Reuse of shared components", rows=rows, needs=needs, phase=phase)


def row(
    name: str, slug: str, group: str, of: dict[tuple[str, str], int], asked: int, phase: str
) -> dict[str, object]:
    """The numbers of a row."""
    shared = [of.get(("shared", each), 0) for each in ("confirmed", "declared", "planned")]
    out = of.get(("shared", "lapsed"), 0) + of.get(("shared", "disputed"), 0)
    others = [sum(of.get((way, each), 0) for each in IN_USE) for way in WAYS]
    compared = shared[0] + shared[1] + others[0] + others[1]
    needed = of.get(("needed", ""), 0)
    left = max(asked - needed - of.get(("not_needed", ""), 0), 0)
    return {
        "name": name, "slug": slug, "group": group, "needed": needed, "shared": [*shared, out],
        "others": others, "unsaid": of.get(("unsaid", ""), 0),
        "rates": [shared[0] / compared, (shared[0] + shared[1]) / compared]
        if compared else None, "left": left / asked if asked else None,
    }  # fmt: skip


def adoption(run: Connection, phase: str, today: str, page: Template) -> str:
    """Needs met by shared components at the end of each month."""
    steps = {(counted, month): many for counted, month, many in run(STEPS, (phase,))}
    last, totals, rows = int(today[:4]) * 12 + int(today[5:7]) - 1, [0, 0], []
    for month in range(min((m for _, m in steps), default=last), last + 1):
        totals = [had + int(steps.get((counted, month), 0))
                  for had, counted in zip(totals, ("met", "confirmed"), strict=True)]  # fmt: skip
        rows.append((f"{month // 12}-{month % 12 + 1:02}", *totals))
    return page.render(
        title="Adoption of shared components over time", rows=rows[-MONTHS:], needs=run(NEEDS),
        phase=phase,
    )  # fmt: skip
