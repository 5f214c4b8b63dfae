"""The pages of the assessments."""

from __future__ import annotations

from flask import Flask

from portal.assessments.actions import moving
from portal.assessments.forms import standards as standard_words
from portal.assessments.store import history_names
from portal.assessments.views import figures, holding, point_pages, reporting
from portal.assessments.views.standard_drafts import blueprint as standard_drafts
from portal.assessments.views.standard_editing import blueprint as standard_editing
from portal.assessments.views.standard_walks import blueprint as standard_walks
from portal.assessments.views.standards import blueprint as standards
from portal.catalogue.views.histories import names_with
from portal.web import navigation
from portal.web.i18n import lazy


def install(app: Flask) -> None:
    """Register the pages, and what a lower package lets a higher one add."""
    moving.install()
    figures.install(app)
    standard_words.teach()
    names_with("assessments", history_names.names)
    point_pages.install()
    for blueprint in (standards, standard_walks, standard_editing, standard_drafts):
        app.register_blueprint(blueprint)
    navigation.add_to_footer(app, lazy("Standards"), "standards.index")
    reporting.install(app)
    holding.install(app)
