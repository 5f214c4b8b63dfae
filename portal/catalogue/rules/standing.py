"""How far a usage can be relied on: derived from its evidence, never typed in.

Disputed comes before planned, planned before confirmed, confirmed before lapsed, and what has no
confirmation at all is declared. What reports and other documents say is evidence for a reader, and
never confirms.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.catalogue.component_words import (
    DisputeReason,
    EvidenceKind,
    Standing,
    UsageStatus,
)
from portal.catalogue.rules.reviews import add_months

#: So many months a confirmation holds.
HOLDS = 13
PROVIDER = (EvidenceKind.PROVIDER_CONFIRMED, EvidenceKind.PROVIDER_DISPUTED)
CONFIRMING = (
    EvidenceKind.PROVIDER_CONFIRMED, EvidenceKind.ROSTER, EvidenceKind.SCAN, EvidenceKind.INVOICE,
)  # fmt: skip
NOT_YET = (UsageStatus.CONSIDERING, UsageStatus.PLANNED, UsageStatus.INTEGRATING)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a service declares of a usage; `seen` tells that it only says by when it had begun."""

    status: UsageStatus
    since: date | None = None
    until: date | None = None
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence; `place` orders those of one day (ids do)."""

    kind: EvidenceKind
    said_on: date
    place: int = 0
    reason: DisputeReason | None = None
    in_use_since: date | None = None
    stopped_on: date | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """What follows from the evidence whatever the day: since when the provider disputes the claim,
    and when it was confirmed last.
    """

    disputed_on: date | None = None
    confirmed_on: date | None = None


def marks(claim: Claim, evidence: Iterable[Evidence]) -> Marks:
    """What the evidence says of a claim.

    A dispute is over once the provider confirms, or the claim says what the provider does. It
    confirms nothing: who says since when, or that it ended, has not said that the rest is right.
    """
    every = sorted(evidence, key=lambda each: (each.said_on, each.place))
    said = [each for each in every if each.kind in PROVIDER]
    last = said[-1] if said else None
    disputed = last if last and not _settled(claim, last) else None
    confirmed = [each.said_on for each in every if each.kind in CONFIRMING]
    return Marks(
        disputed.said_on if disputed else None, max(confirmed) if confirmed else None
    )  # fmt: skip


def _settled(claim: Claim, said: Evidence) -> bool:
    """Whether a claim agrees with what the provider said."""
    if said.reason is DisputeReason.OTHER_DATE:
        began = said.in_use_since
        if claim.seen and claim.since is not None and began is not None:
            return began <= claim.since  # an earlier start is what "seen by then" means
        return claim.since == began
    if said.reason is DisputeReason.STOPPED:
        return claim.status is UsageStatus.STOPPED and claim.until == said.stopped_on
    return said.reason is None


def standing(claim: Claim, found: Marks, day: date, stale: bool = False) -> Standing:
    """How a claim stands on a day.

    Args:
        claim: what the service declares.
        found: what the evidence says, see `marks`.
        day: on which that is asked.
        stale: whether nobody should rely on the service's record: it is declared at most.
    """
    if found.disputed_on is not None:
        return Standing.DISPUTED
    if claim.status in NOT_YET:
        return Standing.PLANNED
    if found.confirmed_on is None:
        return Standing.DECLARED
    if claim.status is UsageStatus.STOPPED and claim.until is not None and claim.until < day:
        return Standing.CONFIRMED  # what is over does not lapse afterwards
    if add_months(found.confirmed_on, HOLDS) < day:
        return Standing.LAPSED
    return Standing.DECLARED if stale else Standing.CONFIRMED


def on_day(claim: Claim, evidence: Iterable[Evidence], day: date, stale: bool = False) -> Standing:
    """How a claim stood on a day, by the evidence that speaks of days up to it."""
    return standing(claim, marks(claim, [e for e in evidence if e.said_on <= day]), day, stale)
