"""People of a thing that becomes part of another: their roles, invitations and requests pass on."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.access import Grant, Kind
from portal.accounts.models.people import OidcIdentity, OrganisationDomain
from portal.accounts.models.roles import RoleGrant
from portal.accounts.store import grants, invitations, requests
from portal.accounts.words import RequestState
from portal.audit import Act
from portal.errors import Clash


class People(NamedTuple):
    """How many roles, invitations and requests to join there are on a thing now."""

    roles: int
    invitations: int
    requests: int


def people(session: Session, kind: Kind, thing_id: int, act: Act) -> People:
    """Who would pass on."""
    return People(
        len(grants.holders(session, kind, thing_id, act.day)),
        len(invitations.open_on(session, kind, thing_id, act.at)),
        len(requests.waiting_on(session, kind, thing_id)),
    )


def pass_on(session: Session, kind: Kind, goes: int, stays: int, act: Act) -> None:
    """Give everybody on one thing the same on another, from today; who has it there keeps it."""
    for grant in grants.holders(session, kind, goes, act.day):
        carry(session, grant, stays, act)
    for invitation in invitations.open_on(session, kind, goes, act.at):
        invitations.withdraw(session, invitation, act)
        with suppress(Clash):  # invited there already
            on = Grant(invitation.role, kind, stays)
            invitations.add(session, invitation.email, on, act)
    there = {request.person_id for request in requests.waiting_on(session, kind, stays)}
    for request in requests.waiting_on(session, kind, goes):
        if request.person_id in there:
            requests.decide(session, request, RequestState.REFUSED, None, act)
        else:
            request.thing_id = stays
    if kind is Kind.ORGANISATION:
        for table in (OrganisationDomain, OidcIdentity):
            mine = table.organisation_id == goes
            session.execute(update(table).where(mine).values(organisation_id=stays))
    session.flush()


def carry(session: Session, grant: RoleGrant, to: int, act: Act) -> bool:
    """End a role today, and give the same one on another thing of its kind until the day that it
    would have ended; False where they have it there.
    """
    until = grant.until
    grants.end(session, grant, act)
    try:
        grants.add(session, grant.person_id, Grant(grant.role, grant.kind, to), act, until=until)
    except Clash:
        return False
    return True


def domains(session: Session, organisation_id: int) -> int:
    """How many domains of addresses are an organisation's."""
    mine = OrganisationDomain.organisation_id == organisation_id
    return session.scalar(select(func.count()).where(mine)) or 0
