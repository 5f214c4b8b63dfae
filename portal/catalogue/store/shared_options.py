"""The shared components that meet each need, with what advice is made of."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal import audit
from portal.catalogue.component_words import ComponentKind
from portal.catalogue.models.components import (
    Component,
    ComponentCapability,
    ComponentEvolution,
    ComponentMandate,
)
from portal.catalogue.rules.advice import Option

#: By the id of the need.
Options = dict[int, list[Option]]


def by_need(session: Session, day: date) -> Options:
    """Every need's components, as they stand on a day, by name; in one statement."""
    return audit.kept(session, ("shared options", day), lambda: _by_need(session, day))


def _by_need(session: Session, day: date) -> Options:
    c, e, m = Component, ComponentEvolution, ComponentMandate
    stage = (
        select(e.stage)
        .where(e.component_id == c.id, e.since <= day)
        .order_by(e.since.desc())
        .limit(1)
        .correlate(c)
        .scalar_subquery()
    )
    in_force = (
        or_(m.since.is_(None), m.since <= day), or_(m.until.is_(None), m.until > day),
    )  # fmt: skip
    mandated = select(m.id).where(m.component_id == c.id, *in_force).exists()
    rows = session.execute(
        select(
            ComponentCapability.capability_id, c.slug, c.name, c.lifecycle, c.sectors,
            c.eligibility_note, stage, mandated,
            c.kind == ComponentKind.CONTRACT,
        )
        .join(c, c.id == ComponentCapability.component_id)
        .order_by(c.sort_name, c.id)
    )  # fmt: skip
    found: Options = {}
    for need, slug, name, lifecycle, sectors, limit, reached, asked, contract in rows:
        own = (slug, name, lifecycle, tuple(sectors), limit, reached)
        option = Option(*own, bool(asked), bool(contract))
        found.setdefault(need, []).append(option)
    return found
