"""What changed in the use of shared components since a day, and who is on components that end."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, request

from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.rules.reviews import add_months
from portal.catalogue.views.base import (
    PAGE_SIZE,
    one_of,
    reading,
    refuse_unknown,
    stream,
    today,
    version,
)
from portal.reports.forms.reuse_words import CHANGES
from portal.reports.store import reuse_usages
from portal.reports.store.reuse_usages import Change, ChangeQuery, Closing
from portal.reports.views.reuse_base import Asked, asked, selects
from portal.reports.views.reuse_charts import crumbs
from portal.reports.words import Changed
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging

blueprint = Blueprint("reuse_changes", __name__)
#: Without a day, what changed in so many months.
MONTHS = 12
CHANGED = tuple(name for name in Change._fields if name != "place")
CLOSING = tuple(name for name in Closing._fields if name != "sort_name")


@formats(blueprint, "/reports/reuse/changes")
@unless_unchanged(version)
@public
def changes(fmt: Format) -> Response:
    """List uses of shared components that began, ended, were confirmed or disputed since a day."""
    found, query, ignored = _asked(fmt)
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _changes(found, query, ignored),
        rows=stream(lambda session: map(_row, reuse_usages.every_change(session, query))),
        columns=CHANGED,
        name="reuse-changes",
        more={"since": query.since.isoformat()},
    )


def _row(change: Change) -> dict[str, Any]:
    known = change._asdict()
    return {name: known[name] for name in CHANGED}


def _asked(fmt: Format) -> tuple[Asked, ChangeQuery, tuple[str, ...]]:
    found = asked(fmt, "changed", "after")
    ignored = list(found.ignored)
    which, after = one_of("changed", Changed, ignored), _after(ignored)
    since = found.question.on or add_months(today(), -MONTHS)
    return found, ChangeQuery(found.question.scope, since, today(), which, after), tuple(ignored)


def _after(ignored: list[str]) -> tuple[str, int] | None:
    text = request.args.get("after", "")
    key = decode_key(text) if text else None
    try:
        if key is not None:
            date.fromisoformat(str(key[0]))
            return str(key[0]), int(key[1])
    except ValueError:
        pass
    ignored += ["after"] if text else []
    return None


def _changes(found: Asked, query: ChangeQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        rows = reuse_usages.changes(session, query, PAGE_SIZE + 1)
        counts = reuse_usages.changed(session, query)
    shown = rows[:PAGE_SIZE]
    last = (shown[-1].day.isoformat(), shown[-1].place) if len(rows) > PAGE_SIZE else None
    texts = {each.value: str(text) for each, text in CHANGES.items()}
    return page(
        "reports/changes.html",
        title=_("What changed in the use of shared components"),
        section=_("Reports on government"),
        crumbs=crumbs(),
        found=found,
        query=query,
        rows=shown,
        texts=texts,
        sorts=filter_links("changed", texts, query.changed, {w: counts.get(w, 0) for w in texts}),
        selects=selects(found.needs.values()),
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, {"after": encode_key(last)} if last else None),
        form=found.form if found.form.asked else None,
    )


@formats(blueprint, "/reports/reuse/closing")
@unless_unchanged(version)
@public
def closing(fmt: Format) -> Response:
    """List the uses of components that end or have ended."""
    found = asked(fmt, "after")
    ignored, after = list(found.ignored), request.args.get("after", "")
    key = decode_key(after) if after else None
    ignored += ["after"] if after and key is None else []
    refuse_unknown(fmt, ignored)
    scope = found.question.scope
    return respond_list(
        fmt,
        page=lambda: _closing(found, (str(key[0]), int(key[1])) if key else None, ignored),
        rows=stream(lambda session: map(_closes, reuse_usages.every_closing(session, scope))),
        columns=CLOSING,
        name="reuse-closing",
    )  # fmt: skip


def _closes(row: Closing) -> dict[str, Any]:
    known = row._asdict()
    return {name: known[name] for name in CLOSING}


def _closing(found: Asked, after: tuple[str, int] | None, ignored: list[str]) -> Response:
    with reading() as session:
        rows = reuse_usages.closing(session, found.question.scope, after, PAGE_SIZE + 1)
    shown, more = rows[:PAGE_SIZE], len(rows) > PAGE_SIZE
    following = {"after": encode_key((shown[-1].sort_name, shown[-1].usage))} if more else None
    return page(
        "reports/closing.html",
        title=_("Services on closing components"),
        section=_("Reports on government"),
        crumbs=crumbs(),
        found=found,
        rows=shown,
        selects=selects(found.needs.values()),
        ignored=ignored,
        first=after is None,
        paging=paging(None, following),
    )
