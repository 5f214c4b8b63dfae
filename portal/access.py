"""Who may do what: one table of pure predicates, asked by every view and action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What a person is to the portal. Later steps add the roles that sign in."""

    PUBLIC = "public"


class Permission(StrEnum):
    """What can be done. Each view names one; a view that names none is refused."""

    READ_PUBLIC = "read_public"


class Person(Protocol):
    """Anyone who asks: it has roles."""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held now."""


class Visitor:
    """Somebody who has not signed in; has the four members that Flask-Login asks for."""

    is_authenticated = False
    is_active = False
    is_anonymous = True
    roles: frozenset[Role] = frozenset({Role.PUBLIC})

    def get_id(self) -> None:
        """Nobody in particular."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person with given roles: whom tests act as until people can sign in."""

    roles: frozenset[Role]


Predicate = Callable[[Person, object | None], bool]


def _anyone(person: Person, thing: object | None) -> bool:
    return Role.PUBLIC in person.roles


#: The whole policy. A permission without a row here is held by nobody.
POLICY: dict[Permission, Predicate] = {Permission.READ_PUBLIC: _anyone}


def may(person: Person, permission: Permission, thing: object | None = None) -> bool:
    """True where the policy lets `person` use `permission` (on `thing`, where it needs one)."""
    predicate = POLICY.get(permission)
    return predicate is not None and predicate(person, thing)
