"""Journeys: the list, one journey with its steps, its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.rules.filters import JourneyQuery, parse_journeys
from portal.catalogue.store import journeys
from portal.catalogue.views.as_at import as_at_of
from portal.catalogue.views.base import (
    around,
    found,
    reading,
    refuse_unknown,
    stream,
    version,
)
from portal.catalogue.views.histories import history_of
from portal.web.caching import unless_unchanged
from portal.web.formats import Column, Format, formats, respond_list, respond_record
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

if TYPE_CHECKING:
    from datetime import date

blueprint = Blueprint("journeys", __name__)
COLUMNS = (
    "slug",
    "name",
    "goal",
    Column("services", lambda row: [step["service"] for step in row["steps"]]),
    "sources",
)


@formats(blueprint, "/journeys")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List journeys by the address's filters."""
    query, ignored = parse_journeys(request.args.items(multi=True))
    refuse_unknown(fmt, ignored)
    rows = stream(lambda session: journeys.listed(session, query))
    return respond_list(
        fmt, page=lambda: _list(query, ignored), rows=rows, columns=COLUMNS, name="journeys"
    )


def _list(query: JourneyQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        listing = journeys.listing(session, query)
    return page(
        "catalogue/journeys.html",
        title=_("Journeys"),
        query=query,
        ignored=ignored,
        listing=listing,
        paging=around(listing.previous, listing.next),
    )


@formats(blueprint, "/journeys/<slug:slug>")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Show one journey, step by step."""
    with reading() as session:
        journey = found(session, journeys.THING, slug)
    return respond_record(
        fmt,
        page=lambda: _show(journey),
        document=lambda: journeys.document_of(journey),
        columns=COLUMNS,
        name=slug,
    )


def _show(journey: Any) -> Response:
    return page(
        "catalogue/journey.html",
        title=journey.name,
        section=_("Journeys"),
        crumbs=[(_("Journeys"), url_for("journeys.index"))],
        journey=journey,
        legs=legs(journey),
    )


def legs(journey: Any) -> list[dict[str, Any]]:
    """The steps, each with whether it starts with another organisation than the one before."""
    found: list[dict[str, Any]] = []
    last: Any = None
    for step in journey.steps:
        organisation = step.service.organisation
        changed = bool(found) and (organisation is None or organisation is not last)
        found.append({"step": step, "organisation": organisation, "changed": changed})
        last = organisation
    return found


@formats(blueprint, "/journeys/<slug:slug>/history")
@unless_unchanged(version)
@public
def history(slug: str, fmt: Format) -> Response:
    """Tell what changed about one journey, newest first."""
    crumb = (_("Journeys"), url_for("journeys.index"))
    return history_of(fmt, journeys.THING, slug, "journeys.show", crumb)


@formats(blueprint, "/journeys/<slug:slug>/as-at/<day:on>")
@unless_unchanged(version)
@public
def as_at(slug: str, on: date, fmt: Format) -> Response:
    """Show one journey as it was recorded on a day."""
    crumb = (_("Journeys"), url_for("journeys.index"))
    return as_at_of(fmt, journeys.THING, slug, on, crumb)
