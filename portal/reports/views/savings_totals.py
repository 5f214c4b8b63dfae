"""What the claims of a list come to: the sums that their run has, so that none is worked out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from portal.reports.store.claims import ClaimQuery
from portal.reports.views.savings_shown import Shown
from portal.reports.words import ClaimKind, Column, View
from portal.web.i18n import _


class Total(NamedTuple):
    """Pence of confirmed use, and with declared use as well."""

    name: str
    confirmed: int
    with_declared: int


def totals(
    shown: Shown, query: ClaimQuery, view: View | None, kind: ClaimKind | None,
    column: Column | None,
) -> list[Total]:  # fmt: skip
    """What the claims of one view come to; nothing for lists that the run has no sum of.

    Args:
        query: the same as a whole.
        view, kind, column: what it is narrowed to, of which its kinds follow.
    """
    plain = replace(query, kinds=None, without=(), counted=None, after=None)
    run = ClaimQuery(query.run)
    if view is None:
        return []
    alone = kind is None and column is None
    if plain == replace(run, component=query.component) != run:
        return _of_component(shown, query, view) if alone else []
    if plain != replace(run, year=query.year) or kind not in (None, *_OWN):
        return []
    if kind is not None and column not in (None, Column.COST):
        return []
    said = shown.run.result["views"][view.value]
    found = [
        Total(name, *(_sum(said[by].get(of), query.year) for by in ("confirmed", "with_declared")))
        for of, name in _rows(kind, column, view)
        if of in said["with_declared"]
    ]
    if alone and query.year is None:
        found.append(Total(worth(), said["npv"], said["npv_with_declared"]))
    return found


def worth() -> str:
    """What the sum of all years is called, discounted."""
    return _("Net present value")


def _rows(
    kind: ClaimKind | None, column: Column | None, view: View
) -> list[tuple[str, str]]:  # fmt: skip
    names = {
        Column.CASH.value: _("Cash"), Column.NON_CASH.value: _("Other gains"),
        Column.COST.value: _("Costs"), "platform": _("of which platforms"),
        "price": _("of which prices paid"), "net": _("Net, not discounted"),
    }  # fmt: skip
    left = ClaimKind.PRICE if view is View.WHOLE else ClaimKind.PLATFORM
    if kind is not None:
        own = _("Platforms") if kind is ClaimKind.PLATFORM else _("Prices paid")
        return [(kind.value, own)] if kind is not left else []
    if column is not None:
        return [(column.value, names[column.value])]
    return [(of, name) for of, name in names.items() if of != left]


#: Costs that have a sum of their own.
_OWN = (ClaimKind.PLATFORM, ClaimKind.PRICE)


def _sum(years: list[int] | None, year: int | None) -> int:
    if years is None:
        return 0
    return sum(years) if year is None else years[year]


def _of_component(shown: Shown, query: ClaimQuery, view: View) -> list[Total]:
    """What a platform is worth: for the whole of government, where its cost is known."""
    if view is not View.WHOLE:
        return []
    found: list[dict[str, Any]] = shown.run.result["components"]
    return [
        Total(worth(), each["npv"], each["npv_with_declared"])
        for each in found
        if each["component"] == query.component
    ]


def many(shown: Shown, query: ClaimQuery) -> int | None:
    """How many claims there are, one for each year, where the run has counted them."""
    plain, result = replace(query, rests=None, after=None), shown.run.result
    if plain != ClaimQuery(query.run):
        return None
    return int(result["claims"] if query.rests is None else result["claims_on_judgement"])
