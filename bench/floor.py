"""The floor: the same answers with the least code in the same framework. SQL by hand, a plain page,
orjson.

`gunicorn bench.floor:app` with the database in DATABASE_URL. Only the addresses that the benchmark
asks for work, and nothing here checks, logs, translates or protects anything.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from jinja2 import (
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
)

from bench import (
    floor_duplication,
    floor_pipeline,
    floor_record,
    floor_records,
    floor_report,
    floor_reports,
    floor_reuse,
    floor_usage,
)
from bench.floor_sql import Connection, connect
from portal import clock
from portal.audit import london_day

PHASES = {
    "discovery": ("Discovery", "purple"), "alpha": ("Alpha", "pink"),
    "private_beta": ("Private beta", "orange"), "public_beta": ("Public beta", "blue"),
    "live": ("Live", "green"), "retired": ("Retired", "grey"), "unknown": ("Not known", "grey"),
}  # fmt: skip
AUDIENCES = ("public", "business", "internal")
ARRANGEMENTS = [(value, value) for value in
                ("shared_component", "own_build", "bought_product", "by_hand", "gap")]  # fmt: skip
REVIEWS = [(value, value) for value in ("fresh", "due", "overdue", "stale", "never")]
ANSWERS = ("offers", "none", "unknown")
MONTHS = ("January February March April May June July August September October November December"
          ).split()  # fmt: skip
SIZE = 50
MOST = 1_000
pages = Environment(
    loader=ChoiceLoader([
        FileSystemLoader(Path(__file__).parent / "pages"),
        PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
    ]),
    autoescape=True, auto_reload=False, trim_blocks=True, undefined=ChainableUndefined,
)  # fmt: skip
LIST, RECORD = pages.get_template("list.html"), pages.get_template("record.html")
MATRIX, COMPONENT = pages.get_template("matrix.html"), pages.get_template("component.html")
SIDES = pages.get_template("reconciliation.html")
REPORTS, REPORT = pages.get_template("reports.html"), pages.get_template("report.html")
STATISTICS = pages.get_template("statistics.html")
PIPELINE = pages.get_template("pipeline.html")
REUSE, DUPLICATION = pages.get_template("reuse.html"), pages.get_template("duplication.html")
ADOPTION = pages.get_template("adoption.html")
TODAY = london_day(clock.now()).isoformat()
ROWS = """
SELECT s.id, s.slug, s.name, s.purpose, s.phase, o.name, o.slug, s.yearly_transactions,
       s.transactions_to, s.sort_name
FROM service s LEFT JOIN organisation o ON o.id = s.organisation_id
"""
COUNTS = """
SELECT facet, value, organisation_id, delivers_id, many FROM service_count
WHERE within = %s AND within_value = %s AND many > 0
"""
OWN = """
UNION ALL SELECT facet, value, organisation_id, delivers_id, many FROM service_count
WHERE within = '' AND within_value = '' AND facet = %s AND many > 0
"""
LINKS = "SELECT child_id, parent_id FROM organisation_parent WHERE until IS NULL"
NEEDS = """
SELECT c.slug, c.name FROM capability c JOIN capability g ON g.id = c.parent_id
ORDER BY g.position, c.position
"""
COMPONENTS = "SELECT slug, name FROM component ORDER BY sort_name"
FILTERS = {"phase": "phase", "category": "category", "apis": "apis_answer"}
_open: list[Connection] = []
app = Flask("floor", static_folder=None)


def database() -> Connection:
    """This process's connection."""
    if not _open:
        _open.append(connect(os.environ["DATABASE_URL"]))
    return _open[0]


@app.get("/services")
def services() -> str:
    """The page of the list."""
    return listing(database(), request.args.to_dict())


@app.get("/services.json")
def services_json() -> Response:
    """The list as JSON."""
    body = floor_records.as_json(database(), request.args.to_dict())
    return Response(body, mimetype="application/json")


@app.get("/services.csv")
def services_csv() -> Response:
    """Everything as CSV."""
    return Response(floor_records.as_csv(database()), mimetype="text/csv")


@app.get("/services/<slug>")
def service(slug: str) -> str:
    """The page of one service."""
    return floor_record.record(database(), slug, RECORD)


@app.get("/matrix")
def matrix() -> str:
    """The matrix of organisations and components."""
    return floor_usage.matrix(database(), MATRIX)


@app.get("/reports/reuse")
def reuse() -> str:
    """How needs are met, by need."""
    return floor_reuse.reuse(database(), request.args.get("phase", ""), REUSE)


@app.get("/reports/reuse/adoption")
def adoption() -> str:
    """How many needs were met by shared components in each month."""
    return floor_reuse.adoption(database(), request.args.get("phase", ""), TODAY, ADOPTION)


@app.get("/reports/duplication")
def duplication() -> str:
    """What is met several times over, by need."""
    phase = request.args.get("phase", "")
    return floor_duplication.duplication(database(), phase, TODAY, DUPLICATION)


@app.get("/reports/pipeline")
def pipeline() -> str:
    """How long assessments take, and how they end."""
    stage, year = request.args.get("stage", ""), request.args.get("period", "")
    return floor_pipeline.pipeline(database(), stage, year, PIPELINE)


@app.get("/components/<slug>")
def component(slug: str) -> str:
    """The page of one component."""
    return floor_usage.component(database(), slug, COMPONENT)


@app.get("/components/<slug>/reconciliation")
def reconciliation(slug: str) -> str:
    """A provider's list beside what services declare."""
    return floor_usage.reconciliation(database(), slug, SIDES)


@app.get("/reports")
def reports() -> str:
    """The list of reports of assessments."""
    return floor_reports.listing(database(), request.args.to_dict(), REPORTS)


@app.get("/reports/statistics")
def statistics() -> str:
    """The figures of assessments by stage."""
    return floor_reports.statistics(database(), request.args.to_dict(), STATISTICS)


@app.get("/reports/<slug>")
def report(slug: str) -> str:
    """The page of one report."""
    return floor_report.report(database(), slug, REPORT)


def listing(run: Connection, asked: dict[str, str]) -> str:
    """The page of the service list: at most one of phase, category and apis, or words."""
    if asked.get("q"):
        rows, counts, total = found(run, asked["q"])
    else:
        rows, counts = filtered(run, asked)
        total = ""
    owned = {(a, b): many for facet, _, a, b, many in counts if facet == "organisation"}
    total = total or f"{sum(owned.values()):,} services"
    chosen = [(name, asked[name]) for name in (*FILTERS, "q") if name in asked]
    facets = [
        ("Phase", "phase", options(counts, "phase", asked, list(PHASES))),
        ("Who uses it", "audience", options(counts, "audience", asked, list(AUDIENCES))),
        ("APIs", "apis", options(counts, "apis", asked, list(ANSWERS))),
        ("Category", "category", options(counts, "category", asked, None)),
    ]
    return LIST.render(
        title="Services", text=asked.get("q", ""), chosen=chosen, total=total, facets=facets,
        rows=[shown(row) for row in rows[:SIZE]], bodies=bodies(run, owned),
        base="".join(f"{name}={value}&" for name, value in chosen),
        next=rows[SIZE - 1][0] if len(rows) > SIZE else None,
        selects=[("Need it meets", "capability", run(NEEDS)),
                 ("Component it uses", "component", run(COMPONENTS)),
                 ("How it is met", "arrangement", ARRANGEMENTS), ("Review", "review", REVIEWS)],
    )  # fmt: skip


def filtered(run: Connection, asked: dict[str, str]) -> tuple[list[Any], list[Any]]:
    """Rows and counts of the list in the order of names."""
    name = next((n for n in FILTERS if n in asked), None)
    where, values = ["1 = 1"], list[object]()
    if name:
        where.append(f"s.{FILTERS[name]} IN (%s)")
        values.append(asked[name])
    if "after" in asked:
        sort_name, id_ = floor_records.place(asked["after"])
        where.append("(s.sort_name, s.id) > (%s, %s)")
        values += [sort_name, id_]
    sql = f"{ROWS} WHERE {' AND '.join(where)} ORDER BY s.sort_name, s.id LIMIT {SIZE + 1}"
    rows = run(sql, values)
    counts = run(COUNTS + OWN, (name, asked[name], name)) if name else run(COUNTS, ("", ""))
    return rows, counts


def found(run: Connection, text: str) -> tuple[list[Any], list[Any], str]:
    """Rows and counts of what a search finds, best first."""
    ids = run.search(text, MOST)
    marks = ", ".join(map(str, ids)) or "0"
    mine = f"WITH mine AS MATERIALIZED (SELECT * FROM service WHERE id IN ({marks})) "
    counts = run(
        mine + "SELECT 'phase', phase, 0, 0, count(*) FROM mine GROUP BY 2 UNION ALL "
        "SELECT 'audience', audience_set, 0, 0, count(*) FROM mine GROUP BY 2 UNION ALL "
        "SELECT 'apis', apis_answer, 0, 0, count(*) FROM mine GROUP BY 2 UNION ALL "
        "SELECT 'category', category, 0, 0, count(*) FROM mine WHERE category IS NOT NULL "
        "GROUP BY 2 UNION ALL SELECT 'organisation', '', coalesce(organisation_id, 0), "
        "coalesce(delivers_id, 0), count(*) FROM mine GROUP BY 3, 4"
    )
    first = ", ".join(map(str, ids[: SIZE + 1])) or "0"
    by_id = {row[0]: row for row in run(f"{ROWS} WHERE s.id IN ({first})")}
    total = "1,000 or more services" if len(ids) >= MOST else f"{len(ids):,} services"
    return [by_id[id_] for id_ in ids[: SIZE + 1]], counts, total


def shown(row: Any) -> tuple[object, ...]:
    """A row as the page shows it."""
    _id, slug, name, purpose, phase, body, body_slug, volume, until, _sort = row
    label, colour = PHASES[phase]
    month = ""
    if volume is not None:
        day = str(until)
        month = f"{MONTHS[int(day[5:7]) - 1]} {day[:4]}"
        volume = f"{volume:,}"
    text = purpose if len(purpose) <= 200 else purpose[:197].rsplit(" ", 1)[0] + "..."
    return slug, name, text, phase, label, colour, body, body_slug, volume, month


def options(
    counts: list[Any], facet: str, asked: dict[str, str], order: list[str] | None
) -> list[tuple[object, ...]]:
    """The choices of a facet with their counts."""
    many: dict[str, int] = {}
    for name, value, _, _, count in counts:
        if name == facet:
            for each in value.split(",") if facet == "audience" else [value]:
                if each:
                    many[each] = many.get(each, 0) + count
    values = [v for v in order if v in many] if order else sorted(many, key=str.casefold)
    return [
        (v, PHASES[v][0] if facet == "phase" else v, f"{many[v]:,}", v == asked.get(facet))
        for v in values
    ]


def bodies(run: Connection, owned: dict[tuple[int, int], int]) -> list[tuple[str, str, str]]:
    """The organisations at the top with the services that they or those below have."""
    above: dict[int, int] = dict(run(LINKS))
    totals: dict[int, int] = {}
    for pair, many in owned.items():
        tops = set()
        for body in pair:
            while body in above:
                body = above[body]
            if body:
                tops.add(body)
        for body in tops:
            totals[body] = totals.get(body, 0) + many
    marks = ", ".join(map(str, totals)) or "0"
    rows = run(f"SELECT id, slug, name FROM organisation WHERE id IN ({marks}) ORDER BY sort_name")
    return [(slug, name, f"{totals[id_]:,}") for id_, slug, name in rows]
