"""From a dashboard to pages where its figures stand beside others."""

from __future__ import annotations

from flask import url_for

from portal.access import Kind
from portal.performance.views.board_base import Shown, query_of
from portal.performance.words import Kpi
from portal.web.i18n import _
from portal.web.links import with_query

Link = tuple[str, str]


def links(shown: Shown, kind: str) -> list[Link]:
    """Where to compare what a dashboard shows, as (text, address).

    Args:
        shown: the dashboard.
        kind: of what it is; empty for all of government.
    """
    if shown.choice is None:
        return []
    slug = shown.place.href.rpartition("/")[2]
    if kind in (Kind.SERVICE.value, Kind.COMPONENT.value):
        query = [(kind, slug), ("period", shown.choice.period.value)]
        text = _("Compare with other services and components")
        return [(text, with_query(url_for("thing_lines.index"), query))]
    other = (_("Compare services and components"), url_for("thing_lines.index"))
    if kind not in ("", "organisation"):
        return [other]
    query = [pair for pair in query_of(shown) if pair[0] != "years"]
    query += [("organisation", slug)] if kind else []
    every, take_up = url_for("service_figures.index"), Kpi.DIGITAL_TAKE_UP.value
    by_take_up = with_query(every, [("figure", take_up), *query])
    return [
        (_("All services by transactions"), with_query(every, query)),
        *([(_("All services by digital take-up"), by_take_up)] if take_up in shown.there else []),
        (_("Compare two periods like for like"), with_query(url_for("two_periods.index"), query)),
        other,
    ]
