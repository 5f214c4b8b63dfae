"""The shared components that meet each need, with what advice is made of."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
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
from portal.catalogue.rules.mandates import Covers

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
    rows = session.execute(
        select(
            ComponentCapability.capability_id, c.slug, c.name, c.lifecycle, c.sectors,
            c.eligibility_note, stage, c.kind == ComponentKind.CONTRACT, m.id, m.needs, m.sectors,
            m.audiences, m.from_phase, m.new_since, m.since, m.until,
        )
        .join(c, c.id == ComponentCapability.component_id)
        .outerjoin(m, m.component_id == c.id)
        .order_by(c.sort_name, c.id, m.id)
    )  # fmt: skip
    found: dict[int, dict[str, Option]] = {}
    for need, slug, name, lifecycle, sectors, limit, reached, contract, mandate, *rule in rows:
        options = found.setdefault(need, {})
        made = Option(slug, name, lifecycle, tuple(sectors), limit, reached)
        known = options.get(slug, made._replace(framework=bool(contract)))
        covers = (_covers(*rule),) if mandate else ()
        options[slug] = known._replace(mandates=(*known.mandates, *covers))
    return {need: list(options.values()) for need, options in found.items()}


def _covers(needs: Any, sectors: Any, audiences: Any, *rest: Any) -> Covers:
    about = (frozenset(needs or ()), frozenset(sectors or ()), frozenset(audiences or ()))
    return Covers(*about, *rest)
