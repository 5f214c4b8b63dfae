"""The portal: a catalogue of government services and of their assessments."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings
    from portal.db import Database


class Portal:
    """What every request needs and nothing else: the settings and the database."""

    def __init__(self, settings: Settings, database: Database) -> None:
        """Keep both for `current_app.extensions["portal"]`."""
        self.settings = settings
        self.database = database


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """Wire the portal together, in order.

    Args:
        settings: from `config.from_environment`.
        database: one that exists already (tests); made from the settings without it.
    """
    # Imported here so that `import portal.db` needs no web framework.
    from portal import cli, web
    from portal.accounts import views as accounts
    from portal.assessments import views as assessments
    from portal.catalogue import views as catalogue
    from portal.db import Database
    from portal.interchange import past_reports
    from portal.performance import views as performance
    from portal.reports import views as reports

    app = web.App("portal", static_folder=None, template_folder=None)
    database = database or Database(
        settings.database_url, settings.database_read_url, settings.busy_timeout_ms
    )
    app.extensions["portal"] = Portal(settings, database)
    web.install(app, settings, database)
    accounts.install(app, settings.accounts)
    catalogue.install(app, settings.problems_per_network)
    performance.install(app, settings.data_writes_per_minute, settings.accounts.links_per_network)
    assessments.install(app)
    reports.install(app)
    past_reports.install()
    cli.install(app)
    return app
