"""What of services counted on an earlier day, as rows that the database works out from dates and
evidence.

The dates in the records say when something held, so a usage that is recorded today with an earlier
start counts on days since then. Evidence counts up to the day that it speaks of. Answers about
needs, relations and reviews have no such dates: those of today stand.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    String,
    Subquery,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from portal.catalogue.component_words import (
    DateBasis,
    DisputeReason,
    EvidenceKind,
    NeedAnswer,
    Standing,
    UsageStatus,
)
from portal.catalogue.models.evidence import UsageEvidence
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.rosters import Roster, RosterRow
from portal.catalogue.models.services import Service, ServiceOwner, ServicePhase
from portal.catalogue.models.usage import CapabilityNeed, Usage
from portal.catalogue.rules.standing import CONFIRMING, NOT_YET, PROVIDER
from portal.catalogue.store.evidence import first_day
from portal.catalogue.words import OwnerRole, Phase
from portal.reports.rules.reuse import BEST, EVERY_NEED, NO_COMPONENT, NOBODY, NOT_RANKED, WAYS
from portal.reports.store.reuse_facts import has_no_parts
from portal.reports.words import Basis, Counted

_RANK = {each: at for at, each in enumerate(BEST)}


def rows(day: date, basis: Basis) -> Subquery:
    """What counted: ways in which needs were met, answers, and services, each with its place.

    Args:
        day: an earlier one.
        basis: whether services counted for their owners and in their phases of that day, or for
            those of today.

    Returns:
        The columns of `reuse_rows.kept`, but that a need which is met has no row that says so.
    """
    place = _places(day, basis)
    where = place.c.organisation_id, place.c.kind, place.c.phase
    u, n = Usage, CapabilityNeed
    confirmed, disputed = _confirmed(day), _disputed(day)
    began = and_(u.since.is_not(None), u.since <= day)
    best = case(
        (disputed.c.usage_id.is_not(None), _RANK[Standing.DISPUTED]),
        (~began, _RANK[Standing.PLANNED]),
        (confirmed.c.day.is_(None), _RANK[Standing.DECLARED]),
        (confirmed.c.day < first_day(day), _RANK[Standing.LAPSED]),
        else_=_RANK[Standing.CONFIRMED],
    )
    way = case(*((u.arrangement == how, each.value) for how, each in WAYS.items()), else_="")
    used = (
        select(place.c.service_id, u.capability_id, way.label("counted"),
               func.coalesce(u.component_id, NO_COMPONENT).label("component_id"),
               best.label("best"), *where)
        .join(u, u.service_id == place.c.service_id)
        .outerjoin(confirmed, confirmed.c.usage_id == u.id)
        .outerjoin(disputed, disputed.c.usage_id == u.id)
        .where(_counts(u, day))
    )  # fmt: skip
    nothing = literal(NO_COMPONENT), literal(NOT_RANKED)
    needs = n.answer == NeedAnswer.NEEDED
    said = case((needs, Counted.NEEDED.value), else_=Counted.NOT_NEEDED.value)
    v = aliased(Usage)
    met = select(v.id).where(
        v.service_id == n.service_id, v.capability_id == n.capability_id, _counts(v, day)
    )
    answered = (
        select(place.c.service_id, n.capability_id, said, *nothing, *where)
        .join(n, n.service_id == place.c.service_id)
        .where(or_(needs,
                   and_(n.answer == NeedAnswer.NOT_NEEDED, ~met.exists())))
    )  # fmt: skip
    there = select(
        place.c.service_id, literal(EVERY_NEED), literal(Counted.SERVICES.value), *nothing, *where
    )
    return union_all(used, answered, there).subquery("counting")


def _places(day: date, basis: Basis) -> CTE:
    """Where services counted; those that were retired, or not there yet, did not."""
    s, o, phase, owner = Service, Organisation, aliased(ServicePhase), aliased(ServiceOwner)
    found = (
        select(
            s.id.label("service_id"), func.coalesce(o.id, NOBODY).label("organisation_id"),
            func.coalesce(type_coerce(o.kind, String), "").label("kind"),
            type_coerce((phase if basis is Basis.AS_IT_WAS else s).phase, String).label("phase"),
        )
        .select_from(s)
        .join(phase, phase.id == _holding(ServicePhase, day))
        .where(phase.phase != Phase.RETIRED, has_no_parts())
    )  # fmt: skip
    of: Any = s.organisation_id
    if basis is Basis.AS_IT_WAS:
        accountable = ServiceOwner.role == OwnerRole.ACCOUNTABLE
        known = ServiceOwner.organisation_id.is_not(None)
        found = found.outerjoin(owner, owner.id == _holding(ServiceOwner, day, accountable, known))
        of = owner.organisation_id
    return found.outerjoin(o, o.id == of).cte("place")


def _holding(
    table: type[ServicePhase] | type[ServiceOwner], day: date, *where: ColumnElement[bool]
) -> Any:
    """The newest row of a service's history of those that held on a day."""
    return (
        select(func.max(table.id))
        .where(
            table.service_id == Service.id, or_(table.since.is_(None), table.since <= day),
            or_(table.until.is_(None), table.until > day), *where,
        )
        .correlate(Service)
        .scalar_subquery()
    )  # fmt: skip


def _counts(u: Any, day: date) -> ColumnElement[bool]:
    """Whether a usage was live or planned on a day."""
    planned = u.first_planned_on <= day, u.status.in_((*NOT_YET, UsageStatus.LIVE))
    return and_(or_(u.since <= day, and_(*planned)), or_(u.until.is_(None), u.until > day))


def _confirmed(day: date) -> Subquery:
    """The last day up to this one on which usages were confirmed."""
    e, u, r = UsageEvidence, Usage, RosterRow
    said = select(e.usage_id.label("usage_id"), e.said_on.label("day")).where(
        e.kind.in_(CONFIRMING), e.said_on <= day
    )
    listed = (
        select(u.id, Roster.taken_on)
        .join(r, r.service_id == u.service_id)
        .join(Roster, and_(Roster.id == r.roster_id, Roster.component_id == u.component_id))
        .where(Roster.taken_on <= day)
    )
    every = union_all(said, listed).subquery()
    last = func.max(every.c.day).label("day")
    return select(every.c.usage_id, last).group_by(every.c.usage_id).subquery("confirmed")


def _disputed(day: date) -> Subquery:
    """Usages that their provider disputed on a day: the same as `standing.marks`."""
    e, later, u = UsageEvidence, aliased(UsageEvidence), aliased(Usage)
    after = select(later.id).where(
        later.usage_id == e.usage_id, later.kind.in_(PROVIDER), later.said_on <= day,
        or_(later.said_on > e.said_on, and_(later.said_on == e.said_on, later.id > e.id)),
    )  # fmt: skip
    seen = and_(u.since_basis == DateBasis.SEEN, e.in_use_since <= u.since)
    settled = case(
        (e.reason == DisputeReason.OTHER_DATE, or_(e.in_use_since == u.since, seen)),
        (e.reason == DisputeReason.STOPPED,
         and_(u.status == UsageStatus.STOPPED, u.until == e.stopped_on)),
        else_=null(),
    )  # fmt: skip
    return (
        select(e.usage_id)
        .join(u, u.id == e.usage_id)
        .where(e.kind == EvidenceKind.PROVIDER_DISPUTED, e.said_on <= day, ~after.exists(),
               settled.is_not(True))
        .subquery("disputed")
    )  # fmt: skip
