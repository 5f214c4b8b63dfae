"""Imports: where the data comes from, and what was set aside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, url_for

from portal.catalogue.forms.labels import label
from portal.catalogue.store import imports, matches
from portal.catalogue.views.base import (
    LAST_ID,
    PAGE_SIZE,
    place,
    reading,
    refuse_unknown,
    stream,
    unknown,
    version,
)
from portal.web.caching import unless_unchanged
from portal.web.formats import Column, Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page, paging

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("imports", __name__)
COUNTS = ("read", "created", "updated", "unchanged", "set_aside", "conflicts")
BATCHES: tuple[str | Column, ...] = (
    "id",
    "kind",
    "files",
    "applied_at",
    "undone_at",
    *(Column(name, lambda row, name=name: row["counts"].get(name, 0)) for name in COUNTS),  # type: ignore[misc]
)
SET_ASIDE = ("file", "row", "column", "value", "reason", "conflict", "thing", "slug", "name")


@formats(blueprint, "/imports")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List imports, newest first."""
    ignored = unknown(at="before")
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt, page=lambda: _list(ignored), rows=stream(_batches), columns=BATCHES, name="imports"
    )


def _list(ignored: tuple[str, ...]) -> Response:
    before = place("before")
    with reading() as session:
        found = imports.batches(session, before, PAGE_SIZE + 1)
        waiting = matches.counts(session)["waiting"]
    following = {"before": found[PAGE_SIZE - 1].id} if len(found) > PAGE_SIZE else None
    return page(
        "catalogue/imports.html",
        title=_("Imports"),
        batches=found[:PAGE_SIZE],
        counts=COUNTS,
        waiting=waiting,
        ignored=ignored,
        first=before is None,
        paging=paging(None, following),
    )


def _batches(session: Session) -> Iterator[dict[str, Any]]:
    before: int | None = None
    while found := imports.batches(session, before, PAGE_SIZE):
        for batch in found:
            yield {
                "id": batch.id,
                "kind": batch.kind,
                "files": batch.files,
                "applied_at": batch.applied_at.isoformat(),
                "undone_at": batch.undone_at.isoformat() if batch.undone_at else None,
                "counts": batch.counts,
            }
        before = found[-1].id
        session.expunge_all()


@formats(blueprint, f"/imports/<int(min=1, max={LAST_ID}):batch_id>")
@unless_unchanged(version)
@public
def show(batch_id: int, fmt: Format) -> Response:
    """Show one import; as JSON or CSV, what it set aside."""
    ignored = unknown(at="after")
    refuse_unknown(fmt, ignored)
    with reading() as session:
        batch = imports.batch(session, batch_id)
    return respond_list(
        fmt,
        page=lambda: _page(batch, ignored),
        rows=stream(lambda session: _aside(session, batch_id)),
        columns=SET_ASIDE,
        name=f"import-{batch_id}-set-aside",
    )


def _page(batch: Any, ignored: tuple[str, ...]) -> Response:
    after = place("after")
    with reading() as session:
        rows = imports.set_aside(session, batch.id, after or 0, PAGE_SIZE + 1)
    following = {"after": rows[PAGE_SIZE - 1].id} if len(rows) > PAGE_SIZE else None
    return page(
        "catalogue/import.html",
        title=_("Import %(number)s: %(kind)s", number=batch.id, kind=label(batch.kind, "import")),
        section=_("Imports"),
        crumbs=[(_("Imports"), url_for("imports.index"))],
        batch=batch,
        rows=rows[:PAGE_SIZE],
        ignored=ignored,
        first=after is None,
        paging=paging(None, following),
    )


def _aside(session: Session, batch_id: int) -> Iterator[dict[str, Any]]:
    after = 0
    while found := imports.set_aside(session, batch_id, after, 10 * PAGE_SIZE):
        for row in found:
            yield {name: getattr(row, name) for name in SET_ASIDE}
        after = found[-1].id
        session.expunge_all()
