"""Where several components meet one need: what is claimed once, and which lines a view has."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.db import Database
from portal.reports.rules import inputs
from portal.reports.rules.claim import Claim, of_components
from portal.reports.rules.claim_kinds import kinds_of
from portal.reports.rules.inputs import Used
from portal.reports.rules.model import COLUMN_OF
from portal.reports.rules.runs import Platform
from portal.reports.store import claims, runs
from portal.reports.store.claims import ClaimQuery
from portal.reports.words import Assumed, ClaimKind, Column, View
from tests.reports.test_savings_database import done, published
from tests.reports.test_savings_database import used as used
from tests.reports.test_savings_pages import DEMO, said
from tests.reports.test_savings_runs import PAY, assumption, both, some_uses, the_set
from tests.reports.test_savings_runs import used as a_use
from tests.support.pages import PageClient
from tests.support.storefront import add_component, add_usage

OTHER = Platform(9, "other")
BUILT, BUILT_IN = ClaimKind.BUILD_AVOIDED, ClaimKind.INTEGRATION


def sums_of(*every: Used) -> dict[ClaimKind, int]:
    """Pence of all years and standings, by kind."""
    found = dict.fromkeys(ClaimKind, 0)
    for claim in both(*every, platforms=(PAY, OTHER))[1]:
        found[claim.kind] += sum(sum(pence) for pence in claim.years.values())
    return found


@pytest.mark.parametrize(
    "second",
    [
        {},  # half and half
        {"start": "2028-04-01"},  # it joins later
        {"share": Decimal(30)},
        {"standing": "declared"},
        {"standing": "planned", "start": "2028-04-01"},
    ],
)
def test_a_need_is_built_once_and_each_component_is_built_in(second: dict[str, Any]) -> None:
    alone = sums_of(a_use("a"))
    found = sums_of(a_use("a"), a_use("a", component="other", **second))
    assert found[BUILT] == alone[BUILT]
    assert found[BUILT_IN] == 2 * alone[BUILT_IN]
    assert found[ClaimKind.EXIT] == 0, "its share changes, and it goes on"


def test_one_after_the_other_avoid_one_build() -> None:
    first = a_use("a", "2026-04-01", "2028-04-01")
    found = sums_of(first, a_use("a", "2028-04-01", component="other"))
    assert found[BUILT] == sums_of(a_use("a"))[BUILT]
    assert found[BUILT_IN] == 2 * sums_of(a_use("a"))[BUILT_IN]
    # What the first did not cover is avoided by the second.
    some = first._replace(share=Decimal(40))
    assert sums_of(some)[BUILT] == sums_of(a_use("a"))[BUILT] * Decimal("0.4")
    assert sums_of(some, a_use("a", "2028-04-01", component="other"))[BUILT] == found[BUILT]


def test_three_thirds_leave_nothing_to_avoid() -> None:
    three = [a_use("a", end="2028-04-01", component=each) for each in ("pay", "other", "more")]
    later = a_use("a", "2028-04-01", component="later")
    credited = {each.component: counted.avoided_share for each, [counted, *_] in inputs.uses(
        [*three, later]
    )}  # fmt: skip
    assert credited["later"] == 0


@st.composite
def sharing(draw: st.DrawFn) -> list[Used]:
    """Uses of which some share a need, of platforms of which one may have no cost."""
    return [
        each._replace(
            component=draw(st.sampled_from(["pay", "other", "unknown"])),
            share=draw(st.sampled_from([None, None, Decimal(30), Decimal(100)])),
            capability="card-payments",
        )
        for each in draw(some_uses())
    ]


@settings(max_examples=30)
@given(sharing())
def test_no_need_is_built_more_than_once(every: list[Used]) -> None:
    one = [each._replace(service="a") for each in every]
    assert sum(counted.avoided_share for _, some in inputs.uses(one) for counted in some) <= 1


def lines(
    made: Iterable[Claim], view: View, without: list[str], component: str | None = None
) -> dict[str, list[list[int]]]:
    """Confirmed and declared pence of each year, by column, as the lines of a view have them."""
    found = {column.value: [[0, 0] for _ in range(5)] for column in Column}
    for claim in made:
        if claim.kind not in (kinds_of(None, None, view) or ()):
            continue
        rows = orjson.loads(claim.amounts())
        if claim.parts:
            rows, _, _ = of_components(rows, claim.part_rows(), component, without)
        elif claim.component in without or component not in (None, claim.component):
            continue
        for year, column, confirmed, declared, _ in rows:
            found[column][year][0] += confirmed
            found[column][year][1] += declared
    return found


@settings(max_examples=30)
@given(sharing())
def test_the_lines_of_a_view_are_its_total_in_every_year(every: list[Used]) -> None:
    rows = [*the_set(), assumption(Assumed.PLATFORM, 90_000.01, component="other")]
    result, made = both(*every, rows=rows, platforms=(PAY, OTHER, Platform(8, "unknown")))
    for view in View:
        without = result["missing_platform_cost"] if view is View.WHOLE else []
        total, mine = result["views"][view.value], lines(made, view, without)
        components = {each.component for each in every} - set(without)
        apart = [lines(made, view, without, each) for each in components]
        for column in Column:
            years = mine[column.value]
            assert [a for a, _ in years] == total["confirmed"][column.value]
            assert [a + b for a, b in years] == total["with_declared"][column.value]
            for at, pair in enumerate(years):
                parts = [each[column.value][at] for each in apart]
                assert pair == [sum(part[0] for part in parts), sum(part[1] for part in parts)]


def listed(session: Session, query: ClaimQuery) -> dict[str, int]:
    """Pence confirmed and declared by column."""
    found = dict.fromkeys((column.value for column in Column), 0)
    for claim in claims.listing(session, query):
        assert (claim.years and claim.usages) or claim.kind is ClaimKind.PLATFORM
        for _, column, *pence in claim.years:
            assert column == COLUMN_OF[claim.kind].value
            found[column] += pence[0] + pence[1]
    return found


def test_lists_leave_out_the_part_without_a_platform_cost(
    database: Database, used: Session
) -> None:
    add_component(used, "gateway", "card-payments")
    # Joins in year 2, and so has nothing of years 0 and 1.
    add_usage(used, "a", "card-payments", component="gateway", since="2022-04-01")
    used.commit()
    run_id = done(database, published(database))
    with database.reading() as session:
        result = runs.by_id(session, run_id).result
        assert result["missing_platform_cost"] == ["gateway"]
        for view, without in ((View.WHOLE, ("gateway",)), (View.ORGANISATION, ())):
            query = ClaimQuery(run_id, kinds=kinds_of(None, None, view), without=without)
            total = result["views"][view.value]["with_declared"]
            assert listed(session, query) == {each.value: sum(total[each]) for each in Column}
            for year in range(5):
                mine = ClaimQuery(run_id, kinds=query.kinds, without=without, year=year)
                wanted = {each.value: total[each][year] for each in Column}
                assert listed(session, mine) == wanted
        mine, other = (
            list(claims.listing(session, ClaimQuery(run_id, service="a", component=slug, year=1)))
            for slug in ("pay", "gateway")
        )
        assert other == []
        assert {(each.component, each.component_name) for each in mine} == {("pay", "Pay")}
        both_ = list(claims.listing(session, ClaimQuery(run_id, service="a")))
        many = {each.kind: len(each.usages) for each in both_}
        assert (many[BUILT], many[ClaimKind.RUN_AVOIDED]) == (1, 2), "the first met all of it"


@DEMO
def test_the_lines_of_a_component_are_named_and_open_their_own_uses(client: PageClient) -> None:
    address = "/savings/runs/1/claims"
    every = said(client, f"{address}.json?view=whole")["items"]
    missing = said(client, "/savings/runs/1.json")["result"]["missing_platform_cost"]
    assert not {each["component"] for each in every} & {None, *missing}
    page = client.get(f"{address}?view=whole&service=apply-for-probate")
    assert "GOV.UK Pay" in page.text
