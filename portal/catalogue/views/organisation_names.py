"""The reviewed queue: organisation names as published, and what was decided about each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from portal.catalogue.forms.labels import label
from portal.catalogue.store import matches
from portal.catalogue.views.base import (
    PAGE_SIZE,
    place,
    reading,
    refuse_unknown,
    stream,
    unknown,
    version,
)
from portal.catalogue.words import MatchState
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page, paging, query_url

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("names", __name__)
COLUMNS = ("published_name", "state", "organisation", "organisation_slug", "first_seen", "decided",
           "reason")  # fmt: skip


@formats(blueprint, "/organisation-names")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List published names by the state of their match."""
    state, ignored = _state()
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _list(state, ignored),
        rows=stream(_rows(state)),
        columns=COLUMNS,
        name="organisation-names",
    )


def _state() -> tuple[MatchState | None, tuple[str, ...]]:
    asked, ignored = request.args.get("state", ""), unknown("state", "after")
    if asked and asked not in set(MatchState):
        return None, (*ignored, f"state={asked[:80]}")
    return MatchState(asked) if asked else None, ignored


def _list(state: MatchState | None, ignored: tuple[str, ...]) -> Response:
    after = place("after")
    with reading() as session:
        rows = matches.queue(session, state, after or 0, PAGE_SIZE + 1)
        counts = matches.counts(session)
    following = {"after": rows[PAGE_SIZE - 1].id} if len(rows) > PAGE_SIZE else None
    return page(
        "catalogue/organisation_names.html",
        title=_("Organisation names to match"),
        rows=rows[:PAGE_SIZE],
        states=_options(counts, state),
        ignored=ignored,
        state=state,
        first=after is None,
        paging=paging(None, following),
    )


def _options(counts: dict[str, int], state: MatchState | None) -> list[dict[str, Any]]:
    return [
        {
            "label": label(value, "match"),
            "count": many,
            "selected": value == state,
            "href": query_url(state=None if value == state else value),
        }
        for value, many in counts.items()
    ]


def _rows(state: MatchState | None) -> Callable[[Session], Iterator[dict[str, Any]]]:
    def rows(session: Session) -> Iterator[dict[str, Any]]:
        after = 0
        while found := matches.queue(session, state, after, 10 * PAGE_SIZE):
            for row in found:
                yield {
                    "published_name": row.published_name,
                    "state": row.state.value,
                    "organisation": row.organisation.name if row.organisation else None,
                    "organisation_slug": row.organisation.slug if row.organisation else None,
                    "first_seen": row.first_seen_at.isoformat(),
                    "decided": row.decided_at.isoformat() if row.decided_at else None,
                    "reason": row.reason,
                }
            after = found[-1].id
            session.expunge_all()

    return rows
