"""What the page for leadership reads: counts that are kept, and a few needs and components."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    String,
    case,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from portal.audit import kept
from portal.catalogue.component_words import Arrangement, UsageStatus
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.counts import ServiceCount
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import hierarchy
from portal.catalogue.store.usage import USING
from portal.fixed import Fixed
from portal.reports.rules import leadership as rules
from portal.reports.rules.leadership import Addressable, Ending, Facts, Offered
from portal.reports.rules.reuse_query import Of, Question, Scope
from portal.reports.rules.reuse_rates import Numbers
from portal.reports.store import duplication_needs, overdue, reuse, reuse_names
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
    found = _records(session)
    needs = {id_: (slug, name) for id_, slug, name, *_rest in found["need"]}
    questions = [Question(by) for by in (By.CAPABILITY, By.ORGANISATION, By.COMPONENT)]
    by_need, by_body, by_component = reuse.answers(session, questions, day)
    tree = hierarchy.tree(session, day)
    overdue_now, late = overdue.first(session, day, rules.SHOWN)
    offered = _offered(found["component"], by_component.rows)
    return Facts(
        day,
        {phase: left for _id, phase, _name, _state, *_rest, left, _stopped in found["phase"]},
        Counter(row[3] for row in found["component"]),
        {slug: name for _id, slug, name, *_rest in found["component"]},
        replace(by_need.total, asked=len(needs)),
        rules.most_used(offered),
        rules.to_ask(offered),
        _addressable(session, needs, day),
        _endings(found["component"]),
        rules.most_unanswered(by_body.rows, tree.names, tree.lines, len(needs)),
        overdue_now,
        late,
    )


def _select() -> Any:
    """Services by phase, needs, and components with the uses of those that end, in one statement:
    rows (what, id, address or phase, name, state, provider's address and name, team, last day,
    uses or services, uses that stopped).
    """
    n, k, c, o, u = ServiceCount, Capability, Component, Organisation, Usage
    used = u.component_id == c.id, u.arrangement == Arrangement.SHARED_COMPONENT
    ends = c.lifecycle.in_(ENDING)
    left, stopped = (
        case((ends, select(func.count()).where(*used, which).correlate(c).scalar_subquery()),
             else_=0)
        for which in (u.status.in_(USING), u.status == UsageStatus.STOPPED)
    )  # fmt: skip
    text, day, number = (null().cast(kind) for kind in (String, Date, Integer))
    phases = select(literal("phase"), number, n.value, *[text] * 5, day, n.many, number)
    needs = select(literal("need"), k.id, k.slug, k.name, *[text] * 4, day, number, number)
    components = select(
        literal("component"), c.id, c.slug, c.name, type_coerce(c.lifecycle, String), o.slug,
        o.name, c.team, case((ends, func.coalesce(c.closes_on, c.lifecycle_since))), left, stopped,
    ).join(o, o.id == c.provider_id)  # fmt: skip
    return union_all(
        phases.where(n.within == "", n.within_value == "", n.facet == "phase", n.many > 0),
        needs.where(reuse_names.is_leaf()), components,
    )  # fmt: skip


_RECORDS = Fixed(_select())


def _records(session: Session) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {"phase": [], "need": [], "component": []}
    for what, *row in _RECORDS.rows(session):
        found[what].append(row)
    return found


def _offered(components: Iterable[Any], used: Mapping[Of, Numbers]) -> list[Offered]:
    """Components with their use."""
    found = list[Offered]()
    for id_, slug, name, _state, body, provider, team, *_rest in components:
        numbers = used.get(id_, Numbers())
        found.append(Offered(slug, name, body, provider, team, numbers.confirmed, numbers.declared))
    return found


def _addressable(
    session: Session, needs: Mapping[int, tuple[str, str]], day: date
) -> list[Addressable]:  # fmt: skip
    found = duplication_needs.read(session, Scope(), day).needs
    return rules.first_addressable(
        Addressable(*needs[need], each.addressable, each.reasoned, each.bodies, each.next_end)
        for need, each in found.items()
        if need in needs
    )  # fmt: skip


def _endings(components: Iterable[Any]) -> list[Ending]:
    return rules.first_endings(
        Ending(slug, name, state, on, left, stopped)
        for _id, slug, name, state, _body, _provider, _team, on, left, stopped in components
    )  # fmt: skip
