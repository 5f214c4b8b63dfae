"""Requests to spend: what each has to say, where a decision can go, and who may read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from portal.catalogue.component_words import SpendDecision
from portal.errors import N_, Invalid, Stale

#: Nobody asks for more, and a slip of the keyboard is more.
MOST = 100_000_000_000
YEARS = 30
_DECIDED = (
    SpendDecision.APPROVED, SpendDecision.APPROVED_WITH_CONDITIONS, SpendDecision.REFUSED,
)  # fmt: skip
#: Where a request can go from each decision.
MOVES: Mapping[SpendDecision, frozenset[SpendDecision]] = {
    SpendDecision.WAITING: frozenset({*_DECIDED, SpendDecision.WITHDRAWN}),
    **{each: frozenset() for each in (*_DECIDED, SpendDecision.WITHDRAWN)},
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What has to be done for an approval to stand, by when, and when it was."""

    text: str
    due_on: date | None = None
    met_on: date | None = None


def moved(decision: SpendDecision, to: SpendDecision) -> SpendDecision:
    """The new decision. Raises Stale where somebody has decided otherwise meanwhile."""
    if to not in MOVES[decision]:
        raise Stale(N_("Somebody has decided this already"))
    return to


def is_public(decision: SpendDecision, confidential: bool) -> bool:
    """Whether everybody may read a request: once it is decided, unless it is confidential."""
    return decision in _DECIDED and not confidential


def refuse_asked(amount: int | None, years: int | None, asked_on: date, day: date) -> None:
    """Raise Invalid where a request cannot be for this."""
    if amount is None or not 0 <= amount <= MOST:
        raise Invalid("amount", N_("Enter the amount in whole pounds, from 0 to 100 billion"))
    if years is None or not 1 <= years <= YEARS:
        raise Invalid("years", N_("Enter the number of years, from 1 to 30"))
    if asked_on > day:
        raise Invalid("asked_on", N_("The day it was asked for must be today or in the past"))


def refuse_decision(
    decision: SpendDecision, reason: str | None, conditions: Iterable[Condition],
    decided_on: date, asked_on: date, day: date,
) -> None:  # fmt: skip
    """Raise Invalid where a decision does not say what it has to."""
    if decision not in _DECIDED:
        raise Invalid("decision", N_("Select the decision"))
    if decision is SpendDecision.REFUSED and not reason:
        raise Invalid("reason", N_("Enter why it is refused"))
    given = list(conditions)
    if decision is SpendDecision.APPROVED_WITH_CONDITIONS and not given:
        raise Invalid("conditions", N_("Enter the conditions"))
    if decision is not SpendDecision.APPROVED_WITH_CONDITIONS and given:
        raise Invalid("conditions", N_("Only an approval with conditions has any"))
    if any(each.due_on and each.due_on < decided_on for each in given):
        raise Invalid("due_on", N_("The day must not be before the decision"))
    if decided_on > day:
        raise Invalid("decided_on", N_("The day of the decision must be today or in the past"))
    if decided_on < asked_on:
        raise Invalid("decided_on", N_("The decision must not be before the request"))


def conditions_said(text: str | None, due_on: date | None) -> list[Condition]:
    """The conditions that somebody entered, each on a line of its own."""
    lines = [line.strip() for line in (text or "").splitlines()]
    return [Condition(line[:1000], due_on) for line in lines if line]
