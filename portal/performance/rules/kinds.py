"""The sorts of data sets: what each may hold, and which figures follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.errors import N_
from portal.performance.words import Figure, SetKind, Unit


@dataclass(frozen=True, slots=True)
class Dimension:
    """What values are told apart by: its field, and all values that it may have with titles."""

    key: str
    title: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: its field, what it counts in, and whether values may be summed."""

    key: str
    title: str
    unit: Unit = Unit.COUNT
    summable: bool = True


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of data set.

    Attributes:
        title: what it is called.
        type: the end of its address.
        dimensions: in the order of cells.
        measures: in the order of pages.
        figures: what a measure counts towards, as (value of the dimension or "" for any, measure,
            figure, weight of the number).
        of: what it can be of.
    """

    title: str
    type: str
    measures: tuple[Measure, ...]
    dimensions: tuple[Dimension, ...] = ()
    figures: tuple[tuple[str, str, Figure, int], ...] = ()
    of: tuple[str, ...] = ("service",)


CHANNELS = {
    "online": N_("Online"),
    "phone": N_("Phone"),
    "paper": N_("Paper"),
    "face-to-face": N_("Face to face"),
    "other": N_("Other"),
}
REASONS = {
    "get-information": N_("To get information"),
    "chase-progress": N_("To chase progress"),
    "challenge-a-decision": N_("To challenge a decision"),
    "other": N_("Other"),
}
_ANY = ""

#: Every sort but `OWN`, whose schema its team declares.
SORTS: dict[SetKind, Sort] = {
    SetKind.TRANSACTIONS: Sort(
        N_("Transactions by channel"),
        "transactions-by-channel",
        (Measure("count", N_("Transactions")),),
        (Dimension("channel", N_("Channel"), CHANNELS),),
        ((_ANY, "count", Figure.TRANSACTIONS, 1), ("online", "count", Figure.DIGITAL, 1)),
    ),
    SetKind.VOLUMES: Sort(
        N_("Transactions, and how many are digital"),
        "volumes",
        (
            Measure("transactions", N_("Transactions")),
            Measure("digital", N_("Digital transactions")),
            Measure("unit_cost", N_("Cost per transaction"), Unit.POUNDS, summable=False),
        ),
        figures=(
            (_ANY, "transactions", Figure.TRANSACTIONS, 1),
            (_ANY, "digital", Figure.DIGITAL, 1),
            (_ANY, "unit_cost", Figure.UNIT_COST, 1),
        ),
    ),
    SetKind.COMPLETION: Sort(
        N_("Completion rate"),
        "completion-rate",
        (
            Measure("started", N_("Transactions started")),
            Measure("completed", N_("Transactions that reached an end page")),
        ),
        figures=(
            (_ANY, "started", Figure.STARTED, 1),
            (_ANY, "completed", Figure.COMPLETED, 1),
        ),
    ),
    SetKind.SATISFACTION: Sort(
        N_("User satisfaction"),
        "user-satisfaction",
        (
            Measure("rating_1", N_("Very dissatisfied")),
            Measure("rating_2", N_("Dissatisfied")),
            Measure("rating_3", N_("Neither satisfied nor dissatisfied")),
            Measure("rating_4", N_("Satisfied")),
            Measure("rating_5", N_("Very satisfied")),
        ),
        figures=tuple(
            (_ANY, f"rating_{i}", figure, weight)
            for i in range(1, 6)
            for figure, weight in ((Figure.RATINGS, 1), (Figure.RATING_POINTS, i))
        ),
    ),
    SetKind.COST: Sort(
        N_("Cost"),
        "cost",
        (Measure("cost", N_("Cost of all channels"), Unit.POUNDS),),
        figures=((_ANY, "cost", Figure.COST, 1),),
    ),
    SetKind.OUTCOMES: Sort(
        N_("Outcomes"),
        "outcomes",
        (
            Measure("processed", N_("Transactions processed")),
            Measure("intended", N_("Ended as the user intended")),
        ),
        figures=(
            (_ANY, "processed", Figure.PROCESSED, 1),
            (_ANY, "intended", Figure.INTENDED, 1),
        ),
    ),
    SetKind.CALLS: Sort(
        N_("Calls received"),
        "calls",
        (Measure("count", N_("Calls")),),
        (Dimension("reason", N_("Reason"), REASONS),),
        ((_ANY, "count", Figure.CALLS, 1),),
    ),
    SetKind.COMPONENT_VOLUMES: Sort(
        N_("Volumes of a component"),
        "volumes",
        (
            Measure("volume", N_("Volume")),
            Measure("pounds", N_("Pounds"), Unit.POUNDS),
        ),
        figures=((_ANY, "volume", Figure.VOLUME, 1), (_ANY, "pounds", Figure.POUNDS, 1)),
        of=("component",),
    ),
}

#: Between the values of dimensions in a cell; no value may have it.
BETWEEN = "|"


def cell(values: Iterable[str]) -> str:
    """The name of a cell: the values of its dimensions, in their order."""
    return BETWEEN.join(values)


def figures_of(kind: SetKind, cell_name: str, measure: str) -> list[tuple[Figure, int]]:
    """What a value counts towards, with the weight of its number. Of a data set's own sort,
    nothing.
    """
    sort = SORTS.get(kind)
    if sort is None:
        return []
    return [
        (figure, weight)
        for of, key, figure, weight in sort.figures
        if key == measure and of in ("", cell_name)
    ]


def figures_in(kind: SetKind) -> frozenset[Figure]:
    """Every figure that a sort of data set has."""
    sort = SORTS.get(kind)
    return frozenset(each[2] for each in sort.figures) if sort else frozenset()


def with_figures_of(kind: SetKind) -> list[SetKind]:
    """The sorts that have a figure of this one, itself among them; none where it has no figure."""
    mine = figures_in(kind)
    return [each for each in SORTS if mine & figures_in(each)]
