"""Requests to spend: what each has to say, where a decision can go, and who may read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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


def wrong_asked(
    amount: int | None, years: int | None, asked_on: date | None, day: date
) -> Iterator[Invalid]:
    """Everything for which a request cannot be asked like this."""
    if amount is None or not 0 <= amount <= MOST:
        yield Invalid("amount", N_("Enter the amount in whole pounds, from 0 to 100 billion"))
    if years is None or not 1 <= years <= YEARS:
        yield Invalid("years", N_("Enter the number of years, from 1 to 30"))
    if asked_on is not None and asked_on > day:
        yield Invalid("asked_on", N_("The day it was asked for must be today or in the past"))


def wrong_decision(
    decision: SpendDecision | None, reason: str | None, conditions: Iterable[Condition],
    decided_on: date | None, asked_on: date, day: date,
) -> Iterator[Invalid]:  # fmt: skip
    """Everything that a decision does not say as it has to; what is None is not known yet."""
    given = list(conditions)
    if decision is not None:
        yield from _wrong_for(decision, reason, given)
    if decided_on is None:
        return
    if any(each.due_on and each.due_on < decided_on for each in given):
        yield Invalid("due_on", N_("The day must not be before the decision"))
    if decided_on > day:
        yield Invalid("decided_on", N_("The day of the decision must be today or in the past"))
    if decided_on < asked_on:
        yield Invalid("decided_on", N_("The decision must not be before the request"))


def _wrong_for(
    decision: SpendDecision, reason: str | None, given: list[Condition]
) -> Iterator[Invalid]:
    if decision not in _DECIDED:
        yield Invalid("decision", N_("Select the decision"))
    if decision is SpendDecision.REFUSED and not reason:
        yield Invalid("reason", N_("Enter why it is refused"))
    if decision is SpendDecision.APPROVED_WITH_CONDITIONS and not given:
        yield Invalid("conditions", N_("Enter the conditions"))
    if decision is not SpendDecision.APPROVED_WITH_CONDITIONS and given:
        yield Invalid("conditions", N_("Only an approval with conditions has any"))


def wrong_condition(wanted: Condition, decided_on: date | None, day: date) -> Iterator[Invalid]:
    """Everything for which a condition cannot be like this once it is decided."""
    if not wanted.text:
        yield Invalid("text", N_("Enter the condition"))
    if wanted.due_on and decided_on and wanted.due_on < decided_on:
        yield Invalid("due_on", N_("The day must not be before the decision"))
    if wanted.met_on and (wanted.met_on > day or (decided_on and wanted.met_on < decided_on)):
        yield Invalid("met_on", N_("Enter a day from the decision to today"))


def refuse_any(problems: Iterable[Invalid]) -> None:
    """Raise the first of what is wrong."""
    for problem in problems:
        raise problem


def conditions_said(text: str | None, due_on: date | None) -> list[Condition]:
    """The conditions that somebody entered, each on a line of its own."""
    lines = [line.strip() for line in (text or "").splitlines()]
    return [Condition(line[:1000], due_on) for line in lines if line]
