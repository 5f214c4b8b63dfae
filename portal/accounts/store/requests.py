"""All SQL about requests to join."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.access import Kind, Thing
from portal.accounts.models.roles import JoinRequest
from portal.accounts.words import RequestState
from portal.audit import Act, Document, record
from portal.db import one_at_a_time
from portal.errors import N_, Clash, Missing, Stale

THING = "join_request"


def get(session: Session, request_id: int) -> JoinRequest:
    """One request with its person. Raises Missing."""
    query = select(JoinRequest).options(joinedload(JoinRequest.person))
    found = session.scalar(query.where(JoinRequest.id == request_id))
    if found is None:
        raise Missing("There is no such request")
    return found


def waiting_on(session: Session, kind: Kind, thing_id: int) -> list[JoinRequest]:
    """Who waits for an answer about a thing, oldest first."""
    on = (JoinRequest.kind == kind, JoinRequest.thing_id == thing_id)
    query = select(JoinRequest).options(joinedload(JoinRequest.person)).where(*on)
    waiting = query.where(JoinRequest.state == RequestState.WAITING)
    return list(session.scalars(waiting.order_by(JoinRequest.id)))


def waiting(session: Session) -> list[JoinRequest]:
    """Everybody who waits for an answer, oldest first."""
    query = select(JoinRequest).options(joinedload(JoinRequest.person))
    found = query.where(JoinRequest.state == RequestState.WAITING)
    return list(session.scalars(found.order_by(JoinRequest.id)))


def of_person(session: Session, person_id: int) -> list[JoinRequest]:
    """What somebody asked to join, newest first."""
    query = select(JoinRequest).where(JoinRequest.person_id == person_id)
    return list(session.scalars(query.order_by(JoinRequest.id.desc()).limit(20)))


def _document(request: JoinRequest) -> Document:
    # What people write about themselves stays out of the history.
    return {
        "person": request.person_id,
        "kind": request.kind.value,
        "thing": request.thing_id,
        "state": request.state.value,
    }


def add(session: Session, person_id: int, thing: Thing, why: str | None, act: Act) -> JoinRequest:
    """Ask to join. Raises Clash where the same was asked and waits."""
    one_at_a_time(session)
    on = (JoinRequest.kind == Kind(thing.kind), JoinRequest.thing_id == thing.id)
    same = select(JoinRequest.id).where(
        JoinRequest.person_id == person_id, *on, JoinRequest.state == RequestState.WAITING
    )
    if session.scalar(same.limit(1)) is not None:
        raise Clash("why", N_("You have asked already. You will get an email with the answer."))
    made = JoinRequest(
        person_id=person_id,
        kind=Kind(thing.kind),
        thing_id=thing.id,
        why=why,
        asked_at=act.at,
        state=RequestState.WAITING,
    )
    session.add(made)
    session.flush()
    record(session, act, "join.asked", THING, made.id, None, _document(made))
    return made


def decide(
    session: Session, request: JoinRequest, state: RequestState, answer: str | None, act: Act
) -> None:
    """Answer a request. Raises Stale where somebody else did."""
    if request.state is not RequestState.WAITING:
        raise Stale(N_("Somebody has decided this already"))
    before = _document(request)
    request.state, request.answer = state, answer
    request.decided_at, request.decided_by = act.at, act.actor
    session.flush()
    record(session, act, f"join.{state.value}", THING, request.id, before, _document(request))
