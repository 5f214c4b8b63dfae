"""All SQL about organisations: documents in and out, hierarchy, lists."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.audit import Act, Document, record, record_all
from portal.catalogue import words
from portal.catalogue.models.organisations import (
    Organisation,
    OrganisationAlias,
    OrganisationIdentifier,
    OrganisationName,
    OrganisationParent,
    OrganisationSlug,
    OrganisationSuccession,
)
from portal.catalogue.rules.cleaners import sort_key
from portal.catalogue.store.hierarchy import Link, links_above, refuse_ring
from portal.db import chunks, insert_rows, new_ids
from portal.errors import Invalid, Missing

THING = "organisation"
#: The lists that are tables of their own: the column that says whose row it is.
LISTS: dict[str, Any] = {
    "identifiers": OrganisationIdentifier.organisation_id,
    "names": OrganisationName.organisation_id,
    "aliases": OrganisationAlias.organisation_id,
    "parents": OrganisationParent.child_id,
    "successions": OrganisationSuccession.predecessor_id,
}
_LONG = (
    selectinload(Organisation.aliases),
    selectinload(Organisation.parents)
    .joinedload(OrganisationParent.parent)
    .joinedload(Organisation.identifiers),
)
_SHORT = (Organisation.identifiers, Organisation.names)
_MANY = (
    *map(selectinload, _SHORT),
    selectinload(Organisation.successions)
    .joinedload(OrganisationSuccession.successor)
    .joinedload(Organisation.identifiers),
    *_LONG,
)
# Of one body the short lists ride along: each selectinload is a statement of its own.
_ONE = (
    *map(joinedload, _SHORT),
    joinedload(Organisation.successions)
    .joinedload(OrganisationSuccession.successor)
    .joinedload(Organisation.identifiers),
    *_LONG,
)


def day(value: str | None) -> date | None:
    """A document's date as a date."""
    return date.fromisoformat(value) if value else None


def iso(value: date | None) -> str | None:
    """A date as a document has it."""
    return value.isoformat() if value else None


def reference(organisation: Organisation) -> str:
    """How a document names an organisation: its first register identifier, else its slug."""
    if organisation.identifiers:
        return organisation.identifiers[0].identifier
    return f"slug:{organisation.slug}"


def document_of(o: Organisation) -> Document:
    """The canonical document of a loaded organisation (see rules/documents.py)."""
    return {
        "slug": o.slug,
        "kind": o.kind.value,
        "name": o.name,
        "abbreviation": o.abbreviation,
        "website": o.website,
        "start_date": iso(o.start_date),
        "end_date": iso(o.end_date),
        "identifiers": [i.identifier for i in o.identifiers],
        "names": [
            {
                "name": n.name,
                "language": n.language.value,
                "kind": n.kind.value,
                "since": iso(n.since),
                "until": iso(n.until),
            }
            for n in o.names
        ],
        "aliases": [{"alias": a.alias, "source": a.source} for a in o.aliases],
        "parents": [
            {
                "organisation": reference(p.parent),
                "relation": p.relation.value,
                "since": iso(p.since),
                "until": iso(p.until),
                "source": p.source,
            }
            for p in o.parents
        ],
        "successions": [
            {
                "kind": s.kind.value,
                "successor": reference(s.successor) if s.successor else None,
                "on": iso(s.happened_on),
                "source": s.source,
            }
            for s in o.successions
        ],
    }


def load(session: Session, ids: Iterable[int] | None = None) -> list[Organisation]:
    """Organisations with everything their documents need, by id; all of them without `ids`."""
    query = select(Organisation).options(*_MANY).order_by(Organisation.id)
    if ids is not None:
        query = query.where(Organisation.id.in_(list(ids)))
    return list(session.scalars(query))


def by_slug(session: Session, slug: str) -> Organisation:
    """The organisation at an address. Raises Missing."""
    query = select(Organisation).options(*_ONE).where(Organisation.slug == slug)
    found = session.scalars(query).unique().one_or_none()
    if found is None:
        raise Missing("There is no organisation at this address")
    return found


def slug_now(session: Session, old: str) -> str | None:
    """Where a former address leads today."""
    return session.scalar(
        select(Organisation.slug)
        .join(OrganisationSlug, OrganisationSlug.organisation_id == Organisation.id)
        .where(OrganisationSlug.slug == old)
    )


def ids_by_reference(session: Session) -> dict[str, int]:
    """Every identifier, and `slug:...`, to the organisation's id."""
    found: dict[str, int] = {}
    for identifier, id_ in session.execute(
        select(OrganisationIdentifier.identifier, OrganisationIdentifier.organisation_id)
    ):
        found[identifier] = id_
    for slug, id_ in session.execute(select(Organisation.slug, Organisation.id)):
        found[f"slug:{slug}"] = id_
    return found


def references(session: Session) -> dict[int, str]:
    """Each organisation's id to how documents name it, the inverse of `ids_by_reference`."""
    found = {
        id_: f"slug:{slug}"
        for id_, slug in session.execute(select(Organisation.id, Organisation.slug))
    }
    for id_, identifier in session.execute(
        select(
            OrganisationIdentifier.organisation_id, func.min(OrganisationIdentifier.identifier)
        ).group_by(OrganisationIdentifier.organisation_id)
    ):
        found[id_] = identifier
    return found


def taken_slugs(session: Session) -> set[str]:
    """Addresses in use now or once."""
    return set(session.scalars(select(Organisation.slug))) | set(
        session.scalars(select(OrganisationSlug.slug))
    )


def add_bare(session: Session, documents: Iterable[Document], act: Act) -> list[int]:
    """Insert organisations without their lists, so that others can point at them; their ids.

    A `Change` of each must follow in the same transaction (store/organisation_batches.py), with
    its history.
    """
    every = list(documents)
    ids = new_ids(session, Organisation, len(every))
    rows = [
        {
            "id": id_,
            "slug": document["slug"],
            "kind": words.OrganisationKind(document["kind"]),
            "name": document["name"],
            "sort_name": sort_key(document["name"]),
            "version": 0,
            "edited_at": act.at,
        }
        for id_, document in zip(ids, every, strict=True)
    ]
    insert_rows(session, Organisation, rows)
    return ids


def columns_of(after: Document, act: Act) -> Document:
    """An organisation's own columns for a clean document, all but its id and version."""
    return {
        "slug": after["slug"],
        "kind": words.OrganisationKind(after["kind"]),
        "name": after["name"],
        "sort_name": sort_key(after["name"]),
        "abbreviation": after["abbreviation"],
        "website": after["website"],
        "start_date": day(after["start_date"]),
        "end_date": day(after["end_date"]),
        "edited_at": act.at,
    }


def rows_of(
    before: Document | None, after: Document, refs: dict[str, int]
) -> dict[str, list[Document]]:
    """The rows of each list that is another than before, as columns without whose they are.

    Raises:
        Invalid: a parent or successor is not in the database.
    """
    old = before or {}

    def parent(row: Document) -> Document:
        return _parent(row, refs)

    def succession(row: Document) -> Document:
        return _succession(row, refs)

    made: dict[str, Callable[[Any], Document]] = {
        "parents": parent, "successions": succession, "identifiers": _identifier, "names": _name,
        "aliases": dict,
    }  # fmt: skip
    return {
        field: [row_of(row) for row in after[field]]
        for field, row_of in made.items()
        if old.get(field, []) != after[field]
    }


def save(
    session: Session,
    organisation: Organisation,
    before: Document,
    after: Document,
    refs: dict[str, int],
    act: Act,
    tag: str,
) -> bool:
    """Make a loaded organisation say `after`, with its history event; False if it already did.

    Args:
        before: its document now.
        refs: identifiers to ids, from `ids_by_reference`.

    Raises:
        Invalid: a parent or successor is not in the database.
        Clash: the parents would make a ring.
            The organisation stays as it was in both cases.
    """
    if before == after:
        return False
    # Everything that may be refused comes first.
    columns, rows = columns_of(after, act), rows_of(before, after, refs)
    if "parents" in rows:
        refuse_ring(organisation.id, links_in(rows["parents"]), partial(links_above, session))
    if before["slug"] != after["slug"]:
        session.merge(OrganisationSlug(slug=before["slug"], organisation_id=organisation.id))
    for name, value in columns.items():
        setattr(organisation, name, value)
    if "aliases" in rows:
        organisation.aliases.clear()
        session.flush()  # an alias that stays would meet its old row
    kept = {i.identifier: i for i in organisation.identifiers}
    for field, values in rows.items():
        made = [LISTS[field].class_(**value) for value in values]
        if field == "identifiers":  # one that stays is the same row
            made = [kept.get(i.identifier, i) for i in made]
        setattr(organisation, field, made)
    organisation.version += 1
    session.flush()
    record(session, act, tag, THING, organisation.id, before, after)
    return True


def links_in(parents: Iterable[Document]) -> list[Link]:
    """The rows of `rows_of` for parents, as `refuse_ring` takes them."""
    return [(row["parent_id"], row["since"], row["until"]) for row in parents]


def _identifier(value: str) -> Document:
    return {"identifier": value}


def _name(row: Document) -> Document:
    return {
        "name": row["name"],
        "language": words.Language(row["language"]),
        "kind": words.OrganisationNameKind(row["kind"]),
        "since": day(row["since"]),
        "until": day(row["until"]),
    }


def _known(field: str, ref: str, refs: dict[str, int]) -> int:
    if ref not in refs:
        raise Invalid(field, f"There is no organisation {ref}")
    return refs[ref]


def _parent(row: Document, refs: dict[str, int]) -> Document:
    return {
        "parent_id": _known("parents", row["organisation"], refs),
        "relation": words.ParentRelation(row["relation"]),
        "since": day(row["since"]),
        "until": day(row["until"]),
        "source": row["source"],
    }


def _succession(row: Document, refs: dict[str, int]) -> Document:
    successor = row["successor"]
    return {
        "kind": words.SuccessionKind(row["kind"]),
        "successor_id": _known("successions", successor, refs) if successor else None,
        "happened_on": day(row["on"]),
        "source": row["source"],
    }


def remove(session: Session, ids: Collection[int], act: Act, tag: str) -> None:
    """Delete organisations that only each other point at; the history keeps what they said.

    Raises:
        IntegrityError: something else still refers to one (store/pointing.py says what).
    """
    for some in chunks(ids):
        gone = load(session, some)
        record_all(session, act, tag, THING, [(o.id, document_of(o), None) for o in gone])
        for organisation in gone:
            session.expunge(organisation)
    # Their links go first, so that the bodies can go in any order.
    parent, succession = OrganisationParent, OrganisationSuccession
    for column in (parent.child_id, succession.predecessor_id, Organisation.id):
        for some in chunks(ids):
            session.execute(delete(column.class_).where(column.in_(some)))


def count(session: Session) -> int:
    """How many organisations there are."""
    return session.scalar(select(func.count()).select_from(Organisation)) or 0
