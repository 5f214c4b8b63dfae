"""The reports that can be frozen, and what each says now: what its own address says."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import parse_qsl

import orjson
from flask import Flask, current_app, has_app_context
from werkzeug.exceptions import HTTPException, ServiceUnavailable
from werkzeug.wrappers import Response as AnyResponse

from portal import jobs
from portal.audit import Act
from portal.db import Database
from portal.errors import N_, Invalid, Problem
from portal.reports.actions import freezing
from portal.reports.actions.freezing import Frozen
from portal.reports.store import snapshots
from portal.reports.views.duplication import COLUMNS as DUPLICATION
from portal.reports.views.leadership import COLUMNS as LEADERSHIP
from portal.reports.views.pipeline import COLUMNS as PIPELINE
from portal.reports.views.reuse import COLUMNS as REUSE
from portal.reports.views.savings import COLUMNS as SAVINGS
from portal.web.i18n import lazy
from portal.web.links import with_query


@dataclass(frozen=True, slots=True)
class Freezable:
    """A report that can be frozen.

    Attributes:
        endpoint: of its list, which has a .json.
        key: the columns by which a row is known again; together they are what it is called.
    """

    title: str
    address: str
    endpoint: str
    key: Sequence[str]
    columns: Sequence[str]


#: By what snapshots call them. Each is frozen by schedule, without filters.
REPORTS: dict[str, Freezable] = {
    "reuse": Freezable(
        lazy("Reuse of shared components"), "/reports/reuse", "reuse.index", ("slug", "name"),
        REUSE,
    ),
    "duplication": Freezable(
        lazy("Duplication and overlap"), "/reports/duplication", "duplication.index",
        ("slug", "name"), DUPLICATION,
    ),
    "pipeline": Freezable(
        lazy("Pipeline of assessments"), "/reports/pipeline", "pipeline.index", ("table", "row"),
        PIPELINE,
    ),
    "savings": Freezable(
        lazy("What sharing saves"), "/savings", "savings.index",
        ("view", "counted", "financial_year"), SAVINGS,
    ),
    "leadership": Freezable(
        lazy("Digital government on a page"), "/leadership", "leadership.index",
        ("part", "row", "figure"), LEADERSHIP,
    ),
}  # fmt: skip


def asked_for(query: str) -> list[tuple[str, str]]:
    """The filters that somebody typed or pasted, one way to write them: in order, none empty."""
    text = query.strip().rpartition("?")[2]
    return sorted(pair for pair in parse_qsl(text, max_num_fields=40) if pair[0] != "after")


def what_it_says(app: Flask, name: str, query: str = "") -> Frozen:
    """What a report says to everybody now.

    Its own view is asked, as a visitor would: a snapshot can say nothing that the report does not.

    Raises:
        Invalid: the report knows no such filters.
    """
    report, filters = REPORTS[name], asked_for(query)
    view = inspect.unwrap(app.view_functions[report.endpoint])
    address = with_query(f"{report.address}.json", filters)
    # A context of its own: nothing of whoever asks, and a session that ends with it.
    with app.app_context(), app.test_request_context(address):
        try:
            answer: AnyResponse = view(fmt="json")
            said = orjson.loads(answer.get_data())
        except ServiceUnavailable:
            raise
        except (Problem, HTTPException) as problem:
            raise Invalid("query", N_("The report does not know these filters")) from problem
    rows = said.pop("items")
    said.pop("count")
    written = with_query("", filters).removeprefix("?")
    as_at = date.fromisoformat(said["as_at"]) if said.get("as_at") else None
    return Frozen(
        name, with_query(report.address, filters), written, filters, report.key, report.columns,
        rows, said, as_at,
    )  # fmt: skip


def freeze_all(app: Flask, database: Database, act: Act) -> int:
    """Make the snapshots of this month that are not there yet; how many."""
    made = 0
    for name in REPORTS:
        with database.reading() as session:
            there = snapshots.is_made(session, name, "", freezing.month_of(act))
        if not there:
            found = freezing.freeze_for_month(database, what_it_says(app, name), act)
            made += found is not None
    return made


def load_demo(app: Flask, database: Database, act: Act) -> int:
    """Freeze the reuse report of the first day of last year, and of today, where nothing is frozen
    yet; how many.
    """
    with database.reading() as session:
        if snapshots.counts(session):
            return 0
    earlier = f"on-day=1&on-month=1&on-year={act.day.year - 1}"
    for query in (earlier, ""):
        told = replace(act, reason="Example: two days to compare")
        freezing.freeze(database, what_it_says(app, "reuse", query), told)
    return 2


@jobs.handler("reports.snapshots", every=timedelta(days=1))
def _monthly(run: jobs.Run) -> None:
    """Freeze every report on the first day of a month, or as soon afterwards as there is a worker.

    Only `flask worker` has the portal's pages about it; without them there is nothing to freeze.
    """
    if has_app_context():
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        freeze_all(app, run.database, Act("command:worker", run.clock(), "reports.snapshots"))
