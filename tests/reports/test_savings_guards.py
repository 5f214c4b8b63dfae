"""The guards of savings on records as they come: uses that share needs and components, that begin
and end, that stand in every way.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.errors import Invalid
from portal.reports.rules import inputs
from portal.reports.rules.assumptions import Row, check
from portal.reports.rules.claim import Claim
from portal.reports.rules.inputs import Used
from portal.reports.rules.model import COLUMN_OF, quantities
from portal.reports.rules.ranges import Assumption
from portal.reports.rules.results import BOTH, CONFIRMED, by_year
from portal.reports.rules.runs import Platform, Tally, case, claims, platform_claims
from portal.reports.rules.years import ZERO
from portal.reports.words import Assumed, ClaimKind, Column, View
from tests.reports.test_savings_runs import DAYS, PAY, STANDINGS, assumption, terms, the_set
from tests.reports.test_savings_runs import used as a_use

PLATFORMS = (PAY, Platform(9, "other"))
COUNTED = st.sampled_from(["confirmed", "declared"])
SHARES = st.sampled_from([None, None, Decimal(30), Decimal(70)])
#: Nobody's use goes on for longer here.
LAST = date(2033, 1, 1)
#: Every line is rounded to the penny: so much may a sum of them be beside it.
PENCE = 100
FEW = settings(max_examples=20)


def rows_of(cost: float = 250_000) -> list[Row]:
    held = [assumption(Assumed.PLATFORM, cost, component=each.slug) for each in PLATFORMS]
    return [row for row in the_set() if row.field is not Assumed.PLATFORM] + held


@st.composite
def records(draw: st.DrawFn, standings: st.SearchStrategy[str] = STANDINGS) -> list[Used]:
    """Some uses; a component is used once for each need of a service."""
    places = st.tuples(*map(st.sampled_from, ("ab", ("cards", "refunds"), ("pay", "other"))))
    found = []
    for service, need, component in draw(st.lists(places, min_size=1, max_size=6, unique=True)):
        first, last = sorted((draw(DAYS), draw(DAYS)))
        of = {"capability": need, "component": component, "standing": draw(standings)}
        end = last.isoformat() if draw(st.booleans()) else None
        found.append(a_use(service, first.isoformat(), end, share=draw(SHARES), **of))
    return found


def worked(every: Iterable[Used], rows: list[Row] | None = None) -> tuple[Tally, list[Claim]]:
    ordered = sorted(every, key=lambda each: (each.service, each.capability, each.component))
    held, tally = terms(rows or rows_of()), Tally()
    made = list(claims(inputs.by_service(ordered), inputs.leaves(ordered), held, tally))
    return tally, made + list(platform_claims(PLATFORMS, held, tally))


def totals(every: Iterable[Used], rows: list[Row] | None = None) -> dict[Any, dict[str, list[int]]]:
    """Pence by year and column, for each view and line (1: confirmed, 2: with declared)."""
    tally, _ = worked(every, rows)
    lines = [CONFIRMED], BOTH
    return {(view, len(x)): by_year(tally, view, x, 5, set()) for view in View for x in lines}


def gross(every: Iterable[Used]) -> int:
    found = totals(every)[View.WHOLE, 2]
    return sum(found[Column.CASH]) + sum(found[Column.NON_CASH])


@FEW
@given(records(), records(st.sampled_from(["planned", "disputed"])))
def test_planned_or_disputed_use_changes_no_total(every: list[Used], out: list[Used]) -> None:
    assert totals([*every, *out]) == totals(every)


@FEW
@given(records(COUNTED), records(st.just("lapsed")))
def test_lapsed_use_never_raises_the_gross(every: list[Used], out: list[Used]) -> None:
    assert gross([*every, *out]) <= gross(every) + PENCE


@FEW
@given(records(), st.integers(0, 400_000), st.integers(0, 400_000))
def test_a_dearer_platform_never_raises_the_net(every: list[Used], one: int, two: int) -> None:
    cheap, dear = (totals(every, rows_of(cost)) for cost in sorted((one, two)))
    for at, found in cheap.items():
        assert all(a >= b for a, b in zip(found["net"], dear[at]["net"], strict=True))
        assert at[0] is View.WHOLE or found == dear[at]


@FEW
@given(records(COUNTED), st.data())
def test_an_earlier_end_never_raises_the_gross(every: list[Used], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(every) - 1))
    days = ((every[at].until or LAST) - every[at].since).days
    # A use of no day was none: what comes after it meets the need as the first.
    end = every[at].since + timedelta(data.draw(st.integers(min(1, days), days)))
    sooner = [*every[:at], every[at]._replace(until=end), *every[at + 1 :]]
    assert gross(sooner) <= gross(every) + PENCE


@FEW
@given(records(), st.sampled_from(View))
def test_without_a_discount_it_is_the_plain_sum(every: list[Used], view: View) -> None:
    tally, _ = worked(every)
    found = case(view, BOTH, PLATFORMS, replace(terms(rows_of()), rate=ZERO), tally)
    assert abs(found.npv() - sum(found.appraisal().net)) < Decimal("1e-9")
    assert abs(found.npv() * 100 - sum(totals(every)[view, 2]["net"])) < PENCE


@FEW
@given(records(COUNTED), st.decimals("0.1", 1, places=2), st.decimals(1, 3, places=2))
def test_gross_lines_rise_from_low_to_high(every: list[Used], less: Decimal, more: Decimal) -> None:
    low, central, high = (
        {
            (claim.key, year): sum(pence)
            for claim in worked(every, [replace(row, central=row.central * times)
                                        for row in rows_of()])[1]
            for year, pence in claim.years.items()
            if COLUMN_OF[claim.kind] is not Column.COST
        }
        for times in (less, Decimal(1), more)
    )  # fmt: skip
    assert low.keys() == central.keys() == high.keys()
    assert all(low[key] <= central[key] <= high[key] for key in central)


@given(*[st.decimals(0, 10**6, places=2)] * 3)
def test_what_is_no_range_is_refused(one: Decimal, two: Decimal, three: Decimal) -> None:
    row = replace(assumption(Assumed.RUN, 1), low=one, central=two, high=three)
    ordered = one <= two <= three
    with nullcontext() if ordered else pytest.raises(Invalid):
        check(row)
    with nullcontext() if ordered else pytest.raises(ValueError, match="low <= central"):
        Assumption("run", one, two, three)


@FEW
@given(records(COUNTED))
def test_a_need_is_met_once_at_a_time_and_a_component_built_in_and_left_once(
    every: list[Used],
) -> None:
    every = [each._replace(share=None) for each in every]
    for some in inputs.by_service(sorted(every, key=lambda each: each.service)):
        counted = [(used, each) for used, stretches in inputs.uses(some) for each in stretches]
        for need in ("cards", "refunds"):
            mine = [each for used, each in counted if used.capability == need]
            spans = [(each.since, each.until or LAST) for each in mine]
            met = {
                day for since, until in spans for day in range(*map(date.toordinal, (since, until)))
            }
            shared = [
                each.share * (until - since).days
                for each, (since, until) in zip(mine, spans, strict=True)
            ]  # fmt: skip
            assert abs(sum(shared) - len(met)) < Decimal("1e-9")
            assert sum(each.avoided_share for each in mine) < 1 + Decimal("1e-12")
        for component in {used.component for used in some}:
            mine = [each for used, each in counted if used.component == component]
            spans = [(each.since, each.until or LAST) for each in mine]
            days = {day for span in spans for day in range(*map(date.toordinal, span))}
            parts = (
                each.part * (until - since).days
                for each, (since, until) in zip(mine, spans, strict=True)
            )
            assert abs(sum(parts) - len(days)) < Decimal("1e-9"), "one service, whatever the needs"
            assert abs(sum(each.build_share for each in mine) - 1) < Decimal("1e-12")
            left = sum(
                quantity.amount
                for each in mine
                for quantity in quantities(each.use(2019), 20, View.WHOLE)
                if quantity.kind is ClaimKind.EXIT
            )
            stopped = [each for each in mine if each.stops and each.until not in (None, each.since)]
            ends = sum(each.exit_share for each in stopped)
            assert left == ends <= 1 + Decimal("1e-12")


@FEW
@given(records(COUNTED), st.integers(0, 900))
def test_a_platform_is_charged_once_a_year_whatever_it_is_used_for(
    every: list[Used], days: int
) -> None:
    def charged(some: list[Used]) -> dict[tuple[str, int], int]:
        _, made = worked(some)
        platforms = [each for each in made if each.kind is ClaimKind.PLATFORM]
        return {
            (x.component or "", year): sum(by) for x in platforms for year, by in x.years.items()
        }

    found = charged(every)
    assert all(pence <= 25_000_000 for pence in found.values())
    # Another need of each service, met by the same component from the same day on, or later.
    more = [
        each._replace(
            ids=(-each.ids[0], *each.ids[1:]), capability=f"{each.capability} more",
            since=min(each.since + timedelta(days), each.until or LAST),
        )
        for each in every
    ]  # fmt: skip
    twice = [*every, *more]
    assert charged(twice) == found


@FEW
@given(records(COUNTED))
def test_a_whole_whose_parts_meet_the_same_needs_adds_nothing(every: list[Used]) -> None:
    parts = [each._replace(above=("whole", "all")) for each in every]
    more = [
        each._replace(ids=(-each.ids[0], *each.ids[1:]), service=above)
        for each in every
        for above in ("whole", "all")
    ]
    unlike = {(each.service, each.capability, each.component): each for each in more}.values()
    assert totals([*parts, *unlike]) == totals(every)
