"""The four indicators: what each divides, how its definition changed, and how it is put.

Source of the definitions: GOV.UK Service Manual, "Measuring the success of your service", and the
guidance on each indicator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.errors import N_
from portal.performance.words import Figure, Kpi


@dataclass(frozen=True, slots=True)
class Definition:
    """A version of how figures are counted, and from which day on it holds."""

    version: int
    since: date | None
    says: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure over another. `better` is 1 where more is better, -1 where less is."""

    title: str
    top: Figure
    bottom: Figure
    better: int
    definitions: tuple[Definition, ...]


INDICATORS: dict[Kpi, Indicator] = {
    Kpi.COST_PER_TRANSACTION: Indicator(
        N_("Cost per transaction"), Figure.COST, Figure.TRANSACTIONS, -1,
        (Definition(1, None, N_("The cost of all channels over the completed transactions, "
                                "of 12 months")),),
    ),
    Kpi.DIGITAL_TAKE_UP: Indicator(
        N_("Digital take-up"), Figure.DIGITAL, Figure.TRANSACTIONS, 1,
        (
            Definition(1, None, N_("Completed digital transactions over all completed ones, "
                                   "without those where staff helped")),
            Definition(2, date(2019, 7, 1), N_("Completed digital transactions over all "
                                               "completed ones, also where staff helped")),
        ),
    ),
    Kpi.COMPLETION_RATE: Indicator(
        N_("Completion rate"), Figure.COMPLETED, Figure.STARTED, 1,
        (Definition(1, None, N_("Transactions that reached an end page over those started")),),
    ),
    Kpi.USER_SATISFACTION: Indicator(
        N_("User satisfaction"), Figure.RATING_POINTS, Figure.RATINGS, 1,
        (Definition(1, None, N_("The mean rating of 1 to 5, less 1, over 4")),),
    ),
}  # fmt: skip


def value(kpi: Kpi, top: float, bottom: float) -> float | None:
    """The indicator from its two sums: pounds for cost, else a share from 0 to 1.

    None where nothing is below the line. A completion rate is never above 1; user satisfaction is
    (mean - 1) / 4, so that the worst rating is 0.
    """
    if not bottom:
        return None
    ratio = top / bottom
    if kpi is Kpi.USER_SATISFACTION:
        return (ratio - 1) / 4
    return min(ratio, 1.0) if kpi is Kpi.COMPLETION_RATE else ratio


def over(kpi: Kpi, figures: Mapping[Figure, float | None]) -> tuple[float, float] | None:
    """What an indicator divides, where both figures are known; else None: a unit without one of
    them counts in neither sum.
    """
    top, bottom = figures.get(INDICATORS[kpi].top), figures.get(INDICATORS[kpi].bottom)
    return None if top is None or bottom is None else (top, bottom)


def growth(was: float, now: float) -> float | None:
    """(new - old) / old, over the same services in both; None from nothing."""
    return (now - was) / was if was else None
