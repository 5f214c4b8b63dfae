"""Proposed changes, as work of those who decide about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Person, may
from portal.accounts.work import Item
from portal.audit import london_day
from portal.catalogue.actions.proposals import who_decides
from portal.catalogue.store import proposals
from portal.errors import N_

LABELS = {"decide_proposal": N_("Decide about proposed changes")}
#: Nobody should wait longer for an answer.
ANSWERED_IN = timedelta(days=14)
MOST = 200


@dataclass(frozen=True, slots=True)
class _Near:
    """Somebody without what they may do on the whole portal."""

    id: int
    grants: tuple[Grant, ...]
    is_authenticated: bool = True


def waiting(session: Session, person: Person, day: date) -> Iterator[Item]:
    """The proposals that wait for somebody: about records that they may edit. Those who may edit
    everything see what nobody nearer would decide.
    """
    near = _Near(person.id, tuple(g for g in person.grants if g.kind is not Kind.PORTAL))
    every = proposals.decided_by(session, person, waiting=True)
    mine = {
        pair
        for pair, thing in every.items()
        if may(near, proposals.EDITS[pair[0]], thing)
        or person.id in who_decides(session, thing, day)
    }
    called = proposals.names(session, mine)
    for each in proposals.waiting(session, mine, MOST):
        pair = (each.kind, each.thing_id)
        if pair not in called:
            continue  # the record was removed: there is nothing to change
        yield Item(
            task="decide_proposal",
            name=called[pair].name,
            href=f"/proposals/{each.id}",
            due=london_day(each.made_at) + ANSWERED_IN,
            detail=each.person.name,
            kind=each.kind.value,
            thing_id=each.thing_id,
        )
