"""The home page: what the portal is for, what is in it today, and the doors."""

from __future__ import annotations

from flask import Blueprint, Response

from portal.catalogue.store import (
    component_lists,
    journeys,
    matches,
    organisations,
    service_lists,
)
from portal.catalogue.views.base import reading, version
from portal.web.caching import unless_unchanged
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@unless_unchanged(version)
@public
def index() -> Response:
    """Show the portal in one screen."""
    with reading() as session:
        components, needs = component_lists.numbers(session)
        answers = service_lists.counts_by_answer(session)
        numbers = {
            "services": sum(answers.values()),
            "offer_apis": answers.get("offers", 0),
            "components": components,
            "needs": needs,
            "organisations": organisations.count(session),
            "journeys": journeys.total(session),
            "waiting": matches.counts(session)["waiting"],
        }
    title = _("Find government services and who runs them")
    return page("catalogue/home.html", title=title, crumbs=None, numbers=numbers)
