"""The floor's matrix, its page of a component, and that of both sides of who uses it."""

from __future__ import annotations

from typing import Any

from jinja2 import Template

from bench.floor_sql import Connection

SIZE, ACROSS, SHOWN = 50, 12, 100
COLUMNS = f"""
SELECT c.id, c.slug, c.name, sum(n.services) AS uses FROM usage_count n
JOIN component c ON c.id = n.component_id GROUP BY c.id, c.slug, c.name, c.sort_name
ORDER BY uses DESC, c.sort_name LIMIT {ACROSS}
"""
ALL = "SELECT count(DISTINCT component_id), sum(services) FROM usage_count"
BODIES = """
SELECT n.organisation_id, o.slug, o.name, sum(n.services) AS uses FROM usage_count n
LEFT JOIN organisation o ON o.id = n.organisation_id
GROUP BY n.organisation_id, o.slug, o.name ORDER BY uses DESC, n.organisation_id
"""
CELLS = """
SELECT organisation_id, component_id, services FROM usage_count
WHERE organisation_id IN ({}) AND component_id IN ({})
"""
OFFERED = """
SELECT g.slug, g.name, c.slug, c.name FROM capability c JOIN capability g ON g.id = c.parent_id
WHERE c.id IN (SELECT capability_id FROM component_capability) ORDER BY g.position, c.position
"""
COMPONENT = """
SELECT c.id, c.slug, c.name, c.summary, c.lifecycle, o.slug, o.name FROM component c
JOIN organisation o ON o.id = c.provider_id WHERE c.slug = %s
"""
MEETS = """
SELECT n.slug, n.name FROM component_capability m JOIN capability n ON n.id = m.capability_id
WHERE m.component_id = %s ORDER BY n.name
"""
NUMBERS = """
SELECT count(DISTINCT CASE WHEN {now} THEN u.service_id END),
  count(DISTINCT CASE WHEN {now} THEN s.organisation_id END),
  count(DISTINCT CASE WHEN NOT {now} THEN u.service_id END)
FROM usage u JOIN service s ON s.id = u.service_id WHERE u.component_id = %s
""".format(now="u.status IN ('live', 'stopping')")
HIT = """
SELECT count(*), count(DISTINCT s.organisation_id), sum(s.yearly_transactions),
  count(s.yearly_transactions)
FROM (SELECT DISTINCT service_id FROM usage WHERE component_id = %s
      AND status IN ('live', 'stopping', 'integrating')) AS h
JOIN service s ON s.id = h.service_id
"""
USERS = """
SELECT u.id, s.name, s.slug, o.name, o.slug, c.name, u.status, u.since, u.until, u.source
FROM usage u JOIN service s ON s.id = u.service_id JOIN capability c ON c.id = u.capability_id
LEFT JOIN organisation o ON o.id = s.organisation_id
WHERE u.component_id = %s AND u.status {} ('live', 'stopping')
ORDER BY CASE WHEN o.id IS NULL THEN 1 ELSE 0 END, o.sort_name, o.id, s.sort_name, s.id, c.name, u.id
LIMIT 100
"""  # noqa: E501

NEWEST = """
SELECT r.id, c.name, r.taken_on, r.source FROM roster r JOIN component c ON c.id = r.component_id
WHERE c.slug = %s ORDER BY r.taken_on DESC, r.id DESC LIMIT 1
"""
LISTED = "SELECT service, service_id, since FROM roster_row WHERE roster_id = %s ORDER BY position"
USING = """
SELECT s.id, s.slug, s.name, o.name, min(u.since) FROM usage u
JOIN component c ON c.id = u.component_id JOIN service s ON s.id = u.service_id
LEFT JOIN organisation o ON o.id = s.organisation_id
WHERE c.slug = %s AND u.status IN ('live', 'stopping') GROUP BY s.id, s.slug, s.name, o.name
"""
NAMED = """
SELECT s.id, s.slug, s.name, o.name FROM service s
LEFT JOIN organisation o ON o.id = s.organisation_id WHERE s.id IN ({})
"""
ORDER = ("On the provider’s list only", "In the catalogue only", "In both, not the same", "In both")


def matrix(run: Connection, page: Template) -> str:
    """Organisations down, components across."""
    columns, bodies = run(COLUMNS), run(BODIES)
    rows = bodies[:SIZE]
    cells = run(
        CELLS.format(
            ", ".join(str(row[0]) for row in rows), ", ".join(str(row[0]) for row in columns)
        )
    )
    needs: dict[str, str] = {}
    for group, group_name, slug, name in run(OFFERED):
        needs.setdefault(group, group_name)
        needs[slug] = f"{group_name}: {name}"
    [(components, uses)] = run(ALL)
    return page.render(
        title="Who uses which components", columns=columns, rows=rows, needs=needs,
        cells={(body, component): many for body, component, many in cells}, many=len(bodies),
        components=components, uses=uses, next=SIZE if len(bodies) > SIZE else None,
    )  # fmt: skip


def component(run: Connection, slug: str, page: Template) -> str:
    """A component with who uses it."""
    [own] = run(COMPONENT, (slug,))
    tables: list[tuple[str, str, list[Any]]] = [
        ("users-now", "Who uses it now", run(USERS.format("IN"), (own[0],))),
        ("users-others", "Who used it or plans to", run(USERS.format("NOT IN"), (own[0],))),
    ]
    return page.render(
        title=own[2], c=own, needs=run(MEETS, (own[0],)), many=run(NUMBERS, (own[0],))[0],
        hit=run(HIT, (own[0],))[0], tables=tables,
    )  # fmt: skip


def reconciliation(run: Connection, slug: str, page: Template) -> str:
    """A provider's list of services beside those that declare it, 50 a page."""
    [(roster, name, taken, source)] = run(NEWEST, (slug,))
    listed = run(LISTED, (roster,))
    ours = {row[0]: row[1:] for row in run(USING, (slug,))}
    theirs: dict[int, list[Any]] = {}
    rows: list[tuple[Any, ...]] = []
    for published, id_, since in listed:
        if id_ is None:
            rows.append((0, published, "", None, published, since, None))
        else:
            theirs.setdefault(id_, []).append((published, since))
    more = ", ".join(str(id_) for id_ in theirs if id_ not in ours)
    others = {row[0]: row[1:] for row in run(NAMED.format(more))} if more else {}
    for id_, said in theirs.items():
        days = [str(since) for _, since in said if since]
        first, names = min(days) if days else None, ", ".join(published for published, _ in said)
        if id_ in ours:
            at, called, body, since = ours[id_]
            known = first is None or since is None or str(since) == first
            rows.append((3 if known else 2, called, at, body, names, first, since))
        else:
            at, called, body = others[id_]
            rows.append((0, called, at, body, names, first, None))
    rows += [(1, row[1], row[0], row[2], "", None, row[3])
             for id_, row in ours.items() if id_ not in theirs]  # fmt: skip
    rows.sort(key=lambda row: (row[0], row[1].casefold(), row[2] or ""))
    counts = [(label, sum(row[0] == at for row in rows)) for at, label in enumerate(ORDER)]
    return page.render(
        title=name, taken=taken, source=source, rows=rows[:SIZE], counts=counts, sides=ORDER,
        slug=slug, next=SIZE if len(rows) > SIZE else None,
    )  # fmt: skip
