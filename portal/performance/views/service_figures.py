"""The services that have a figure: the largest first, how it changed, who started and stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from portal import search
from portal.catalogue.rules.filters import Cursor, decode_key
from portal.catalogue.store import services
from portal.catalogue.views.base import PAGE_SIZE, one_of, reading, refuse_unknown, stream, version
from portal.performance.rules import boards, periods
from portal.performance.rules.comparing import (
    BY_RATE,
    FIGURES,
    INDICATORS,
    OF_BOTH,
    Compared,
    Group,
    Order,
    Which,
)
from portal.performance.store import comparing
from portal.performance.store.comparing import Asked, Row
from portal.performance.views import service_figure_page as shown
from portal.performance.views.comparing_base import Sides, crumbs_of, sides
from portal.performance.words import ValueStatus
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("service_figures", __name__)
ARGUMENTS = ("q", "which", "sort", "without", "after", "before")
COLUMNS = (
    "slug", "name", "organisation_slug", "organisation", "start", "end", "value", "share",
    "value_before", "difference", "change", "provisional", "missing", "data_set", "out_of",
    "doubt", "partial", "partial_before",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list is of.

    Attributes:
        sides: the figure, periods and organisation.
        asked: the same as the store takes it, of what was searched for.
        largest: the service with the most, where it is left out.
        compared: sums over all of the organisation's services but that one.
        cursor: the place in the list.
    """

    sides: Sides
    asked: Asked | None
    which: Which
    order: Order
    largest: Row | None
    compared: Compared
    cursor: Cursor | None
    ignored: tuple[str, ...]

    @property
    def group(self) -> Group:
        """The sums of those listed, were nothing searched for."""
        c = self.compared
        return {Which.NOW: c.listed, Which.BOTH: c.both, Which.STARTED: c.started,
                Which.STOPPED: c.stopped}[self.which]  # fmt: skip

    @property
    def value(self) -> float | None:
        """The figure or indicator over all who have it now: a sum, or a sum over a sum."""
        now = self.compared.listed
        return boards.ratio(self.sides.figure.value, now.now, now.now_of)


@formats(blueprint, "/performance/services")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List the services that have a figure for a period, beside another period."""
    with reading() as session:
        found = _listed(session)
    refuse_unknown(fmt, found.ignored)
    return respond_list(
        fmt, page=lambda: _page(found), rows=stream(lambda session: _rows(session, found)),
        columns=COLUMNS, name=f"services-by-{found.sides.figure.value}", more=_said(found),
    )  # fmt: skip


def _listed(session: Session) -> Listed:
    at = sides(session, *ARGUMENTS, measures=(*FIGURES, *INDICATORS))
    ignored = list(at.ignored)
    which = one_of("which", Which, ignored) or Which.NOW
    order, largest_too = _order(at, ignored)
    if order in OF_BOTH:
        which = Which.BOTH
    asked, largest, compared = at.asked, None, Compared()
    if asked and not largest_too:
        largest, compared = comparing.without_largest(session, asked)
        asked = replace(asked, without=largest.id if largest else None)
    elif asked:
        compared = comparing.between(session, asked)
    text = request.args.get("q", "").strip()[:200]
    if text and asked:
        asked = replace(asked, among=tuple(search.find(session, services.THING, text).ids))
    return Listed(
        at, asked, which, order or Order.LARGEST, largest, compared,
        _cursor(order is Order.NAME, ignored), tuple(ignored),
    )  # fmt: skip


def _order(at: Sides, ignored: list[str]) -> tuple[Order | None, bool]:
    """The order asked for, and whether the largest service is listed. The highest share says
    nothing of how large a service is, and its change is no part of what it was.
    """
    order = one_of("sort", Order, ignored)
    without = request.args.get("without") == "largest"
    if at.indicator and order in BY_RATE:
        ignored.append(f"sort={order}")
        order = None
    if at.indicator and without:
        ignored.append("without=largest")
    return order, bool(at.indicator) or not without


def _cursor(by_name: bool, ignored: list[str]) -> Cursor | None:
    """The place in the list: numbers are written out, so that none is rounded."""
    for name, backwards in (("after", False), ("before", True)):
        text = request.args.get(name, "")
        key = decode_key(text) if text else None
        value = _value(key[0], by_name) if key else None
        if key and value is not None:
            return Cursor((value, key[1]), backwards)
        ignored += [name] if text else []
    return None


def _value(text: str | int, by_name: bool) -> Any:
    if by_name or not isinstance(text, str):
        return text if by_name == isinstance(text, str) else None
    try:
        return float(text)
    except ValueError:
        return None


def _page(found: Listed) -> Response:
    rows, above, below = list[Row](), False, False
    with reading() as session:
        if found.asked:
            rows, above, below = comparing.listing(
                session, found.asked, found.which, found.order, found.cursor, PAGE_SIZE
            )
        beside = shown.beside(session, found)
    body = found.sides.body
    title = _("Services by figure: %(what)s", what=found.sides.title.lower())
    return page(
        "performance/service_figures.html",
        title=title,
        section=_("Performance"),
        crumbs=crumbs_of(found.sides),
        found=found,
        sides=found.sides,
        body=body,
        rows=shown.rows_of(found, rows),
        first=found.cursor is None,
        narrowed=bool(request.args.get("q") or found.which is not Which.NOW),
        ignored=found.ignored,
        paging=shown.paging_of(rows, above, below),
        **beside,
    )


def _rows(session: Session, found: Listed) -> Iterator[dict[str, Any]]:
    if found.asked is None:
        return
    asked, name = found.asked, found.sides.figure.value
    whole = 0.0 if found.sides.indicator else found.compared.listed.now
    for row in comparing.every(session, asked, found.which, found.order):
        yield {
            "slug": row.slug, "name": row.name, "organisation_slug": row.organisation_slug,
            "organisation": row.organisation, "start": asked.now,
            "end": periods.end_of(asked.period, asked.now), "value": row.now,
            "share": row.now / whole if row.now is not None and whole and not row.partial else None,
            "value_before": row.was,
            "difference": row.both[1] - row.both[0] if row.both else None,
            "change": boards.change(name, *row.both) if row.both else None,
            "provisional": row.status is ValueStatus.PROVISIONAL,
            "data_set": f"{row.group}/{row.type}",
            "missing": row.state.value if row.state and row.now is None else None,
            "out_of": row.below if found.sides.indicator else None,
            "doubt": row.doubt.value if row.doubt else None, "partial": row.partial,
            "partial_before": row.was is not None and row.hidden_was > 0,
        }  # fmt: skip


def _said(found: Listed) -> dict[str, Any]:
    """What JSON says of the list."""
    at, asked = found.sides, found.asked
    return {
        "figure": at.figure.value, "of": at.body.name if at.body else _("All of government"),
        "period": asked.period.value if asked else None,
        "start": asked.now if asked else None,
        "compared_with": asked.before if asked else None,
        "services": at.units, "services_with_it": found.compared.listed.things,
        "services_not_shown": found.compared.not_listed,
        "sum": found.compared.listed.now, "value": found.value,
        "out_of": found.compared.listed.now_of if at.indicator else None,
        "without": found.largest.slug if found.largest else None,
    }  # fmt: skip
