"""What the rows of the reuse report are called: kept until a record changes."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from portal.audit import kept
from portal.catalogue.models.components import Capability, Component


class Need(NamedTuple):
    """A need that services are asked for, and the group that it is in."""

    id: int
    slug: str
    name: str
    group: str
    group_name: str


def needs(session: Session) -> dict[int, Need]:
    """Every need that services are asked for, in the order of the tree."""
    return kept(session, "reuse needs", lambda: _needs(session))


def is_leaf() -> ColumnElement[bool]:
    """The condition that services are asked for a need: none is below it."""
    below = aliased(Capability)
    return ~select(below.id).where(below.parent_id == Capability.id).correlate(Capability).exists()


def _needs(session: Session) -> dict[int, Need]:
    top, leaf = aliased(Capability), Capability
    rows: Any = session.connection().execute(
        select(leaf.id, leaf.slug, leaf.name, top.slug, top.name)
        .outerjoin(top, top.id == leaf.parent_id)
        .where(is_leaf())
        .order_by(top.position, leaf.position, leaf.id)
    )
    return {row[0]: Need._make((*row[:3], row[3] or "", row[4] or "")) for row in rows}


def components(session: Session) -> dict[int, tuple[str, str]]:
    """The address and name of every component by id, in the order of names."""
    return kept(session, "reuse components", lambda: _components(session))


def _components(session: Session) -> dict[int, tuple[str, str]]:
    c = Component
    rows = session.connection().execute(select(c.id, c.slug, c.name).order_by(c.sort_name, c.id))
    return {id_: (slug, name) for id_, slug, name in rows}
