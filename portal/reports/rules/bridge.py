"""From one run's figure to another's: what moved because assumptions, data or code changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from portal.catalogue.component_words import Standing
from portal.reports.rules.assumptions import Chosen, Row, Terms
from portal.reports.rules.claim import to_pence
from portal.reports.rules.places import Places
from portal.reports.rules.runs import Tally, case
from portal.reports.rules.what_if import Known
from portal.reports.rules.years import ZERO
from portal.reports.words import Assumed, View


class Why(StrEnum):
    """What moved a figure."""

    CODE_BEFORE = "code_before"
    RATE = "rate"
    ASSUMPTIONS = "assumptions"
    YEARS = "years"
    YEARS_AND_DATA = "years_and_data"
    DATA = "data"
    CODE_AFTER = "code_after"


class Step(NamedTuple):
    """A part of the way.

    Attributes:
        of: which assumption, by its field, or which component.
        pence: how much it moved the net present value.
    """

    why: Why
    of: str
    pence: int


def years_of(terms: Terms) -> tuple[int, int, int]:
    """What quantities depend on, apart from the records."""
    return terms.base_year, terms.horizon, terms.claim_years


def _npv(known: Known, terms: Terms) -> Decimal:
    """The net present value of confirmed uses for the whole of government."""
    tally = Tally(places=known.places).settle(terms)
    confirmed = [Standing.CONFIRMED.value]
    return case(View.WHOLE, confirmed, known.platforms, terms, tally).npv()


def _apart(known: Known) -> dict[str, Known]:
    """What is known, component by component."""
    places: dict[str, Places] = {}
    for place, placed in known.places.items():
        places.setdefault(place.component, {})[place] = placed
    platforms = {platform.slug: [platform] for platform in known.platforms}
    return {
        slug: known._replace(places=mine, platforms=platforms.get(slug, []))
        for slug, mine in places.items()
    }


def bridge(
    before: Known, after: Known, pence: tuple[int, int], between: Known | None = None
) -> list[Step]:
    """The way from one run to another: first the assumptions, kind by kind, with the records of
    the first; then the years that are counted; then the records, component by component. What the
    code of today does not give is the code's. The steps add up to the difference, to the penny.

    Args:
        pence: the net present values that the two runs said.
        between: the records of the first run counted in the years of the second, where these
            differ; without that, years and records are one step.
    """
    steps = [*_steps(before, after, between)]
    at, found = pence[0], []
    for why, of, value in steps:
        now = to_pence(value)
        found.append(Step(why, of, now - at))
        at = now
    found.append(Step(Why.CODE_AFTER, "", pence[1] - at))
    return [step for step in found if step.pence]


def _steps(
    before: Known, after: Known, between: Known | None
) -> Iterator[tuple[Why, str, Decimal]]:
    """What the figure is after each step, not rounded."""
    terms, wanted = before.terms, after.terms
    yield Why.CODE_BEFORE, "", _npv(before, terms)
    if terms.rate != wanted.rate:
        terms = replace(terms, rate=wanted.rate)
        yield Why.RATE, "", _npv(before, terms)
    for field in Assumed:
        was, now = _of_field(terms, field), _of_field(wanted, field)
        if was != now:
            rows = {key: row for key, row in terms.chosen.rows.items() if key not in was}
            terms = replace(terms, chosen=Chosen([*rows.values(), *now.values()]))
            yield Why.ASSUMPTIONS, field.value, _npv(before, terms)
    if years_of(terms) != years_of(wanted):
        if between is None:
            yield Why.YEARS_AND_DATA, "", _npv(after, wanted)
            return
        before = between
        yield Why.YEARS, "", _npv(before, wanted)
    yield from _by_component(before, after, wanted)


def _of_field(terms: Terms, field: Assumed) -> dict[str, Row]:
    return {key: row for key, row in terms.chosen.rows.items() if row.field is field}


def _by_component(before: Known, after: Known, terms: Terms) -> Iterator[tuple[Why, str, Decimal]]:
    """Nothing of a component's figure follows from another's, so they can change one by one."""
    total = _npv(before, terms)
    was, now = _apart(before), _apart(after)
    for slug in sorted({*was, *now}):
        if slug in was and slug in now and _same_records(was[slug], now[slug]):
            continue
        gone, come = (_npv(each[slug], terms) if slug in each else ZERO for each in (was, now))
        total += come - gone
        yield Why.DATA, slug, total


def _same_records(one: Known, other: Known) -> bool:
    return one.platforms == other.platforms and one.places == other.places
