"""How much of a component services use, by financial year."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.access import Kind
from portal.accounts.store import things
from portal.catalogue.forms.figures import financial_year as called
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.rules.measuring import financial_year
from portal.catalogue.store import measured
from portal.catalogue.store.measured import VolumeQuery
from portal.catalogue.views.base import (
    PAGE_SIZE,
    reading,
    refuse_unknown,
    stream,
    today,
    unknown,
    version,
)
from portal.catalogue.views.claims import component_at
from portal.digits import whole_number
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

blueprint = Blueprint("volumes", __name__)
#: As `flask import volumes` reads them.
COLUMNS = ("component", "service", "need", "year", "quantity", "source", "service_name",
           "organisation", "organisation_name", "need_name", "usage")  # fmt: skip


@formats(blueprint, "/components/<slug:slug>/volumes")
@unless_unchanged(version)
@public
def index(slug: str, fmt: Format) -> Response:
    """List how much of a component services used, as they or its provider measured it."""
    query, ignored = _asked(component_at(slug).id)
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _index(slug, query, ignored),
        rows=stream(partial(_rows, query=query)),
        columns=COLUMNS,
        name=f"{slug}-volumes",
    )


def _asked(component_id: int) -> tuple[VolumeQuery, tuple[str, ...]]:
    ignored = list(unknown("year", "after"))
    said, after = (request.args.get(name, "") for name in ("year", "after"))
    year, key = whole_number(said), decode_key(after) if after else None
    if said and year is None:
        ignored.append("year")
    if after and key is None:
        ignored.append("after")
    place = (str(key[0]), int(key[1])) if key else None
    return VolumeQuery(component_id, year, place), tuple(ignored)


def _rows(session: Session, query: VolumeQuery) -> Iterator[dict[str, Any]]:
    for each in measured.every(session, VolumeQuery(query.component_id, query.year)):
        found = each._asdict()
        yield {name: found[name] for name in COLUMNS}


def _index(slug: str, query: VolumeQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        rows = measured.listing(session, query, PAGE_SIZE + 1)
        many = measured.counts(session, query.component_id)
        names = things.names(session, [(Kind.COMPONENT, query.component_id)])
    name = names[Kind.COMPONENT, query.component_id].name
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    following = {"after": encode_key((last.sort_name, last.place))} if last else None
    return page(
        "catalogue/volumes.html",
        title=_("How much services use %(name)s", name=name),
        crumbs=[(_("Components"), url_for("components.index")), (name, f"/components/{slug}")],
        slug=slug,
        rows=rows[:PAGE_SIZE],
        facet=filter_links("year", {year: called(year) for year in many}, query.year, many),
        query=query,
        ignored=ignored,
        first=query.after is None,
        now=financial_year(today()),
        paging=paging(None, following),
    )
