"""Which kinds of claims a list is narrowed to."""

from __future__ import annotations

from portal.reports.rules.model import COLUMN_OF
from portal.reports.rules.runs import NOT_IN
from portal.reports.words import ClaimKind, Column, View


def kinds_of(
    kind: ClaimKind | None, column: Column | None, view: View | None
) -> frozenset[ClaimKind] | None:
    """The kinds of claims that are one, stand in a column, and count in a view; None for any."""
    if kind is None and column is None and view is None:
        return None
    return frozenset(
        each
        for each in ClaimKind
        if kind in (None, each)
        and column in (None, COLUMN_OF[each])
        and (view is None or each is not NOT_IN[view])
    )
