"""What was measured of a use: its transactions by year, and the days of building it in.

That differs from use to use, so it is kept apart from what many uses have in common (alike.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from portal.reports.rules.inputs import Used
from portal.reports.rules.model import Quantity, Span, by_volume
from portal.reports.words import ClaimKind, View


def measured(used: Used, spans: Sequence[Span], base_year: int) -> Iterator[Quantity]:
    """What it brings and costs, in the years in which it counts: the same as `model.quantities`
    has of it.

    Args:
        spans: of each time with a share of the need of its own; what was measured has no part in
            these shares, and so counts once in a year.
    """
    begins = spans[0].begins
    if used.days is not None and begins is not None:
        yield Quantity(ClaimKind.INTEGRATION_MEASURED, begins, used.days)
    years = spans[0].years if len(spans) == 1 else frozenset().union(*(x.years for x in spans))
    for first, many, _over in used.volumes:
        year = first - base_year
        if year in years:
            yield from by_volume(Decimal(many), used.old is not None, year, View.ORGANISATION)


def whole_years(used: Used, base_year: int) -> dict[int, Decimal]:
    """The transactions of years that were over, by their place after the base year: the others can
    not be compared, as each was measured up to a day of its own.
    """
    return {begins - base_year: Decimal(many) for begins, many, over in used.volumes if over}
