"""Claims that wait for the answer of a provider, and disputed ones for the team of a service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from portal.access import Kind, Person, Role
from portal.accounts.work import Item
from portal.catalogue.store import claims
from portal.errors import N_

ANSWER, DISPUTED = "answer_claims", "disputed_claim"
LABELS = {
    ANSWER: N_("Say whether these services use your component"),
    DISPUTED: N_("The provider says otherwise: put it right, or talk to them"),
}
#: So many disputed claims stand in the list.
MOST = 20
_PROVIDERS = (Role.COMPONENT_PROVIDER, Role.TEAM_MEMBER)
_TEAMS = (Role.SERVICE_OWNER, Role.TEAM_MEMBER)


def _held(person: Person, roles: tuple[Role, ...], kind: Kind) -> set[int]:
    return {g.id for g in person.grants if g.role in roles and g.kind is kind}


def waiting(session: Session, person: Person, day: date) -> Iterator[Item]:
    """What waits for somebody because of their roles on components, services and organisations."""
    own = _held(person, _PROVIDERS, Kind.COMPONENT)
    bodies = _held(person, (Role.COMPONENT_PROVIDER,), Kind.ORGANISATION)
    if own or bodies:
        for slug, name, many in claims.waiting(session, own, bodies, day):
            yield Item(ANSWER, name, f"/components/{slug}/users", detail=f"{many:,}")
    services = _held(person, _TEAMS, Kind.SERVICE)
    bodies = _held(person, (Role.SERVICE_OWNER,), Kind.ORGANISATION)
    if services or bodies:
        for usage, service, component in claims.disputed(session, services, bodies, MOST):
            yield Item(DISPUTED, f"{service}: {component}", f"/usages/{usage}")
