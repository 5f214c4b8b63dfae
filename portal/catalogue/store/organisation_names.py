"""What organisations are called, for the matcher and the search: read as plain rows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session, selectinload

from portal import search
from portal.catalogue import words
from portal.catalogue.models.organisations import (
    Organisation,
    OrganisationAlias,
    OrganisationIdentifier,
    OrganisationName,
)
from portal.catalogue.rules.matching import Named, What
from portal.catalogue.store.gather import lists_of
from portal.catalogue.store.organisations import THING, reference, references
from portal.db import chunks

_IDENTIFIERS = selectinload(Organisation.identifiers)


class Called(NamedTuple):
    """An organisation as a page names it, and the day it ended."""

    id: int
    slug: str
    name: str
    ended: date | None


def by_reference(session: Session, wanted: Collection[str]) -> dict[str, Called]:
    """The organisations behind these references, in one statement; those that there are."""
    o, i = Organisation, OrganisationIdentifier
    slugs = [each.removeprefix("slug:") for each in wanted if each.startswith("slug:")]
    called = (o.id, o.slug, o.name, o.end_date)
    by_slug = select(literal("slug:").concat(o.slug), *called).where(o.slug.in_(slugs))
    by_identifier = (
        select(i.identifier, *called)
        .join(o, o.id == i.organisation_id)
        .where(i.identifier.in_(wanted))
    )
    rows: Any = session.execute(union_all(by_slug, by_identifier))
    return {found: Called(*rest) for found, *rest in rows}


def reference_of(session: Session, organisation_id: int) -> str:
    """How documents name an organisation."""
    return reference(session.get_one(Organisation, organisation_id, options=(_IDENTIFIERS,)))


def named(session: Session) -> list[Named]:
    """Every name, alias and abbreviation of every organisation, for the matcher."""
    o, n, a = Organisation, OrganisationName, OrganisationAlias
    refs = references(session)
    own = session.execute(
        select(o.id, o.name, o.abbreviation, o.end_date, o.kind, o.start_date).order_by(o.id)
    ).all()
    names = lists_of(session, n.organisation_id, n.id, None, n.name, n.until, n.language)
    aliases = lists_of(session, a.organisation_id, a.alias, None, a.alias)
    rows: list[Named] = []
    for id_, name, abbreviation, ended, kind, started in own:
        said: list[tuple[str, What]] = [(name, "name")]
        for other, until, language in names.get(id_, []):
            if until is not None and other != name:
                said.append((other, "former name"))
            elif language is words.Language.WELSH:
                said.append((other, "welsh name"))
            elif other != name:
                said.append((other, "official name"))
        if abbreviation:
            said.append((abbreviation, "abbreviation"))
        said += [(alias, "alias") for (alias,) in aliases.get(id_, [])]
        rows += [Named(refs[id_], each, ended, what, kind.value, started) for each, what in said]
    return rows


def search_documents(session: Session, ids: Collection[int] | None = None) -> list[search.Document]:
    """What the search knows of organisations: name, other names, identifiers."""
    if ids is not None:
        return [document for some in chunks(ids) for document in _search_documents(session, some)]
    return _search_documents(session, None)


def _search_documents(session: Session, ids: Collection[int] | None) -> list[search.Document]:
    o, n, a, i = Organisation, OrganisationName, OrganisationAlias, OrganisationIdentifier
    names = lists_of(session, n.organisation_id, n.id, ids, n.name)
    aliases = lists_of(session, a.organisation_id, a.alias, ids, a.alias)
    identifiers = lists_of(session, i.organisation_id, i.identifier, ids, i.identifier)
    query = select(o.id, o.name, o.abbreviation).order_by(o.id)
    if ids is not None:
        query = query.where(o.id.in_(ids))
    return [
        search.Document(
            thing=THING,
            thing_id=id_,
            names=name,
            other_names="\n".join(
                dict.fromkeys(
                    [
                        *(other for (other,) in names.get(id_, []) if other != name),
                        *(alias for (alias,) in aliases.get(id_, [])),
                        *([abbreviation] if abbreviation else []),
                        *(x.split(":")[-1] for (x,) in identifiers.get(id_, [])),
                    ]
                )
            ),
        )
        for id_, name, abbreviation in session.execute(query)
    ]
