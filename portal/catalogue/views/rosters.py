"""Providers' own lists of who uses a component, and what each row means in the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.store import components, records, rosters
from portal.catalogue.views.base import (
    LAST_ID,
    PAGE_SIZE,
    found,
    place,
    reading,
    refuse_unknown,
    stream,
    unknown,
    version,
)
from portal.web.caching import unless_unchanged
from portal.web.filters import long_date
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page, paging, query_url

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("rosters", __name__)
LISTS = ("id", "taken_on", "sort", "rows", "matched", "unmatched", "services", "source")
ROWS = ("published_organisation", "organisation_slug", "organisation", "match_state",
        "published_service", "service_slug", "service", "since", "services")  # fmt: skip
MATCHED = {"yes": True, "no": False}


@formats(blueprint, "/components/<slug:slug>/rosters")
@unless_unchanged(version)
@public
def index(slug: str, fmt: Format) -> Response:
    """List what the provider of a component published of who uses it, newest first."""
    ignored = unknown(at="before")
    refuse_unknown(fmt, ignored)
    id_, name = _component(slug)
    return respond_list(
        fmt, page=lambda: _index(id_, slug, name, ignored),
        rows=stream(lambda session: _lists(session, id_)), columns=LISTS, name=f"{slug}-lists",
    )  # fmt: skip


def _component(slug: str) -> tuple[int, str]:
    with reading() as session:
        id_, name = found(session, components.THING, slug, records.TITLES[components.THING])
    return id_, name


def _crumbs(slug: str, name: str) -> list[tuple[str, str]]:
    return [
        (_("Components"), url_for("components.index")),
        (name, url_for("components.show", slug=slug)),
    ]


def _index(id_: int, slug: str, name: str, ignored: tuple[str, ...]) -> Response:
    before = place("before")
    with reading() as session:
        edge = rosters.place_of(session, id_, before) if before else None
        lists = rosters.listing(session, id_, edge, PAGE_SIZE + 1)
    following = {"before": lists[PAGE_SIZE - 1].id} if len(lists) > PAGE_SIZE else None
    return page(
        "catalogue/rosters.html",
        title=_("Lists of who uses %(name)s", name=name),
        section=_("Components"),
        crumbs=_crumbs(slug, name),
        name=name,
        slug=slug,
        lists=lists[:PAGE_SIZE],
        ignored=ignored,
        first=edge is None,
        paging=paging(None, following),
    )


def _lists(session: Session, id_: int) -> Iterator[dict[str, Any]]:
    edge = None
    while lists := rosters.listing(session, id_, edge, PAGE_SIZE):
        for each in lists:
            yield {name: getattr(each, name) for name in LISTS}
        edge = lists[-1].taken_on, lists[-1].id


@formats(blueprint, f"/components/<slug:slug>/rosters/<int(min=1, max={LAST_ID}):roster_id>")
@unless_unchanged(version)
@public
def show(slug: str, roster_id: int, fmt: Format) -> Response:
    """Show one such list: its rows as published, and what each means."""
    matched, ignored = _asked()
    refuse_unknown(fmt, ignored)
    id_, name = _component(slug)
    with reading() as session:
        listed = rosters.listed(session, id_, roster_id)
    return respond_list(
        fmt, page=lambda: _show(listed, slug, name, matched, ignored),
        rows=stream(_lines(roster_id, matched)), columns=ROWS,
        name=f"{slug}-list-{listed.taken_on}",
    )  # fmt: skip


def _asked() -> tuple[bool | None, tuple[str, ...]]:
    text, ignored = request.args.get("matched", ""), unknown("matched", at="after")
    if text and text not in MATCHED:
        ignored = (*ignored, f"matched={text[:80]}")
    return MATCHED.get(text), ignored


def _show(
    listed: rosters.Listed, slug: str, name: str, matched: bool | None, ignored: tuple[str, ...]
) -> Response:
    after = place("after")
    with reading() as session:
        lines = rosters.rows(
            session, listed.id, matched, -1 if after is None else after, PAGE_SIZE + 1
        )
    following = {"after": lines[PAGE_SIZE - 1].position} if len(lines) > PAGE_SIZE else None
    day = long_date(listed.taken_on)
    return page(
        "catalogue/roster.html",
        title=_("Who uses %(name)s: the provider’s list of %(day)s", name=name, day=day),
        section=_("Components"),
        crumbs=[
            *_crumbs(slug, name),
            (_("Lists of who uses it"), url_for("rosters.index", slug=slug)),
        ],
        name=name,
        listed=listed,
        lines=lines[:PAGE_SIZE],
        options=_options(listed, matched),
        matched=matched,
        ignored=ignored,
        first=after is None,
        paging=paging(None, following),
    )


def _options(listed: rosters.Listed, matched: bool | None) -> list[dict[str, Any]]:
    found = (("yes", _("Matched"), listed.matched), ("no", _("Not matched"), listed.unmatched))
    return [
        {
            "label": text,
            "count": many,
            "selected": MATCHED[value] is matched,
            "href": query_url(matched=None if MATCHED[value] is matched else value),
        }
        for value, text, many in found
    ]


def _lines(roster_id: int, matched: bool | None) -> Callable[[Session], Iterator[dict[str, Any]]]:
    def rows(session: Session) -> Iterator[dict[str, Any]]:
        after = -1
        while lines := rosters.rows(session, roster_id, matched, after, 10 * PAGE_SIZE):
            for line in lines:
                yield {name: getattr(line, name) for name in ROWS}
            after = lines[-1].position

    return rows
