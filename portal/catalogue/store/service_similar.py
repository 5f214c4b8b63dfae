"""The services that one may be: by words of its name, and by its start page."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from portal import search
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service, ServiceLink, ServiceName
from portal.catalogue.rules.similar import Known, Rarity, place_of, signals
from portal.catalogue.store.services import THING
from portal.catalogue.words import LinkKind

_LOOKED_AT = 60


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service of the catalogue and what is known of it to compare."""

    id: int
    slug: str
    known: Known


def candidates(session: Session, name: str, start_page: str | None) -> list[Candidate]:
    """About a hundred services that share words with a name, and all with the same start page, in
    the order of their ids.
    """
    ids = {*search.find(session, THING, name, _LOOKED_AT).ids}
    ids.update(search.alike(session, THING, name, _LOOKED_AT))
    ids.update(_with_start_page(session, start_page))
    return _read(session, sorted(ids))


def facts(session: Session, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """The phase of services and who is accountable for each, "" where nobody is."""
    query = (
        select(Service.id, Service.phase, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
        .where(Service.id.in_(ids))
    )
    return {id_: (phase.value, body or "") for id_, phase, body in session.execute(query)}


def rarity(session: Session, tokens: Collection[str]) -> Rarity:
    """In how many services of the catalogue each of these tokens is."""
    found = search.frequencies(session, THING, tokens)
    return Rarity(found.total, found.tokens)


def _with_start_page(session: Session, start_page: str | None) -> Iterable[int]:
    place = place_of(start_page or "")
    if "/" not in place:
        return []
    return session.scalars(select(Service.id).where(Service.start_page.in_(written(place))))


def written(place: str) -> list[str]:
    """The addresses of a host and path, as `place_of` gives it."""
    return [
        f"{scheme}://{www}{place}{end}"
        for scheme in ("https", "http")
        for www in ("", "www.")
        for end in ("", "/")
    ]


def known_of(session: Session, ids: list[int]) -> list[tuple[int, Known]]:
    """What is known of these services to compare them, of at most a few hundred."""
    return [(each.id, each.known) for each in _read(session, ids)]


def _read(session: Session, ids: list[int]) -> list[Candidate]:
    s = Service
    columns = (s.id, s.slug, s.name, s.purpose, s.start_page, s.service_address)
    names = _texts(session, ServiceName.service_id, ServiceName.name, ids)
    repositories = _texts(
        session, ServiceLink.service_id, ServiceLink.url, ids,
        ServiceLink.kind == LinkKind.SOURCE_CODE,
    )  # fmt: skip
    return [
        Candidate(
            id_,
            slug,
            Known(
                name,
                purpose or "",
                tuple(names.get(id_, ())),
                signals(start_page, address, repositories.get(id_, ())),
            ),
        )
        for id_, slug, name, purpose, start_page, address in session.execute(
            select(*columns).where(s.id.in_(ids)).order_by(s.id)
        )
    ]


def _texts(
    session: Session, owner: Any, text: Any, ids: list[int], *only: ColumnElement[bool]
) -> dict[int, list[str]]:
    """The texts of a table by the service they are of."""
    found: dict[int, list[str]] = {}
    for id_, value in session.execute(
        select(owner, text).where(owner.in_(ids), *only).order_by(owner, text)
    ):
        found.setdefault(id_, []).append(value)
    return found
