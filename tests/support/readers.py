"""Everybody who may ask for a page: each role, on what is theirs and on what is another's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from portal.access import GRANTED_ON, Grant, Kind, Person, Role, Thing, Visitor
from tests.support.people import Somebody, everywhere

EVERY_ROLE = [(role, kind) for role in Role for kind in GRANTED_ON[role]]


def people() -> Iterator[tuple[str, Callable[[Thing | None], Person]]]:
    """Everybody who may ask, for the thing that an endpoint is about."""
    yield "a visitor", lambda thing: Visitor()
    yield "somebody without a role", lambda thing: Somebody()
    for role, on in EVERY_ROLE:
        for theirs in (True, False) if on is not Kind.PORTAL else (True,):
            label = f"{role} of {'their' if theirs else 'another'} {on}"
            yield label, lambda thing, r=role, k=on, t=theirs: _holder(thing, r, k, t)  # type: ignore[misc]


def _holder(thing: Thing | None, role: Role, on: Kind, theirs: bool) -> Somebody:
    if on is Kind.PORTAL:
        return everywhere(role)
    own = 0
    if thing is not None and thing.parts:
        wanted = Kind.COMPONENT if role is Role.COMPONENT_PROVIDER else Kind.SERVICE
        wanted = wanted if on is Kind.ORGANISATION else on
        thing = next((part for part in thing.parts if part.kind == wanted), thing.parts[0])
    if thing is not None and thing.kind == on:
        own = thing.id
    elif thing is not None and on is Kind.ORGANISATION:
        own = min(thing.organisations, default=0)
    return Somebody((Grant(role, on, own if theirs else own + 10**6),))


PEOPLE = dict(people())
#: A public page is asked for by these: one of them holds every role at once.
PUBLIC_READERS = {
    "a visitor": PEOPLE["a visitor"],
    "somebody without a role": PEOPLE["somebody without a role"],
    "somebody with every role": lambda thing: everywhere(*Role),
}
#: A private page as a file is asked for by these.
FILE_READERS = {
    who: make
    for who, make in PEOPLE.items()
    if who.startswith(("a visitor", "somebody without", "portal_administrator"))
}
