"""How each kind of record is found by its address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.journeys import Journey
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.rules.cleaners import sort_key
from portal.catalogue.store import capabilities, components, journeys, organisations, services
from portal.errors import Missing


def title(model: Any) -> Callable[[Session, str], tuple[int, str]]:
    """A finder of the id and name at an address, for pages that need no more; raises Missing."""

    def find(session: Session, slug: str) -> tuple[int, str]:
        row = session.execute(select(model.id, model.name).where(model.slug == slug)).first()
        if row is None:
            raise Missing("There is nothing at this address")
        return row.id, row.name

    return find


TITLES = {
    services.THING: title(Service),
    organisations.THING: title(Organisation),
    journeys.THING: title(Journey),
    components.THING: title(Component),
    capabilities.THING: title(Capability),
}
_NAMED: dict[str, Any] = {
    services.THING: Service,
    components.THING: Component,
    capabilities.THING: Capability,
}
#: How the records of each kind are found by address, and where a former address leads.
BY_SLUG: dict[str, Callable[[Session, str], Any]] = {
    services.THING: services.by_slug,
    organisations.THING: organisations.by_slug,
    journeys.THING: journeys.by_slug,
}
SLUG_NOW: dict[str, Callable[[Session, str], str | None]] = {
    services.THING: services.slug_now,
    organisations.THING: organisations.slug_now,
    components.THING: components.slug_now,
}


def names_of(session: Session, references: Iterable[str]) -> dict[str, str]:
    """The names behind `service:SLUG`, `component:SLUG` and `capability:SLUG`, in one statement.

    Other references, and slugs that are not in use now, are left out.
    """
    slugs: dict[str, set[str]] = {}
    for reference in references:
        thing, _colon, slug = reference.partition(":")
        if thing in _NAMED:
            slugs.setdefault(thing, set()).add(slug)
    if not slugs:
        return {}
    parts = [
        select(literal(thing), _NAMED[thing].slug, _NAMED[thing].name).where(
            _NAMED[thing].slug.in_(sorted(wanted))
        )
        for thing, wanted in sorted(slugs.items())
    ]
    rows = session.execute(union_all(*parts))
    return {f"{thing}:{slug}": name for thing, slug, name in rows}


def called(session: Session, thing: str, name: str, most: int) -> list[tuple[str, str]]:
    """The records of a kind that have a name, as (slug, name); capitals do not matter."""
    model = _NAMED[thing]
    query = select(model.slug, model.name).where(model.sort_name == sort_key(name))
    return [(slug, found) for slug, found in session.execute(query.order_by(model.id).limit(most))]


def by_ids(session: Session, thing: str, ids: Sequence[int]) -> dict[str, str]:
    """The names of records of a kind by their slugs, in the order of the ids."""
    model = _NAMED[thing]
    rows = session.execute(select(model.id, model.slug, model.name).where(model.id.in_(ids)))
    known = {id_: (slug, name) for id_, slug, name in rows}
    return dict(known[id_] for id_ in ids if id_ in known)


def whose(session: Session, thing: str, slugs: Sequence[str]) -> dict[str, str]:
    """The names of services or components with whose they are, by slug; nothing for other kinds."""
    owner = {services.THING: Service.organisation_id, components.THING: Component.provider_id}
    if thing not in owner:
        return {}
    model = _NAMED[thing]
    query = select(model.slug, model.name, Organisation.name)
    query = query.outerjoin(Organisation, Organisation.id == owner[thing])
    rows = session.execute(query.where(model.slug.in_(list(slugs))))
    return {slug: f"{name} ({body})" if body else name for slug, name, body in rows}
