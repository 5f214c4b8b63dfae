"""Who sent values, in public: a role on the service or component, never a name."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Role, Thing
from portal.accounts.models.roles import RoleGrant

_PERSON = "person:"


#: What people were granted, by actor.
Granted = dict[str, list[RoleGrant]]


def roles(
    session: Session, thing: Thing, sent: Collection[tuple[str, date]], known: Granted
) -> dict[tuple[str, date], Role]:
    """The role by which each actor could send on a day, by actor and day; programs and people who
    had none are left out.

    Args:
        known: what was read of people before, to which those that are new here are added.
    """
    new = {actor for actor, _ in sent if actor.startswith(_PERSON) and actor not in known}
    if new:
        r = RoleGrant
        ids = sorted(int(actor.removeprefix(_PERSON)) for actor in new)
        known.update((actor, []) for actor in new)
        for row in session.scalars(select(r).where(r.person_id.in_(ids)).order_by(r.id)):
            known[f"{_PERSON}{row.person_id}"].append(row)
    found = {}
    for actor, day in sent:
        rows = known.get(actor, ())
        role = next((row.role for row in rows if _held(row, day, thing)), None)
        if role is not None:
            found[actor, day] = role
    return found


def _held(row: RoleGrant, day: date, thing: Thing) -> bool:
    then = row.since <= day and (row.until is None or row.until > day)
    return then and Grant(row.role, row.kind, row.thing_id).covers(thing)
