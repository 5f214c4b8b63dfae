"""One data set with its newest values, and everything that the values of a period ever were."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.accounts.forms.labels import label as account_label
from portal.audit import london_day
from portal.catalogue.forms.labels import label
from portal.catalogue.views.base import reading, refuse_unknown, stream, today, unknown, version
from portal.errors import N_, Missing
from portal.performance.forms.labels import period_name
from portal.performance.rules import kinds, periods, schemas
from portal.performance.rules.figure_links import link_of
from portal.performance.rules.questions import questions
from portal.performance.store import (
    data_set_values,
    data_sets,
    figure_links,
    first_sets,
    hiding,
    senders,
)
from portal.performance.store.data_set_values import Value
from portal.performance.store.hiding import Gone
from portal.performance.store.senders import Granted
from portal.performance.views.data_set_base import (
    ONE,
    Seen,
    crumbs_to,
    seen_at,
)
from portal.performance.words import ValueState, Way
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page, paging

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.access import Role

blueprint = Blueprint("data_set_values", __name__)
#: How many periods a page shows.
PERIODS = 12
PLACE = ("start", "end")
COLUMNS = (
    "measure", "unit", "state", "number", "status", "definition", "doubt", "revision", "current",
    "way", "source", "sent_by", "received_at", "reason",
)  # fmt: skip
Roles = Mapping[tuple[str, date], "Role"]


@formats(blueprint, ONE)
@unless_unchanged(version)
@public
def show(group: str, type_: str, fmt: Format) -> Response:
    """Show a data set: what it is of, what it holds, and its newest values."""
    found = seen_at(group, type_)
    ignored = unknown("before")
    ignored += ("before",) if request.args.get("before") and _before() is None else ()
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _show(found, ignored),
        rows=stream(lambda session: _every(session, found)),
        columns=_columns(found),
        name=f"{group}-{type_}",
        more=_about(found),
    )


def _columns(found: Seen) -> tuple[str, ...]:
    return (*PLACE, *_dimension_columns(found).values(), *COLUMNS)


def _dimension_columns(found: Seen) -> dict[str, str]:
    """The column of each dimension, by its key."""
    return schemas.columns_of([d.key for d in found.row.dimensions], (*PLACE, *COLUMNS))


def _about(found: Seen) -> dict[str, Any]:
    """What the JSON says of the data set itself."""
    row, of = found.row, found.of
    told, columns = data_sets.document(row), _dimension_columns(found)
    return {
        "group": row.group, "type": row.type, "title": row.title, "kind": row.kind,
        "period": row.period, "of": of.kind, "slug": of.slug, "name": of.name,
        "dimensions": [{**each, "column": columns[each["key"]]} for each in told["dimensions"]],
        "measures": told["measures"],
        "definition": row.definition, "threshold": row.threshold, "due_on": row.due_on,
        "closed_on": row.closed_on,
    }  # fmt: skip


def _every(session: Session, found: Seen) -> Iterator[dict[str, Any]]:
    known: Granted = {}
    gone = _gone(session, found)
    for _start, some in groupby(data_set_values.every(session, found.row.id), lambda v: v.start):
        yield from _documents(session, found, _disclosed(found, list(some), gone), known)


def _documents(
    session: Session, found: Seen, values: list[Value], known: Granted
) -> Iterator[dict[str, Any]]:
    roles, columns = _roles(session, found, values, known), _dimension_columns(found).values()
    for value in values:
        end = periods.end_of(found.row.period, value.start) if found.row.period else value.start
        cells = value.cell.split(kinds.BETWEEN) if found.row.dimensions else []
        yield {
            "start": value.start, "end": end,
            **dict(zip(columns, cells, strict=False)),
            "measure": value.measure, "unit": value.unit.value, "state": value.state.value,
            "number": value.number, "status": value.status.value, "definition": value.definition,
            "doubt": value.doubt.value if value.doubt else None, "revision": value.revision,
            "current": value.current, "way": value.way.value, "source": _source(found, value),
            "sent_by": _sender(value, roles), "received_at": value.at.isoformat(),
            "reason": value.reason,
        }  # fmt: skip


def _disclosed(found: Seen, values: list[Value], gone: Gone) -> list[Value]:
    """Values as the reader may see them: those who answer for them see all, others no number by
    which somebody could be recognised.
    """
    names = {(start, v.cell, v.measure, v.revision) for start, some in gone.items() for v in some}
    return [
        value._replace(state=ValueState.SUPPRESSED, number=None)
        if (value.start, value.cell, value.measure, value.revision) in names
        else value
        for value in values
    ]


def _gone(session: Session, found: Seen, starts: Collection[date] | None = None) -> Gone:
    return {} if found.keeps else hiding.hidden(session, found.row, starts)


def _roles(
    session: Session, found: Seen, values: Iterable[Value], known: Granted | None = None
) -> Roles:
    """The roles of those who sent values; for a link, of whoever had it sent."""
    sent = {(value.actor, london_day(value.at)) for value in values}
    links = {actor: id_ for actor, _day in sent if (id_ := link_of(actor))}
    askers = figure_links.askers(session, set(links.values()))
    by = {each: (askers.get(links.get(each[0], 0), each[0]), each[1]) for each in sent}
    granted = {} if known is None else known
    roles = senders.roles(session, found.thing, set(by.values()), granted)
    return {each: roles[asked] for each, asked in by.items() if asked in roles}


def _sender(value: Value, roles: Roles) -> str:
    """Who sent a value, without a name."""
    role = roles.get((value.actor, london_day(value.at)))
    said = str(account_label(role, "role")) if role else _("A person")
    if value.way is Way.LINK:
        return _("Asked by %(role)s", role=said.lower())
    return said if value.actor.startswith("person:") else _("A program")


def _source(found: Seen, value: Value) -> str | None:
    """Where a value is from. What a person called a file is for the team only."""
    return value.source if found.keeps or value.way is not Way.FILE else None


def _show(found: Seen, ignored: tuple[str, ...]) -> Response:
    row, before = found.row, _before()
    with reading() as session:
        values = data_set_values.newest(session, row.id, PERIODS + 1, before)
        starts = list(dict.fromkeys(value.start for value in values))
        values = [value for value in values if value.start in starts[:PERIODS]]
        values = _disclosed(found, values, _gone(session, found, starts[:PERIODS]))
        roles = _roles(session, found, values)
        counts = first_sets.first_of(session, row)
    more = {"before": starts[PERIODS - 1]} if len(starts) > PERIODS else None
    schema = data_sets.schema_of(row)
    return page(
        "performance/data_set.html",
        title=row.title,
        section=_("Data sets"),
        crumbs=crumbs_to(found)[:-1],
        seen=found,
        counts=counts,
        schema=schema,
        says=[(label(kpi.value, "figure_kpi"), _(said)) for kpi, said in
              schemas.says(row.kind, row.definition)],
        periods=_shown(found, values, roles),
        on_form=bool(row.period and questions(schema)),
        today=today(),
        ignored=ignored,
        first=before is None,
        paging=paging(None, more),
    )  # fmt: skip


def _before() -> date | None:
    try:
        return date.fromisoformat(request.args.get("before", ""))
    except ValueError:
        return None


def _shown(found: Seen, values: list[Value], roles: Roles) -> list[dict[str, Any]]:
    """Values by period: the period's name and address, and a row for each value."""
    row = found.row
    return [
        {
            "name": period_name(row.period, start),
            "start": start,
            "href": url_for(".period", group=row.group, type_=row.type, start=start),
            "values": [_one(found, value, roles) for value in some],
        }
        for start, some in groupby(values, lambda value: value.start)
    ]


def _one(found: Seen, value: Value, roles: Roles) -> dict[str, Any]:
    cell = ", ".join(_(t) for t in schemas.cell_titles(data_sets.schema_of(found.row), value.cell))
    name = _(value.title)
    return {
        "name": f"{name}: {cell}" if cell else name, "value": value, "by": _sender(value, roles),
        "source": _source(found, value),
        "note": value.note if found.keeps else None,
    }  # fmt: skip


@formats(blueprint, f"{ONE}/values/<day:start>")
@unless_unchanged(version)
@public
def period(group: str, type_: str, start: date, fmt: Format) -> Response:
    """Show every value that a period ever had, and how each came in."""
    found = seen_at(group, type_)
    refuse_unknown(fmt, unknown())
    with reading() as session:
        values = data_set_values.revisions(session, found.row.id, start)
        values = _disclosed(found, values, _gone(session, found, [start]))
        rows = list(_documents(session, found, values, {}))
    if not values:
        raise Missing(N_("There are no figures for this period"))
    return respond_list(
        fmt, page=lambda: _period(found, start, values), rows=lambda: rows,
        columns=_columns(found), name=f"{group}-{type_}-{start}",
    )  # fmt: skip


def _period(found: Seen, start: date, values: list[Value]) -> Response:
    with reading() as session:
        roles = _roles(session, found, values)
    rows = [_one(found, value, roles) for value in values]
    named = [(name, list(some)) for name, some in groupby(rows, lambda each: each["name"])]
    name = period_name(found.row.period, start)
    return page(
        "performance/period.html",
        title=_("%(title)s, %(period)s", title=found.row.title, period=name),
        section=_("Data sets"),
        crumbs=crumbs_to(found),
        seen=found,
        start=start,
        groups=named,
    )
