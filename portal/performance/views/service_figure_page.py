"""The list of services by a figure as its page shows it: rows, filters, the pages around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from portal.catalogue.rules.filters import encode_key
from portal.catalogue.store import hierarchy
from portal.catalogue.views.base import today
from portal.performance.forms.board_words import (
    MISSING,
    PERIODS,
    WITHOUT_HIDDEN,
    amount,
    changed,
    share,
    title_of,
)
from portal.performance.rules import boards
from portal.performance.rules.comparing import BY_RATE, INDICATORS, Order, Which
from portal.performance.store import comparing
from portal.performance.views.board_base import Link
from portal.performance.words import Figure, ValueStatus
from portal.web.i18n import _
from portal.web.pages import Paging, filter_links, paging, query_url

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.performance.store.comparing import Row
    from portal.performance.views.comparing_base import Sides
    from portal.performance.views.service_figures import Listed

#: What an address that lists by an indicator is without.
_PLAIN = {"sort": None, "without": None}


def rows_of(found: Listed, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Services as a table shows them."""
    figure, indicator = found.sides.figure.value, found.sides.indicator
    whole = found.compared.listed.now
    return [
        {
            "slug": row.slug, "name": row.name, "organisation_slug": row.organisation_slug,
            "organisation": row.organisation,
            "from": row.title, "from_href": f"/data-sets/{row.group}/{row.type}",
            "now": _number(figure, row.now, row.partial) or _missing(row),
            "was": _number(figure, row.was, row.hidden_was > 0) or _("No figure"),
            "share": amount(Figure.TRANSACTIONS.value, row.below) if indicator
                     else "" if row.partial else share(row.now, whole),
            "change": _change(figure, row),
            "provisional": row.now is not None and row.status is ValueStatus.PROVISIONAL,
            "doubt": row.now is not None and row.doubt,
        }
        for row in rows
    ]  # fmt: skip


def _number(figure: str, number: float | None, partial: bool) -> str:
    said = amount(figure, number)
    return f"{said} ({WITHOUT_HIDDEN})" if said and partial else said


def _missing(row: Row) -> str:
    return str(MISSING[row.state]) if row.state else _("No figure")


def _change(figure: str, row: Row) -> str:
    grown = boards.change(figure, *row.both) if row.both else None
    return "" if grown is None else changed(figure, grown)


def beside(session: Session, found: Listed) -> dict[str, Any]:
    """What the list can be narrowed to, and in which orders it can be shown."""
    at = found.sides
    if at.asked is None:
        nothing: dict[str, Any] = {key: [] for key in ("facets", "chosen", "orders", "bodies")}
        return {**nothing, "above": _above(session, at)}
    c = found.compared
    which = {
        Which.BOTH: _("In both periods"), Which.STARTED: _("Now, and not before"),
        Which.STOPPED: _("Before, and not now"),
    }  # fmt: skip
    counts = {
        Which.BOTH: c.both.things, Which.STARTED: c.started.things,
        Which.STOPPED: c.stopped.things,
    }  # fmt: skip
    facets = [(_("Who has it"), filter_links("which", which, found.which, counts))]
    return {
        "facets": facets, "chosen": choices(at), "orders": _orders(found),
        "bodies": _bodies(session, at), "above": _above(session, at),
    }  # fmt: skip


def choices(at: Sides) -> list[tuple[str, str, list[Link]]]:
    """The figures and the lengths of periods to choose from: title, id, and links."""
    if at.asked is None:
        return []
    texts = {str(f): title_of(f.value) for f in at.measures if f.value in at.there}
    lengths = {str(period): str(text) for period, text in PERIODS.items() if period in at.steps}
    return [
        (_("Figure"), "choose-figure", _links("figure", texts, at.figure.value)),
        (_("Periods"), "choose-period", _links("period", lengths, at.asked.period.value)),
    ]


def _links(name: str, texts: Mapping[str, str], chosen: str) -> list[Link]:
    """Figures or lengths of periods, each with its newest two periods."""
    newest = {"to": None, "with": None}
    indicators = {each.value for each in INDICATORS}
    return [
        (text, query_url(**{**newest, **(_PLAIN if value in indicators else {}), name: value}),
         value == chosen)
        for value, text in texts.items()
    ]  # fmt: skip


def _orders(found: Listed) -> list[Link]:
    """The orders that this list can have, as (text, address, whether it is this one)."""
    indicator = found.sides.indicator
    texts = {
        Order.LARGEST: _("Highest first") if indicator else _("Largest first"),
        Order.RISE: _("Largest rise"),
        Order.FALL: _("Largest fall"), Order.RISE_RATE: _("Largest rise in percent"),
        Order.FALL_RATE: _("Largest fall in percent"), Order.NAME: _("Name"),
    }  # fmt: skip
    both = found.which in (Which.NOW, Which.BOTH)
    return [
        (text, query_url(sort=order.value), order is found.order)
        for order, text in texts.items()
        if (both or order in (Order.LARGEST, Order.NAME)) and not (indicator and order in BY_RATE)
    ]


def _bodies(session: Session, at: Sides) -> list[dict[str, Any]]:
    """The organisations directly below, or at the top, that have services with the figure."""
    if at.asked is None:
        return []
    tree = hierarchy.tree(session, today())
    many: dict[int, int] = {}
    for body, things in comparing.things_by_body(session, at.asked).items():
        for line in _below(tree, body, at.body.id if at.body else None):
            many[line] = many.get(line, 0) + things
    order = sorted(many, key=lambda body: (-many[body], tree.place[body]))
    return [
        {"label": tree.names[body][1], "count": many[body],
         "href": query_url(organisation=tree.names[body][0])}
        for body in order
    ]  # fmt: skip


def _below(tree: hierarchy.Tree, body: int, above: int | None) -> frozenset[int]:
    """Under which organisation below `above` a body stands, or at the top; none if it is none of
    them.
    """
    if above is None:
        return tree.tops.get(body, frozenset())
    return frozenset(each for each in tree.lines(body) if above in tree.parents.get(each, ()))


def _above(session: Session, at: Sides) -> tuple[str, str] | None:
    """The list of the organisation above, and its name; of all of government at the top."""
    if at.body is None:
        return None
    tree = hierarchy.tree(session, today())
    above = [tree.names[each] for each in tree.parents.get(at.body.id, ())]
    slug, name = above[0] if above else (None, _("All of government"))
    return name, query_url(organisation=slug)


def paging_of(rows: Sequence[Row], above: bool, below: bool) -> Paging:
    """Links to the pages around this one."""
    return paging(
        _place("before", rows[0]) if rows and above else None,
        _place("after", rows[-1]) if rows and below else None,
    )


def _place(name: str, row: Row) -> Mapping[str, object]:
    value = row.sort_value
    return {name: encode_key((value if isinstance(value, str) else repr(float(value)), row.id))}
