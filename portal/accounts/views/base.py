"""What the views of accounts share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from portal.access import Kind
from portal.accounts.models.roles import RoleGrant
from portal.accounts.store import things

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LAST_ID = 2**31 - 1
#: Where the records of each kind are.
FOLDERS = {
    Kind.ORGANISATION: "organisations",
    Kind.SERVICE: "services",
    Kind.COMPONENT: "components",
}


class On(NamedTuple):
    """A grant with what it is granted on; the name is empty where that was removed."""

    grant: RoleGrant
    name: str
    href: str | None


def named(session: Session, found: Sequence[RoleGrant]) -> list[On]:
    """Grants with what they are granted on."""
    known = things.names(session, [(grant.kind, grant.thing_id) for grant in found])
    return [_on(grant, known.get((grant.kind, grant.thing_id))) for grant in found]


def _on(grant: RoleGrant, thing: things.Named | None) -> On:
    if thing is None or grant.kind is Kind.PORTAL:
        return On(grant, "", None)
    return On(grant, thing.name, f"/{FOLDERS[grant.kind]}/{thing.slug}")
