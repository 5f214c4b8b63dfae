"""The page that lists the reports."""

from __future__ import annotations

from flask import Blueprint, Response

from portal.catalogue.views.base import unknown
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

blueprint = Blueprint("overview", __name__)


@blueprint.get("/reports-on-government")
@public
def index() -> Response:
    """List the reports over the whole catalogue."""
    return page("reports/overview.html", title=_("Reports on government"), ignored=unknown())
