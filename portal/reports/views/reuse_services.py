"""The services behind a figure of the reuse report."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.views.base import PAGE_SIZE, reading, refuse_unknown, stream, today, version
from portal.reports.forms.reuse_words import LISTED, STANDING_WORDS, STANDINGS, UNANSWERED
from portal.reports.rules.reuse import MET
from portal.reports.store import reuse_services
from portal.reports.store.reuse_services import Listed, ListQuery, UsageOf
from portal.reports.views.reuse_base import Asked, asked
from portal.reports.words import Counted
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.links import with_query
from portal.web.pages import page, paging

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("reuse_services", __name__)
#: So many rows of a file at a time.
SOME = 500
COLUMNS = ("service", "service_name", "organisation", "organisation_name", "capability",
           "capability_name", "standing", "usages")  # fmt: skip


@formats(blueprint, "/reports/reuse/services")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List the needs of services that a figure counts."""
    found, query, ignored = _asked(fmt)
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _index(found, query, ignored),
        rows=stream(lambda session: _rows(session, found, query)),
        columns=COLUMNS,
        name="reuse-services",
    )


def _asked(fmt: Format) -> tuple[Asked, ListQuery, tuple[str, ...]]:
    found = asked(fmt, "way", "standing", "after")
    ignored = list(found.ignored)
    way, stood = request.args.get("way") or "shared", request.args.get("standing", "")
    if way not in LISTED:
        ignored.append(f"way={way[:80]}")
        way = Counted.SHARED.value
    if stood and (stood not in STANDINGS or way not in MET):
        ignored.append(f"standing={stood[:80]}")
        stood = ""
    after = request.args.get("after", "")
    key = decode_key(after) if after else None
    if after and key is None:
        ignored.append("after")
    query = ListQuery(
        found.question, "" if way == UNANSWERED else way, STANDINGS.get(stood, ()),
        reuse_services.place_of(str(key[0]), int(key[1])) if key else None,
    )  # fmt: skip
    return found, query, tuple(ignored)


def _rows(session: Session, found: Asked, query: ListQuery) -> Iterator[dict[str, Any]]:
    component = query.question.scope.component
    every = iter(reuse_services.every(session, query, found.needs, today()))
    while some := list(islice(every, SOME)):
        behind = reuse_services.usages(session, some, query.counted, component)
        yield from (document(r, behind.get((r.service_id, r.need_id), [])) for r in some)


def document(row: Listed, behind: list[UsageOf]) -> dict[str, Any]:
    """A row as files have it."""
    return {
        "service": row.service_slug, "service_name": row.service,
        "organisation": row.organisation_slug, "organisation_name": row.organisation,
        "capability": row.need_slug, "capability_name": row.need, "standing": row.standing or None,
        "usages": [f"/usages/{each.id}" for each in behind],
    }  # fmt: skip


def _index(found: Asked, query: ListQuery, ignored: tuple[str, ...]) -> Response:
    component = query.question.scope.component
    with reading() as session:
        rows = reuse_services.listing(session, query, found.needs, today(), PAGE_SIZE + 1)
        shown = rows[:PAGE_SIZE]
        behind = reuse_services.usages(session, shown, query.counted, component)
        many = reuse_services.total(session, query, found.asked_needs, today())
    following = {"after": encode_key(shown[-1].place)} if len(rows) > PAGE_SIZE else None
    kept = [(n, v) for n, v in request.args.items() if n not in ("way", "standing", "after")]
    return page(
        "reports/reuse_services.html",
        title=_("Services behind the reuse report"),
        section=_("Reports on government"),
        crumbs=[(_("Reports on government"), url_for("overview.index")),
                (_("Reuse of shared components"), with_query("/reports/reuse", kept))],
        found=found,
        query=query,
        rows=[(row, behind.get((row.service_id, row.need_id), [])) for row in shown],
        many=many,
        selects=_selects(),
        kept=kept,
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, following),
    )  # fmt: skip


def _selects() -> list[dict[str, Any]]:
    return [
        {"name": "way", "title": _("What counts"),
         "options": [(value, str(text)) for value, text in LISTED.items()]},
        {"name": "standing", "title": _("How it stands"),
         "options": [(value, str(text)) for value, text in STANDING_WORDS.items()]},
    ]  # fmt: skip
