"""Doubtful figures: kept as they were sent, and listed so that whoever sent them can look again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.forms.labels import labels
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.views.base import (
    PAGE_SIZE,
    one_of,
    reading,
    refuse_unknown,
    stream,
    unknown,
    version,
)
from portal.performance.rules import periods
from portal.performance.store import doubts as store
from portal.performance.store.doubts import DoubtQuery, Row
from portal.performance.words import Doubt, Period
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging, query_url

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("doubts", __name__)
SLUGS = ("service", "organisation")
FILTERS = (*SLUGS, "doubt", "period")
COLUMNS = (
    "group", "type", "title", "service_slug", "service", "component_slug", "component",
    "organisation_slug", "organisation", "period", "start", "end", "cell", "measure", "unit",
    "number", "doubt",
)  # fmt: skip


@formats(blueprint, "/performance/doubts")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List the published figures of which something is strange, the newest first."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)

    def rows(session: Session) -> Iterator[dict[str, Any]]:
        return map(_document, store.every(session, replace(query, after=None)))

    return respond_list(
        fmt, page=lambda: _index(query, ignored), rows=stream(rows), columns=COLUMNS,
        name="doubtful-figures",
    )  # fmt: skip


def _document(row: Row) -> dict[str, Any]:
    found = {**row._asdict(), "end": periods.end_of(row.period, row.start)}
    return {name: found[name] for name in COLUMNS}


def _asked() -> tuple[DoubtQuery, tuple[str, ...]]:
    """What this address asks for, and what of it nobody knows."""
    ignored = list(unknown(*FILTERS, "after"))
    service, body = (request.args.get(name, "")[:200] or None for name in SLUGS)
    doubt, period = one_of("doubt", Doubt, ignored), one_of("period", Period, ignored)
    after = request.args.get("after", "")
    place = _place(after) if after else None
    ignored += ["after"] if after and place is None else []
    return DoubtQuery(service, body, doubt, period, place), tuple(ignored)


def _place(text: str) -> tuple[date, int] | None:
    key = decode_key(text)
    try:
        return (date.fromisoformat(str(key[0])), key[1]) if key else None
    except ValueError:
        return None


def _index(query: DoubtQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        rows = store.listing(session, query, PAGE_SIZE + 1)
        many = store.counts(session, query)
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    following = {"after": encode_key((last.start.isoformat(), last.id))} if last else None
    return page(
        "performance/doubts.html",
        title=_("Doubtful figures"),
        section=_("Performance"),
        crumbs=[(_("Performance"), url_for("boards.government"))],
        rows=rows[:PAGE_SIZE],
        facets=[
            (_("What is strange"), _links("doubt", labels("doubt"), query.doubt, many)),
            (_("Period"), _links("period", labels("set_period"), query.period, many)),
        ],
        chosen=_chosen(query, rows),
        narrowed=any(request.args.get(name) for name in FILTERS),
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, following),
    )


def _links(name: str, texts: Any, chosen: object, many: dict[str, dict[Any, int]]) -> Any:
    there = {value: text for value, text in texts.items() if value in many[name]}
    return filter_links(name, there, chosen, many[name])


def _chosen(query: DoubtQuery, rows: list[Row]) -> list[tuple[str, str]]:
    """What else the list is narrowed to, each with the list without it."""
    return [
        (getattr(rows[0], name) if rows else getattr(query, name), query_url(**{name: None}))
        for name in SLUGS
        if getattr(query, name)
    ]
