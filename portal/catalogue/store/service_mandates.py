"""What mandates mean for one service and for rows of a list: ways, reasons, exemptions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.catalogue.component_words import ExemptionState, MandateState, NeedAnswer
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service, ServicePhase
from portal.catalogue.models.usage import CapabilityNeed, Usage
from portal.catalogue.rules import mandates as rules
from portal.catalogue.rules.mandates import About, Way
from portal.catalogue.store import exemptions, mandate_records
from portal.catalogue.store.claims import Stood, reviewed, standing_of
from portal.catalogue.store.exemptions import Live
from portal.catalogue.store.mandate_records import Mandated
from portal.catalogue.store.mandates import Row


class Instead(NamedTuple):
    """What a service uses in place of what is mandated, or beside it."""

    usage: int
    arrangement: str
    name: str | None
    status: str
    reason: str | None
    reason_note: str | None
    contract_end: date | None
    stood: Stood


@dataclass(frozen=True, slots=True)
class Stands:
    """How a need of a service stands to the mandate of one component.

    Attributes:
        state: a MandateState, or OUTSIDE where it does not fall under it.
        request_id: the request that waits for a decision.
        why_not: why it does not fall under it, see `rules.mandates.why_not`.
        needed: whether it says that it has the need.
    """

    component_slug: str
    component: str
    need_slug: str
    state: str
    exempt_until: date | None
    request_id: int | None
    why_not: str | None = None
    needed: bool = False


OUTSIDE = "outside"


def instead(
    session: Session, mandated: Mandated, rows: Iterable[Row], day: date
) -> dict[tuple[int, int], list[Instead]]:
    """What these services use for these needs other than what is mandated, and how that stands on a
    day, by both ids.
    """
    pairs = {(row.service_id, row.need_id) for row in rows}
    u, c = Usage, Component
    query = reviewed(
        select(
            u.service_id, u.capability_id, u.id, u.arrangement, c.name, u.product, u.status,
            u.reason, u.reason_note, u.contract_end, standing_of(day), u.confirmed_on,
            u.disputed_on,
        )
        .outerjoin(c, c.id == u.component_id)
        .where(
            u.service_id.in_({service for service, _ in pairs}),
            u.capability_id.in_({need for _, need in pairs}),
            u.status.in_(rules.SAYING),
            or_(u.component_id.is_(None), u.component_id != mandated.id),
        )
        .order_by(u.id)
    )  # fmt: skip
    found: dict[tuple[int, int], list[Instead]] = {}
    for row in session.execute(query):
        service, need, id_, how, component, product, status, why, note, end, *said = row
        if (service, need) in pairs:
            made = Instead(
                id_, how.value, component or product, status.value, why and why.value, note, end,
                Stood(*said),
            )  # fmt: skip
            found.setdefault((service, need), []).append(made)
    return found


def exempted(
    session: Session, mandated: Mandated, rows: Iterable[Row], day: date
) -> dict[int, Live]:
    """The exemptions of these services, by their ids; the one that ends last of each."""
    services = {row.service_id for row in rows if row.state == MandateState.EXEMPT}
    if not services:
        return {}
    live = exemptions.live(session, services, day, mandated.id)
    return {each.service_id: each for each in reversed(live)}


def about(session: Session, service_id: int) -> About:
    """What mandates ask about a service."""
    s, o, p = Service, Organisation, ServicePhase
    query = (
        select(s.phase, o.kind, s.audience_set, p.since)
        .outerjoin(o, o.id == s.organisation_id)
        .outerjoin(p, p.service_id == s.id)
        .where(s.id == service_id)
    )
    rows: Any = session.execute(query).all()
    phase, kind, audiences, _since = rows[0]
    starts = [row[3] for row in rows]
    began = None if None in starts else min(starts)
    said = frozenset(each for each in audiences.split(",") if each)
    return About(phase.value, kind.value if kind else None, said, began)


def of_service(
    session: Session, service_id: int, day: date, needs: Collection[str] = (),
    outside: bool = False,
) -> dict[str, list[Stands]]:  # fmt: skip
    """How the needs of a service stand to the mandates in force, by need; in few statements.

    Args:
        session: where to look.
        service_id: the service.
        day: today.
        needs: only these, where any are given.
        outside: with those that do not fall under a mandate too, and why not.
    """
    some = mandate_records.every(session)
    wanted = {
        slug: pair
        for each in some
        for slug, pair in each.needs.items()
        if not needs or slug in needs
    }
    if not wanted:
        return {}
    service = about(session, service_id)
    answers, ways = _said(session, service_id, [id_ for id_, _name in wanted.values()])
    live = exemptions.live(session, [service_id], day)
    asked = {
        each.component_id: each.id
        for each in exemptions.of_service(session, service_id)
        if each.state is ExemptionState.ASKED
    }
    found: dict[str, list[Stands]] = {}
    for each in some:
        covers = [rule.covers for rule in each.rules]
        for need in each.needs:
            if need not in wanted:
                continue
            why = rules.why_not(covers, need, service, answers.get(need), day)
            if why is None:
                made = _stands(each, need, ways.get(need, []), live, asked.get(each.id), day)
                made = replace(made, needed=answers.get(need) is NeedAnswer.NEEDED)
                found.setdefault(need, []).append(made)
            elif outside:
                made = Stands(each.slug, each.name, need, OUTSIDE, None, None, why)
                found.setdefault(need, []).append(made)
    return found


def _stands(
    mandated: Mandated, need: str, ways: list[tuple[int | None, Any]], live: list[Live],
    request: int | None, day: date,
) -> Stands:  # fmt: skip
    mine = [each for each in live if each.component_id == mandated.id]
    until = mine[0].expires_on if mine else None
    state = rules.state_of(
        [Way(component == mandated.id, status) for component, status in ways],
        until, request is not None, day, exempt=bool(mine) and until is None,
    )  # fmt: skip
    return Stands(mandated.slug, mandated.name, need, state.value, until, request)


def _said(
    session: Session, service_id: int, needs: Collection[int]
) -> tuple[dict[str, NeedAnswer], dict[str, list[tuple[int | None, Any]]]]:
    """What a service says of needs, in one statement: its answers, and how each is met."""
    n, u, c = CapabilityNeed, Usage, Capability
    query = (
        select(c.slug, n.answer, u.component_id, u.status)
        .outerjoin(n, (n.capability_id == c.id) & (n.service_id == service_id))
        .outerjoin(u, (u.capability_id == c.id) & (u.service_id == service_id))
        .where(c.id.in_(needs))
    )
    answers: dict[str, NeedAnswer] = {}
    ways: dict[str, list[tuple[int | None, Any]]] = {}
    for slug, answer, component, status in session.execute(query):
        if answer is not None:
            answers[slug] = answer
        if status is not None:
            ways.setdefault(slug, []).append((component, status))
    return answers, ways
