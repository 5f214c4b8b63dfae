"""Who sent values, in public: a role on the service or component, never a name."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Role, Thing
from portal.accounts.models.roles import RoleGrant

_PERSON = "person:"


def roles(
    session: Session, thing: Thing, sent: Collection[tuple[str, date]]
) -> dict[tuple[str, date], Role]:
    """The role by which each actor could send on a day, by actor and day; programs and people who
    had none are left out.
    """
    ids = {
        int(actor.removeprefix(_PERSON)) for actor, _ in sent if actor.startswith(_PERSON)
    }  # fmt: skip
    if not ids:
        return {}
    r = RoleGrant
    query = select(r).where(r.person_id.in_(sorted(ids))).order_by(r.id)
    rows = list(session.scalars(query))
    found = {}
    for actor, day in sent:
        role = next((row.role for row in rows if _held(row, actor, day, thing)), None)
        if role is not None:
            found[actor, day] = role
    return found


def _held(row: RoleGrant, actor: str, day: date, thing: Thing) -> bool:
    if actor != f"{_PERSON}{row.person_id}":
        return False
    then = row.since <= day and (row.until is None or row.until > day)
    return then and Grant(row.role, row.kind, row.thing_id).covers(thing)
