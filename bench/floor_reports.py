"""The floor's list of reports and its figures, in the same words as the portal's."""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any
from urllib.parse import urlencode

from jinja2 import Template

from bench.floor_record import day
from bench.floor_sql import Connection

SIZE, MOST, SMALLEST = 50, 1_000, 5
STAGES = {"discovery": "Discovery", "alpha": "Alpha", "beta": "Beta", "live": "Live",
          "live_review": "Live review", "unknown": "Stage not known"}  # fmt: skip
RESULTS = {"met": "Passed", "met_with_conditions": "Passed with conditions",
           "not_met": "Not passed", "not_rated": "No result stated"}  # fmt: skip
KINDS = {
    "assessment": "Assessment", "reassessment": "Reassessment",
    "amber_review": "Amber evidence review", "self_certification": "Self-certification",
    "peer_review": "Peer review", "mock": "Mock assessment", "voluntary": "Voluntary assessment",
}  # fmt: skip
RATINGS = {"met": "Met", "met_with_conditions": "Met with conditions", "not_met": "Not met",
           "not_rated": "Not rated"}  # fmt: skip
COLOURS = {"met": "green", "met_with_conditions": "yellow", "not_met": "red", "not_rated": "grey"}
TITLES = {"stage": "Stage", "result": "Result", "kind": "Kind", "year": "Year",
          "standard": "Standard"}  # fmt: skip
#: What the list is narrowed by, and the same in the table of counts.
COLUMNS = {"stage": "stage", "result": "result", "kind": "kind", "year": "year",
           "standard": "version_id"}  # fmt: skip
ROWS = """
SELECT a.id, r.slug, r.title, a.position, a.stage, a.kind, a.held_on, a.result, s.slug, s.name,
  c.slug, c.name, o.published_name, b.slug, b.name,
  (SELECT count(*) FROM assessment_owner x WHERE x.assessment_id = a.id AND x.position > 0),
  r.summary, (SELECT count(*) FROM report_check k WHERE k.report_id = r.id AND k.state = 'open'),
  a.report_id
FROM assessment a JOIN report r ON r.id = a.report_id
LEFT JOIN service s ON s.id = a.service_id LEFT JOIN component c ON c.id = a.component_id
LEFT JOIN assessment_owner o ON o.assessment_id = a.id AND o.position = 0
LEFT JOIN organisation b ON b.id = o.organisation_id
WHERE r.same_as_id IS NULL
"""
ORDER = f" AND a.held_on IS NOT NULL ORDER BY a.held_on DESC, a.id DESC LIMIT {SIZE + 1}"
COUNTS = "SELECT '{0}', {0}, sum(many) FROM assessment_count WHERE copy = 0 {1} GROUP BY {0}"
BODIES = """
SELECT o.slug, o.name FROM organisation o
WHERE EXISTS (SELECT 1 FROM assessment_owner w WHERE w.organisation_id = o.id)
ORDER BY o.sort_name
"""
COMPONENTS = """
SELECT c.slug, c.name FROM component c WHERE EXISTS
  (SELECT 1 FROM mention m WHERE m.component_id = c.id AND m.kind = 'assessment_report')
ORDER BY c.sort_name
"""
POINTS = """
SELECT s.slug, v.number, p.number, p.title, v.title, v.id, s.name FROM standard_point p
JOIN standard_version v ON v.id = p.version_id JOIN standard s ON s.id = v.standard_id
WHERE v.state = 'published' ORDER BY s.slug, v.number, p.number
"""
FIGURES = """
SELECT version_id, stage, kind, result, points, copy, sum(many) FROM assessment_count
GROUP BY version_id, stage, kind, result, points, copy
"""
DOUBTS = """
SELECT count(*) FROM assessment a WHERE a.standard_version_id = %s
  AND a.report_id NOT IN (SELECT id FROM report WHERE same_as_id IS NOT NULL)
  AND a.kind NOT IN ('mock', 'peer_review') AND a.result <> 'not_rated'
  AND a.report_id IN (SELECT report_id FROM report_check WHERE state = 'open')
"""
VERSIONS = """
SELECT v.id, s.slug, v.number, s.name, v.title FROM standard_version v
JOIN standard s ON s.id = v.standard_id WHERE v.state = 'published'
ORDER BY s.name, s.id, v.number
"""
LEFT_OUT = {
    "copy": "Reports that repeat another one", "mock": "Mock assessments",
    "peer_review": "Peer reviews, which are not rated",
    "self_certification": "Self-certifications whose report states no result",
    "no_result": "Assessments whose report states no result",
}  # fmt: skip
PAGES = [("", "By stage"), ("/years", "By year"),
         ("/reassessments", "First time and after reassessment"), ("/points", "By point"),
         ("/organisations", "By organisation")]  # fmt: skip


def listing(run: Connection, asked: dict[str, str], page: Template) -> str:
    """The page of the list: at most one of the facets, or words."""
    points = run(POINTS)
    titles = {p[5]: (f"{p[0]}-{p[1]}", p[4]) for p in points}
    versions = {value: (id_, title) for id_, (value, title) in titles.items()}
    versions["unknown"] = (0, "Standard not known")
    if asked.get("q"):
        rows, counts, total = found(run, asked["q"])
    else:
        rows, counts = filtered(run, asked, versions)
        many = sum(many for facet, _, many in counts if facet == "stage"
                   and asked.get("stage", _) == _)  # fmt: skip
        total = f"{many:,} assessments"
    chosen = [("Search", asked["q"])] if asked.get("q") else [
        (TITLES[name], named(name, asked[name], versions)) for name in COLUMNS if name in asked
    ]  # fmt: skip
    facets = [
        (TITLES[name], name, options(counts, name, asked, order))
        for name, order in (("stage", STAGES), ("result", RESULTS), ("kind", KINDS), ("year", None))
    ]
    many_of = {str(value): many for facet, value, many in counts if facet == "version_id"}
    standards = [
        (value, title, f"{many_of[str(id_)]:,}", value == asked.get("standard"))
        for value, (id_, title) in versions.items() if str(id_) in many_of
    ]  # fmt: skip
    groups: dict[str, list[tuple[str, str]]] = {}
    for slug, version, number, title, of, _, _ in points:
        groups.setdefault(of, []).append((f"{slug}-{version}.{number}", f"{number}. {title}"))
    last = rows[SIZE - 1] if len(rows) > SIZE else None
    key = json.dumps([str(last[6])[:10], last[0]], separators=(",", ":")) if last else ""
    return page.render(
        title="Reports of assessments", text=asked.get("q", ""), chosen=chosen, total=total,
        standard=asked.get("standard"),
        rows=[shown(row) for row in rows[:SIZE]], facets=facets, standards=standards,
        base=f"?{urlencode(asked)}" if asked else "",
        kept="".join(f"{n}={v}&" for n, v in asked.items() if n in list(COLUMNS)[:4]),
        next=base64.urlsafe_b64encode(key.encode()).decode().strip("="),
        selects=[("Organisation", "organisation", "Any organisation", {"": run(BODIES)}),
                 ("Point of the standard", "point", "Any point", groups),
                 ("How the point was rated", "rating", "Any way", {"": list(RATINGS.items())}),
                 ("Component that it names", "component", "Any or none", {"": run(COMPONENTS)})],
    )  # fmt: skip


def filtered(
    run: Connection, asked: dict[str, str], versions: dict[str, Any]
) -> tuple[list[Any], list[Any]]:
    """Rows and counts of the list, the newest first."""
    name = next((n for n in COLUMNS if n in asked), None)
    where, values, value = "", list[object](), object()
    if name:
        value = versions[asked[name]][0] if name == "standard" else asked[name]
        column = "standard_version_id" if name == "standard" else name
        where, values = f" AND a.{column} = %s", [value]
        if name == "year":
            year = int(asked[name])
            where = " AND a.held_on BETWEEN %s AND %s"
            values, value = [str(date(year, 1, 1)), str(date(year, 12, 31))], year
    rows = run(f"{ROWS}{where}{ORDER}", values)
    parts = [
        COUNTS.format(column, f"AND {COLUMNS[name]} = %s" if name and name != facet else "")
        for facet, column in COLUMNS.items()
    ]
    sql = " UNION ALL ".join(parts).replace(", year,", ", CAST(year AS TEXT),")
    sql = sql.replace(", version_id,", ", CAST(version_id AS TEXT),")
    return rows, run(sql, [value] * sql.count("%s"))


def found(run: Connection, text: str) -> tuple[list[Any], list[Any], str]:
    """Rows and counts of what a search finds, best first."""
    ids = run.search(text, MOST, "report")
    marks = ", ".join(map(str, ids)) or "0"
    year = "CAST(extract(year FROM held_on) AS TEXT)"
    year = "substr(held_on, 1, 4)" if run.sqlite else year
    mine = (f"WITH mine AS MATERIALIZED (SELECT a.id, a.report_id, a.position, a.stage, a.result, "
            f"a.kind, coalesce({year}, '0') AS year, "
            "CAST(coalesce(standard_version_id, 0) AS TEXT) AS version_id FROM assessment a "
            f"JOIN report r ON r.id = a.report_id WHERE a.report_id IN ({marks}) "
            "AND r.same_as_id IS NULL) ")  # fmt: skip
    counts = run(mine + " UNION ALL ".join(
        f"SELECT '{each}', {each}, count(*) FROM mine GROUP BY {each}"
        for each in COLUMNS.values()
    ))  # fmt: skip
    first = ", ".join(map(str, ids[: SIZE + 1])) or "0"
    place = {id_: at for at, id_ in enumerate(ids)}
    rows = run(f"{ROWS} AND a.report_id IN ({first})")
    rows.sort(key=lambda row: (place[row[18]], row[3]))
    many = sum(many for facet, _, many in counts if facet == "stage")
    total = f"{many:,} assessments"
    if len(ids) >= MOST:
        total = "1,000 or more reports match: these are the best"
    return rows[: SIZE + 1], counts, total


def named(facet: str, value: str, versions: dict[str, Any]) -> str:
    """A choice in words."""
    if facet == "standard":
        return str(versions[value][1])
    return {**STAGES, **RESULTS, **KINDS}.get(value, value)


def shown(row: Any) -> tuple[object, ...]:
    """A row as the page shows it."""
    (_, slug, title, position, stage, kind, held, result, service, service_name, component,
     component_name, published, body, body_name, more, summary, doubts, _report) = row  # fmt: skip
    called = STAGES[stage] + (f": {KINDS[kind].lower()}" if kind != "assessment" else "")
    return (slug, title, position, called, RESULTS[result], COLOURS[result],
            day(str(held)) if held else "Date not known", published, body, body_name, more,
            service, service_name, component, component_name, summary, doubts)  # fmt: skip


def options(
    counts: list[Any], facet: str, asked: dict[str, str], order: dict[str, str] | None
) -> list[tuple[object, ...]]:
    """The choices of a facet with their counts."""
    many = {str(value): n for name, value, n in counts if name == COLUMNS[facet]}
    if order is not None:
        return [(v, text, f"{many[v]:,}", v == asked.get(facet))
                for v, text in order.items() if v in many]  # fmt: skip
    years = sorted(many, key=lambda year: -(int(year) or 9_999))
    return [("unknown" if y == "0" else y, "Date not known" if y == "0" else y, f"{many[y]:,}",
             y == asked.get(facet)) for y in years]  # fmt: skip


def statistics(run: Connection, asked: dict[str, str], page: Template) -> str:
    """The figures by stage, of the version that is asked for or has the most assessments."""
    cells = run(FIGURES)
    versions = {id_: (f"{slug}-{number}", f"{name}: {title}")
                for id_, slug, number, name, title in run(VERSIONS)}  # fmt: skip
    versions[0] = ("unknown", "Standard not known")
    out: dict[str, int] = {}
    results: dict[str, dict[str, int]] = {}
    known: dict[int, int] = {}
    for version, _, _, _, _, _, many in (c for c in cells if why(c) is None):
        known[version] = known.get(version, 0) + many
    wanted = [id_ for id_, (value, _) in versions.items() if value == asked.get("standard")]
    mine = wanted[0] if wanted else max((v for v in known if v), key=lambda v: (known[v], v))
    for cell in (c for c in cells if c[0] == mine):
        _, stage, _, result, points, _, many = cell
        if reason := why(cell):
            out[reason] = out.get(reason, 0) + many
            continue
        for row in (results.setdefault(stage, {}), results.setdefault("", {})):
            row[result] = row.get(result, 0) + many
            if result != "not_met" and points != "no_points":
                row["known"] = row.get("known", 0) + many
                if points == "some_not_met":
                    row["failed"] = row.get("failed", 0) + many
    there = {cell[0] for cell in cells}
    value, called = versions[mine]
    base = f"/reports?standard={value}"
    rows = [
        figures(stage, text, results[stage], base)
        for stage, text in {**STAGES, "": "All stages"}.items() if stage in results
    ]  # fmt: skip
    return page.render(
        title="Statistics of assessments", base=f"?{urlencode(asked)}" if asked else "",
        first=not wanted and len(there) > 1, doubts=run(DOUBTS, (mine,))[0][0],
        value=value, called=called, rows=rows, all=rows[-1],
        pages=PAGES, out=[(text, f"{out[k]:,}") for k, text in LEFT_OUT.items() if k in out],
        versions=[(v, text, id_ == mine) for id_, (v, text) in versions.items() if id_ in there],
    )  # fmt: skip


def why(cell: Any) -> str | None:
    """Why a count is not in the figures."""
    _, _, kind, result, _, copy, _ = cell
    if copy:
        return "copy"
    if kind in ("mock", "peer_review"):
        return str(kind)
    if result != "not_rated":
        return None
    return "self_certification" if kind == "self_certification" else "no_result"


def figures(stage: str, text: str, row: dict[str, int], base: str) -> tuple[Any, ...]:
    """A row of the table of figures: its numbers with where they lead."""
    met, some, failed = (row.get(each, 0) for each in ("met", "met_with_conditions", "not_met"))
    end = f"&stage={stage}" if stage else ""
    numbers = [
        (label, f"{many:,}", f"{base}&result={result}{end}" if many else "")
        for label, many, result in (("Passed", met, "met"),
                                    ("Passed with conditions", some, "met_with_conditions"),
                                    ("Not passed", failed, "not_met"))
    ]  # fmt: skip
    bad, known = row.get("failed", 0), row.get("known", 0)
    href = f"{base}&result=met&result=met_with_conditions&rating=not_met{end}" if bad else ""
    rated = met + some + failed
    return text, f"{rated:,}", numbers, share(met + some, rated), (href, *share(bad, known))


def share(part: int, whole: int) -> tuple[str, str]:
    """So many of so many, and the rate."""
    if not whole:
        return "None", ""
    if whole < SMALLEST:
        return f"{part:,} of {whole:,}", "few"
    percent = round(100 * part / whole)
    if 0 < part < whole:
        percent = min(max(percent, 1), 99)
    return f"{part:,} of {whole:,}", f"({percent}%)"
