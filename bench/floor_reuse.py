"""The floor's reuse report by need: the kept counts, added up and written out."""

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
