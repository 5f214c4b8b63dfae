"""How far published figures are up to date: by data set, by owner and by organisation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Blueprint, Response, request, url_for

from portal.catalogue.forms.labels import labels
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.store import hierarchy
from portal.catalogue.views.base import (
    PAGE_SIZE,
    leads_on,
    one_of,
    reading,
    refuse_unknown,
    stream,
    today,
    unknown,
    version,
)
from portal.performance.forms.labels import period_name
from portal.performance.rules import due
from portal.performance.store import freshness as store
from portal.performance.store.freshness import Count, Facets, FreshQuery, Row
from portal.performance.words import DueState, Period, SetKind
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.links import with_query
from portal.web.pages import filter_links, page, paging, query_url

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("freshness", __name__)
SLUGS = ("service", "component", "organisation")
FILTERS = (*SLUGS, "state", "kind", "period", "figures", "q")
_NEVER = {"none": True, "some": False}
_DATED = (DueState.OVERDUE, DueState.SOON, DueState.ON_TIME)
COLUMNS = (
    "group", "type", "title", "kind", "period", "service_slug", "service", "component_slug",
    "component", "organisation_slug", "organisation", "state", "due_on", "days_overdue",
    "missing_from", "missing_periods", "last_start", "received_at",
)  # fmt: skip
OWNER_COLUMNS = ("kind", "slug", "name", "organisation_slug", "organisation", "data_sets",
                 "overdue", "first_due", "days_overdue")  # fmt: skip
BODY_COLUMNS = ("slug", "name", "data_sets", "overdue", "first_due", "days_overdue")


class Body(NamedTuple):
    """An organisation in the list, with all below it."""

    slug: str
    name: str
    sums: Count


@formats(blueprint, "/performance/freshness")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List data sets by when they are due, what is longest overdue first."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)

    def rows(session: Session) -> Iterator[dict[str, Any]]:
        day = today()
        found = store.every(session, replace(query, after=None), day)
        return (_document(row, day) for row in found)

    return respond_list(
        fmt, page=lambda: _index(query, ignored), rows=stream(rows), columns=COLUMNS,
        name="freshness",
    )  # fmt: skip


def _asked() -> tuple[FreshQuery, tuple[str, ...]]:
    """What this address asks for, and what of it nobody knows."""
    ignored = list(unknown(*FILTERS, "after"))
    service, component, body = (request.args.get(name, "")[:200] or None for name in SLUGS)
    if body:
        leads_on("organisation", body)
    found = FreshQuery(
        service, component, body, one_of("state", DueState, ignored),
        one_of("kind", SetKind, ignored), one_of("period", Period, ignored),
        _NEVER.get(request.args.get("figures", "")), request.args.get("q", "")[:200].strip(),
    )  # fmt: skip
    typed = request.args.get("figures", "")
    ignored += [f"figures={typed[:80]}"] if typed and typed not in _NEVER else []
    after = request.args.get("after", "")
    place = _place(after) if after else None
    ignored += ["after"] if after and place is None else []
    return replace(found, after=place), tuple(ignored)


def _place(text: str) -> tuple[date, int] | None:
    key = decode_key(text)
    try:
        return (date.fromisoformat(str(key[0])), key[1]) if key else None
    except ValueError:
        return None


def _key(place: tuple[date, int]) -> dict[str, str]:
    return {"after": encode_key((place[0].isoformat(), place[1]))}


def late(first_due: date | None, day: date) -> int:
    """How many days something is overdue; 0 where it is not."""
    return max(0, (day - first_due).days) if first_due else 0


def lacking(row: Row, day: date) -> tuple[date | None, int]:
    """The first period that is overdue, and how many are; none of a data set without periods."""
    if row.state is not DueState.OVERDUE or row.period is None:
        return None, 0
    start = due.next_start(row.period, row.last_start, row.added_on or day)
    return start, due.missing(row.period, start, row.due_days, day)


def _document(row: Row, day: date) -> dict[str, Any]:
    start, many = lacking(row, day)
    found = {
        **row._asdict(), "days_overdue": late(row.due_on, day), "missing_from": start,
        "missing_periods": many,
        "received_at": row.received_at.isoformat() if row.received_at else None,
    }  # fmt: skip
    return {name: found[name] for name in COLUMNS}


def _index(query: FreshQuery, ignored: tuple[str, ...]) -> Response:
    day = today()
    with reading() as session:
        rows = store.listing(session, query, day, PAGE_SIZE + 1)
        many = store.counts(session, query, day)
    following = _key(store.place(rows[PAGE_SIZE - 1])) if len(rows) > PAGE_SIZE else None
    shown = [(row, late(row.due_on, day), _lacking(row, day)) for row in rows[:PAGE_SIZE]]
    return _page("freshness", query, ignored, many, rows=shown, paging=paging(None, following))


def _lacking(row: Row, day: date) -> tuple[str, int]:
    """What is missing, in words, and how many periods more."""
    start, many = lacking(row, day)
    return (period_name(row.period, start), many - 1) if start else ("", 0)


def _page(name: str, query: FreshQuery, ignored: tuple[str, ...], many: Facets,
          **more: Any) -> Response:  # fmt: skip
    """One of the three lists."""
    dated = {state: many["state"].get(state, 0) for state in _DATED}
    titles = {
        "freshness": _("Which figures are up to date"),
        "freshness_owners": _("Which figures are up to date, by service or component"),
        "freshness_organisations": _("Which figures are up to date, by organisation"),
    }
    return page(
        f"performance/{name}.html",
        title=titles[name],
        section=_("Performance"),
        crumbs=[(_("Performance"), url_for("boards.government"))],
        fresh=sum(dated.values()) - dated[DueState.OVERDUE],
        dated=sum(dated.values()),
        lists=_lists(name),
        facets=_facets(query, many),
        chosen=[(getattr(query, each), query_url(**{each: None})) for each in SLUGS
                if getattr(query, each)],
        kept=[(each, request.args.get(each, "")) for each in FILTERS if each != "q"],
        words=query.words,
        narrowed=any(request.args.get(each) for each in FILTERS),
        ignored=ignored,
        first=not request.args.get("after"),
        **more,
    )  # fmt: skip


def _lists(name: str) -> list[tuple[str, str | None]]:
    """The three lists, narrowed alike: each with its address, but for the one shown."""
    kept = [(each, text) for each in FILTERS if (text := request.args.get(each))]
    found = {
        "freshness": (_("By data set"), "freshness.index"),
        "freshness_owners": (_("By service or component"), "freshness.owners"),
        "freshness_organisations": (_("By organisation"), "freshness.organisations"),
    }
    return [
        (text, None if each == name else with_query(url_for(endpoint), kept))
        for each, (text, endpoint) in found.items()
    ]


def _facets(query: FreshQuery, many: Facets) -> list[Any]:
    asked = request.args.get("figures")
    never = {"none": _("Nothing ever came"), "some": _("Something came")}
    counted = {value: many["never"].get(none, 0) for value, none in _NEVER.items()}
    states = {state: many["state"].get(state, 0) for state in DueState}
    texts = {name: _there(labels(f"set_{name}"), many[name]) for name in ("kind", "period")}
    return [
        (_("When figures are due"),
         filter_links("state", labels("due_state"), query.state, states)),
        (_("Figures so far"), filter_links("figures", never, asked, counted)),
        (_("Sort"), filter_links("kind", texts["kind"], query.kind, many["kind"])),
        (_("Period"), filter_links("period", texts["period"], query.period, many["period"])),
    ]  # fmt: skip


def _there(texts: Mapping[str, str], counts: Mapping[Any, int]) -> dict[str, str]:
    return {value: text for value, text in texts.items() if value in counts}


@formats(blueprint, "/performance/freshness/owners")
@unless_unchanged(version)
@public
def owners(fmt: Format) -> Response:
    """List services and components, those with what is longest overdue first."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)

    def rows(session: Session) -> Iterator[dict[str, Any]]:
        found = store.owners(session, replace(query, after=None), today())
        return ({name: {**row._asdict(), "days_overdue": late(row.first_due, today())}[name]
                 for name in OWNER_COLUMNS} for row in found)  # fmt: skip

    return respond_list(
        fmt, page=lambda: _owners(query, ignored), rows=stream(rows), columns=OWNER_COLUMNS,
        name="freshness-owners",
    )  # fmt: skip


def _owners(query: FreshQuery, ignored: tuple[str, ...]) -> Response:
    day = today()
    with reading() as session:
        rows = list(store.owners(session, query, day, PAGE_SIZE + 1))
        many = store.counts(session, query, day)
    following = _key(store.owner_place(rows[PAGE_SIZE - 1])) if len(rows) > PAGE_SIZE else None
    shown = [(row, late(row.first_due, day)) for row in rows[:PAGE_SIZE]]
    return _page(
        "freshness_owners", query, ignored, many, rows=shown, paging=paging(None, following)
    )


@formats(blueprint, "/performance/freshness/organisations")
@unless_unchanged(version)
@public
def organisations(fmt: Format) -> Response:
    """List organisations with all below them, those with most that is overdue first."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)
    with reading() as session:
        found, many = _bodies(session, query), store.counts(session, query, today())
    return respond_list(
        fmt, page=lambda: _organisations(query, found, many, ignored),
        rows=lambda: map(_body_document, found), columns=BODY_COLUMNS,
        name="freshness-organisations",
    )  # fmt: skip


def _body_document(row: Body) -> dict[str, Any]:
    found = {**row.sums._asdict(), "days_overdue": late(row.sums.first_due, today())}
    return {"slug": row.slug, "name": row.name, **found}


def _bodies(session: Session, query: FreshQuery) -> list[Body]:
    """The organisations that have data sets, or of which one below has; what is below is in."""
    tree = hierarchy.tree(session, today())
    sums: dict[int, Count] = {}
    asked = tree.ids.get(query.organisation or "")
    for body, count in store.by_organisation(session, query, today()).items():
        for above in tree.lines(body) if body in tree.names else ():
            if asked is None or asked in tree.lines(above):
                sums[above] = _sum(sums.get(above), count)
    order: Callable[[int], tuple[int, int]] = lambda body: (-sums[body].overdue, tree.place[body])  # noqa: E731
    return [Body(*tree.names[body], sums[body]) for body in sorted(sums, key=order)]


def _sum(one: Count | None, other: Count) -> Count:
    if one is None:
        return other
    first = min((each.first_due for each in (one, other) if each.first_due), default=None)
    return Count(one.data_sets + other.data_sets, one.overdue + other.overdue, first)


def _organisations(
    query: FreshQuery, found: list[Body], many: Facets, ignored: tuple[str, ...]
) -> Response:
    place = query.after[1] if query.after else 0
    shown = [(row, late(row.sums.first_due, today())) for row in found[place : place + PAGE_SIZE]]
    onward = place + PAGE_SIZE if len(found) > place + PAGE_SIZE else None
    return _page(
        "freshness_organisations", query, ignored, many, rows=shown,
        paging=paging(None, _key((today(), onward)) if onward else None),
    )  # fmt: skip
