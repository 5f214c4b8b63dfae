"""Exemptions that are overdue."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.views.base import (
    PAGE_SIZE,
    reading,
    refuse_unknown,
    stream,
    today,
    unknown,
    version,
)
from portal.reports.forms.leadership_words import WHY
from portal.reports.rules.leadership import Overdue
from portal.reports.store import overdue
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page, paging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

blueprint = Blueprint("overdue", __name__)
COLUMNS = ("service_slug", "service", "organisation_slug", "organisation", "component_slug",
           "component", "why", "due", "conditions", "request")  # fmt: skip


@formats(blueprint, "/reports/overdue-exemptions")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List exemptions whose conditions are not met in time, or that ended and nothing came of."""
    ignored = list(unknown("after"))
    after = _after(ignored)
    refuse_unknown(fmt, ignored)

    def rows(session: Session) -> Iterator[dict[str, Any]]:
        return map(_row, overdue.every(session, today()))

    return respond_list(
        fmt, page=lambda: _index(after, ignored), rows=stream(rows), columns=COLUMNS,
        name="overdue-exemptions",
    )  # fmt: skip


def _row(found: Overdue) -> dict[str, Any]:
    known = found._asdict()
    return {name: known[name] for name in COLUMNS}


def _after(ignored: list[str]) -> tuple[date, int] | None:
    text = request.args.get("after", "")
    key = decode_key(text) if text else None
    try:
        if key is not None:
            return date.fromisoformat(str(key[0])), int(key[1])
    except ValueError:
        pass
    ignored += ["after"] if text else []
    return None


def _index(after: tuple[date, int] | None, ignored: list[str]) -> Response:
    with reading() as session:
        found = overdue.listing(session, today(), after, PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    last = (shown[-1].due.isoformat(), shown[-1].id) if len(found) > PAGE_SIZE else None
    return page(
        "reports/overdue.html", title=_("Exemptions that are overdue"),
        section=_("Reports on government"), rows=shown, ignored=ignored, why=WHY,
        crumbs=[(_("Reports on government"), url_for("overview.index"))],
        first=after is None, paging=paging(None, {"after": encode_key(last)} if last else None),
    )  # fmt: skip
