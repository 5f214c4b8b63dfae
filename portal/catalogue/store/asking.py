"""Who asks the storefront: their organisation, and what others like it use."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.store.usage import USING


@dataclass(frozen=True, slots=True)
class Asking:
    """The organisation for which somebody asks."""

    id: int
    slug: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Adopted:
    """How many other organisations of a kind use a component now, and whether the asker's does."""

    alike: int = 0
    ours: bool = False


class Served(NamedTuple):
    """A service of who asks."""

    id: int
    slug: str
    name: str


def served(session: Session, ids: Collection[int]) -> list[Served]:
    """These services by their names; asks nothing where there are none."""
    if not ids:
        return []
    s = Service
    query = select(s.id, s.slug, s.name).where(s.id.in_(ids)).order_by(s.sort_name, s.id)
    return [Served(*row) for row in session.execute(query)]


def by_slug(session: Session, slug: str) -> Asking | None:
    """The organisation at an address."""
    return _one(session, Organisation.slug == slug)


def _one(session: Session, condition: object) -> Asking | None:
    o = Organisation
    row = session.execute(select(o.id, o.slug, o.name, o.kind).where(condition)).first()  # type: ignore[arg-type]
    return Asking(*row[:3], row[3].value) if row else None


def of_grants(session: Session, grants: Iterable[Grant]) -> Asking | None:
    """The organisation that somebody with these roles works for: one that they hold a role on, or
    that is accountable for a service or provides a component that they do.
    """
    first: dict[Kind, int] = {}
    for grant in sorted(grants, key=lambda grant: grant.id):
        first.setdefault(grant.kind, grant.id)
    if Kind.ORGANISATION in first:
        return _one(session, Organisation.id == first[Kind.ORGANISATION])
    for kind, column, id_ in (
        (Kind.SERVICE, Service.organisation_id, Service.id),
        (Kind.COMPONENT, Component.provider_id, Component.id),
    ):
        if kind in first:
            body = select(column).where(id_ == first[kind]).scalar_subquery()
            return _one(session, Organisation.id == body)
    return None


def adopted(
    session: Session, components: Collection[int], asking: Asking
) -> dict[int, Adopted]:  # fmt: skip
    """Who like the asker uses each of these components now, by the accountable organisations."""
    mine = Service.organisation_id == asking.id
    others = case((~mine, Service.organisation_id))
    rows = session.execute(
        select(
            Usage.component_id, func.count(others.distinct()), func.max(case((mine, 1), else_=0))
        )
        .join(Service, Service.id == Usage.service_id)
        .join(Organisation, Organisation.id == Service.organisation_id)
        .where(
            Usage.component_id.in_(list(components)),
            Usage.status.in_(USING),
            Organisation.kind == asking.kind,
        )
        .group_by(Usage.component_id)
    )
    return {id_: Adopted(many, bool(ours)) for id_, many, ours in rows if id_ is not None}
