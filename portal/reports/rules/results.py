"""What a run says: one document, from which its pages are made. Money in whole pence."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from portal.catalogue.component_words import Standing
from portal.reports.rules.appraisal import Appraisal
from portal.reports.rules.assumptions import SHARES, Terms
from portal.reports.rules.claim import Claim, to_pence
from portal.reports.rules.model import COLUMN_OF
from portal.reports.rules.ranges import (
    DRAWS,
    Case,
    draws,
    percentile,
    switching_value,
    tornado,
    users_to_break_even,
)
from portal.reports.rules.runs import NOT_IN, Platform, Tally, case, charged
from portal.reports.rules.years import ZERO
from portal.reports.words import Assumed, ClaimKind, Column, EvidenceClass, View

CONFIRMED, DECLARED = Standing.CONFIRMED.value, Standing.DECLARED.value
BOTH = (CONFIRMED, DECLARED)
#: So many bars of a tornado are shown; the rest are in its data.
BARS = 12
_SIX = Decimal("0.000001")


class Judged:
    """Counts claims, and those that rest on judgement or a benchmark."""

    def __init__(self, weak: set[str]) -> None:
        """Keep the assumptions that do."""
        self.weak = weak
        self.claims = self.judged = 0

    def add(self, claim: Claim) -> None:
        """Count a claim in: one for each year."""
        many = claim.many()
        self.claims += many
        self.judged += 0 if self.weak.isdisjoint(claim.keys) else many


def by_year(
    tally: Tally, view: View, standings: Iterable[str], horizon: int, without: set[str]
) -> dict[str, list[int]]:
    """Pence by year, by column, what platforms cost on a row of its own, and the net. Where prices
    are paid they have a row as well (`price`): to organisations they are a cost, for the whole of
    government they cancel out, and are in no sum.

    Args:
        without: components that are left out.
    """
    wanted = set(standings)
    rows = {each.value: [0] * horizon for each in Column} | {"platform": [0] * horizon}
    prices, priced = [0] * horizon, False
    for (component, kind, standing), years in tally.pence.items():
        if standing not in wanted or component in without:
            continue
        if kind is ClaimKind.PRICE:
            priced = True
            prices = [before + pence for before, pence in zip(prices, years, strict=True)]
        if kind is NOT_IN[view]:
            continue
        for year, pence in enumerate(years):
            rows[COLUMN_OF[kind].value][year] += pence
            if kind is ClaimKind.PLATFORM:
                rows["platform"][year] += pence
    gains = zip(rows[Column.CASH], rows[Column.NON_CASH], rows[Column.COST], strict=True)
    rows["net"] = [cash + other - cost for cash, other, cost in gains]
    return rows | ({"price": prices} if priced else {})


def weak_keys(terms: Terms) -> set[str]:
    """The assumptions that rest on judgement or a benchmark."""
    classes = (EvidenceClass.JUDGEMENT, EvidenceClass.BENCHMARK)
    return {key for key, row in terms.chosen.rows.items() if row.evidence in classes}


def result(
    platforms: list[Platform], terms: Terms, tally: Tally, judged: Judged, seed: int,
    many: int = DRAWS,
) -> dict[str, Any]:  # fmt: skip
    """The document of a run: `views` by name, `components`, how many uses stand how (`counts`) and
    are in the figures for the whole of government (`counted`), what was left out and why; of what
    was measured, where there is any (words.Unused).
    """
    known = {platform.slug for platform, _, _ in charged(platforms, BOTH, terms, tally)}
    counted = {component for component, _, standing in tally.sums if standing in BOTH}
    missing = sorted(counted - known)
    return {
        "views": {
            view.value: _view(
                view, platforms, terms, tally, seed, many,
                set(missing) if view is View.WHOLE else set(),
            )
            for view in View
        },
        "components": [
            _component(platform, platforms, terms, tally)
            for platform in platforms
            if platform.slug in known & counted
        ],
        "missing_platform_cost": missing,
        "counts": dict(sorted(tally.counts.items())),
        "counted": _counted(tally, known),
        "without_assumption": tally.unworthy,
        "without_start": tally.undated,
        "claimed_by_parts": tally.elsewhere,
        "claims": judged.claims,
        "claims_on_judgement": judged.judged,
        **{why.value: many for why, many in sorted(tally.unused.items())},
    }  # fmt: skip


def _counted(tally: Tally, known: set[str]) -> dict[str, int]:
    """How many uses are in the figures for the whole of government, by their standing."""
    return {
        standing: sum(
            many for (component, stands), many in tally.claiming.items()
            if stands == standing and component in known
        )
        for standing in BOTH
    }  # fmt: skip


def _view(
    view: View, platforms: list[Platform], terms: Terms, tally: Tally, seed: int,
    many: int, without: set[str],
) -> dict[str, Any]:  # fmt: skip
    first = case(view, [CONFIRMED], platforms, terms, tally)
    second = case(view, BOTH, platforms, terms, tally)
    return {
        "confirmed": by_year(tally, view, [CONFIRMED], terms.horizon, without),
        "with_declared": by_year(tally, view, BOTH, terms.horizon, without),
        **weighed(first, second, seed, many),
    }


def weighed(first: Case, second: Case, seed: int, many: int) -> dict[str, Any]:
    """What the case of confirmed uses is worth, how sure that is, and what the second, with
    declared ones, is worth.
    """
    drawn = draws(first, seed, many)
    money: Appraisal = first.appraisal()
    ratio = money.benefit_cost_ratio(first.rate)
    bars = bars_of(first)
    return {
        "npv": to_pence(first.npv()),
        "npv_with_declared": to_pence(second.npv()),
        "p10": to_pence(percentile(drawn, 10)),
        "p90": to_pence(percentile(drawn, 90)),
        "benefit_cost_ratio": None if ratio is None else _plain(ratio),
        "payback_year": money.payback_year,
        "tornado": bars,
        "switching": _switching(first, [key for key, *_ends in bars[:BARS]]),
    }


def bars_of(made: Case) -> list[list[Any]]:
    """The tornado: the key of each assumption, and the pence at its low and at its high end."""
    return [[bar.key, to_pence(bar.at_low), to_pence(bar.at_high)] for bar in tornado(made)]


def _switching(made: Case, keys: Iterable[str]) -> list[list[str]]:
    """Where the answer would change its sign, of those assumptions that can get there."""
    found = []
    for key in keys:
        value = switching_value(made, key)
        field = Assumed(made.assumptions[key].field)
        if value is not None and 0 <= value <= SHARES.get(field, value):
            found.append([key, _plain(value)])
    return found


def _component(
    platform: Platform, platforms: list[Platform], terms: Terms, tally: Tally
) -> dict[str, Any]:
    alone = case(View.WHOLE, [CONFIRMED], platforms, terms, tally, platform.slug)
    every = case(View.WHOLE, BOTH, platforms, terms, tally, platform.slug)
    now = [
        (max(years), standing)
        for (slug, standing), years in tally.live.items()
        if slug == platform.slug
    ]
    return {
        "component": platform.slug,
        "npv": to_pence(alone.npv()),
        "npv_with_declared": to_pence(every.npv()),
        **_needed(platform, every, terms),
        "confirmed": _plain(sum((n for n, s in now if s == CONFIRMED), ZERO)),
        "declared": _plain(sum((n for n, s in now if s == DECLARED), ZERO)),
        "published": platform.published[-1][1] if platform.published else None,
    }


def _needed(platform: Platform, made: Case, terms: Terms) -> dict[str, Any]:
    """How many users pay for a platform at its first known cost, each like most of those that it
    has; `needed` is None where that is not known, and where each of them loses (`loses`).
    """
    gains = [group for group in made.groups if Assumed.PLATFORM not in group.keys]
    years = range(terms.base_year, terms.base_year + terms.horizon)
    costs = (terms.chosen.platform(platform.slug, year) for year in years)
    key = next((cost for cost in costs if cost is not None), None)
    if not gains or key is None:
        return {"needed": None, "loses": False}
    usual = max(gains, key=lambda group: (_size(group.sums), sorted(group.keys.values())))
    keys = {**usual.keys, Assumed.PLATFORM.value: key}
    needed = users_to_break_even(terms.chosen.assumptions, keys, terms.rate, terms.horizon)
    return {"needed": needed, "loses": needed is None}


def _size(sums: dict[tuple[ClaimKind, int], Decimal]) -> Decimal:
    return sum((n for (kind, _), n in sums.items() if kind is ClaimKind.OWN_RUN), ZERO)


def _plain(number: Decimal) -> str:
    return f"{number.quantize(_SIX, ROUND_HALF_EVEN):f}"
