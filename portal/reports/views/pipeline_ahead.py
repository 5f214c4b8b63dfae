"""Assessments coming up, by week and month: for assurance teams, each of its own bookings."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for

from portal.access import Permission
from portal.assessments.rules.calendar import said
from portal.assessments.store import booking_ahead
from portal.assessments.store.booking_ahead import Ahead
from portal.catalogue.views.base import (
    PAGE_SIZE,
    misplaced,
    place,
    reading,
    refuse_unknown,
    today,
)
from portal.reports.rules.pipeline import Scope
from portal.reports.views.pipeline_base import Asked, asked
from portal.web.filters import long_date
from portal.web.filters import month as month_words
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging, query_url
from portal.web.people import current_person

blueprint = Blueprint("pipeline_ahead", __name__)
COLUMNS = ("reference", "name", "organisation", "stage", "kind", "state", "day", "week", "month")
#: The week and month of a booking without a day.
NO_DAY = "none"


@formats(blueprint, "/reports/pipeline/coming-up")
@requires(Permission.RUN_ASSESSMENTS)
def index(fmt: Format) -> Response:
    """List the bookings that are not yet held."""
    found = asked("week", "month", "after")
    with reading() as session:
        every = booking_ahead.ahead(session, current_person(), today())
    mine = [row for row in every if _leaves(found.scope, row)]
    ignored = (*found.ignored, *_strange(mine), *misplaced("after"))
    refuse_unknown(fmt, ignored)
    shown = [row for row in mine if _asked_for(row)]
    return respond_list(
        fmt,
        page=lambda: _index(found, mine, shown, ignored),
        rows=lambda: map(_document, shown),
        columns=COLUMNS,
        name="assessments-coming-up",
    )


def _leaves(scope: Scope, row: Ahead) -> bool:
    return (
        (scope.bodies is None or row.organisation_id in scope.bodies)
        and scope.stage in (None, row.stage)
        and scope.kind in (None, row.kind)
    )


def week(row: Ahead) -> str:
    """The Monday of its week, as addresses have it."""
    if row.day is None:
        return NO_DAY
    return (row.day - timedelta(days=row.day.weekday())).isoformat()


def month(row: Ahead) -> str:
    """Its month, as addresses have it."""
    return NO_DAY if row.day is None else said(row.day)


def _strange(rows: list[Ahead]) -> list[str]:
    """Filters of this address that are not of this list, and times in which nothing is."""
    there = {"week": set(map(week, rows)), "month": set(map(month, rows))}
    given = {name: request.args.get(name, "") for name in there}
    found = [f"{n}={text[:80]}" for n, text in given.items() if text and text not in there[n]]
    return [*(name for name in ("period", "standard") if name in request.args), *found]


def _asked_for(row: Ahead) -> bool:
    of_week, of_month = (request.args.get(name, "") for name in ("week", "month"))
    return of_week in ("", week(row)) and of_month in ("", month(row))


def _document(row: Ahead) -> dict[str, Any]:
    found = {
        name: getattr(value, "value", value) for name, value in row._asdict().items()
    } | {"week": week(row), "month": month(row)}  # fmt: skip
    return {name: found[name] for name in COLUMNS}


def _index(
    found: Asked, mine: list[Ahead], shown: list[Ahead], ignored: tuple[str, ...]
) -> Response:
    after = place("after") or 0
    last = after + PAGE_SIZE
    names = ("organisation", "stage", "kind")
    return page(
        "reports/pipeline_ahead.html",
        title=_("Assessments coming up"),
        section=_("Reports on government"),
        crumbs=[(_("Reports on government"), url_for("overview.index")),
                (_("Pipeline of assessments"), url_for("pipeline.index"))],
        selects=[each for each in found.selects if each["name"] in names],
        facets=[(_("Month"), _facet("month", mine)), (_("Week beginning"), _facet("week", mine))],
        chosen=_chosen(found),
        rows=shown[after:last],
        many=len(shown),
        narrowed=bool(found.chosen) or any(request.args.get(n) for n in ("week", "month")),
        ignored=ignored,
        first=after == 0,
        paging=paging({"after": after - PAGE_SIZE or None} if after else None,
                      {"after": last} if last < len(shown) else None),
    )  # fmt: skip


def _facet(name: str, rows: list[Ahead]) -> list[dict[str, Any]]:
    """How many are in each week or month, each a link to them."""
    counts = Counter(map(week if name == "week" else month, rows))
    return filter_links(name, {each: _called(name, each) for each in counts},
                        request.args.get(name), counts)  # fmt: skip


def _called(name: str, text: str) -> str:
    if text == NO_DAY:
        return _("No day yet")
    return long_date(text) if name == "week" else month_words(f"{text}-01")


def _chosen(found: Asked) -> list[dict[str, str]]:
    titles = {"week": _("Week beginning"), "month": _("Month")}
    times = [
        {"title": title, "text": _called(name, text), "href": query_url(**{name: None})}
        for name, title in titles.items() if (text := request.args.get(name, ""))
    ]  # fmt: skip
    return [*(each for each in found.filters()), *times]
