"""The floor's page of one report, in the same words as the portal's."""

from __future__ import annotations

import json
from typing import Any

from jinja2 import Template
from markdown_it import MarkdownIt
from markupsafe import Markup

from bench.floor_record import day
from bench.floor_reports import COLOURS, KINDS, RATINGS, RESULTS, STAGES
from bench.floor_sql import Connection

REPORT = """
SELECT id, slug, title, summary, body, source, verbatim, names_dropped, later_id, same_as_id,
  version FROM report WHERE slug = %s
"""
HELD = """
SELECT a.id, a.position, a.name, a.service_match, a.stage, a.kind, a.held_on, a.result,
  a.result_verbatim, a.pinned_because, a.lead_present, v.number, v.title, t.slug, t.name, s.slug,
  s.name, c.slug, c.name, g.slug, g.title
FROM assessment a LEFT JOIN standard_version v ON v.id = a.standard_version_id
LEFT JOIN standard t ON t.id = v.standard_id LEFT JOIN service s ON s.id = a.service_id
LEFT JOIN component c ON c.id = a.component_id LEFT JOIN assessment f ON f.id = a.again_of_id
LEFT JOIN report g ON g.id = f.report_id
WHERE a.report_id = %s ORDER BY a.position
"""
OWNERS = """
SELECT w.assessment_id, w.published_name, o.slug, o.name FROM assessment_owner w
LEFT JOIN organisation o ON o.id = w.organisation_id
WHERE w.assessment_id IN ({}) ORDER BY w.assessment_id, w.position
"""
POINTS = """
SELECT p.assessment_id, p.number, t.title, p.verbatim, p.rating, p.reason, p.carried
FROM assessment_point p LEFT JOIN standard_point t ON t.id = p.point_id
WHERE p.assessment_id IN ({}) ORDER BY p.assessment_id, p.number
"""
CHECKS = """
SELECT field, reason FROM report_check WHERE report_id = %s AND state = 'open' ORDER BY id
"""
OTHERS = """
SELECT id, slug, title, later_id, same_as_id FROM report
WHERE id IN (%s, %s) OR later_id = %s OR same_as_id = %s ORDER BY id
"""
NAMED = """
SELECT c.slug, c.name, count(*), sum(CASE WHEN m.state = 'confirmed' THEN 1 ELSE 0 END)
FROM mention m JOIN component c ON c.id = m.component_id
WHERE m.address = %s AND m.state <> 'rejected' GROUP BY c.slug, c.name, c.sort_name
ORDER BY c.sort_name
"""
BECAUSE = {
    "table": "The report’s table has as many points as this version",
    "discovery": "It held when discovery of the service began",
}
MARKDOWN = MarkdownIt("commonmark")


def report(run: Connection, slug: str, page: Template) -> str:
    """The page of one report."""
    [row] = run(REPORT, (slug,))
    id_, _, title, summary, body, source, verbatim, dropped, later_id, same_as_id, version = row
    said = json.loads(verbatim) if isinstance(verbatim, str) else verbatim
    held = run(HELD, (id_,))
    marks = ", ".join(str(each[0]) for each in held)
    owners: dict[int, list[Any]] = {}
    points: dict[int, list[Any]] = {}
    for of, *rest in run(OWNERS.format(marks)):
        owners.setdefault(of, []).append(rest)
    for of, number, name, word, rating, reason, carried in run(POINTS.format(marks)):
        points.setdefault(of, []).append(
            (number, name, word, rating, RATINGS[rating], COLOURS[rating], reason, carried)
        )
    others = run(OTHERS, (later_id, same_as_id, id_, id_))
    many = len(held)
    return page.render(
        title=title, slug=slug, summary=summary, source=source, dropped=dropped, version=version,
        checks=run(CHECKS, (id_,)), named=run(NAMED, (source,)),
        later=next((o for o in others if o[0] == later_id), None),
        same=next((o for o in others if o[0] == same_as_id), None),
        earlier=[o for o in others if o[3] == id_], copies=[o for o in others if o[4] == id_],
        assessments=[shown(each, owners, points, said, slug, many) for each in held],
        sections=sections(said.get("sections") or [{"level": 1, "heading": "", "text": body}]),
    )  # fmt: skip


def shown(
    each: Any, owners: dict[int, Any], points: dict[int, Any], said: Any, slug: str, many: int
) -> dict[str, Any]:
    """One of its assessments as the page shows it."""
    (id_, position, name, match, stage, kind, held, result, word, because, lead, number, version,
     standard, standard_name, service, service_name, component, component_name, again,
     again_title) = each  # fmt: skip
    dates = said.get("dates") or []
    told = day(str(held)) if held else "Date not known"
    given = dates[position - 1] if len(dates) == many else ""
    return {
        "position": position, "called": STAGES[stage] + (
            f": {KINDS[kind].lower()}" if kind != "assessment" else ""),
        "result": RESULTS[result], "colour": COLOURS[result],
        "word": word if word and word.lower() != RESULTS[result].lower() else "",
        "name": name, "service": service, "service_name": service_name, "component": component,
        "component_name": component_name, "match": match, "owners": owners.get(id_, []),
        "day": told, "given": given if given and given.lower() != told.lower() else "",
        "stage": STAGES[stage],
        "stage_given": said["stage"] if said["stage"].lower() != STAGES[stage].lower() else "",
        "number": number, "version": version, "standard": standard,
        "standard_name": standard_name, "because": BECAUSE.get(because, ""), "lead": lead,
        "again": again if again != slug else None, "again_title": again_title,
        "points": points.get(id_, []),
    }  # fmt: skip


def sections(every: list[Any]) -> list[tuple[int, str, Markup]]:
    """The text in parts, their headings below the page's own."""
    told, last = [], 2
    for each in every:
        level = min(2 + int(each["level"]), last + 1, 6)
        last = level if each["heading"] else last
        made = MARKDOWN.render(each["text"]).replace("<p>", '<p class="govuk-body">')
        made = made.replace("<ul>", '<ul class="govuk-list govuk-list--bullet">')
        told.append((level, each["heading"], Markup(made)))  # noqa: S704  a benchmark
    return told
