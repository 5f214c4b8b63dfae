"""Requests to join, as work of those who answer them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal.access import Person
from portal.accounts.store import requests, things
from portal.accounts.store.nearest import nearest
from portal.accounts.work import Item
from portal.audit import london_day
from portal.errors import N_

LABELS = {"join": N_("Answer requests to join")}
#: Nobody should wait longer for an answer.
ANSWERED_IN = timedelta(days=7)


def waiting(session: Session, person: Person, day: date) -> Iterator[Item]:
    """The requests that wait for somebody."""
    if not person.grants:
        return
    found = requests.waiting(session)
    where = {(each.kind, each.thing_id) for each in found}
    known = things.by_ids(session, where)
    answer = nearest(session, known.values(), day)
    mine = [each for each in found if person.id in answer.get((each.kind, each.thing_id), ())]
    names = things.names(session, {(each.kind, each.thing_id) for each in mine})
    for each in mine:
        yield Item(
            task="join",
            name=names[each.kind, each.thing_id].name,
            href=f"/join-requests/{each.id}",
            due=london_day(each.asked_at) + ANSWERED_IN,
            detail=each.person.name,
            kind=each.kind.value,
            thing_id=each.thing_id,
        )
