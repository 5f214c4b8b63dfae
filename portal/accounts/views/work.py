"""Your work: all that waits for the reader, whichever feature it comes from."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, request

from portal.access import Permission
from portal.accounts import work
from portal.accounts.rules.work_list import WorkQuery, decode, encode, narrowed, page_of
from portal.accounts.views.base import today
from portal.accounts.work import Item
from portal.web.arguments import PAGE_SIZE, refuse_unknown, unknown
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging, query_url
from portal.web.people import current_person
from portal.web.reading import reading

blueprint = Blueprint("work", __name__)
COLUMNS = ("task", "what_to_do", "name", "due", "overdue", "detail", "kind", "address")


@formats(blueprint, "/work")
@requires(Permission.USE_ACCOUNT)
def index(fmt: Format) -> Response:
    """List what waits for the reader."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)
    with reading() as session:
        everything = work.items(session, current_person(), today())
    found = narrowed(everything, query, today())
    return respond_list(
        fmt,
        page=lambda: _index(query, everything, found, ignored),
        rows=lambda: [_row(item) for item in found],
        columns=COLUMNS,
        name="your-work",
    )


def _asked() -> tuple[WorkQuery, tuple[str, ...]]:
    ignored = list(unknown("task", "due", "after"))
    due, after = request.args.get("due", ""), request.args.get("after", "")
    if due not in ("", "overdue"):
        ignored.append(f"due={due[:80]}")
    key = decode(after) if after else None
    if after and key is None:
        ignored.append("after")
    task = request.args.get("task", "").strip()[:80]
    return WorkQuery(task, due == "overdue", key), tuple(ignored)


def _index(
    query: WorkQuery, everything: list[Item], found: list[Item], ignored: tuple[str, ...]
) -> Response:
    shown, following = page_of(found, query.after, PAGE_SIZE)
    groups = [(_(work.label(task)), list(some)) for task, some in groupby(shown, lambda i: i.task)]
    return page(
        "accounts/work.html",
        title=_("Your work"),
        groups=groups,
        total=len(found),
        everything=len(everything),
        query=query,
        tasks=_tasks(query, everything),
        dues=_dues(query, everything),
        ignored=ignored,
        today=today(),
        paging=paging(None, {"after": encode(following)} if following else None),
    )


def _tasks(query: WorkQuery, items: list[Item]) -> list[dict[str, Any]]:
    tasks = sorted({item.task for item in items})
    texts = {task: _(work.label(task)) for task in tasks}
    counts = {task: sum(item.task == task for item in items) for task in tasks}
    return filter_links("task", texts, query.task, counts)


def _dues(query: WorkQuery, items: list[Item]) -> list[dict[str, Any]]:
    late = sum(item.due is not None and item.due < today() for item in items)
    if not late and not query.overdue:
        return []
    href = query_url(due=None if query.overdue else "overdue")
    return [{"label": _("Overdue"), "count": late, "selected": query.overdue, "href": href}]


def _row(item: Item) -> dict[str, Any]:
    return {
        "task": item.task,
        "what_to_do": _(work.label(item.task)),
        "name": item.name,
        "due": item.due,
        "overdue": item.due is not None and item.due < today(),
        "detail": item.detail,
        "kind": item.kind,
        "address": item.href,
    }
