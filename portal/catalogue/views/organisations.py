"""Organisations: the list, one organisation now and as it was, its history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.forms.as_at import AsAt
from portal.catalogue.rules.filters import OrganisationQuery, parse_organisations
from portal.catalogue.store import organisation_documents, organisation_lists, organisations
from portal.catalogue.views.as_at import as_at_of
from portal.catalogue.views.base import (
    DATE,
    around,
    day_asked,
    found,
    reading,
    refuse_unknown,
    stream,
    today,
    unknown,
    version,
)
from portal.catalogue.views.histories import history_of
from portal.catalogue.views.organisation_details import COLUMNS, ON_DAY, as_of, document
from portal.catalogue.views.organisation_filters import chosen, facets
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list, respond_record
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

if TYPE_CHECKING:
    from datetime import date

blueprint = Blueprint("organisations", __name__)


@formats(blueprint, "/organisations")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List organisations by the address's filters."""
    query, ignored = parse_organisations(request.args.items(multi=True))
    refuse_unknown(fmt, ignored)
    everything, on = replace(query, cursor=None), today()
    rows = stream(lambda session: organisation_documents.listed(session, everything, on))
    return respond_list(
        fmt, page=lambda: _list(query, ignored), rows=rows, columns=COLUMNS, name="organisations"
    )


def _list(query: OrganisationQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        listing = organisation_lists.listing(session, query, today())
    return page(
        "catalogue/organisations.html",
        title=_("Organisations"),
        query=query,
        ignored=ignored,
        listing=listing,
        facets=facets(query, listing),
        chosen=chosen(query),
        paging=around(listing.previous, listing.next),
    )


@formats(blueprint, "/organisations/<slug:slug>")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Show one organisation, today or as it was on the day asked for."""
    form, ignored = AsAt(request.args, today()), unknown(*DATE)
    refuse_unknown(fmt, ignored)
    on = day_asked(form, fmt)
    with reading() as session:
        organisation = found(session, organisations.THING, slug)
        details = as_of(session, organisation, today(), on)
    return respond_record(
        fmt,
        page=lambda: _page(organisation, details, form, on, ignored),
        document=lambda: document(organisation, details),
        columns=ON_DAY,
        name=slug,
    )


def _page(
    organisation: Any, details: Any, form: AsAt, on: date | None, ignored: tuple[str, ...]
) -> Response:
    return page(
        "catalogue/organisation.html",
        title=organisation.name,
        section=_("Organisations"),
        crumbs=[(_("Organisations"), url_for("organisations.index"))],
        form=form,
        organisation=organisation,
        details=details,
        on=on,
        ignored=ignored,
    )


@formats(blueprint, "/organisations/<slug:slug>/history")
@unless_unchanged(version)
@public
def history(slug: str, fmt: Format) -> Response:
    """Tell what changed about one organisation, newest first."""
    crumb = (_("Organisations"), url_for("organisations.index"))
    return history_of(fmt, organisations.THING, slug, "organisations.show", crumb)


@formats(blueprint, "/organisations/<slug:slug>/as-at/<day:on>")
@unless_unchanged(version)
@public
def as_at(slug: str, on: date, fmt: Format) -> Response:
    """Show one organisation as it was recorded on a day."""
    crumb = (_("Organisations"), url_for("organisations.index"))
    return as_at_of(fmt, organisations.THING, slug, on, crumb)
