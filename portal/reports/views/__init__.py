"""The pages of reports."""

from __future__ import annotations

from flask import Flask

from portal.access import PORTAL, Permission, may
from portal.charts.data import Scale
from portal.reports.forms import labels
from portal.reports.store import pipeline_facts, reuse_counts
from portal.reports.views.books import blueprint as books
from portal.reports.views.duplication import blueprint as duplication
from portal.reports.views.keeping import blueprint as keeping
from portal.reports.views.keeping_rows import blueprint as keeping_rows
from portal.reports.views.leadership import blueprint as leadership
from portal.reports.views.overdue import blueprint as overdue
from portal.reports.views.overview import blueprint as overview
from portal.reports.views.pipeline import blueprint as pipeline
from portal.reports.views.pipeline_ahead import blueprint as pipeline_ahead
from portal.reports.views.pipeline_lists import blueprint as pipeline_lists
from portal.reports.views.reuse import blueprint as reuse
from portal.reports.views.reuse_changes import blueprint as reuse_changes
from portal.reports.views.reuse_charts import blueprint as reuse_charts
from portal.reports.views.reuse_services import blueprint as reuse_services
from portal.reports.views.savings import blueprint as savings
from portal.reports.views.savings_bridge import blueprint as savings_bridge
from portal.reports.views.savings_lines import price_row
from portal.reports.views.savings_lists import blueprint as savings_lists
from portal.reports.views.savings_shown import named
from portal.reports.views.savings_sure import blueprint as savings_sure
from portal.reports.views.savings_uses import blueprint as savings_uses
from portal.reports.views.snapshots import blueprint as snapshots
from portal.reports.views.what_if import blueprint as what_if
from portal.web import navigation
from portal.web.chart_texts import amount
from portal.web.i18n import lazy
from portal.web.people import current_person


def install(app: Flask) -> None:
    """Register the pages, and have what they count follow every write."""
    labels.install()
    reuse_counts.install()
    pipeline_facts.install()
    for blueprint in (
        books, leadership, overdue, overview, duplication, reuse, reuse_services, reuse_charts,
        reuse_changes, savings, savings_lists, savings_sure, savings_uses, savings_bridge, what_if,
        pipeline, pipeline_lists, pipeline_ahead, snapshots, keeping, keeping_rows,
    ):  # fmt: skip
        app.register_blueprint(blueprint)
    app.jinja_env.filters["percent"] = lambda value: amount(value, Scale.SHARE)
    app.jinja_env.filters["pounds"] = labels.pounds
    app.jinja_env.filters["unbroken"] = labels.unbroken
    app.jinja_env.filters["assumption"] = named
    app.jinja_env.filters["assumed_value"] = labels.assumed_value
    app.jinja_env.filters["price_row"] = price_row
    app.jinja_env.filters["cell"] = labels.cell
    app.jinja_env.globals["may_freeze"] = _may_freeze
    navigation.add_to_footer(app, lazy("Digital government on a page"), "leadership.index")
    navigation.add_to_footer(app, lazy("Reports on government"), "overview.index")


def _may_freeze() -> bool:
    """Whether the reader may keep a report as it stands."""
    return may(current_person(), Permission.FREEZE_REPORT, PORTAL)
