"""What somebody changes about themselves."""

from __future__ import annotations

from collections.abc import Iterable

from portal.accounts.rules.names import clean_name
from portal.accounts.store import people
from portal.accounts.words import Profession
from portal.audit import Act
from portal.db import Database
from portal.errors import N_, Invalid


def rename(database: Database, person_id: int, name: str | None, act: Act) -> None:
    """Change how somebody is called. The history says that, and neither name.

    Raises:
        Invalid: it is no name.
    """
    cleaned = clean_name(name)
    with database.writing() as session:
        people.rename(session, people.get(session, person_id), cleaned, act)


def profess(database: Database, person_id: int, chosen: Iterable[str], act: Act) -> None:
    """Say in which professions somebody assesses.

    Raises:
        Invalid: one is unknown.
    """
    try:
        professions = {Profession(value) for value in chosen}
    except ValueError:
        raise Invalid("professions", N_("Select professions from the list")) from None
    with database.writing() as session:
        people.profess(session, people.get(session, person_id), professions, act)
