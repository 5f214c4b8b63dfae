"""Add a standard, edit it, and delete one that never held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.assessments.models.standards import Standard
from portal.assessments.rules.standards import clean_standard, mark
from portal.assessments.store import standards
from portal.audit import Act, Document
from portal.catalogue.rules.cleaners import slugify
from portal.catalogue.store import organisations
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Stale

#: What is an address below /standards itself.
RESERVED = frozenset({"new"})


class Changed(Stale):
    """Somebody else has changed the same since; nothing was saved.

    Attributes:
        now: what it says.
        thing: what the history calls the record that was changed.
        thing_id: its id.
    """

    def __init__(self, now: Document, thing: str, thing_id: int) -> None:
        """Keep what the person is to see."""
        super().__init__()
        self.now, self.thing, self.thing_id = now, thing, thing_id


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody entered.

    Attributes:
        values: what the form holds.
        base: the mark of what the form was made from.
    """

    values: Mapping[str, Any]
    base: str


def settled(wanted: Wanted, clean: Document, now: Document) -> bool:
    """Whether what was entered may be written: nobody has changed it since.

    Raises Stale where somebody has, with something else.
    """
    if clean == now:
        return False
    if wanted.base != mark(now):
        raise Stale
    return True


def add(database: Database, values: Mapping[str, Any], organisation: str | None, act: Act) -> str:
    """Add a standard; its part of the address.

    Args:
        database: the portal's.
        values: its name, owner, summary and address.
        organisation: how documents name the organisation whose own it is; None for the portal's.
        act: who adds it.

    Raises:
        Invalid: a value is wrong.
    """
    with database.writing() as session:
        one_at_a_time(session)
        wanted = slug = slugify(str(values["name"] or ""))
        number = 1
        document = clean_standard({**values, "slug": slug, "organisation": organisation})
        while slug in RESERVED or standards.id_at(session, slug):
            if slug not in RESERVED and _twice(session, document):
                return slug
            number += 1
            document["slug"] = slug = f"{wanted}-{number}"
        _check_name(session, document)
        body = None
        if organisation is not None:
            body = organisations.ids_by_reference(session).get(organisation)
            if body is None:
                raise Invalid("organisation", N_("There is no such organisation"))
        standards.add(session, document, body, act)
        return slug


def _check_name(session: Session, document: Document, own: int | None = None) -> None:
    """Raises Invalid where another standard is called so: readers could not tell them apart."""
    if standards.is_called(session, document["name"], own):
        raise Invalid("name", N_("Another standard is called this already: use another name"))


def _twice(session: Session, document: Document) -> bool:
    """Whether a form was sent twice: the standard is there, and still as it was added."""
    return standards.document_of(standards.by_slug(session, document["slug"])) == document


def edit(database: Database, slug: str, wanted: Wanted, act: Act) -> bool:
    """Change what a standard says; False where nothing differs.

    Raises:
        Missing: there is no such standard.
        Invalid: a value is wrong.
        Changed: somebody else has changed it since.
    """
    with database.writing() as session:
        one_at_a_time(session)
        found = standards.by_slug(session, slug)
        now = standards.document_of(found)
        clean = clean_standard({**now, **wanted.values})
        if clean["name"] != now["name"]:
            _check_name(session, clean, found.id)
        try:
            if not settled(wanted, clean, now):
                return False
        except Stale:
            raise Changed(now, standards.THING, found.id) from None
        standards.write(found, clean)
        standards.told(session, found, now, act, "standard.edited")
        return True


def delete(database: Database, slug: str, act: Act) -> None:
    """Delete a standard of which nothing was ever published; the history keeps what it said.

    Raises:
        Missing: there is no such standard.
        Stale: a version of it is published.
    """
    with database.writing() as session:
        one_at_a_time(session)
        found: Standard = standards.by_slug(session, slug)
        if not standards.is_unpublished(found):
            raise Stale(N_("A version of it is published: it stays"))
        standards.remove(session, found, act)
