"""Which organisations use which components: read from the table of counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from portal.audit import kept
from portal.catalogue.models.components import Capability, Component, ComponentCapability
from portal.catalogue.models.counts import UsageCount
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.words import OrganisationKind


@dataclass(frozen=True, slots=True)
class MatrixQuery:
    """What is asked for: organisations of a kind, components that meet a need or a group of them.

    `after` is how many organisations come before.
    """

    kind: OrganisationKind | None = None
    need: str | None = None
    after: int = 0


class Across(NamedTuple):
    """A component: a column."""

    id: int
    slug: str
    name: str
    uses: int


class Down(NamedTuple):
    """An organisation: a row; of no organisation where there is no slug."""

    id: int
    slug: str | None
    name: str | None
    uses: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """A part of the matrix.

    Attributes:
        columns: the components that are shown, the most used first.
        rows: the organisations that are shown, those that use most first.
        cells: how many services of an organisation use a component, by both ids.
        organisations: how many there are in all.
        components: how many there are in all.
        uses: of all of them, each service counted once for each component.
    """

    columns: list[Across]
    rows: list[Down]
    cells: dict[tuple[int, int], int]
    organisations: int
    components: int
    uses: int


_C = UsageCount


def _asked(statement: Any, kind: bool, need: bool) -> Any:
    if kind:
        mine = select(Organisation.id).where(Organisation.kind == bindparam("kind"))
        statement = statement.where(_C.organisation_id.in_(mine))
    if need:
        top = aliased(Capability)
        wanted = bindparam("need", type_=Capability.slug.type)
        offering = (
            select(ComponentCapability.component_id)
            .join(Capability, Capability.id == ComponentCapability.capability_id)
            .outerjoin(top, top.id == Capability.parent_id)
            .where((Capability.slug == wanted) | (top.slug == wanted))
        )
        statement = statement.where(_C.component_id.in_(offering))
    return statement


def _values(query: MatrixQuery) -> dict[str, Any]:
    named = {"kind": query.kind, "need": query.need}
    return {name: value for name, value in named.items() if value is not None}


# Statements are made once for each combination of filters: that takes longer than running them.
@cache
def _columns(kind: bool, need: bool) -> Any:
    c, uses = Component, func.sum(_C.services).label("uses")
    return (
        _asked(select(c.id, c.slug, c.name, uses), kind, need)
        .join(c, c.id == _C.component_id)
        .group_by(c.id, c.slug, c.name, c.sort_name)
        .order_by(uses.desc(), c.sort_name, c.id)
    )


@cache
def _rows(kind: bool, need: bool) -> Any:
    body = _C.organisation_id
    uses = func.sum(_C.services).label("uses")
    of = _asked(select(body, uses), kind, need).group_by(body).subquery()
    o = Organisation
    return (
        select(of.c.organisation_id, o.slug, o.name, of.c.uses)
        .outerjoin(o, o.id == of.c.organisation_id)
        .order_by(of.c.uses.desc(), of.c.organisation_id)
    )


@cache
def _cells() -> Any:
    return select(_C.organisation_id, _C.component_id, _C.services).where(
        _C.organisation_id.in_(bindparam("bodies", expanding=True)),
        _C.component_id.in_(bindparam("components", expanding=True)),
    )


def matrix(session: Session, query: MatrixQuery, down: int, across: int) -> Matrix:
    """At most so many organisations down and components across, in three statements.

    Args:
        session: where to look.
        query: which of them.
        down: how many organisations.
        across: how many components.
    """
    filters, values = (query.kind is not None, query.need is not None), _values(query)
    run = session.connection().execute
    columns, bodies = run(_columns(*filters), values).all(), run(_rows(*filters), values).all()
    shown, some = bodies[query.after : query.after + down], columns[:across]
    ids = {"bodies": [row[0] for row in shown], "components": [row[0] for row in some]}
    return Matrix(
        columns=[Across(row.id, row.slug, row.name, int(row.uses)) for row in some],
        rows=[Down(row[0], row.slug, row.name, int(row.uses)) for row in shown],
        cells={(body, component): many for body, component, many in run(_cells(), ids)},
        organisations=len(bodies),
        components=len(columns),
        uses=sum(int(row[3]) for row in bodies),
    )


def every(session: Session, query: MatrixQuery) -> Iterator[dict[str, Any]]:
    """Every organisation with every component that it uses."""
    o, c = Organisation, Component
    rows: Any = session.execute(
        _asked(
            select(o.slug, o.name, c.slug, c.name, _C.services), bool(query.kind), bool(query.need)
        )
        .join(c, c.id == _C.component_id)
        .outerjoin(o, o.id == _C.organisation_id)
        .order_by(o.sort_name, o.id, c.sort_name, c.id)
        .execution_options(yield_per=1_000),
        _values(query),
    )
    for body, name, component, called, services in rows:
        yield {
            "organisation": body, "organisation_name": name, "component": component,
            "component_name": called, "services": services,
        }  # fmt: skip


def needs(session: Session) -> dict[str, str]:
    """Groups of needs and needs that some component meets, by address, in the tree's order; kept
    until a record changes.
    """
    return kept(session, "matrix needs", lambda: _needs(session))


def _needs(session: Session) -> dict[str, str]:
    top, leaf = aliased(Capability), aliased(Capability)
    offered = select(ComponentCapability.capability_id)
    rows: Any = session.execute(
        select(top.slug, top.name, leaf.slug, leaf.name)
        .join(leaf, leaf.parent_id == top.id)
        .where(leaf.id.in_(offered))
        .order_by(top.position, leaf.position)
    )
    found: dict[str, str] = {}
    for group, group_name, slug, name in rows:
        found.setdefault(group, group_name)
        found[slug] = f"{group_name}: {name}"
    return found
