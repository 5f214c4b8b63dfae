"""What the page for leadership reads: counts that are kept, and a few needs and components."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from portal.audit import kept
from portal.catalogue.component_words import Arrangement, UsageStatus
from portal.catalogue.models.components import Component
from portal.catalogue.models.counts import ServiceCount
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import hierarchy
from portal.catalogue.store.usage import USING
from portal.reports.rules import leadership as rules
from portal.reports.rules.leadership import Addressable, Ending, Facts, Offered
from portal.reports.rules.reuse_query import Of, Question, Scope
from portal.reports.rules.reuse_rates import Numbers
from portal.reports.store import duplication_needs, overdue, reuse, reuse_names
from portal.reports.store.reuse_names import Need
from portal.reports.store.reuse_usages import ENDING
from portal.reports.words import By


def read(session: Session, day: date) -> Facts:
    """The page's figures, worked out once for each version of the records.

    Args:
        session: where to look.
        day: today.
    """
    return kept(session, ("leadership", day), lambda: _read(session, day))


def _read(session: Session, day: date) -> Facts:
    needs = reuse_names.needs(session)
    questions = [Question(by) for by in (By.CAPABILITY, By.ORGANISATION, By.COMPONENT)]
    by_need, by_body, by_component = reuse.answers(session, questions, day)
    tree = hierarchy.tree(session, day)
    offered, lifecycles = _components(session, by_component.rows)
    overdue_now, late = overdue.first(session, day, rules.SHOWN)
    return Facts(
        day,
        _phases(session),
        lifecycles,
        replace(by_need.total, asked=len(needs)),
        rules.most_used(offered),
        rules.to_ask(offered),
        _addressable(session, needs, day),
        _endings(session),
        rules.most_unanswered(by_body.rows, tree.names, tree.lines, len(needs)),
        overdue_now,
        late,
    )


def _phases(session: Session) -> dict[str, int]:
    n = ServiceCount
    query = select(n.value, n.many).where(n.within == "", n.within_value == "", n.facet == "phase")
    return {phase: many for phase, many in session.connection().execute(query) if many}


def _components(
    session: Session, used: Mapping[Of, Numbers]
) -> tuple[list[Offered], dict[str, int]]:
    """Components with their use, and how many there are by how far they are."""
    c, o = Component, Organisation
    query = select(c.id, c.lifecycle, c.slug, c.name, o.slug, o.name, c.team).join(
        o, o.id == c.provider_id
    )
    found, lifecycles = list[Offered](), dict[str, int]()
    rows: Any = session.connection().execute(query)
    for id_, lifecycle, *rest in rows:
        lifecycles[lifecycle.value] = lifecycles.get(lifecycle.value, 0) + 1
        numbers = used.get(id_, Numbers())
        found.append(Offered._make((*rest, numbers.confirmed, numbers.declared)))
    return found, lifecycles


def _addressable(session: Session, needs: dict[int, Need], day: date) -> list[Addressable]:
    found = duplication_needs.read(session, Scope(), day).needs
    return rules.first_addressable(
        Addressable(needs[need].slug, needs[need].name, each.addressable, each.reasoned,
                    each.bodies, each.next_end)
        for need, each in found.items()
        if need in needs
    )  # fmt: skip


def _endings(session: Session) -> list[Ending]:
    u, c = Usage, Component
    left, stopped = (
        func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
        for condition in (u.status.in_(USING), u.status == UsageStatus.STOPPED)
    )
    ends_on = func.coalesce(c.closes_on, c.lifecycle_since)
    query: Any = (
        select(c.slug, c.name, c.lifecycle, ends_on, left, stopped)
        .join(u, u.component_id == c.id)
        .where(c.lifecycle.in_(ENDING), u.arrangement == Arrangement.SHARED_COMPONENT)
        .group_by(c.id, c.slug, c.name, c.lifecycle, ends_on)
    )
    rows = session.connection().execute(query)
    return rules.first_endings(
        Ending(slug, name, lifecycle.value, on, int(left), int(stopped))
        for slug, name, lifecycle, on, left, stopped in rows
    )
