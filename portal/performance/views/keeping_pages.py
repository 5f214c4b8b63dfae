"""The pages by which teams keep their figures, wired together."""

from __future__ import annotations

from flask import Flask

from portal.performance.forms import labels
from portal.performance.rules.answers import put
from portal.performance.views import (
    collected_hosts,
    collections,
    data_set_editing,
    data_set_panels,
    data_set_tokens,
    data_set_values,
    data_sets,
    figure_by_link,
    figure_forms,
    figure_links,
    uploads,
)
from portal.web import navigation
from portal.web.i18n import lazy


def install(app: Flask, links_per_network: int) -> None:
    """Register the pages, their words, and what they add to those of services and components.

    Args:
        app: the portal.
        links_per_network: how many links one network can open in 15 minutes; 0 sets no limit.
    """
    labels.teach()
    app.jinja_env.filters["period_name"] = labels.period_name
    app.jinja_env.filters["value_text"] = lambda value: put(value.number, value.unit)
    app.jinja_env.filters["value_colour"] = lambda status: labels.COLOURS.get(str(status), "")
    for module in (
        data_sets,
        data_set_editing,
        data_set_values,
        data_set_tokens,
        figure_forms,
        figure_links,
        uploads,
        collections,
        collected_hosts,
    ):
        app.register_blueprint(module.blueprint)
    figure_by_link.install(app, links_per_network)
    data_set_panels.install()
    collections.install()
    collected_hosts.install()
    navigation.add_to_footer(app, lazy("Data sets"), "data_sets.index")
