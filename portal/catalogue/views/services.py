"""Services: the list, one service, its history."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.forms.reviews import STATES
from portal.catalogue.rules.filters import ServiceQuery, parse_services
from portal.catalogue.store import (
    component_lists,
    hierarchy,
    records,
    service_choices,
    service_documents,
    service_lists,
    service_needs,
    service_record,
    services,
)
from portal.catalogue.store.named import named
from portal.catalogue.store.service_choices import Choices
from portal.catalogue.store.service_documents import shown as document_at
from portal.catalogue.views import panels
from portal.catalogue.views.as_at import as_at_of
from portal.catalogue.views.base import (
    around,
    found,
    leads_on,
    reading,
    refuse_unknown,
    stream,
    today,
    version,
)
from portal.catalogue.views.histories import history_of
from portal.catalogue.views.service_columns import BY_USAGE, COLUMNS, ONE, file_name
from portal.catalogue.views.service_filters import chosen, facets
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list, respond_record
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.navigation import address_of
from portal.web.pages import page

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

blueprint = Blueprint("services", __name__)


@formats(blueprint, "/services")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List services by the address's filters."""
    query, choices, ignored = _asked(fmt)
    refuse_unknown(fmt, ignored)
    everything, on, named = replace(query, cursor=None), today(), fmt == "csv"
    rows = stream(lambda session: service_documents.listed(session, everything, on, named))
    return respond_list(
        fmt,
        page=lambda: _list(query, choices, ignored),
        rows=rows,
        columns=BY_USAGE if query.by_usage else COLUMNS,
        name=file_name(query),
    )


def _asked(fmt: Format) -> tuple[ServiceQuery, Choices, tuple[str, ...]]:
    """The query of this address, what it can be narrowed to, and what there is not."""
    query, ignored = parse_services(request.args.items(multi=True))
    asked = {name: getattr(query, name) for name in ("organisation", "capability", "component")}
    choices, gone = Choices(), dict[str, Any]()
    if fmt == "html" or any(asked.values()):
        with reading() as session:
            choices = service_choices.choices(session, query.organisation, today())
    for name, slug in asked.items():
        if slug and slug not in choices.names[name]:
            leads_on(name, slug)
            gone[name] = None
            ignored += (f"{name}={slug[:80]}",)
    return replace(query, **gone), choices, ignored


def _list(query: ServiceQuery, choices: Choices, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        listing = service_lists.listing(session, query, today())
        called = named(session, query.text) if query.text and not query.cursor else []
        gone = query.component in choices.closed and not listing.rows
        closed = component_lists.by_slug(session, query.component or "") if gone else None
    return page(
        "catalogue/services.html",
        title=_("Services"),
        query=query,
        ignored=ignored,
        listing=listing,
        named=called,
        choices=choices,
        closed=closed,
        facets=facets(query, listing),
        chosen=chosen(query, choices),
        review_states=STATES,
        above=listing.above,
        paging=around(listing.previous, listing.next),
    )


@formats(blueprint, "/services/<slug:slug>")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Show one service."""
    with reading() as session:
        return respond_record(
            fmt,
            page=lambda: _page(session, slug),
            document=lambda: _document(session, slug, fmt),
            columns=ONE,
            name=slug,
        )


def _document(session: Session, slug: str, fmt: Format) -> dict[str, Any]:
    at = partial(document_at, on=today(), named=fmt == "csv")
    document = found(session, services.THING, slug, at)
    id_, _name = records.TITLES[services.THING](session, document["slug"])
    return {**document, **service_needs.documents(service_needs.of_service(session, id_, today()))}


def _page(session: Session, slug: str) -> Response:
    service = found(session, services.THING, slug, service_record.by_slug)
    return page(
        "catalogue/service.html",
        title=service.name,
        section=_("Services"),
        crumbs=[(_("Services"), address_of("services.index"))],
        service=service,
        needs=service_needs.of_service(session, service.id, today()),
        journeys=service.journeys,
        became=_became(session, service),
        panels=panels.of(session, services.THING, service.id, service.slug),
    )


def _became(session: Session, service: Any) -> dict[int, list[Any]]:
    """What followed the closed bodies that are still recorded as doing something for a service."""
    now = [o.organisation for o in service.owners if o.organisation and not o.until]
    closed = [body.id for body in now if body.end_date]
    return hierarchy.successors(session, closed) if closed else {}


@formats(blueprint, "/services/<slug:slug>/history")
@unless_unchanged(version)
@public
def history(slug: str, fmt: Format) -> Response:
    """Tell what changed about one service, newest first."""
    crumb = (_("Services"), url_for("services.index"))
    return history_of(fmt, services.THING, slug, "services.show", crumb)


@formats(blueprint, "/services/<slug:slug>/as-at/<day:on>")
@unless_unchanged(version)
@public
def as_at(slug: str, on: date, fmt: Format) -> Response:
    """Show one service as it was recorded on a day."""
    crumb = (_("Services"), url_for("services.index"))
    return as_at_of(fmt, services.THING, slug, on, crumb)
