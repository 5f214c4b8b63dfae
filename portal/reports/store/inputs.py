"""All SQL that reads what a savings run works with: uses, what they replaced, and platforms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Any

from sqlalchemy import String, and_, case, cast, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from portal.catalogue.component_words import (
    Arrangement,
    DateBasis,
    EvidenceKind,
    Standing,
    UsageStatus,
)
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.evidence import UsageEvidence
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.rosters import AdoptionDay, AdoptionPoint
from portal.catalogue.models.services import Service, ServiceLinkage, ServiceOwner
from portal.catalogue.models.usage import Usage, UsageVolume
from portal.catalogue.rules.standing import CONFIRMING
from portal.catalogue.store import claims
from portal.catalogue.words import OwnerRole, ServiceRelation
from portal.reports.rules.bands import band_of
from portal.reports.rules.inputs import SAID_ITSELF, Old, Used
from portal.reports.rules.runs import Platform
from portal.reports.rules.years import financial_year
from portal.reports.store.last_days import LastDays
from portal.reports.words import Basis

#: How the number of services that use a component is called.
SERVICES = ("live_services", "services")
_PLANNED = (UsageStatus.CONSIDERING, UsageStatus.PLANNED, UsageStatus.INTEGRATING)


def uses(session: Session, as_at: date, basis: Basis) -> Iterator[Used]:
    """The uses of shared components as they stand on a day, in order of their slugs.

    Those that began after the day are left out, unless they are planned. A planned one begins on
    the day that it is planned for, or at once.
    """
    above, last, year = _above(session), LastDays.read(session), financial_year(as_at)
    query = _uses(session, as_at, basis).add_columns(_volumes(session, year))
    query = query.execution_options(yield_per=2_000)
    for row in chain.from_iterable(session.connection().execute(query).partitions()):
        (*ids, until, share, service, transactions, need, component, began, standing, body,
         organisation, cost, ended, proven, confirmed_on, edited_at, kind, days,
         volumes) = row  # fmt: skip
        if standing != Standing.PLANNED:
            until = last.of(ids[1], ids[3], began, until)
        proof = SAID_ITSELF, edited_at.date().isoformat()
        if standing == Standing.CONFIRMED:
            proof = kind or EvidenceKind.ROSTER.value, confirmed_on.isoformat()
        yield Used(
            (*ids, body or 0), service, need, component, organisation, standing,
            band_of(transactions), began, until, share,
            None if cost is None else Old(cost, ended if proven else None),
            above.get(service, ()), proof, _by_year(volumes, year) if volumes else (), days,
        )  # fmt: skip


def undated(session: Session) -> int:
    """How many uses of shared components are known without a day on which they began."""
    u = Usage
    query = select(func.count()).where(
        u.arrangement == Arrangement.SHARED_COMPONENT, u.since.is_(None), u.status.not_in(_PLANNED)
    )
    return session.scalar(query) or 0


def _uses(session: Session, as_at: date, basis: Basis) -> Any:
    u, s, old = Usage, Service, aliased(Usage)
    began = case((u.status.in_(_PLANNED), func.coalesce(u.planned_live, as_at)), else_=u.since)
    body = s.organisation_id if basis is Basis.RESTATED else _owner_then(began)
    proven = or_(
        old.until_basis == DateBasis.CONTRACT,
        select(UsageEvidence.id)
        .where(UsageEvidence.usage_id == old.id, UsageEvidence.kind == EvidenceKind.INVOICE)
        .exists(),
    )
    stopped = and_(old.status == UsageStatus.STOPPED, old.until.is_not(None), proven)
    query = (
        select(
            u.id, u.service_id, u.capability_id, u.component_id, u.until, u.share,
            s.slug.label("service"), s.yearly_transactions, Capability.slug.label("capability"),
            Component.slug.label("component"), began.label("began"),
            claims.standing_of(as_at).label("standing"), body.label("body"),
            Organisation.slug.label("organisation"), old.yearly_cost.label("old_cost"),
            old.until.label("old_until"), func.coalesce(stopped, False).label("proven"),
            u.confirmed_on, u.edited_at, _proof().label("proof"), u.integration_days,
        )
        .join(s, s.id == u.service_id)
        .join(Capability, Capability.id == u.capability_id)
        .join(Component, Component.id == u.component_id)
        .outerjoin(old, old.id == u.replaces_id)
        .outerjoin(Organisation, Organisation.id == body)
        .where(
            u.arrangement == Arrangement.SHARED_COMPONENT,
            or_(u.status.in_(_PLANNED), u.since <= as_at),
        )
    )  # fmt: skip
    order = [_plain(session, each) for each in (s.slug, Capability.slug, Component.slug)]
    return claims.reviewed(query).order_by(*order, began, u.id)


def _volumes(session: Session, year: int) -> Any:
    """The volumes of a use up to a financial year, in one text: years and transactions. Nothing is
    looked for where there are none at all.
    """
    v = UsageVolume
    if session.scalar(select(v.usage_id).limit(1)) is None:
        return null()
    said = cast(v.year, String) + ":" + cast(v.quantity, String)
    mine = select(func.aggregate_strings(said, " ")).where(v.usage_id == Usage.id, v.year <= year)
    return mine.correlate(Usage).scalar_subquery()


def _by_year(volumes: str, year: int) -> tuple[tuple[int, int, bool], ...]:
    """Each year, how much, and whether it is over."""
    pairs = (each.split(":") for each in volumes.split(" "))
    return tuple(sorted((int(at), int(many), int(at) < year) for at, many in pairs))


def _proof() -> Any:
    """What kind of evidence confirmed a use last; none where that is a list of its provider's,
    which is read where it stands.
    """
    e = UsageEvidence
    same = e.usage_id == Usage.id, e.said_on == Usage.confirmed_on, e.kind.in_(CONFIRMING)
    kind = select(e.kind).where(*same).order_by(e.id).limit(1).correlate(Usage).scalar_subquery()
    return case((Usage.confirmed_on.is_not(None), kind))


def _owner_then(began: Any) -> Any:
    """Who was accountable for the service when the use began."""
    o = ServiceOwner
    held = and_(or_(o.since.is_(None), o.since <= began), or_(o.until.is_(None), o.until > began))
    return (
        select(o.organisation_id)
        .where(o.service_id == Usage.service_id, o.role == OwnerRole.ACCOUNTABLE, held)
        .order_by(o.since.desc(), o.id.desc())
        .limit(1)
        .correlate(Usage)
        .scalar_subquery()
    )


def _plain(session: Session, column: Any) -> Any:
    """Letter by letter, as SQLite and Python sort, whatever the database's locale."""
    return column.collate("C") if session.get_bind().dialect.name == "postgresql" else column


def _above(session: Session) -> dict[str, tuple[str, ...]]:
    """The services that each is part of, directly or not, by slug."""
    link, part, all_of = ServiceLinkage, aliased(Service), aliased(Service)
    rows = session.execute(
        select(part.slug, all_of.slug)
        .join_from(link, part, part.id == link.service_id)
        .join(all_of, all_of.id == link.other_id)
        .where(link.relation == ServiceRelation.PART_OF)
    )
    direct: dict[str, set[str]] = {}
    for below, above in rows:
        direct.setdefault(below, set()).add(above)
    return {slug: tuple(sorted(_all_above(slug, direct))) for slug in direct}


def _all_above(slug: str, direct: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(direct[slug])
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting.extend(direct.get(each, ()))
    return found - {slug}


def platforms(session: Session, as_at: date) -> list[Platform]:
    """The components that any service uses or plans to, in order of slugs, with how many services
    their providers published by a day: in a series of adoption, or among the facts of a component.
    """
    used = select(Usage.component_id).where(Usage.component_id.is_not(None)).distinct()
    series: dict[int, list[tuple[str, int]]] = {}
    for component, day, value in session.execute(
        select(AdoptionDay.component_id, AdoptionDay.day, AdoptionPoint.value)
        .join(AdoptionPoint, AdoptionPoint.day_id == AdoptionDay.id)
        .where(AdoptionPoint.measure.in_(SERVICES), AdoptionDay.day <= as_at)
    ):
        series.setdefault(component, []).append((day.isoformat(), int(value)))
    rows = session.execute(
        select(Component.id, Component.slug, Component.volumes)
        .where(Component.id.in_(used))
        .order_by(_plain(session, Component.slug))
    )
    return [
        Platform(id_, slug, tuple(sorted({*series.get(id_, ()), *_facts(volumes, as_at)})))
        for id_, slug, volumes in rows
    ]


def _facts(volumes: list[dict[str, Any]], as_at: date) -> Iterator[tuple[str, int]]:
    for row in volumes:
        if row["measure"] in SERVICES and row["since"] is None and row["to"] <= as_at.isoformat():
            yield row["to"], int(row["amount"])
