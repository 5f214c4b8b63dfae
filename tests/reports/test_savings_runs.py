"""From lines of input to claims and a result, without a database: the guards of savings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.reports.rules import inputs, scenario
from portal.reports.rules.assumptions import Chosen, Row, Terms, check
from portal.reports.rules.claim import Claim
from portal.reports.rules.inputs import Old, Used
from portal.reports.rules.results import Judged, result, weak_keys
from portal.reports.rules.runs import Platform, Tally, claims, platform_claims
from portal.reports.store import claim_rows
from portal.reports.words import Assumed, ClaimKind, EvidenceClass, SizeBand

PAY = Platform(3, "pay", (("2026-01-01", 6),))
LETTERS = {letter: Assumed(name) for letter, name in scenario.LETTERS.items()}
_IDS = iter(range(1, 10**9))


def assumption(field: Assumed, central: float, **of: Any) -> Row:
    number = Decimal(str(central))
    dated = date(2026, 1, 1)
    return Row(field, number, number, number, EvidenceClass.JUDGEMENT, dated, **of)


def the_set(**without: float) -> list[Row]:
    params = {**scenario.worked_example()["params"], **without}
    return [
        assumption(LETTERS[letter], value, **({"component": "pay"} if letter == "K" else {}))
        for letter, value in params.items()
    ]


def terms(rows: list[Row] | None = None) -> Terms:
    return Terms(2026, 5, Decimal("0.035"), 3, Chosen(the_set() if rows is None else rows))


def used(service: str, start: str = "2026-04-01", end: str | None = None, **more: Any) -> Used:
    base = Used(
        (next(_IDS), 1, 2, 3, 4), service, "card-payments", "pay", "hmrc", "confirmed",
        SizeBand.SMALL, date.fromisoformat(start), None if end is None else date.fromisoformat(end),
    )  # fmt: skip
    return base._replace(**more)


def ran(*every: Used, rows: list[Row] | None = None, platforms: Any = (PAY,)) -> dict[str, Any]:
    found, _ = both(*every, rows=rows, platforms=platforms)
    return found


def both(
    *every: Used, rows: list[Row] | None = None, platforms: Any = (PAY,)
) -> tuple[dict[str, Any], list[Claim]]:
    ordered = sorted(every, key=lambda each: (each.service, each.capability, each.component))
    kept = [inputs.read(inputs.line(each)) for each in ordered]
    assert kept == ordered
    known, tally = terms(rows), Tally()
    judged = Judged(weak_keys(known))
    made = list(claims(inputs.by_service(kept), inputs.leaves(kept), known, tally))
    made += platform_claims(platforms, known, tally)
    for claim in made:
        judged.add(claim)
    return result(list(platforms), known, tally, judged, seed=1, many=50), made


def whole(found: dict[str, Any]) -> dict[str, Any]:
    view: dict[str, Any] = found["views"]["whole"]
    return view


#: The worked example with days: 183 of 365 are not quite half a year.
EXAMPLE = (
    used("a"), used("b"), used("c", "2026-10-01"), used("d", "2027-04-01"),
    used("e", "2027-04-01", "2029-04-01"), used("f", "2028-04-01"),
)  # fmt: skip
MORE = (used("g", standing="declared"), used("h", "2027-04-01", standing="declared"))


def test_the_worked_example_from_records() -> None:
    found = ran(*EXAMPLE, *MORE, platforms=[Platform(3, "pay")])
    years = whole(found)["confirmed"]
    share = Decimal(182) / 365
    gained = Decimal("0.8") * (750_000 + 60_000 * (2 + share))
    assert abs(years["non_cash"][0] - 100 * gained) <= 2
    assert years["non_cash"][1:] == [64_000_000, 48_800_000, 24_000_000, 24_000_000]
    assert years["cash"] == [0] * 5
    # Two of eight uses are only declared: the platform's cost is charged for six.
    assert years["platform"][1] == round(25_000_000 * Decimal(5) / 7)
    assert whole(found)["with_declared"]["platform"] == [25_000_000] * 5
    assert found["counts"] == found["counted"] == {"confirmed": 6, "declared": 2}


def test_what_is_in_no_figure_is_not_counted_as_if_it_were() -> None:
    before = used("old", "2020-04-01", "2025-04-01")
    unsaid = used("new", component="other", standing="declared")
    found = ran(used("a"), before, unsaid, platforms=(PAY, Platform(9, "other")))
    assert found["counts"] == {"confirmed": 2, "declared": 1}
    assert found["counted"] == {"confirmed": 1, "declared": 0}


def test_the_net_adds_up_and_is_what_is_discounted() -> None:
    found = ran(*EXAMPLE)
    view = whole(found)
    net = view["confirmed"]["net"]
    npv = sum(Decimal(pence) / Decimal("1.035") ** year for year, pence in enumerate(net))
    assert abs(npv - view["npv"]) < 20
    assert net == [
        cash + other - cost
        for cash, other, cost in zip(
            *(view["confirmed"][each] for each in ("cash", "non_cash", "cost")), strict=True
        )
    ]


def test_what_is_planned_disputed_or_lapsed_adds_nothing() -> None:
    base = ran(*EXAMPLE, *MORE)
    for standing in ("planned", "disputed", "lapsed"):
        more = ran(*EXAMPLE, *MORE, used("z", standing=standing))
        for name in ("confirmed", "with_declared"):
            for row in ("cash", "non_cash"):
                assert whole(more)[name][row] == whole(base)[name][row], standing
        assert whole(more)["npv"] >= whole(base)["npv"], (
            "a use more never raises the cost of others"
        )


def test_a_planned_use_takes_no_part_from_one_that_is_live() -> None:
    base = ran(used("a"))
    more = ran(used("a"), used("a", component="other", standing="planned"))
    assert whole(more)["confirmed"] == whole(base)["confirmed"]


def test_two_components_of_one_need_share_it() -> None:
    other = Platform(9, "other")
    rows = [*the_set(), assumption(Assumed.PLATFORM, 0, component="other")]
    one = ran(used("a"), rows=rows, platforms=(PAY, other))
    two = ran(used("a"), used("a", component="other"), rows=rows, platforms=(PAY, other))
    ran_alone = whole(one)["confirmed"]["non_cash"]
    assert whole(two)["confirmed"]["non_cash"][1:] == ran_alone[1:]
    said = [used("a", share=Decimal(60)), used("a", component="other", share=Decimal(60))]
    assert (
        whole(ran(*said, rows=rows, platforms=(PAY, other)))["confirmed"]["non_cash"][1:]
        == (ran_alone[1:])
    )


def test_one_after_the_other_share_nothing() -> None:
    first = used("a", "2026-04-01", "2028-04-01")
    second = used("a", "2028-04-01", component="other")
    rows = [*the_set(), assumption(Assumed.PLATFORM, 0, component="other")]
    platforms = (PAY, Platform(9, "other"))
    found = whole(ran(first, second, rows=rows, platforms=platforms))["confirmed"]["non_cash"]
    assert found[1] == found[3] == 4_800_000


def test_a_component_for_two_needs_is_built_in_once() -> None:
    _, made = both(used("a"), used("a", capability="refunds"))
    builds = [c.years[0][0] for c in made if c.kind is ClaimKind.BUILD_AVOIDED]
    assert builds == [10_000_000, 10_000_000]


def test_a_service_that_is_part_of_another_is_claimed_there_only() -> None:
    part = used("part", above=("whole",))
    alone, together = ran(part), ran(part, used("whole"))
    assert whole(together)["confirmed"]["non_cash"] == whole(alone)["confirmed"]["non_cash"]
    assert together["claimed_by_parts"] == 1
    other = ran(part, used("whole", capability="refunds"))
    assert whole(other)["confirmed"]["non_cash"][0] > whole(alone)["confirmed"]["non_cash"][0]


def test_what_shares_a_need_with_a_platform_of_unknown_cost_is_left_out() -> None:
    found = ran(used("a"), used("a", component="other"))
    assert found["missing_platform_cost"] == ["other"]
    assert found["counted"]["confirmed"] < found["counts"]["confirmed"], "it is in no figure"
    alone = ran(used("a"))
    assert whole(found)["confirmed"]["non_cash"][1] * 2 == whole(alone)["confirmed"]["non_cash"][1]


def test_without_the_cost_of_a_platform_there_is_no_figure_for_the_whole() -> None:
    rows = [row for row in the_set() if row.field is not Assumed.PLATFORM]
    found = ran(*EXAMPLE, rows=rows)
    assert found["missing_platform_cost"] == ["pay"]
    assert whole(found)["npv"] == 0
    assert set(whole(found)["confirmed"]["non_cash"]) == {0}
    assert found["views"]["organisation"]["npv"] > 0


def test_the_whole_is_the_organisations_with_platforms_charged() -> None:
    found = ran(*EXAMPLE)
    mine, theirs = whole(found)["confirmed"], found["views"]["organisation"]["confirmed"]
    assert theirs["platform"] == [0] * 5
    assert mine["net"] == [
        net - cost for net, cost in zip(theirs["net"], mine["platform"], strict=True)
    ]


def test_what_nobody_assumes_anything_of_claims_nothing() -> None:
    rows = [row for row in the_set() if row.field not in (Assumed.BUILD, Assumed.RUN)]
    found = ran(*EXAMPLE, rows=rows)
    assert found["without_assumption"] == 6
    assert set(whole(found)["confirmed"]["cost"]) == {0}
    some = ran(*EXAMPLE, used("z", capability="unknown"), rows=[
        *(row for row in the_set() if row.field not in (Assumed.BUILD, Assumed.RUN)),
        assumption(Assumed.RUN, 60_000, capability="card-payments"),
    ])  # fmt: skip
    assert whole(some)["confirmed"]["platform"][4] == round(25_000_000 * Decimal(5) / 6)


def test_the_most_exact_assumption_holds() -> None:
    rows = [
        *the_set(),
        assumption(Assumed.RUN, 1, band=SizeBand.SMALL),
        assumption(Assumed.RUN, 2, capability="card-payments"),
        assumption(Assumed.RUN, 3, capability="card-payments", band=SizeBand.SMALL),
    ]
    chosen = Chosen(rows)
    for capability, band, wanted in (
        ("card-payments", SizeBand.SMALL, "run:card-payments:small"),
        ("card-payments", SizeBand.LARGE, "run:card-payments"),
        ("refunds", SizeBand.SMALL, "run:small"),
        ("refunds", SizeBand.LARGE, "run"),
    ):
        assert chosen.keys(capability, "pay", band)["run"] == wanted


def test_what_a_service_still_spends_can_differ_by_its_size() -> None:
    rows = [*the_set(), check(assumption(Assumed.OWN_RUN, 90, band=SizeBand.SMALLEST))]
    small, smallest = (
        ran(used("a", band=band), rows=rows)["views"]["organisation"]["confirmed"]["cost"][4]
        for band in (SizeBand.SMALL, SizeBand.SMALLEST)
    )
    assert (small, smallest) == (800_000, 9_000)


def test_what_was_replaced_counts_once_and_is_cash_with_proof() -> None:
    old = Old(50_000, date(2026, 4, 1))
    found = whole(ran(used("a", old=old)))["confirmed"]
    assert found["cash"] == [5_000_000] * 3 + [0, 0]
    assert found["non_cash"] == [0] * 3 + [5_000_000] * 2


STANDINGS = st.sampled_from(["confirmed", "declared", "planned", "disputed", "lapsed"])
DAYS = st.dates(date(2020, 1, 1), date(2032, 1, 1))


@st.composite
def some_uses(draw: st.DrawFn) -> list[Used]:
    found = []
    for number in range(draw(st.integers(1, 6))):
        first, last = sorted((draw(DAYS), draw(DAYS)))
        end = last.isoformat() if draw(st.booleans()) else None
        name = draw(st.sampled_from("abc"))
        capability = f"{draw(st.sampled_from(['card-payments', 'refunds']))}-{number % 2}"
        standing = draw(STANDINGS)
        found.append(used(name, first.isoformat(), end, capability=capability, standing=standing))
    return found


@given(some_uses())
def test_claims_are_unique_and_totals_are_their_sum(every: list[Used]) -> None:
    found, made = both(*every)
    keys = [(*claim.key, year) for claim in made for year in claim.years]
    assert len(keys) == len(set(keys))
    total = sum(
        by[0]
        for claim in made
        for by in claim.years.values()
        if claim.kind in (ClaimKind.BUILD_AVOIDED, ClaimKind.RUN_AVOIDED)
    )
    assert total == sum(whole(found)["confirmed"]["non_cash"])


@given(some_uses(), st.randoms(use_true_random=False))
def test_ids_change_nothing_that_is_said(every: list[Used], chance: Any) -> None:
    others = chance.sample(range(1, 10**6), len(every))
    again = [
        each._replace(ids=(other, *chance.sample(range(1, 10**6), 4)))
        for each, other in zip(every, others, strict=True)
    ]
    first, second = both(*every), both(*again)
    assert first[0] == second[0]
    assert [each.said() for each in first[1]] == [each.said() for each in second[1]]


def test_the_number_of_users_is_the_one_of_the_time() -> None:
    known = Platform(1, "verify", (("2022-01-01", 17), ("2022-09-20", 27), ("2023-01-01", 3)))
    assert [known.used_by(year) for year in (2016, 2021, 2022, 2026)] == [17, 17, 3, 3]
    assert Platform(1, "none").used_by(2026) == 0


def test_claims_wait_in_a_file_and_come_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_rows, "WAITING", 5)
    monkeypatch.setattr(claim_rows, "SERVICES", 3)
    _, made = both(*(used(name, ids=(n, 50 - n, 2, 3, 4)) for n, name in enumerate("abcdefgh")))
    with claim_rows.Sorter() as waiting:
        for claim in made:
            waiting.add([claim])
        rows = [row for some in waiting.in_order() for row in some]
    assert len(waiting) == len(made)
    wanted = sorted((*claim.ids[:2], claim.kind.value, claim.ids[2]) for claim in made)
    assert [row[:4] for row in rows] == wanted
    assert {(row[0], row[6]) for row in rows} == {(c.ids[0], c.amounts()) for c in made}
