"""Other assumptions, tried on what a run read: nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from portal.errors import Invalid
from portal.reports.rules.assumptions import SHARES, Chosen, Row, Terms, check
from portal.reports.rules.claim import to_pence
from portal.reports.rules.places import Places
from portal.reports.rules.ranges import DRAWS, Case
from portal.reports.rules.results import BOTH, CONFIRMED, weighed
from portal.reports.rules.runs import Platform, Tally, case
from portal.reports.words import Assumed, View

#: A page waits for about a second: so many multiplications, whatever the size of the case.
BUDGET, FEWEST = 400_000, 200
#: Drawing from a triangle takes as long as so many multiplications.
_DRAWING = 3
ENDS = ("low", "central", "high")


class Move(NamedTuple):
    """What one assumption is tried at; None where it stays."""

    low: Decimal | None = None
    central: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Moves:
    """What is tried.

    Attributes:
        times: all of a field multiplied: 1.1 for 10% more.
        rows: single assumptions, by their keys; they count before `times`.
    """

    times: Mapping[Assumed, Decimal] = field(default_factory=dict)
    rows: Mapping[str, Move] = field(default_factory=dict)


class Known(NamedTuple):
    """What a run's figures follow from."""

    terms: Terms
    platforms: list[Platform]
    places: Places
    seed: int


def moved(row: Row, moves: Moves) -> Row:
    """An assumption as it is tried. A share stays at most what it can be. Where only the central
    value is given and leaves the range, that end of the range goes with it.

    Raises:
        Invalid: the values are none, on the field `END.KEY`.
    """
    times, most = moves.times.get(row.field), SHARES.get(row.field)
    if times is not None:
        low, central, high = (each * times for each in (row.low, row.central, row.high))
        if most is not None:
            low, central, high = min(low, most), min(central, most), min(high, most)
        row = replace(row, low=low, central=central, high=high)
    move = moves.rows.get(row.key, Move())
    if move == Move():
        return row
    central = row.central if move.central is None else move.central
    low = min(row.low, central) if move.low is None else move.low
    high = max(row.high, central) if move.high is None else move.high
    try:
        return check(replace(row, low=low, central=central, high=high))
    except Invalid as problem:
        named = f"{problem.field}.{row.key}"
        raise Invalid(named, problem.marked, **problem.values) from problem


def otherwise(terms: Terms, moves: Moves) -> Terms:
    """The terms with what is tried. Raises Invalid (`moved`)."""
    rows = [moved(row, moves) for row in terms.chosen.rows.values()]
    return replace(terms, chosen=Chosen(rows))


def cases(known: Known, terms: Terms) -> tuple[Case, Case]:
    """The cases of confirmed uses, and with declared ones, for the whole of government."""
    tally = Tally(places=known.places).settle(terms)
    first = case(View.WHOLE, [CONFIRMED], known.platforms, terms, tally)
    return first, case(View.WHOLE, BOTH, known.platforms, terms, tally)


def used(known: Known) -> list[str]:
    """The keys of the assumptions that the figures follow from, in order."""
    first, second = cases(known, known.terms)
    return sorted({*first.assumptions, *second.assumptions})


def affordable(made: Case) -> int:
    """How many draws a page has time for: always as many for the same case."""
    each = sum(len({kind for kind, _ in group.sums}) for group in made.groups)
    cost = each + _DRAWING * len(made.assumptions)
    return DRAWS if not cost else max(FEWEST, min(DRAWS, BUDGET // cost // 100 * 100))


def tried(known: Known, moves: Moves) -> dict[str, Any]:
    """What would come out for the whole of government, in pence, as `results.weighed` has it;
    `net` by year of confirmed use, and how many `draws` the range is of.

    Raises:
        Invalid: what is tried cannot be (`moved`).
    """
    first, second = cases(known, otherwise(known.terms, moves))
    many = affordable(first)
    net = [to_pence(each) for each in first.appraisal().net]
    return {**weighed(first, second, known.seed, many), "net": net, "draws": many}
