"""The records that one may be, looked up in indexes: never all pairs of the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import search
from portal.catalogue.models.organisations import (
    Organisation,
    OrganisationParent,
    OrganisationSuccession,
)
from portal.catalogue.models.services import Service, ServiceLink
from portal.catalogue.rules.matching import NameIndex
from portal.catalogue.rules.pair_finding import Bodies, Body
from portal.catalogue.rules.similar import Known, Rarity, place_of
from portal.catalogue.store import organisation_names
from portal.catalogue.store.organisations import ids_by_reference
from portal.catalogue.store.service_similar import known_of, written
from portal.catalogue.store.services import THING
from portal.catalogue.words import LinkKind
from portal.db import chunks

#: So many records that share words with a name are compared with it.
_LOOKED_AT = 60


@dataclass(frozen=True, slots=True)
class Looked:
    """Services to compare.

    Attributes:
        known: what is known of each, by id; those asked for that are still there, and the others.
        others: of each one asked for, the ids to compare it with.
    """

    known: Mapping[int, Known]
    others: Mapping[int, Collection[int]]


def rarity(session: Session, tokens: Collection[str]) -> Rarity:
    """In how many services each of these tokens is."""
    found = search.frequencies(session, THING, tokens)
    return Rarity(found.total, found.tokens)


def looked_up(
    session: Session, ids: Collection[int], also: Mapping[int, Collection[int]]
) -> Looked:
    """What each of these services is to be compared with.

    Args:
        session: the database, for reading.
        ids: of those asked for.
        also: others to compare each with, whatever the indexes say.
    """
    known = _services(session, ids)
    others = {id_: {*_by_name(session, each), *also.get(id_, ())} for id_, each in known.items()}
    _add_by_address(session, known, others)
    rest = set().union(*others.values()) - set(known) if others else set()
    known |= _services(session, rest)
    return Looked(known, {id_: found - {id_} for id_, found in others.items()})


def _by_name(session: Session, known: Known) -> set[int]:
    names = dict.fromkeys([known.name, *known.other_names[:2]])
    return {id_ for name in names for id_ in search.alike(session, THING, name, _LOOKED_AT)}


def _services(session: Session, ids: Collection[int]) -> dict[int, Known]:
    return {id_: each for some in chunks(sorted(ids)) for id_, each in known_of(session, some)}


def _add_by_address(
    session: Session, known: Mapping[int, Known], others: dict[int, set[int]]
) -> None:
    """Add the services that have an address of one that is asked for; one statement a column."""
    having: dict[str, set[int]] = {}
    for id_, each in known.items():
        for _kind, place in each.signals:
            having.setdefault(place, set()).add(id_)
    columns: tuple[tuple[Any, Any, Any], ...] = (
        (Service.id, Service.start_page, None),
        (Service.id, Service.service_address, None),
        (ServiceLink.service_id, ServiceLink.url, ServiceLink.kind == LinkKind.SOURCE_CODE),
    )
    addresses = [address for place in sorted(having) for address in written(place)]
    for owner, column, only in columns:
        for some in chunks(addresses):
            query = select(owner, column).where(column.in_(some))
            for id_, address in session.execute(query if only is None else query.where(only)):
                for asked in having.get(place_of(address), ()):
                    others[asked].add(id_)


def bodies(session: Session) -> Bodies:
    """Everything that tells whether two organisations are one, of all of them: they are few."""
    o, p, s = Organisation, OrganisationParent, OrganisationSuccession
    related: dict[int, set[int]] = {}
    links: tuple[tuple[Any, Any], ...] = (
        (p.child_id, p.parent_id), (s.predecessor_id, s.successor_id),
    )  # fmt: skip
    for one, other in links:
        for a, b in session.execute(select(one, other).where(other.is_not(None))):
            related.setdefault(a, set()).add(b)
            related.setdefault(b, set()).add(a)
    named, ids = organisation_names.named(session), ids_by_reference(session)
    names: dict[int, dict[str, None]] = {}
    for each in named:
        if each.what != "abbreviation":
            names.setdefault(ids[each.id], {})[each.name] = None
    rows = session.execute(select(o.id, o.kind, o.website, o.start_date, o.end_date).order_by(o.id))
    known = {
        id_: Body(
            id_, kind.value, tuple(names.get(id_, ())), place_of(website or ""), start, end,
            frozenset(related.get(id_, ())),
        )
        for id_, kind, website, start, end in rows
    }  # fmt: skip
    return Bodies(NameIndex(named), ids, known)
