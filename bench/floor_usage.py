"""The floor's matrix and its page of a component."""

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
USERS = """
SELECT u.id, s.name, s.slug, o.name, o.slug, c.name, u.status, u.since, u.until, u.source
FROM usage u JOIN service s ON s.id = u.service_id JOIN capability c ON c.id = u.capability_id
LEFT JOIN organisation o ON o.id = s.organisation_id
WHERE u.component_id = %s AND u.status {} ('live', 'stopping')
ORDER BY CASE WHEN o.id IS NULL THEN 1 ELSE 0 END, o.sort_name, o.id, s.sort_name, s.id, c.name, u.id
LIMIT 100
"""  # noqa: E501


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
        tables=tables,
    )  # fmt: skip
