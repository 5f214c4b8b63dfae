"""The pages of performance data."""

from __future__ import annotations

from flask import Flask

from portal.catalogue.views.histories import withhold
from portal.performance.actions import taking_back
from portal.performance.store import moves
from portal.performance.views import api, api_names, dashboards, histories, keeping_pages


def install(app: Flask, writes_per_minute: int = 0, links_per_network: int = 0) -> None:
    """Register the pages, and what a lower package lets a higher one add.

    Args:
        app: the portal.
        writes_per_minute: how often one token may write to data sets; 0 sets no limit.
        links_per_network: how many links for figures one network can open in 15 minutes; 0 sets no
            limit.
    """
    # Without a salt, few numbers had to be tried to find those that are not shown.
    withhold("data_set.received", "digest")
    api_names.install(app)
    moves.install()
    taking_back.install()
    keeping_pages.install(app, links_per_network)
    dashboards.install(app)
    api.install(app, writes_per_minute)
    app.register_blueprint(histories.blueprint)
