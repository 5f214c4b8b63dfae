"""All SQL about exemptions from mandates: asked for, decided, ended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.audit import Act, Document, HistoryEvent, record
from portal.catalogue.component_words import ExemptionState
from portal.catalogue.models.components import Component, ComponentExemption
from portal.catalogue.models.exemptions import ExemptionRequest
from portal.catalogue.models.services import Service
from portal.catalogue.rules import mandates as rules
from portal.catalogue.store.mandates import live_on
from portal.errors import Missing

THING = "exemption_request"
TAGS = {state: f"exemption.{state.value}" for state in ExemptionState}


class Live(NamedTuple):
    """An exemption that holds."""

    service_id: int
    component_id: int
    component_slug: str
    component: str
    request_id: int | None
    reason: str
    granted_by: str
    granted_on: date
    expires_on: date | None
    conditions: str | None


class Ending(NamedTuple):
    """An exemption that ends soon."""

    service_id: int
    service_slug: str
    service: str
    component_slug: str
    component: str
    expires_on: date


def get(session: Session, request_id: int) -> ExemptionRequest:
    """One request with its service and component. Raises Missing."""
    r = ExemptionRequest
    query = select(r).options(joinedload(r.service), joinedload(r.component))
    found = session.scalar(query.where(r.id == request_id))
    if found is None:
        raise Missing("There is no such request")
    return found


def granted(session: Session, request_id: int) -> ComponentExemption | None:
    """What was granted on a request."""
    e = ComponentExemption
    return session.scalar(select(e).where(e.request_id == request_id))


def document_of(request: ExemptionRequest, grant: ComponentExemption | None) -> Document:
    """What the history says of a request: not what people wrote while it is undecided."""
    public = request.state in rules.PUBLIC
    return {
        "component": request.component.slug,
        "exemption_state": request.state.value,
        "reason_kind": request.reason_kind.value if request.reason_kind else None,
        "decided_by": request.decided_by,
        "answer": request.answer if public else None,
        "conditions": grant.conditions if grant else None,
        "conditions_by": _iso(grant.conditions_by) if grant else None,
        "conditions_met_on": _iso(grant.conditions_met_on) if grant else None,
        "since": grant.granted_on.isoformat() if grant else None,
        "until": _end(grant),
        "ended_reason": request.ended_reason,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _end(grant: ComponentExemption | None) -> str | None:
    ends = [day for day in (grant.expires_on, grant.ended_on) if day] if grant else []
    return min(ends).isoformat() if ends else None


def add(session: Session, request: ExemptionRequest, act: Act) -> None:
    """Write a new request, with its history event."""
    session.add(request)
    session.flush()
    made = get(session, request.id)
    record(session, act, TAGS[made.state], THING, made.id, None, document_of(made, None))


def move(
    session: Session, request: ExemptionRequest, to: ExemptionState, act: Act,
    grant: ComponentExemption | None = None, **changes: Any,
) -> None:  # fmt: skip
    """Take a request to another state, with its event; the service's history has what is public.

    Args:
        session: one that writes.
        request: as `get` gives it.
        to: the state.
        act: who does it, and when.
        grant: what is granted, where that is new.
        changes: what else the row says.

    Raises:
        Stale: somebody has decided otherwise.
    """
    old = granted(session, request.id)
    before, was = document_of(request, old), request.state
    request.state = rules.moved(was, to)
    for name, value in changes.items():
        setattr(request, name, value)
    if grant is not None:
        session.add(grant)
    if old is not None and to is ExemptionState.ENDED:
        old.ended_on = act.day
    session.flush()
    after = document_of(request, grant or old)
    record(session, act, TAGS[to], THING, request.id, before, after)
    if to in rules.PUBLIC:
        told = [before] if was in rules.PUBLIC else None
        record(
            session, act, TAGS[to], "service", request.service_id,
            {"exemption": told}, {"exemption": [after]},
        )  # fmt: skip


def set_terms(
    session: Session, request: ExemptionRequest, grant: ComponentExemption, terms: rules.Terms,
    act: Act,
) -> bool:  # fmt: skip
    """Let an exemption have these conditions, with its events; False where nothing changes."""
    before = document_of(request, grant)
    grant.conditions, grant.conditions_by = terms.text, terms.by
    grant.conditions_met_on = terms.met_on
    session.flush()
    after = document_of(request, grant)
    if not record(session, act, "exemption.conditions", THING, request.id, before, after):
        return False
    told = {"exemption": [before]}, {"exemption": [after]}
    record(session, act, "exemption.conditions", "service", request.service_id, *told)
    return True


def told_since(session: Session, request_id: int) -> list[HistoryEvent]:
    """How the conditions of an exemption changed since it was granted, the newest first."""
    e = HistoryEvent
    query = select(e).where(
        e.thing == THING, e.thing_id == request_id, e.tag == "exemption.conditions"
    )
    return list(session.scalars(query.order_by(e.id.desc()).limit(100)))


def open_conditions(
    session: Session, services: Collection[int], bodies: Collection[int], day: date, most: int
) -> list[tuple[int, str, str, str, date | None]]:
    """Conditions, not met yet, of exemptions that hold, of these services and of those that these
    bodies are accountable for or deliver: id of the request, service, component, conditions, by
    when.
    """
    e, s, c, mine = ComponentExemption, Service, Component, list(bodies)
    query = (
        select(e.request_id, s.name, c.name, e.conditions, e.conditions_by)
        .join(s, s.id == e.service_id)
        .join(c, c.id == e.component_id)
        .where(
            live_on(day), e.request_id.is_not(None), e.conditions.is_not(None),
            e.conditions_met_on.is_(None),
            or_(s.id.in_(list(services)), s.organisation_id.in_(mine), s.delivers_id.in_(mine)),
        )
        .order_by(e.conditions_by.nulls_last(), e.id)
        .limit(most)
    )  # fmt: skip
    rows = session.execute(query)
    return [(id_ or 0, whose, what, text or "", by) for id_, whose, what, text, by in rows]


def opine(session: Session, request: ExemptionRequest, text: str, act: Act) -> None:
    """Keep what the component's provider thinks."""
    before = {"opinion": request.opinion_on.isoformat() if request.opinion_on else None}
    request.opinion, request.opinion_on = text, act.day
    session.flush()
    after = {"opinion": act.day.isoformat()}
    record(session, act, "exemption.opinion", THING, request.id, before, after)


def waiting_for(session: Session, service_id: int, component_id: int) -> ExemptionRequest | None:
    """The request of a service about a component that is not decided."""
    r = ExemptionRequest
    return session.scalar(
        select(r).where(
            r.service_id == service_id, r.component_id == component_id,
            r.state == ExemptionState.ASKED,
        )
    )  # fmt: skip


def granted_on(session: Session, request: ExemptionRequest, day: date) -> bool:
    """Whether the service was exempted from the same on this very day."""
    e = ComponentExemption
    query = select(e.id).where(
        e.service_id == request.service_id, e.component_id == request.component_id,
        e.granted_on == day,
    )  # fmt: skip
    return session.scalar(query) is not None


def of_service(session: Session, service_id: int, limit: int = 50) -> list[ExemptionRequest]:
    """What a service asked for, the newest first."""
    r = ExemptionRequest
    query = select(r).options(joinedload(r.component)).where(r.service_id == service_id)
    return list(session.scalars(query.order_by(r.id.desc()).limit(limit)))


def live(
    session: Session, services: Collection[int], day: date, component_id: int | None = None
) -> list[Live]:
    """The exemptions of services that hold on a day, the one that ends last first."""
    e, c = ComponentExemption, Component
    query = (
        select(
            e.service_id,
            c.id,
            c.slug,
            c.name,
            e.request_id,
            e.reason,
            e.granted_by,
            e.granted_on,
            e.expires_on,
            e.conditions,
        )
        .join(c, c.id == e.component_id)
        .where(e.service_id.in_(services), live_on(day))
    )
    if component_id is not None:
        query = query.where(c.id == component_id)
    found = [Live._make(row) for row in session.execute(query)]
    return sorted(found, key=lambda each: each.expires_on or date.max, reverse=True)


def undecided(session: Session, most: int) -> list[ExemptionRequest]:
    """The requests that wait for a decision, the oldest first."""
    r = ExemptionRequest
    query = select(r).options(joinedload(r.service), joinedload(r.component))
    query = query.where(r.state == ExemptionState.ASKED)
    return list(session.scalars(query.order_by(r.id).limit(most)))


def ending(
    session: Session, services: Collection[int], bodies: Collection[int], day: date, by: date
) -> list[Ending]:
    """The exemptions of these services, and of those that these bodies are accountable for or
    deliver, that end by a day, where nobody has asked again and no other one goes on.
    """
    e, r, s, c, mine = ComponentExemption, ExemptionRequest, Service, Component, list(bodies)
    last = func.max(func.coalesce(e.expires_on, date.max))
    asked = exists().where(
        r.service_id == s.id, r.component_id == c.id, r.state == ExemptionState.ASKED
    )
    query = (
        select(s.id, s.slug, s.name, c.slug, c.name, last)
        .select_from(e)
        .join(s, s.id == e.service_id)
        .join(c, c.id == e.component_id)
        .where(
            live_on(day),
            or_(
                s.id.in_(list(services)), s.organisation_id.in_(mine), s.delivers_id.in_(mine)
            ),
            ~asked,
        )
        .group_by(s.id, s.slug, s.name, c.id, c.slug, c.name)
        .having(last <= by)
        .order_by(last, s.id, c.slug)
    )  # fmt: skip
    return [Ending._make(row) for row in session.execute(query)]
