"""Data sets: the list, one with its newest values, and everything a period's values ever were."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from portal.catalogue.forms.history_words import Change, Document, changes
from portal.catalogue.forms.labels import labels
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.views.base import (
    PAGE_SIZE,
    one_of,
    reading,
    refuse_unknown,
    stream,
    today,
    unknown,
    version,
)
from portal.catalogue.views.histories import told
from portal.performance.forms.labels import history_document
from portal.performance.store import data_set_lists, data_sets
from portal.performance.store.data_set_lists import Row, SetQuery
from portal.performance.views.data_set_base import ONE, crumbs_to, seen_at
from portal.performance.words import Period, SetKind
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging, query_url
from portal.web.people import current_person

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

blueprint = Blueprint("data_sets", __name__)
SLUGS = ("service", "component", "organisation")
FILTERS = (*SLUGS, "kind", "period", "overdue", "published", "q")
COLUMNS = (
    "group", "type", "title", "kind", "period", "service_slug", "service", "component_slug",
    "component", "organisation_slug", "organisation", "published", "first_start", "last_start",
    "received_at", "due_on", "overdue", "closed_on", "threshold", "counts_after",
)  # fmt: skip
_WHETHER = {"yes": True, "no": False}


@formats(blueprint, "/data-sets")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List the data sets that the reader may read."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)
    person = current_person()

    def rows(session: Session) -> Iterator[dict[str, Any]]:
        seen = data_set_lists.seen_by(session, person)
        return map(_row, data_set_lists.every(session, replace(query, after=None), seen, today()))

    return respond_list(
        fmt, page=lambda: _index(query, ignored), rows=stream(rows), columns=COLUMNS,
        name="data-sets",
    )  # fmt: skip


def _row(row: Row) -> dict[str, Any]:
    found = {**row._asdict(), "overdue": row.due_on is not None and row.due_on < today()}
    found["received_at"] = row.received_at.isoformat() if row.received_at else None
    return {name: found[name] for name in COLUMNS}


def _asked() -> tuple[SetQuery, tuple[str, ...]]:
    """What this address asks for, and what of it nobody knows."""
    ignored = list(unknown(*FILTERS, "after"))
    service, component, body = (request.args.get(name, "")[:200] or None for name in SLUGS)
    kind, period = one_of("kind", SetKind, ignored), one_of("period", Period, ignored)
    overdue, published = _whether("overdue", ignored), _whether("published", ignored)
    after = request.args.get("after", "")
    key = decode_key(after) if after else None
    place = str(key[0]).partition("/") if key else None
    ignored += ["after"] if after and not (place and place[1]) else []
    at = (place[0], place[2]) if place and place[1] else None
    text = request.args.get("q", "").strip()[:200]
    asked = SetQuery(service, component, body, kind, period, overdue, published, at, text)
    return asked, tuple(ignored)


def _whether(name: str, ignored: list[str]) -> bool | None:
    text = request.args.get(name, "")
    ignored += [f"{name}={text[:80]}"] if text and text not in _WHETHER else []
    return _WHETHER.get(text)


def _index(query: SetQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        seen = data_set_lists.seen_by(session, current_person())
        rows = data_set_lists.listing(session, query, seen, today(), PAGE_SIZE + 1)
        many = data_set_lists.counts(session, query, seen, today())
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    following = {"after": encode_key((f"{last.group}/{last.type}", last.id))} if last else None
    return page(
        "performance/data_sets.html",
        title=_("Data sets"),
        rows=rows[:PAGE_SIZE],
        today=today(),
        facets=_facets(query, many),
        chosen=_chosen(query, rows),
        kept=[(name, request.args.get(name, "")) for name in FILTERS if name != "q"],
        narrowed=any(request.args.get(name) for name in FILTERS),
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, following),
    )


def _facets(query: SetQuery, many: Mapping[str, Mapping[Any, int]]) -> list[Any]:
    texts = {name: _there(labels(f"set_{name}"), many[name]) for name in ("kind", "period")}
    late = {"yes": _("Overdue"), "no": _("Not overdue")}
    counted = {"yes": many["overdue"].get(True, 0), "no": many["overdue"].get(False, 0)}
    asked = request.args.get
    found = [
        (_("Sort"), filter_links("kind", texts["kind"], query.kind, many["kind"])),
        (_("Period"), filter_links("period", texts["period"], query.period, many["period"])),
        (_("When figures are due"), filter_links("overdue", late, asked("overdue"), counted)),
    ]
    if current_person().is_authenticated:
        whether = {"yes": _("Published"), "no": _("Only for the team")}
        links = filter_links("published", whether, asked("published"))
        found.append((_("Who may read it"), links))
    return found


def _there(texts: Mapping[str, str], counts: Mapping[Any, int]) -> dict[str, str]:
    return {value: text for value, text in texts.items() if value in counts}


def _chosen(query: SetQuery, rows: list[Row]) -> list[tuple[str, str]]:
    """What else the list is narrowed to, each with the list without it."""
    return [
        (getattr(rows[0], name) if rows else getattr(query, name), query_url(**{name: None}))
        for name in SLUGS
        if getattr(query, name)
    ]


@formats(blueprint, f"{ONE}/history")
@unless_unchanged(version)
@public
def history(group: str, type_: str, fmt: Format) -> Response:
    """Tell what changed about one data set, and what was sent to it."""
    found = seen_at(group, type_)
    return told(
        fmt, data_sets.THING, found.row.id, found.row.title, crumbs_to(found),
        file=f"{group}-{type_}", words=_in_words,
    )  # fmt: skip


def _in_words(before: Document, after: Document, names: Mapping[str, str]) -> list[Change]:
    return changes(history_document(before), history_document(after), names)
