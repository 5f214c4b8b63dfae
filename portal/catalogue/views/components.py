"""Components: the list, one component with its prices on a day, its history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.forms.as_at import AsAt
from portal.catalogue.rules.component_filters import ComponentQuery, parse_components
from portal.catalogue.store import (
    adoption,
    capabilities,
    component_documents,
    component_lists,
    component_users,
    components,
    service_lists,
)
from portal.catalogue.views import panels
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
from portal.catalogue.views.component_details import (
    COLUMNS,
    ON_DAY,
    details,
    document,
    started,
)
from portal.catalogue.views.component_filters import chosen, facets, groups, sectors
from portal.catalogue.views.histories import history_of
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list, respond_record
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

if TYPE_CHECKING:
    from datetime import date

    from portal.catalogue.store.capabilities import Node
    from portal.catalogue.store.component_documents import Shown
    from portal.catalogue.store.component_users import Users

blueprint = Blueprint("components", __name__)
#: Rows of users on a page; the downloads have all of them.
SHOWN = 100
#: Figures of a part of all services have their place on the page of adoption.
PART = "services_"


@formats(blueprint, "/components")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List components by the address's filters."""
    query, tree, ignored = _asked()
    refuse_unknown(fmt, ignored)
    everything, on, named = replace(query, cursor=None), today(), fmt == "csv"
    rows = stream(lambda session: component_documents.listed(session, everything, on, named))
    return respond_list(
        fmt, page=lambda: _list(query, tree, ignored), rows=rows, columns=COLUMNS, name="components"
    )


def _asked() -> tuple[ComponentQuery, list[Node] | None, tuple[str, ...]]:
    """The query of this address, all needs where it asks for any, and what it asks for that there
    is not.
    """
    query, ignored = parse_components(request.args.items(multi=True))
    if not query.needs:
        return query, None, ignored
    with reading() as session:
        tree = capabilities.tree(session)
    known = {node.slug for top in tree for node in (top, *top.below)}
    unknown_needs = tuple(f"need={n[:80]}" for n in query.needs if n not in known)
    needs = tuple(n for n in query.needs if n in known)
    return replace(query, needs=needs), tree, (*ignored, *unknown_needs)


def _list(query: ComponentQuery, tree: list[Node] | None, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        listing = component_lists.listing(session, query)
        tree = capabilities.tree(session) if tree is None else tree
        services = service_lists.total(session)
    return page(
        "catalogue/components.html",
        title=_("Components"),
        query=query,
        ignored=ignored,
        listing=listing,
        services=services,
        groups=groups(query, listing, tree),
        facets=facets(query, listing),
        sectors=sectors(query),
        chosen=chosen(query, tree),
        paging=around(listing.previous, listing.next),
    )


@formats(blueprint, "/components/<slug:slug>")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Show one component, with its prices today or on the day asked for."""
    form, ignored = AsAt(request.args, today()), unknown(*DATE)
    refuse_unknown(fmt, ignored)
    on = day_asked(form, fmt)
    with reading() as session:
        shown = found(session, components.THING, slug, component_documents.by_slug)
        users = component_users.users(session, shown.id, today(), SHOWN if fmt == "html" else None)
    return respond_record(
        fmt,
        page=lambda: _page(shown, users, form, on, ignored),
        document=lambda: _document(shown, users, on or today()),
        columns=ON_DAY,
        name=slug,
    )


def _document(shown: Shown, users: Users, on: date) -> dict[str, Any]:
    return {**document(shown, users, users.hit, today(), on), **started(users.measured)}


def _page(
    shown: Shown, users: Users, form: AsAt, on: date | None, ignored: tuple[str, ...]
) -> Response:
    with reading() as session:
        figures = adoption.latest(session, shown.id)
        more = panels.of(session, components.THING, shown.id, shown.document["slug"])
    return page(
        "catalogue/component.html",
        title=shown.document["name"],
        section=_("Components"),
        crumbs=[(_("Components"), url_for("components.index"))],
        form=form,
        shown=shown,
        c=shown.document,
        details=details(shown, today(), on or today()),
        users=users,
        measured=users.measured,
        adoption=[each for each in figures if not each.measure.startswith(PART)],
        listed=users.listed,
        hit=users.hit,
        panels=more,
        on=on,
        ignored=ignored,
    )


@formats(blueprint, "/components/<slug:slug>/history")
@unless_unchanged(version)
@public
def history(slug: str, fmt: Format) -> Response:
    """Tell what changed about one component, newest first."""
    crumb = (_("Components"), url_for("components.index"))
    return history_of(fmt, components.THING, slug, "components.show", crumb)


@formats(blueprint, "/components/<slug:slug>/as-at/<day:on>")
@unless_unchanged(version)
@public
def as_at(slug: str, on: date, fmt: Format) -> Response:
    """Show one component as it was recorded on a day."""
    crumb = (_("Components"), url_for("components.index"))
    return as_at_of(fmt, components.THING, slug, on, crumb)
