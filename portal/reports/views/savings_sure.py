"""How sure a run's figure is, as a chart: what each assumption alone does to it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from portal.charts.data import Group, Tornado
from portal.reports.rules.results import BARS
from portal.reports.store import runs
from portal.reports.views.savings_shown import named, of_run
from portal.reports.words import View
from portal.web.charts import Figure, File, files, respond_chart, shown
from portal.web.guard import public
from portal.web.i18n import _, html_lang

blueprint = Blueprint("savings_sure", __name__)


def chart_of(npv: int, bars: list[Any]) -> Tornado:
    """The tornado of a net present value, from bars of a key and two ends, all in pence."""
    some = bars[:BARS]
    low, high = (tuple(each[end] / 100 for each in some) for end in (1, 2))
    return Tornado(
        _("Net present value of confirmed use, with one assumption at a time at its ends"),
        tuple(named(each[0]) for each in some),
        (Group(_("At its low end"), low), Group(_("At its high end"), high)),
        npv / 100, _("Central case"), language=html_lang(),
    )  # fmt: skip


def figure_of(chart: Tornado, address: str, query: list[tuple[str, str]]) -> Figure:
    """The chart as a page shows it."""
    notes = [
        _("Whole government, over all years, discounted."),
        _("The longest bar is the assumption that matters most."),
    ]
    return shown(chart, address, chart.title, query=query, notes=notes)


def of_view(run_id: int, view: dict[str, Any]) -> Figure | None:
    """The chart of a run; None where nothing would change it."""
    if not view["tornado"]:
        return None
    chart = chart_of(view["npv"], view["tornado"])
    return figure_of(chart, f"/savings/runs/{run_id}/charts/tornado", [])


@files(blueprint, "/savings/runs/<int:run_id>/charts/tornado")
@public
def chart(fmt: File, run_id: int) -> Response:
    """Answer with the tornado of a run as a file."""
    run = runs.finished(of_run(run_id).run)
    view = run.result["views"][View.WHOLE.value]
    return respond_chart(
        fmt, chart_of(view["npv"], view["tornado"]), f"savings-run-{run_id}-tornado"
    )
