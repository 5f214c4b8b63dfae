"""The conditions of an approval, once it is decided: met, put right, added, and taken out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from portal.audit import Act
from portal.catalogue.component_words import SpendDecision
from portal.catalogue.models.spending import SpendRequest
from portal.catalogue.rules import spending as rules
from portal.catalogue.rules.spending import Condition
from portal.catalogue.store import editable, spending
from portal.db import Database, one_at_a_time
from portal.errors import N_, Clash, Missing, Stale

Conditions = list[Condition]


def meet(database: Database, request_id: int, position: int, on: date, act: Act) -> None:
    """Note that a condition is met since a day.

    Raises:
        Missing: there is no such condition.
        Invalid: the day is still to come, or before the decision.
    """
    with database.writing() as session:
        one_at_a_time(session)
        request = spending.get(session, request_id)
        before = spending.document_of(request)
        found = next((each for each in request.conditions if each.position == position), None)
        if found is None:
            raise Missing("There is no such condition")
        wanted = Condition(found.text, found.due_on, on)
        rules.refuse_any(rules.wrong_condition(wanted, request.decided_on, act.day))
        found.met_on = on
        spending.changed(session, request, before, act, "spend.condition_met")


def put_right(
    database: Database, request_id: int, position: int, wanted: Condition, base: int, act: Act
) -> bool:
    """Let a condition say something else; False where nothing changes.

    Args:
        database: the portal's.
        request_id: whose condition.
        position: which one, from 1.
        wanted: what it should say.
        base: the request's last event that the reader saw.
        act: who does it, and why.

    Raises:
        Missing: there is no such condition.
        Stale: the request changed since, or has no conditions.
        Invalid: a value is wrong.
    """

    def change(there: Conditions) -> Conditions:
        _at(there, position)
        return [*there[: position - 1], wanted, *there[position:]]

    return _change(database, request_id, base, act, "spend.condition_corrected", change, wanted)


def add(database: Database, request_id: int, wanted: Condition, base: int, act: Act) -> bool:
    """Add a condition that the decision has and the record lacks. Raises as `put_right`."""

    def change(there: Conditions) -> Conditions:
        return [*there, wanted]

    return _change(database, request_id, base, act, "spend.condition_added", change, wanted)


def remove(database: Database, request_id: int, position: int, base: int, act: Act) -> bool:
    """Take out a condition that the decision does not have. Raises as `put_right`, and Clash where
    it is the only one.
    """

    def change(there: Conditions) -> Conditions:
        _at(there, position)
        if len(there) == 1:
            raise Clash("why", N_("An approval with conditions has at least one"))
        return [*there[: position - 1], *there[position:]]

    return _change(database, request_id, base, act, "spend.condition_removed", change, None)


def _at(there: Conditions, position: int) -> None:
    if not 1 <= position <= len(there):
        raise Missing("There is no such condition")


def _change(
    database: Database, request_id: int, base: int, act: Act, tag: str,
    change: Callable[[Conditions], Conditions], wanted: Condition | None,
) -> bool:  # fmt: skip
    with database.writing() as session:
        one_at_a_time(session)
        request = _to_change(session, request_id, base)
        if wanted is not None:
            rules.refuse_any(rules.wrong_condition(wanted, request.decided_on, act.day))
        before = spending.document_of(request)
        there = [Condition(each.text, each.due_on, each.met_on) for each in request.conditions]
        spending.put_conditions(request, change(there))
        return spending.changed(session, request, before, act, tag)


def _to_change(session: Session, request_id: int, base: int) -> SpendRequest:
    request = spending.get(session, request_id)
    if request.decision is not SpendDecision.APPROVED_WITH_CONDITIONS:
        raise Stale(N_("Only an approval with conditions has any"))
    if editable.base_of(session, spending.THING, request_id) != base:
        raise Stale(N_("Somebody changed this meanwhile"))
    return request
