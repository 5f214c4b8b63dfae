"""The end of a component: who depends on it, what is hit, and where each is with the move."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.access import Kind, Permission, may
from portal.accounts.store import people, things
from portal.accounts.store.nearest import nearest
from portal.audit import london_day
from portal.catalogue.component_words import Moving
from portal.catalogue.forms.labels import labels
from portal.catalogue.rules.closing import ended
from portal.catalogue.rules.components import ENDING
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.store import blast
from portal.catalogue.store import closing as store
from portal.catalogue.store.closing import Dependent, DependentQuery, Ending
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
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import current_person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy.orm import Session

blueprint = Blueprint("closing", __name__)
COLUMNS = ("usage", "service_slug", "service", "phase", "organisation_slug", "organisation",
           "capability_slug", "capability", "status", "planned_live", "since", "since_basis",
           "until", "until_basis", "source", "next_usage", "next_arrangement",
           "next_component_slug", "next_component", "next_product", "next_status", "next_since",
           "next_planned_live", "told_on", "state", "standing")  # fmt: skip
#: So many organisations stand among the filters.
BODIES = 20


@formats(blueprint, "/components/<slug:slug>/closing")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Show who depends on a component, and where each is with the move away from it."""
    with reading() as session:
        component = store.ending(session, slug)
    query, ignored = _asked(component)
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _page(component, query, ignored),
        rows=stream(lambda session: _rows(session, replace(query, after=None))),
        columns=COLUMNS,
        name=f"{slug}-closing",
        more=_numbers(query) if fmt == "json" else None,
    )


def _numbers(query: DependentQuery) -> dict[str, Any]:
    """What the page says above the list."""
    component = query.component
    with reading() as session:
        hit, many = blast.of(session, component.id), store.progress(session, query).states
    return {
        "component": component.slug, "lifecycle": component.lifecycle, "ends": component.ends,
        "successor": component.successor_slug, "services": hit.services,
        "organisations": hit.organisations,
        "transactions": hit.transactions if hit.counted else None,
        "services_without_figure": hit.uncounted, "states": many,
    }  # fmt: skip


def _asked(component: Ending) -> tuple[DependentQuery, tuple[str, ...]]:
    ignored = list(unknown("state", "organisation", "after"))
    state, after = one_of("state", Moving, ignored), request.args.get("after", "")
    key = decode_key(after) if after else None
    if after and key is None:
        ignored.append("after")
    query = DependentQuery(
        component, today(), state,
        request.args.get("organisation", "")[:200] or None, (str(key[0]), key[1]) if key else None,
    )  # fmt: skip
    return query, tuple(ignored)


def _rows(session: Session, query: DependentQuery) -> Iterator[dict[str, Any]]:
    for each in store.every(session, query):
        found = {**each._asdict(), "told_on": _told_on(each)}
        yield {name: found[name] for name in COLUMNS}


def _told_on(row: Dependent) -> date | None:
    return london_day(row.told_at) if row.told_at else None


def _page(component: Ending, query: DependentQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        rows = store.listing(session, query, PAGE_SIZE + 1)
        progress = store.progress(session, query)
        bodies = store.organisations(session, component.id)
        hit = blast.of(session, component.id)
        answer = _answering(session, rows[:PAGE_SIZE], query.day)
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    following = {"after": encode_key((last.sort_name, last.usage))} if last else None
    return page(
        "catalogue/closing.html",
        title=_title(component, query.day),
        section=_("Components"),
        crumbs=[(_("Components"), url_for("components.index")),
                (component.name, f"/components/{component.slug}")],
        component=component,
        ends=component.lifecycle in ENDING,
        hit=hit,
        progress=_progress(progress.states),
        total=sum(progress.states.values()),
        by_month=_by_month(progress.ended),
        states=_states(progress.states, query),
        bodies=_bodies(bodies, query),
        rows=[(row, _told_on(row), answer.get(row.service_id, [])) for row in rows[:PAGE_SIZE]],
        narrowed=query.state or query.organisation,
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, following),
    )  # fmt: skip


def _title(component: Ending, day: date) -> str:
    if component.lifecycle not in ENDING:
        return _("Who depends on %(name)s", name=component.name)
    if ended(component.lifecycle, component.ends, day):
        return _("Who depended on %(name)s, and where they went", name=component.name)
    return _("%(name)s closes: who depends on it", name=component.name)


def _answering(session: Session, rows: list[Dependent], day: date) -> dict[int, list[str]]:
    """The names of those who answer for each service, where the reader may see its people."""
    person = current_person()
    if not person.is_authenticated or not rows:
        return {}
    known = things.by_ids(session, {(Kind.SERVICE, row.service_id) for row in rows})
    seen = [each for each in known.values() if may(person, Permission.SEE_PEOPLE, each)]
    found = nearest(session, seen, day)
    everybody = {people.actor(who) for some in found.values() for who in some}
    names = people.names_of_actors(session, everybody) if everybody else {}
    return {
        id_: sorted(names.get(people.actor(who), "") for who in some)
        for (_kind, id_), some in found.items()
    }


def _progress(numbers: dict[str, int]) -> list[tuple[str, int]]:
    return [(text, numbers.get(state, 0)) for state, text in labels("moving").items()]


def _by_month(moved: list[tuple[date, int]]) -> list[tuple[date, int, int]]:
    """The months in which services moved: how many then, and in all by their end."""
    months: dict[date, int] = {}
    for day, many in moved:
        first = day.replace(day=1)
        months[first] = months.get(first, 0) + many
    found, sum_ = [], 0
    for first, many in sorted(months.items()):
        sum_ += many
        found.append((first, many, sum_))
    return found


def _states(numbers: dict[str, int], query: DependentQuery) -> list[dict[str, Any]]:
    texts = {state: text for state, text in labels("moving").items() if state in numbers}
    return filter_links("state", texts, query.state, numbers)


def _bodies(bodies: list[tuple[str, str, int]], query: DependentQuery) -> list[dict[str, Any]]:
    chosen = [row for row in bodies[BODIES:] if row[0] == query.organisation]
    shown = [*bodies[:BODIES], *chosen]
    names = {slug: name for slug, name, _many in shown}
    counts = {slug: many for slug, _name, many in shown}
    return filter_links("organisation", names, query.organisation, counts)
