"""All SQL about requests to spend."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true, tuple_, update
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from portal.access import Kind, Permission, Person, Role, may
from portal.audit import Act, Document, HistoryEvent, record
from portal.catalogue.component_words import SpendDecision
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.spending import SpendCondition, SpendRequest, SpendUsage
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules import spending as rules
from portal.errors import Missing

THING = "spend_request"
#: What happens to the conditions of an approval.
AFTERWARDS = ("spend.condition_met", "spend.condition_corrected", "spend.condition_added",
              "spend.condition_removed")  # fmt: skip
_DECIDED = [d for d in SpendDecision if rules.is_public(d, False)]
_EDITORS = (Role.TEAM_MEMBER, Role.SERVICE_OWNER, Role.ORGANISATION_ADMINISTRATOR)
#: Whose request it is, for lists: the service's accountable organisation, else its own.
_of = aliased(Organisation)


@dataclass(frozen=True, slots=True)
class SpendQuery:
    """What a list of requests is asked for; None means "any".

    Attributes:
        decision: what became of them.
        organisation: slug of the one whose they are, or whose service's.
        need: slug of a need.
        service: slug of a service.
        open_: only those with conditions that are not met.
        after: the day and id of the last of the page before.
    """

    decision: SpendDecision | None = None
    organisation: str | None = None
    need: str | None = None
    service: str | None = None
    open_: bool = False
    after: tuple[date, int] | None = None


class Row(NamedTuple):
    """A request as lists show it."""

    id: int
    what: str
    service_slug: str | None
    service: str | None
    organisation_slug: str | None
    organisation: str | None
    need_slug: str | None
    need: str | None
    amount: int
    years: int
    asked_on: date
    decision: str
    decided_on: date | None
    decided_by: str | None
    reason: str | None
    reference: str | None
    confidential: bool
    open_conditions: int


class Funded(NamedTuple):
    """A way of meeting a need that a request pays for."""

    usage: int
    need: str
    component: str | None
    product: str | None
    arrangement: str


def get(session: Session, request_id: int) -> SpendRequest:
    """One request with all around it. Raises Missing."""
    r = SpendRequest
    query = select(r).where(r.id == request_id)
    query = query.options(
        joinedload(r.service), joinedload(r.organisation), joinedload(r.capability),
        selectinload(r.conditions), selectinload(r.funds),
    )  # fmt: skip
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise Missing("There is no such request")
    return found


def document_of(r: SpendRequest) -> Document:
    """What the history says of a request."""
    return {
        "what": r.what,
        "pounds": r.amount,
        "years": r.years,
        "capability": r.capability.slug if r.capability else None,
        "reference": r.reference,
        "asked_on": r.asked_on.isoformat(),
        "confidential": r.confidential,
        "spend_decision": r.decision.value,
        "decided_by": r.decided_by,
        "decided_on": r.decided_on.isoformat() if r.decided_on else None,
        "answer": r.reason,
        "conditions": [_condition(each) for each in r.conditions],
        "funds": [each.usage_id for each in r.funds],
    }


def _condition(row: SpendCondition) -> Document:
    return {"text": row.text, "due_on": _iso(row.due_on), "met_on": _iso(row.met_on)}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def add(session: Session, request: SpendRequest, act: Act) -> None:
    """Write a new request, with its history event."""
    session.add(request)
    session.flush()
    made = get(session, request.id)
    record(session, act, "spend.recorded", THING, made.id, None, document_of(made))


def changed(session: Session, request: SpendRequest, before: Document, act: Act, tag: str) -> bool:
    """Tell the history what changed of a request that was loaded by `get`; that of its service is
    told what everybody may read.
    """
    was_public = is_public_document(before)
    session.flush()
    now = get(session, request.id)
    after = document_of(now)
    if not record(session, act, tag, THING, now.id, before, after):
        return False
    public = rules.is_public(now.decision, now.confidential)
    if now.service_id is not None and (public or was_public):
        told = [_told(each) if shown else None
                for each, shown in ((before, was_public), (after, public))]  # fmt: skip
        old, new = ({"spend": [each] if each else None} for each in told)
        record(session, act, tag, "service", now.service_id, old, new)
    return True


def is_public_document(document: Document) -> bool:
    """Whether everybody may read a request that said this."""
    return rules.is_public(SpendDecision(document["spend_decision"]), document["confidential"])


def _told(document: Document) -> Document:
    names = ("what", "pounds", "years", "spend_decision", "decided_by", "decided_on", "reference")
    open_ = sum(1 for each in document["conditions"] if not each["met_on"])
    return {**{name: document[name] for name in names}, "open_conditions": open_ or None}


def seen_by(person: Person) -> ColumnElement[bool]:
    """Which requests somebody may read: those that are public, and all of what is theirs."""
    r, s = SpendRequest, Service
    if may(person, Permission.DECIDE_REQUESTS):
        return true()
    held = [grant for grant in person.grants if grant.role in _EDITORS]
    services = [grant.id for grant in held if grant.kind is Kind.SERVICE]
    on = [grant for grant in held if grant.kind is Kind.ORGANISATION]
    bodies = [grant.id for grant in on]
    above = [grant.id for grant in on if grant.role is Role.ORGANISATION_ADMINISTRATOR]
    return or_(
        and_(r.decision.in_(_DECIDED), r.confidential.is_(False)),
        r.service_id.in_(services),
        s.organisation_id.in_(bodies),
        s.delivers_id.in_(bodies),
        r.organisation_id.in_(above),
    )


def _open() -> Any:
    c = SpendCondition
    return select(func.count()).where(c.request_id == SpendRequest.id, c.met_on.is_(None))


def _rows(seen: ColumnElement[bool]) -> Any:
    r, s, c = SpendRequest, Service, Capability
    whose = func.coalesce(s.organisation_id, r.organisation_id)
    return (
        select(
            r.id, r.what, s.slug, s.name, _of.slug, _of.name, c.slug, c.name, r.amount, r.years,
            r.asked_on, r.decision, r.decided_on, r.decided_by, r.reason, r.reference,
            r.confidential, _open().correlate(r).scalar_subquery(),
        )
        .outerjoin(s, s.id == r.service_id)
        .outerjoin(_of, _of.id == whose)
        .outerjoin(c, c.id == r.capability_id)
        .where(seen)
    )  # fmt: skip


def listing(
    session: Session, query: SpendQuery, seen: ColumnElement[bool], limit: int | None = None
) -> list[Row]:
    """The requests that somebody may read, the newest first."""
    r = SpendRequest
    statement = _rows(seen)
    if query.decision is not None:
        statement = statement.where(r.decision == query.decision)
    if query.organisation is not None:
        statement = statement.where(_of.slug == query.organisation)
    if query.need is not None:
        statement = statement.where(Capability.slug == query.need)
    if query.service is not None:
        statement = statement.where(Service.slug == query.service)
    if query.open_:
        c = SpendCondition
        statement = statement.where(exists().where(c.request_id == r.id, c.met_on.is_(None)))
    if query.after is not None:
        statement = statement.where(tuple_(r.asked_on, r.id) < tuple_(*query.after))
    rows = session.execute(statement.order_by(r.asked_on.desc(), r.id.desc()).limit(limit))
    return [_row(row) for row in rows]


def _row(row: Any) -> Row:
    found = Row(*row)
    return found._replace(decision=row[11].value)


def every(session: Session, query: SpendQuery, seen: ColumnElement[bool]) -> Iterator[Row]:
    """The same for a download, some at a time."""
    while found := listing(session, query, seen, 500):
        yield from found
        query = replace(query, after=(found[-1].asked_on, found[-1].id))


def listing_of(session: Session, request_id: int) -> list[Row]:
    """One request as lists show it, whoever may read it."""
    rows = session.execute(_rows(SpendRequest.id == request_id))
    return [_row(row) for row in rows]


def of_usage(session: Session, usage_id: int, seen: ColumnElement[bool]) -> list[Row]:
    """The requests that pay for a way of meeting a need, the newest first."""
    statement = _rows(seen).join(SpendUsage, SpendUsage.request_id == SpendRequest.id)
    statement = statement.where(SpendUsage.usage_id == usage_id)
    rows = session.execute(statement.order_by(SpendRequest.asked_on.desc(), SpendRequest.id))
    return [_row(row) for row in rows]


def needs(session: Session, seen: ColumnElement[bool]) -> list[tuple[str, str]]:
    """The needs that requests name, for a filter: slug and name."""
    r = SpendRequest
    query = (
        select(Capability.slug, Capability.name)
        .join(r, r.capability_id == Capability.id)
        .outerjoin(Service, Service.id == r.service_id)
        .where(seen)
        .distinct()
        .order_by(Capability.name)
    )
    return [(slug, name) for slug, name in session.execute(query)]


def arrangements(session: Session, service_id: int) -> list[Funded]:
    """The ways of meeting needs of a service, which a request can pay for."""
    u = Usage
    query = (
        select(u.id, Capability.name, Component.name, u.product, u.arrangement)
        .join(Capability, Capability.id == u.capability_id)
        .outerjoin(Component, Component.id == u.component_id)
        .where(u.service_id == service_id)
        .order_by(Capability.name, u.id)
    )
    return [Funded(*row[:4], row[4].value) for row in session.execute(query)]


def funded(session: Session, request_id: int) -> list[Funded]:
    """What a request pays for."""
    u = Usage
    query = (
        select(u.id, Capability.name, Component.name, u.product, u.arrangement)
        .join(SpendUsage, SpendUsage.usage_id == u.id)
        .join(Capability, Capability.id == u.capability_id)
        .outerjoin(Component, Component.id == u.component_id)
        .where(SpendUsage.request_id == request_id)
        .order_by(Capability.name, u.id)
    )
    return [Funded(*row[:4], row[4].value) for row in session.execute(query)]


def same(session: Session, service_id: int | None, body_id: int | None, what: str,
         asked_on: date) -> int | None:  # fmt: skip
    """The request of the same service or organisation for the same of the same day."""
    r = SpendRequest
    query = select(r.id).where(
        r.service_id == service_id, r.organisation_id == body_id, r.what == what,
        r.asked_on == asked_on,
    )  # fmt: skip
    return session.scalar(query.order_by(r.id))


def referred(session: Session, service_id: int | None, body_id: int | None, reference: str) -> bool:
    """Whether a service or organisation has a request with this reference."""
    r = SpendRequest
    query = select(r.id).where(
        r.service_id == service_id, r.organisation_id == body_id, r.reference == reference
    )
    return session.scalar(query.limit(1)) is not None


def undecided(session: Session, most: int) -> list[tuple[int, str, str, date]]:
    """The requests that wait for a decision, the oldest first: id, of what, whose, since when."""
    r = SpendRequest
    body = aliased(Organisation)
    query = (
        select(r.id, r.what, func.coalesce(Service.name, body.name), r.asked_on)
        .outerjoin(Service, Service.id == r.service_id)
        .outerjoin(body, body.id == r.organisation_id)
        .where(r.decision == SpendDecision.WAITING)
        .order_by(r.asked_on, r.id)
        .limit(most)
    )
    return [(id_, what, whose, on) for id_, what, whose, on in session.execute(query)]


def open_conditions(
    session: Session, services: Collection[int], bodies: Collection[int], most: int
) -> list[tuple[int, str, str, date | None]]:
    """Conditions that are not met of what these services, and the services of these organisations,
    asked for: id of the request, of what, the condition, by when.
    """
    r, c = SpendRequest, SpendCondition
    theirs = select(Service.id).where(Service.organisation_id.in_(bodies))
    mine = or_(r.service_id.in_(services), r.service_id.in_(theirs), r.organisation_id.in_(bodies))
    query = (
        select(r.id, r.what, c.text, c.due_on)
        .join(c, c.request_id == r.id)
        .where(mine, c.met_on.is_(None))
        .order_by(c.due_on, r.id, c.position)
        .limit(most)
    )
    return [(id_, what, text, due) for id_, what, text, due in session.execute(query)]


def follow_usage(session: Session, goes: int, stays: int) -> None:
    """Let what paid for one way of meeting a need pay for the one that took it in."""
    u = SpendUsage
    mine = select(u.request_id).where(u.usage_id == stays)
    moving = update(u).where(u.usage_id == goes, u.request_id.not_in(mine)).values(usage_id=stays)
    session.execute(moving.execution_options(synchronize_session=False))


def put_conditions(request: SpendRequest, conditions: list[rules.Condition]) -> None:
    """Let a loaded request have these conditions, in the rows that it has as far as they go."""
    rows = list(request.conditions)
    for row, each in zip(rows, conditions, strict=False):
        row.text, row.due_on, row.met_on = each.text, each.due_on, each.met_on
    for row in rows[len(conditions) :]:
        request.conditions.remove(row)
    for at, each in enumerate(conditions[len(rows) :], start=len(rows) + 1):
        made = SpendCondition(position=at, text=each.text, due_on=each.due_on, met_on=each.met_on)
        request.conditions.append(made)


def told_since(session: Session, request_id: int) -> list[HistoryEvent]:
    """What happened to the conditions of a request after it was decided, the newest first."""
    e = HistoryEvent
    query = select(e).where(e.thing == THING, e.thing_id == request_id, e.tag.in_(AFTERWARDS))
    return list(session.scalars(query.order_by(e.id.desc()).limit(100)))


def set_conditions(request: SpendRequest, conditions: Iterable[rules.Condition]) -> None:
    """Let a loaded request have these conditions."""
    request.conditions = [
        SpendCondition(position=at, text=each.text, due_on=each.due_on, met_on=each.met_on)
        for at, each in enumerate(conditions, start=1)
    ]
