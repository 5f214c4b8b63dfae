"""The lines of a run: what each usage has of a claim in a year, with all that it follows from, so
that a reader can work it out again.

The amount is the product of all factors that are given (optimism is an uplift: 1 is added to it),
in pounds, rounded to the penny, half to even. What a platform costs is the one exception: of its
declared line, what confirmed uses answer for (`w_confirmed`) is taken off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from portal.reports.rules.alike import ALIKE, values_of
from portal.reports.rules.assumptions import Terms, unclaimed
from portal.reports.rules.claim import to_pence
from portal.reports.rules.inputs import COUNTED, Counted, Used, uses
from portal.reports.rules.measured import measured
from portal.reports.rules.model import (
    FACTORS,
    Quantity,
    Span,
    Values,
    quantities,
    span_of,
    worth,
)
from portal.reports.rules.places import worthy
from portal.reports.rules.runs import Platform, Tally, by_volume, charged
from portal.reports.words import Assumed, ClaimKind, View

#: How much of something there is, in the order of the formula; then come what one is worth.
AMOUNTS = ("f", "share", "replaced", "days", "volume", "w", "w_confirmed")
_SHARE: Mapping[ClaimKind, Callable[[Counted], Decimal]] = {
    ClaimKind.BUILD_AVOIDED: lambda counted: counted.avoided_share,
    ClaimKind.INTEGRATION: lambda counted: counted.build_share,
    ClaimKind.EXIT: lambda counted: counted.exit_share,
}
_REPLACED = (ClaimKind.RUN_RELEASED, ClaimKind.RUN_REPLACED)
_RUNS = (*_REPLACED, ClaimKind.RUN_AVOIDED, ClaimKind.OWN_RUN)
Factors = dict[str, Decimal]


class Line(NamedTuple):
    """What a usage, or a platform, has of a claim in a year.

    Attributes:
        ids: of the claim: service, need, kind and platform.
        of: slugs of service, need, component and organisation.
        year: after the base year.
        pence: confirmed, declared and planned.
        usages: their ids: one, but where it is not known how much each has.
        keys: the assumptions that it was worked out with.
        used: the usage; None of a platform's cost.
        factors: by column, as the formula multiplies them; None where only the amount is known.
        by_volume: of a platform, whether its share follows from volumes.
    """

    ids: tuple[int, int, ClaimKind, int]
    of: tuple[str | None, str | None, str | None, str | None]
    year: int
    pence: tuple[int, int, int]
    usages: tuple[int, ...]
    keys: tuple[str, ...]
    used: Used | None = None
    factors: Factors | None = None
    by_volume: bool | None = None

    @property
    def order(self) -> tuple[str, str, int, str, tuple[int, ...]]:
        """Where it stands among the lines of one service: by the key of its claim."""
        _, need, component, _ = (each or "" for each in self.of)
        return need or component, self.ids[2].value, self.year, component, self.usages


class Working:
    """Works the lines of one service after the other out."""

    def __init__(self, claimed_below: set[tuple[str, str]], terms: Terms) -> None:
        """Take what `runs.claims` takes."""
        self._below, self._terms = claimed_below, terms
        self._amounts = lru_cache(maxsize=ALIKE)(self._work_out)

    def _work_out(self, counted: Counted) -> tuple[list[tuple[Quantity, Factors]], Span]:
        terms, use = self._terms, counted.use(self._terms.base_year)
        made = list(quantities(use, terms.horizon, View.ORGANISATION, terms.claim_years))
        return [(each, _amounts(each, counted)) for each in made], span_of(use, made)

    def _of(self, used: Used, stretches: Sequence[Counted]) -> list[tuple[Quantity, Factors]]:
        every = [self._amounts(counted) for counted in stretches]
        found = [each for some, _span in every for each in some]
        if used.measured:
            spans = [span for _some, span in every]
            more = measured(used, spans, self._terms.base_year)
            found += [(each, _amounts(each, stretches[0])) for each in more]
        return found

    def of(self, service: list[Used]) -> list[Line]:
        """The lines of a service, from all of its uses."""
        mine = [each for each in service if (each.service, each.capability) not in self._below]
        return [
            line
            for used, stretches in uses(mine)
            if used.standing in COUNTED
            for line in _of_use(used, self._of(used, stretches), self._terms)
        ]


def _of_use(
    used: Used, amounts: Iterable[tuple[Quantity, Factors]], terms: Terms
) -> Iterator[Line]:
    keys = terms.chosen.keys(used.capability, used.component, used.band)
    if not worthy(keys, used.old is not None):
        return
    values = values_of(terms.chosen, keys)
    without = unclaimed(terms.chosen, keys, used.days is not None)
    usage, service, capability, _, _ = used.ids
    for (kind, year, amount), factors in amounts:
        if kind in without:
            continue
        pence = to_pence(amount * worth(kind, values))
        yield Line(
            (service, capability, kind, 0),
            (used.service, used.capability, used.component, used.organisation),
            year, _stands(pence, used.standing), (usage,), _keys(kind, keys), used,
            factors | _worths(kind, values),
        )  # fmt: skip


def _amounts(quantity: Quantity, counted: Counted) -> Factors:
    """How much of something there is, as the factors that it is the product of."""
    kind, _, amount = quantity
    if kind in _SHARE:
        return {"share": _SHARE[kind](counted)}
    if kind in _RUNS:
        old = counted.old if kind in _REPLACED else None
        found = {"share": counted.share} | ({"replaced": Decimal(old.yearly)} if old else {})
        every = found["share"] * found.get("replaced", Decimal(1))
        return {"f": amount / every if every else Decimal(0)} | found
    return {"days" if kind is ClaimKind.INTEGRATION_MEASURED else "volume": amount}


def _worths(kind: ClaimKind, values: Values) -> Factors:
    return {field.value: getattr(values, field) for field in FACTORS[kind]}


def _keys(kind: ClaimKind, keys: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(keys[field] for field in FACTORS[kind] if field in keys)


def _stands(pence: int, standing: str) -> tuple[int, int, int]:
    first, second, third = (pence if each == standing else 0 for each in COUNTED)
    return first, second, third


def of_platforms(platforms: list[Platform], terms: Terms, tally: Tally) -> Iterator[Line]:
    """What the platforms cost: confirmed uses' part, and what declared ones add to it."""
    some = charged(platforms, COUNTED[:1], terms, tally)
    every = charged(platforms, COUNTED[:2], terms, tally)
    for (platform, mine, keys), (_, all_, _) in zip(some, every, strict=True):
        for year, (first, both, key) in enumerate(zip(mine, all_, keys, strict=True)):
            before: Factors = {}
            for standing, share in zip(COUNTED[:2], (first, both), strict=True):
                if share > before.get("w", 0):
                    made = _of_platform(platform, year, share, before, standing, key, terms)
                    yield made._replace(by_volume=by_volume(tally, platform.slug, year))
                    before = {"w": share}


def _of_platform(
    platform: Platform, year: int, share: Decimal, before: Factors, standing: str, key: str,
    terms: Terms,
) -> Line:  # fmt: skip
    cost = terms.chosen.rows[key].central
    pence = to_pence(share * cost)
    factors = {"w": share}
    if before:
        pence -= to_pence(before["w"] * cost)
        factors["w_confirmed"] = before["w"]
    factors[Assumed.PLATFORM.value] = cost
    return Line(
        (0, 0, ClaimKind.PLATFORM, platform.id), (None, None, platform.slug, None), year,
        _stands(pence, standing), (), (key,), None, factors,
    )  # fmt: skip
