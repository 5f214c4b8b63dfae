"""The reuse report in the plainest way: service by service, on today or an earlier day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.catalogue.component_words import DateBasis, EvidenceKind, UsageStatus
from portal.catalogue.models.evidence import UsageEvidence
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.rosters import Roster, RosterRow
from portal.catalogue.models.services import Service, ServiceOwner, ServicePhase
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.standing import NOT_YET, Claim, Evidence, Marks, marks
from portal.catalogue.words import OwnerRole, Phase
from portal.reports.rules.reuse import (
    EVERY_NEED,
    NO_COMPONENT,
    NOBODY,
    Fact,
    Place,
    Used,
    facts_of,
    units_of,
)
from portal.reports.rules.reuse_query import Answer, Of, Question, Scope
from portal.reports.rules.reuse_rates import Numbers
from portal.reports.store import reuse_facts
from portal.reports.store.reuse_facts import Counting, Which
from portal.reports.words import Basis, By, Counted

_UNMARKED = Marks()


def tally(question: Question, counting: Iterable[tuple[Place, Iterable[Fact]]]) -> Answer:
    """The rows from what counts of each service: what counts and statements have to say."""
    by, scope, found = question.by, question.scope, Answer()
    units: Counter[tuple[Of | None, tuple[int, int, str, str]]] = Counter()
    for place, facts in counting:
        if scope.has(place):
            row = _row_of(by, place)
            mine = [fact for fact in facts if _about(scope, fact)]
            units.update((row, unit) for unit in units_of(mine))
    for (row, (need, component, counted, stood)), many in units.items():
        if counted == Counted.SERVICES:
            found.add(row, counted, stood, many)
        elif by is By.COMPONENT:
            if component != NO_COMPONENT and need == EVERY_NEED:
                found.rows.setdefault(component, Numbers()).add(counted, stood, many)
            elif component == NO_COMPONENT and need != EVERY_NEED:
                found.total.add(counted, stood, many)
        elif component == NO_COMPONENT and need != EVERY_NEED:
            found.add(need if by is By.CAPABILITY else row, counted, stood, many)
    return found


def _row_of(by: By, place: Place) -> Of | None:
    """The row that a service is in, where it is in one whatever it needs."""
    match by:
        case By.ORGANISATION:
            return place.organisation_id
        case By.SECTOR:
            return place.kind
        case By.PHASE:
            return place.phase
    return None


def _about(scope: Scope, fact: Fact) -> bool:
    if fact.counted == Counted.SERVICES:
        return True
    if scope.component not in (None, fact.component_id):
        return False
    return scope.needs is None or fact.capability_id in scope.needs


def counting_on(session: Session, day: date, basis: Basis) -> Iterator[Counting]:
    """What counted on a day, a service after the other.

    Args:
        session: where to look.
        day: an earlier one.
        basis: whether services counted for their owners and in their phases of that day, or for
            those of today.
    """
    for which in reuse_facts.in_parts(session):
        places = _places(session, which, day, basis)
        used, answers = _used(session, which, day), reuse_facts.answers(session, which)
        for id_, place in places.items():
            facts = facts_of(id_, used.get(id_, ()), answers.get(id_, {}), day)
            yield Counting(place, facts)


def _places(session: Session, which: Which, day: date, basis: Basis) -> dict[int, Place]:
    """Where services counted; those that were retired, or not there yet, did not."""
    phase = _holding(ServicePhase, which, day)
    phases = dict(session.execute(phase.with_only_columns(_P.service_id, _P.phase)).all())
    owners: dict[int, tuple[int, Any]] = {}
    if basis is Basis.AS_IT_WAS:
        held = _holding(ServiceOwner, which, day).join(
            Organisation, Organisation.id == ServiceOwner.organisation_id
        )
        held = held.where(ServiceOwner.role == OwnerRole.ACCOUNTABLE)
        o = ServiceOwner
        owned: Any = session.execute(
            held.with_only_columns(o.service_id, o.organisation_id, Organisation.kind)
        )
        owners = {service: (body, kind) for service, body, kind in owned}
    query = (
        select(Service.id, Service.organisation_id, Organisation.kind, Service.phase)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
        .where(which(Service.id), reuse_facts.has_no_parts())
        .order_by(Service.id)
    )
    found = {}
    rows: Any = session.connection().execute(query)
    for id_, body, kind, now in rows:
        if phases.get(id_, Phase.RETIRED) is Phase.RETIRED:
            continue
        if basis is Basis.AS_IT_WAS:
            now = phases[id_]
            body, kind = owners.get(id_, (None, None))
        found[id_] = Place(body or NOBODY, kind.value if kind else "", now.value)
    return found


_P = ServicePhase


def _holding(table: type[ServicePhase] | type[ServiceOwner], which: Which, day: date) -> Any:
    """The rows of a service's history that held on a day."""
    return (
        select(table)
        .where(
            which(table.service_id),
            or_(table.since.is_(None), table.since <= day),
            or_(table.until.is_(None), table.until > day),
        )
        .order_by(table.id)
    )


def _used(session: Session, which: Which, day: date) -> dict[int, list[Used]]:
    """The usages that were live or planned on a day."""
    u = Usage
    query = select(
        u.id, u.service_id, u.capability_id, u.arrangement, u.component_id, u.status, u.since,
        u.since_basis, u.until, u.first_planned_on,
    ).where(
        which(u.service_id), or_(u.since <= day, u.first_planned_on <= day),
        or_(u.until.is_(None), u.until > day),
    )  # fmt: skip
    evidence = _evidence(session, which, day)
    found: dict[int, list[Used]] = {}
    rows: Any = session.connection().execute(query.order_by(u.service_id, u.id))
    for id_, service, need, how, component, status, since, basis, until, planned in rows:
        began = since is not None and since <= day
        if not began and (planned is None or status not in (*NOT_YET, UsageStatus.LIVE)):
            continue
        then = UsageStatus.LIVE if began else UsageStatus.PLANNED
        claim = Claim(then, since if began else None, until, basis is DateBasis.SEEN)
        said = Claim(status, since, until, basis is DateBasis.SEEN)
        known = evidence.get(id_)
        each = Used(need, how, component, claim, marks(said, known) if known else _UNMARKED)
        found.setdefault(service, []).append(each)
    return found


def _evidence(session: Session, which: Which, day: date) -> dict[int, list[Evidence]]:
    """What spoke for usages, or against them, up to a day."""
    e, u, r = UsageEvidence, Usage, RosterRow
    query = (
        select(e.usage_id, e.kind, e.said_on, e.id, e.reason, e.in_use_since, e.stopped_on)
        .join(u, u.id == e.usage_id)
        .where(which(u.service_id), e.said_on <= day)
    )
    found: dict[int, list[Evidence]] = {}
    said: Any = session.connection().execute(query)
    for id_, *rest in said:
        found.setdefault(id_, []).append(Evidence(*rest))
    listed = (
        select(u.id, Roster.taken_on, r.id)
        .join(r, r.service_id == u.service_id)
        .join(Roster, (Roster.id == r.roster_id) & (Roster.component_id == u.component_id))
        .where(which(u.service_id), Roster.taken_on <= day)
    )
    for id_, taken_on, place in session.connection().execute(listed):
        row = Evidence(EvidenceKind.ROSTER, taken_on, place)
        found.setdefault(id_, []).append(row)
    return found
