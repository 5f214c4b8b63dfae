"""The pages of reports, wired together."""

from __future__ import annotations

from flask import Flask

from portal.accounts.work import register as register_work
from portal.assessments.actions import report_kind
from portal.assessments.actions import report_services as acts
from portal.assessments.forms import report_labels
from portal.assessments.views import (
    report_checks,
    report_feed,
    report_services,
    report_timelines,
    reports,
)
from portal.catalogue.forms import labels
from portal.web import navigation
from portal.web.i18n import lazy


def install(app: Flask) -> None:
    """Register the pages, and what lower packages ask of reports."""
    report_kind.install()
    labels.add(report_labels.LABELS)
    report_timelines.install()
    for module in (reports, report_feed, report_services, report_checks, report_timelines):
        app.register_blueprint(module.blueprint)
    register_work("reports", acts.waiting, acts.LABELS)
    navigation.add(app, lazy("Reports"), "reports.index", order=25)
    app.jinja_env.filters["rating_colour"] = report_labels.colour
    app.jinja_env.globals["feed_address"] = report_feed.feed_address
