"""Which organisations use which components: read from the table of counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

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


def _asked(statement: Any, query: MatrixQuery) -> Any:
    if query.kind is not None:
        mine = select(Organisation.id).where(Organisation.kind == query.kind)
        statement = statement.where(_C.organisation_id.in_(mine))
    if query.need is not None:
        top = aliased(Capability)
        offering = (
            select(ComponentCapability.component_id)
            .join(Capability, Capability.id == ComponentCapability.capability_id)
            .outerjoin(top, top.id == Capability.parent_id)
            .where((Capability.slug == query.need) | (top.slug == query.need))
        )
        statement = statement.where(_C.component_id.in_(offering))
    return statement


def matrix(session: Session, query: MatrixQuery, down: int, across: int) -> Matrix:
    """At most so many organisations down and components across, in four statements.

    Args:
        session: where to look.
        query: which of them.
        down: how many organisations.
        across: how many components.
    """
    uses = func.sum(_C.services)
    columns: Any = session.execute(
        _asked(select(Component.id, Component.slug, Component.name, uses), query)
        .join(Component, Component.id == _C.component_id)
        .group_by(Component.id, Component.slug, Component.name, Component.sort_name)
        .order_by(uses.desc(), Component.sort_name, Component.id)
    ).all()
    totals: Any = session.execute(
        _asked(select(_C.organisation_id, uses), query).group_by(_C.organisation_id)
    ).all()
    ordered = sorted(totals, key=lambda row: (-row[1], row[0]))
    shown, some = ordered[query.after : query.after + down], columns[:across]
    ids, theirs = [row[0] for row in shown], [row.id for row in some]
    names: Any = session.execute(
        select(Organisation.id, Organisation.slug, Organisation.name).where(
            Organisation.id.in_(ids)
        )
    )
    called = {id_: (slug, name) for id_, slug, name in names}
    cells: Any = session.execute(
        select(_C.organisation_id, _C.component_id, _C.services).where(
            _C.organisation_id.in_(ids), _C.component_id.in_(theirs)
        )
    )
    return Matrix(
        columns=[Across(row.id, row.slug, row.name, int(row[3])) for row in some],
        rows=[Down(id_, *called.get(id_, (None, None)), int(many)) for id_, many in shown],
        cells={(body, component): many for body, component, many in cells},
        organisations=len(ordered),
        components=len(columns),
        uses=sum(int(many) for _id, many in ordered),
    )


def every(session: Session, query: MatrixQuery) -> Iterator[dict[str, Any]]:
    """Every organisation with every component that it uses."""
    o, c = Organisation, Component
    rows: Any = session.execute(
        _asked(select(o.slug, o.name, c.slug, c.name, _C.services), query)
        .join(c, c.id == _C.component_id)
        .outerjoin(o, o.id == _C.organisation_id)
        .order_by(o.sort_name, o.id, c.sort_name, c.id)
        .execution_options(yield_per=1_000)
    )
    for body, name, component, called, services in rows:
        yield {
            "organisation": body, "organisation_name": name, "component": component,
            "component_name": called, "services": services,
        }  # fmt: skip


def needs(session: Session) -> dict[str, str]:
    """Groups of needs and needs that some component meets, by address, in the tree's order."""
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
