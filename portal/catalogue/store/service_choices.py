"""What the service list can be narrowed to by how services meet their needs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, Select, select
from sqlalchemy.orm import Session, aliased

from portal.audit import kept
from portal.catalogue.component_words import Lifecycle
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.filters import ServiceQuery
from portal.catalogue.store import hierarchy
from portal.catalogue.store.usage import USING


@dataclass(frozen=True, slots=True)
class Choices:
    """The needs and components to choose from, and what the address's organisation is called.

    Attributes:
        needs: capabilities by group: group, then slug to name.
        components: slug to name.
        closed: slugs of the components that have closed.
        names: of every slug there is, by the argument that takes it.
    """

    needs: dict[str, dict[str, str]] = field(default_factory=dict)
    components: dict[str, str] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    names: dict[str, dict[str, str]] = field(default_factory=dict)


def choices(session: Session, organisation: str | None, on: date) -> Choices:
    """Everything there is to choose from, kept until a record changes, and the name of the
    organisation asked for.
    """
    found = kept(session, "service choices", lambda: _choices(session))
    if not organisation:
        return found
    tree = hierarchy.tree(session, on)
    body = tree.ids.get(organisation)
    known = {organisation: tree.names[body][1]} if body is not None else {}
    return replace(found, names={**found.names, "organisation": known})


def _choices(session: Session) -> Choices:
    needs: dict[str, dict[str, str]] = {}
    called: dict[str, str] = {}
    connection = session.connection()
    for group, slug, name in connection.execute(_NEEDS):
        needs.setdefault(group, {})[slug] = called[slug] = name
    rows = connection.execute(_COMPONENTS).all()
    components = {slug: name for slug, name, _state in rows}
    closed = frozenset(slug for slug, _name, state in rows if state == Lifecycle.CLOSED)
    names = {"organisation": {}, "capability": called, "component": components}
    return Choices(needs, components, closed, names)


_above = aliased(Capability)
_NEEDS = (
    select(_above.name, Capability.slug, Capability.name)
    .join(_above, _above.id == Capability.parent_id)
    .order_by(_above.position, Capability.position, Capability.name)
)
_COMPONENTS = select(Component.slug, Component.name, Component.lifecycle).order_by(
    Component.sort_name
)


def using(query: ServiceQuery) -> Select[int]:
    """The services that meet a need now in the way a query asks for."""
    return select(Usage.service_id).where(*asked_for(query))


def asked_for(query: ServiceQuery) -> list[ColumnElement[bool]]:
    """What a usage must be for its service to be listed: now, and in the way asked for."""
    found: list[ColumnElement[bool]] = [Usage.status.in_(USING)]
    if query.capability:
        found.append(Usage.capability_id == _id(Capability, query.capability))
    if query.component:
        found.append(Usage.component_id == _id(Component, query.component))
    if query.arrangement:
        found.append(Usage.arrangement == query.arrangement)
    return found


def _id(model: type[Capability] | type[Component], slug: str) -> ScalarSelect[int]:
    return select(model.id).where(model.slug == slug).scalar_subquery()
