"""What sharing saves: the newest run and any other, and how it is worked out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response

from portal.catalogue.views.base import reading, refuse_unknown, today, unknown, version
from portal.charts.data import BarChart, Group, Scale
from portal.reports.rules.assumptions import Row, old_benchmarks
from portal.reports.store import assumption_sets, runs
from portal.reports.views import savings_method
from portal.reports.views.savings_figures import losing, loss, names, of_view, platforms
from portal.reports.views.savings_shown import (
    Shown,
    crumbs,
    headline,
    keeps,
    newest,
    of_run,
    version_of,
)
from portal.reports.views.savings_sure import of_view as sure
from portal.reports.words import RunState, View
from portal.web.caching import unless_unchanged
from portal.web.charts import Figure, File, files, respond_chart, shown
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _, html_lang
from portal.web.pages import page

blueprint = Blueprint("savings", __name__)
COLUMNS = ("view", "counted", "financial_year", "cash", "non_cash", "cost", "platform", "price",
           "net")  # fmt: skip
#: Rows that rest on judgement or a benchmark are said so from this share on.
WEAK = 1 / 3


@formats(blueprint, "/savings")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """Show the newest finished run."""
    ignored = unknown()
    refuse_unknown(fmt, ignored)
    found = newest()
    return _respond(fmt, found, ignored, _("What sharing saves"))


@formats(blueprint, "/savings/runs/<int:run_id>")
@unless_unchanged(version)
@public
def show(fmt: Format, run_id: int) -> Response:
    """Show a run."""
    ignored = unknown()
    refuse_unknown(fmt, ignored)
    title = _("What sharing saves: run %(run)s", run=run_id)
    return _respond(fmt, of_run(run_id), ignored, title)


def _respond(fmt: Format, found: Shown | None, ignored: tuple[str, ...], title: str) -> Response:
    return respond_list(
        fmt,
        page=lambda: _page(found, ignored, title),
        rows=lambda: _rows(found),
        columns=COLUMNS,
        name="savings" if found is None else f"savings-run-{found.run.id}",
        more=None if found is None else runs.document(found.run) | {"result": found.run.result},
        bounded=True,
    )


def _rows(found: Shown | None) -> Iterator[dict[str, Any]]:
    """Pounds and pence by view, by what is counted and by year. Prices paid are in the costs of
    organisations, and beside those of the whole of government.
    """
    if found is None or found.run.state is not RunState.DONE:
        return
    none = [0] * found.set.horizon
    for view, said in found.run.result["views"].items():
        for counted in ("confirmed", "with_declared"):
            for year, begins in enumerate(found.years):
                rows = {"price": none, **said[counted]}
                money = {name: rows[name][year] / 100 for name in COLUMNS[3:]}
                yield {"view": view, "counted": counted, "financial_year": begins, **money}


def _page(found: Shown | None, ignored: tuple[str, ...], title: str) -> Response:
    more: dict[str, Any] = {}
    if found is not None and found.run.state is RunState.DONE:
        views, called = found.run.result["views"], names()
        view, paid_for = views[View.WHOLE.value], platforms(found, called)
        more = {
            "view": view, "called": called, "platforms": paid_for,
            "loss": loss(view, found.counted["confirmed"]), "losing": losing(paid_for),
            "views": [(each, of_view(found, each), _by_year(views[each.value])) for each in View],
            "headline": headline(found, view), "figure": _figure(found),
            "sure": sure(found.run.id, view), "before": _before(found),
            "weak": found.run.result["claims_on_judgement"] > WEAK * found.run.result["claims"],
            "old": _old(found),
        }  # fmt: skip
    return page(
        "reports/savings.html", title=title, section=_("Savings"), ignored=ignored, shown=found,
        keeps=keeps(assumption_sets.EVERYBODY), versions_of=version_of,
        crumbs=[] if title == _("What sharing saves") else crumbs(), **more,
    )  # fmt: skip


def _before(found: Shown) -> int | None:
    """The finished run before this one."""
    with reading() as session:
        before = runs.latest_done(session, found.set.scope, found.run.id)
        return None if before is None else before[0].id


def _by_year(said: dict[str, Any]) -> list[tuple[str, Any]]:
    return [
        (_("Confirmed use, by financial year"), said["confirmed"]),
        (_("With declared use as well, by financial year"), said["with_declared"]),
    ]


def _old(found: Shown) -> list[Row]:
    """The benchmarks that it rests on and that are old by today."""
    with reading() as session:
        return old_benchmarks(assumption_sets.rows(session, found.set.id), today())


def _chart(found: Shown) -> BarChart:
    rows = found.run.result["views"][View.WHOLE.value]["with_declared"]
    names = {"cash": _("Cash"), "non_cash": _("Other gains"), "cost": _("Costs")}
    groups = tuple(
        Group(name, tuple(max(pence / 100, 0) for pence in rows[each]))
        for each, name in names.items()
    )
    labels = tuple(str(found.set.base_year + year) for year in range(found.set.horizon))
    title = _("Gains and costs of confirmed and declared use, by financial year")
    return BarChart(title, labels, groups, scale=Scale.POUNDS, language=html_lang())


def _figure(found: Shown) -> Figure:
    chart = _chart(found)
    notes = [_("A year begins in April. Cash, other gains and costs are never one sum.")]
    return shown(chart, f"/savings/runs/{found.run.id}/charts/years", chart.title, notes=notes)


@files(blueprint, "/savings/runs/<int:run_id>/charts/years")
@public
def chart(fmt: File, run_id: int) -> Response:
    """Answer with the chart of a run as a file."""
    found = of_run(run_id)
    runs.finished(found.run)
    return respond_chart(fmt, _chart(found), f"savings-run-{run_id}-years")


@blueprint.get("/savings/method")
@unless_unchanged(version)
@public
def method() -> Response:
    """Say how it is worked out, with the worked example computed by the same code."""
    return savings_method.respond()
