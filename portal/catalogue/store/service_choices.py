"""What the service list can be narrowed to by how services meet their needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    bindparam,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.filters import ServiceQuery
from portal.catalogue.store.usage import USING


@dataclass(slots=True)
class Choices:
    """The needs and components to choose from, and the names behind what an address asks for.

    Attributes:
        needs: capabilities by group: group, then (slug, name).
        components: as (slug, name).
        names: of every slug there is, by the argument that takes it.
    """

    needs: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    components: list[tuple[str, str]] = field(default_factory=list)
    names: dict[str, dict[str, str]] = field(
        default_factory=lambda: {"organisation": {}, "capability": {}, "component": {}}
    )


def choices(session: Session, organisation: str | None) -> Choices:
    """Everything there is to choose from, and the organisation asked for, in one statement."""
    found = Choices()
    for part, slug, name, group, *_place in session.execute(_ALL, {"asked": organisation}).all():
        found.names[part][slug] = name
        if part == "capability":
            found.needs.setdefault(group, []).append((slug, name))
        elif part == "component":
            found.components.append((slug, name))
    return found


def _all() -> Select[Any]:
    above, o = aliased(Capability), Organisation
    needs = select(
        literal("capability").label("part"), Capability.slug, Capability.name,
        above.name.label("above"), above.position.label("first"),
        Capability.position.label("second"), Capability.name.label("third"),
    ).join(above, above.id == Capability.parent_id)  # fmt: skip
    components = select(
        literal("component"), Component.slug, Component.name, null(), literal(0), literal(0),
        Component.sort_name,
    )  # fmt: skip
    asked = select(
        literal("organisation"), o.slug, o.name, null(), literal(0), literal(0), o.sort_name
    ).where(o.slug == bindparam("asked"))
    rows = union_all(needs, components, asked).subquery()
    return select(rows).order_by(rows.c.first, rows.c.second, rows.c.third)


#: Made once: making it takes longer than running it.
_ALL = _all()


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
