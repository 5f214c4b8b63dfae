"""Volumes and days that were measured: what they are worth, and what they are in only once."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.reports.rules import inputs
from portal.reports.rules.assumptions import Chosen, Row, unclaimed
from portal.reports.rules.inputs import Old, Used
from portal.reports.rules.measured import measured
from portal.reports.rules.model import add_up, quantities, span_of
from portal.reports.rules.places import Placed, packed, unpacked
from portal.reports.rules.ranges import tornado
from portal.reports.rules.runs import Platform, Tally, case, charged, claims
from portal.reports.words import Assumed, ClaimKind, SizeBand, View
from tests.reports.test_savings_runs import PAY, assumption, both, ran, terms, the_set, whole
from tests.reports.test_savings_runs import used as a_use
from tests.reports.test_savings_shared import OTHER, sharing

PRICED = [
    assumption(Assumed.ALTERNATIVE_PRICE, 0.5, capability="card-payments", apart=True),
    assumption(Assumed.PRICE, 0.0244, component="pay"),
    assumption(Assumed.PRICE, 0.1, component="other"),
    assumption(Assumed.DAY_RATE, 612.5),
    assumption(Assumed.PLATFORM, 90_000.01, component="other"),
]
PLATFORMS = (PAY, OTHER)
OF_VOLUME = (ClaimKind.VOLUME_AVOIDED, ClaimKind.VOLUME_REPLACED, ClaimKind.PRICE)


def volumes(**years: int) -> tuple[tuple[int, int, bool], ...]:
    """Of years that are over: `y2026=1_000`."""
    return tuple((int(year[1:]), many, True) for year, many in years.items())


@st.composite
def measuring(draw: st.DrawFn) -> list[Used]:
    """Uses, some that share a need, of some of which something was measured."""
    years = st.integers(2024, 2032)
    return [
        each._replace(
            old=draw(st.sampled_from([None, None, Old(70_000, date(2026, 5, 4))])),
            volumes=tuple(
                (year, draw(st.integers(0, 10**7)), draw(st.booleans()))
                for year in sorted(draw(st.sets(years, max_size=4)))
            ),
            days=draw(st.sampled_from([None, Decimal("0.00"), Decimal("12.50"), Decimal(90)])),
        )
        for each in draw(sharing())
    ]


@settings(max_examples=25)
@given(measuring())
def test_what_is_measured_is_what_the_model_has_of_it(every: list[Used]) -> None:
    for each, stretches in inputs.uses(every):
        plain = [counted.use(2026) for counted in stretches]
        known = {year - 2026: Decimal(many) for year, many, _over in each.volumes}
        made = [list(quantities(use, 5, View.ORGANISATION)) for use in plain]
        spans = [span_of(use, some) for use, some in zip(plain, made, strict=True)]
        more = list(measured(each, spans, 2026))
        assert len({(one.kind, one.year) for one in more}) == len(more), "once in a year"
        if len(plain) == 1:
            whole_use = replace(plain[0], volumes=known, days=each.days)
            # What was measured takes the place of the estimate.
            left = [one for one in made[0]
                    if each.days is None or one.kind is not ClaimKind.INTEGRATION]  # fmt: skip
            assert add_up([*left, *more]) == add_up(quantities(whole_use, 5, View.ORGANISATION))


@settings(max_examples=12)
@given(measuring())
def test_the_whole_is_the_organisations_with_prices_back_and_platforms_off(
    every: list[Used],
) -> None:
    every = [each._replace(component="pay") if each.component == "unknown" else each
             for each in every]  # fmt: skip
    found, made = both(*every, rows=[*the_set(), *PRICED], platforms=PLATFORMS)
    for counted in ("confirmed", "with_declared"):
        mine, theirs = (found["views"][view.value][counted] for view in View)
        paid = theirs.get("price", [0] * 5)
        assert mine.get("price", [0] * 5) == paid, "which cancels out"
        assert mine["net"] == [
            net + back - cost
            for net, back, cost in zip(theirs["net"], paid, mine["platform"], strict=True)
        ]
    assert sum(by[0] for each in made if each.kind is ClaimKind.PRICE
               for by in each.years.values()) == sum(
        found["views"]["organisation"]["confirmed"].get("price", [])
    )  # fmt: skip
    without = [each._replace(volumes=()) for each in every if each.standing != "planned"]
    planned = [each for each in every if each.standing == "planned"]
    alone = both(*without, rows=[*the_set(), *PRICED], platforms=PLATFORMS)[0]
    more = both(*without, *planned, rows=[*the_set(), *PRICED], platforms=PLATFORMS)[0]
    assert whole(alone)["npv"] == whole(more)["npv"], "what is planned adds nothing"


def kinds(found: list[Any]) -> set[ClaimKind]:
    return {each.kind for each in found}


def test_a_price_elsewhere_is_not_inside_what_running_costs_as_well() -> None:
    use = a_use("a", volumes=volumes(y2026=1_000))
    replaced = a_use("b", volumes=volumes(y2026=1_000), old=Old(9_000, None))
    inside = [replace(PRICED[0], apart=False), *PRICED[1:]]
    for rows, wanted in (
        ([*the_set(), *PRICED], set(OF_VOLUME)),
        # M, or P, may have it in it: it is not claimed twice. What is paid is charged all the same.
        ([*the_set(), *inside], {ClaimKind.PRICE}),
        ([*(row for row in the_set() if row.field is not Assumed.RUN), *inside],
         {ClaimKind.VOLUME_AVOIDED, ClaimKind.PRICE}),
        # Without what the component costs, what is elsewhere would be a gain without its cost.
        ([*the_set(), PRICED[0]], set()),
        ([*the_set(), *PRICED[1:]], {ClaimKind.PRICE}),
    ):  # fmt: skip
        found, made = both(use, replaced, rows=rows)
        assert kinds(made) & set(OF_VOLUME) == wanted
        told = found.get("within_run", 0) + found.get("without_price", 0)
        assert told == 2 - len(wanted & set(OF_VOLUME[:2]))


@settings(max_examples=12)
@given(measuring(), st.booleans())
def test_volumes_count_in_one_place_only(every: list[Used], apart: bool) -> None:
    rows = [*the_set(), replace(PRICED[0], apart=apart), *PRICED[1:]]
    _, made = both(*every, rows=rows, platforms=PLATFORMS)
    claimed = {each.key[:2] for each in made if each.kind in OF_VOLUME[:2]}
    running = {
        each.key[:2] for each in made
        if each.kind in (ClaimKind.RUN_AVOIDED, ClaimKind.RUN_REPLACED, ClaimKind.RUN_RELEASED)
    }  # fmt: skip
    assert apart or not claimed & running


def test_days_of_building_in_hold_where_a_day_has_a_price() -> None:
    use = a_use("a", days=Decimal("12.50"))
    for rows, wanted in (
        (the_set(), 5_000_000),
        ([*the_set(), assumption(Assumed.DAY_RATE, 600)], 750_000),
        # What was measured is not optimistic.
        ([*the_set(), assumption(Assumed.DAY_RATE, 600, capability="card-payments"),
          assumption(Assumed.OPTIMISM, 1)], 750_000),
    ):  # fmt: skip
        found, made = both(use, rows=rows)
        built_in = (ClaimKind.INTEGRATION, ClaimKind.INTEGRATION_MEASURED)
        spent = [each for each in made if each.kind in built_in]
        assert [each.years for each in spent] == [{0: [wanted, 0, 0]}]
        assert found.get("without_day_rate", 0) == (wanted == 5_000_000)
    # A version with a day rate, tried on what a run without one kept: the same records.
    tally, priced = Tally(), terms([*the_set(), replace(PRICED[3], low=Decimal(300))])
    list(claims([[use]], set(), terms(), tally))
    tally.settle(priced)
    made_case = case(View.WHOLE, ["confirmed"], [PAY], priced, tally)
    assert "day_rate" in {bar.key for bar in tornado(made_case)}
    again = Tally()
    list(claims([[use]], set(), priced, again))
    assert again.places == tally.places and again.sums == tally.sums


def test_nothing_is_projected_and_no_assumption_moves_what_nobody_measured() -> None:
    measured_once = a_use("a", volumes=volumes(y2027=1_000, y2031=9, y2025=9))
    _, made = both(measured_once, rows=[*the_set(), *PRICED])
    [years] = [each.years for each in made if each.kind is ClaimKind.VOLUME_AVOIDED]
    assert list(years) == [1]
    plain, priced = ran(a_use("a")), ran(a_use("a"), rows=[*the_set(), *PRICED])
    assert plain == priced, "without anything measured, prices change nothing"


def weights(*every: Used) -> list[list[str]]:
    """By year: the share that confirmed uses answer for, and declared ones as well."""
    tally, known = Tally(), terms()
    list(claims([[each] for each in every], set(), known, tally))
    platforms = [Platform(3, "pay", (("2026-01-01", 100),))]
    return [
        [f"{share:.3f}" for share in shares]
        for some in (["confirmed"], ["confirmed", "declared"])
        for _, shares, _ in charged(platforms, some, known, tally)
    ]


def test_a_platform_is_shared_by_volume_where_all_that_counts_has_one() -> None:
    mine = a_use("a", volumes=volumes(y2026=600, y2027=600, y2028=600))
    theirs = a_use("b", standing="declared", volumes=((2026, 200, True), (2027, 200, False)))
    lapsed = a_use("c", standing="lapsed", volumes=volumes(y2026=200, y2028=9_400))
    silent = a_use("d", standing="lapsed")
    found = weights(mine, theirs, lapsed, silent)
    # The provider says 100 uses, of which 4 are known: of these by volume, but where the year goes
    # on or a declared use has none.
    assert found == [["0.024", "0.010", "0.010", "0.010", "0.010"],
                     ["0.032", "0.020", "0.020", "0.020", "0.020"]]  # fmt: skip
    ended = theirs._replace(until=date(2027, 4, 1))
    assert weights(mine, ended, lapsed)[0][2] == "0.001", "who has left need not have one"
    alone = a_use("a", volumes=volumes(y2026=600))
    assert weights(alone)[0][0] == "0.010", "a volume more does not make it all the users there are"
    assert weights(a_use("a", volumes=volumes(y2026=0)))[0][0] == "0.010", "of nothing, no share"


@settings(max_examples=12)
@given(measuring())
def test_a_share_is_never_more_than_all_and_declared_use_never_lessens_it(
    every: list[Used],
) -> None:
    every = [each._replace(component="pay") for each in every]
    tally, known = Tally(), terms()
    list(claims(inputs.by_service(sorted(every, key=lambda x: x.service)), set(), known, tally))
    shares = [
        [found for _, found, _ in charged([Platform(3, "pay")], some, known, tally)]
        for some in (["confirmed"], ["confirmed", "declared"])
    ]
    for first, second in zip(*shares, strict=True):
        assert all(0 <= one <= two <= 1 for one, two in zip(first, second, strict=True))


def test_runs_from_before_are_read_as_they_were() -> None:
    plain = a_use("a")
    assert b"volumes" not in inputs.line(plain) and b"days" not in inputs.line(plain)
    some = a_use("a", volumes=((2026, 5, True), (2027, 0, False)), days=Decimal("0.00"))
    assert inputs.read(inputs.line(some)) == some
    tally = Tally()
    list(claims([[plain]], set(), terms(), tally))
    rows = orjson.loads(zlib.decompress(packed(tally.places)))
    before = zlib.compress(orjson.dumps([[*row[:5], *row[6:8]] for row in rows]))
    assert unpacked(before) == unpacked(packed(tally.places)) == tally.places
    [placed] = tally.places.values()
    assert isinstance(placed, Placed) and placed.silent == frozenset(range(5))


@pytest.mark.parametrize("field", [Assumed.PRICE, Assumed.ALTERNATIVE_PRICE, Assumed.DAY_RATE])
def test_the_reason_is_told_for_each_price_that_is_missing(field: Assumed) -> None:
    rows: list[Row] = [row for row in [*the_set(), *PRICED] if row.field is not field]
    chosen = Chosen(rows)
    keys = chosen.keys("card-payments", "pay", SizeBand.SMALL)
    found = unclaimed(chosen, keys, days=True)
    if field is Assumed.DAY_RATE:
        assert found == {ClaimKind.INTEGRATION_MEASURED: "without_day_rate"}
    else:
        assert set(found.values()) == {"without_price", None}
