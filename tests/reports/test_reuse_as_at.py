"""The reuse report of an earlier day says what the dates and the evidence say."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import product
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.catalogue.component_words import (
    Arrangement,
    DateBasis,
    DisputeReason,
    EvidenceKind,
    NeedAnswer,
    RosterSort,
    Standing,
    UsageStatus,
)
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.evidence import UsageEvidence
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.rosters import Roster, RosterRow
from portal.catalogue.models.services import Service, ServiceOwner, ServicePhase
from portal.catalogue.models.usage import CapabilityNeed, Usage
from portal.catalogue.rules.standing import NOT_YET
from portal.catalogue.words import OwnerRole, Phase
from portal.reports.rules.reuse_query import Question, Scope
from portal.reports.rules.reuse_rates import Numbers
from portal.reports.store import reuse, reuse_counts, reuse_services
from portal.reports.store.reuse_services import ListQuery
from portal.reports.words import Basis, By
from tests.store.test_usage_counts import start
from tests.support.data import ACT, add_service
from tests.support.reuse_by_hand import counting_on, tally

TODAY = reuse_counts.today()
DAYS = (TODAY - timedelta(days=200), TODAY - timedelta(days=1_000))


class Ids(NamedTuple):
    """What there is, by id."""

    bodies: list[int]
    needs: list[int]
    parts: list[int]
    services: list[int]


def ids_of(session: Session) -> Ids:
    below = Capability.parent_id.is_not(None)
    return Ids(
        list(session.scalars(select(Organisation.id).order_by(Organisation.id))),
        list(session.scalars(select(Capability.id).where(below).order_by(Capability.id))),
        list(session.scalars(select(Component.id).order_by(Component.id))),
        list(session.scalars(select(Service.id).order_by(Service.id))),
    )


def scopes_of(ids: Ids) -> list[Scope]:
    needs, agencies = frozenset(ids.needs), frozenset({"agency"})
    return [
        Scope(), Scope(phase="live"), Scope(kinds=agencies, needs=frozenset(ids.needs[:1])),
        Scope(bodies=frozenset(ids.bodies[::2]), needs=needs), Scope(component=ids.parts[1]),
    ]  # fmt: skip


@pytest.fixture
def session(app: Flask, session: Session) -> Session:
    """Services with a past of every sort."""
    rng = random.Random(4)
    start(session)
    add_service(session, "over", phase="retired", owner="agency")
    add_service(session, "part", owner="agency",
                relations=[{"relation": "part_of", "service": "s-0"}])  # fmt: skip
    ids = ids_of(session)
    for service in ids.services:
        _past(session, rng, service, ids)
    open_ones: set[tuple[object, ...]] = set()
    for _ in range(90):
        _use(session, rng, ids, open_ones)
    session.flush()
    for usage in session.scalars(select(Usage).order_by(Usage.id)).all():
        for _ in range(rng.randrange(3)):
            session.add(_evidence(rng, usage))
    roster = Roster(component_id=ids.parts[0], taken_on=_day(rng), sort=RosterSort.PER_SERVICE)
    session.add(roster)
    session.flush()
    session.add_all(
        RosterRow(roster_id=roster.id, position=at, service=f"Row {at}", service_id=id_)
        for at, id_ in enumerate(ids.services)
    )
    session.commit()
    return session


def _day(rng: random.Random) -> date:
    return TODAY - timedelta(days=rng.randrange(1, 1_500))


def _past(session: Session, rng: random.Random, service: int, ids: Ids) -> None:
    """An earlier phase and owner, answers, or a first day that is not known."""
    since = rng.choice((None, _day(rng)))
    for table in (ServicePhase, ServiceOwner):
        session.execute(update(table).where(table.service_id == service).values(since=since))
    if since is not None:
        before = {"service_id": service, "until": since}
        session.add(ServicePhase(phase=rng.choice((Phase.ALPHA, Phase.RETIRED)), **before))
        role = OwnerRole.ACCOUNTABLE
        session.add(ServiceOwner(role=role, organisation_id=rng.choice(ids.bodies), **before))
    for need in ids.needs:
        said = rng.choice((None, *NeedAnswer))
        if said:
            session.add(CapabilityNeed(service_id=service, capability_id=need, answer=said,
                                       edited_at=ACT.at))  # fmt: skip


def _use(session: Session, rng: random.Random, ids: Ids, there: set[tuple[object, ...]]) -> None:
    how, status = rng.choice(list(Arrangement)), rng.choice(list(UsageStatus))
    component = rng.choice(ids.parts) if how is Arrangement.SHARED_COMPONENT else None
    since = None if status in NOT_YET else _day(rng)
    ends = status in (UsageStatus.STOPPING, UsageStatus.STOPPED)
    key = rng.choice(ids.services), rng.choice(ids.needs), how, component
    if status is not UsageStatus.STOPPED and key in there:
        return
    there.add(key)
    session.add(
        Usage(
            service_id=key[0], capability_id=key[1], arrangement=how, component_id=component,
            product="Till" if how is Arrangement.BOUGHT_PRODUCT else None, status=status,
            since=since, since_basis=since and rng.choice((DateBasis.SEEN, DateBasis.PUBLISHED)),
            until=since + timedelta(days=rng.randrange(900)) if since and ends else None,
            first_planned_on=rng.choice((None, _day(rng))), declared_by="test", edited_at=ACT.at,
        )
    )  # fmt: skip


def _evidence(rng: random.Random, usage: Usage) -> UsageEvidence:
    kind = rng.choice((*EvidenceKind, *[EvidenceKind.PROVIDER_DISPUTED] * 3))
    reason = rng.choice(list(DisputeReason)) if kind is EvidenceKind.PROVIDER_DISPUTED else None
    other = rng.choice((usage.since, _day(rng))) or _day(rng)
    stopped = rng.choice((usage.until, _day(rng))) or _day(rng)
    return UsageEvidence(
        usage_id=usage.id, kind=kind, said_on=_day(rng), reason=reason, actor="test",
        in_use_since=other if reason is DisputeReason.OTHER_DATE else None,
        stopped_on=stopped if reason is DisputeReason.STOPPED else None, recorded_at=ACT.at,
    )  # fmt: skip


def test_an_earlier_day_is_as_by_hand(session: Session) -> None:
    seen, ids = set[tuple[str, str]](), ids_of(session)
    every = scopes_of(ids)
    for turn, (day, basis) in enumerate(product(DAYS, Basis)):
        counting = list(counting_on(session, day, basis))
        scopes = [*every[turn:], *every[:turn]]
        for by, scope in (*zip(By, scopes, strict=True), (By.CAPABILITY, Scope())):
            question = Question(by, scope, day, basis)
            expected, found = tally(question, counting), reuse.answer(session, question, TODAY)
            assert found.rows == expected.rows, question
            assert found.total == expected.total, question
            seen |= set(found.total.ways)
        assert found.total.needed and found.total.unsaid and found.total.not_needed
    _are_as_long_as_their_lists(session, Question(on=day, basis=basis), found.total, ids.needs)
    assert {stood for _way, stood in seen} == set(Standing)


def _are_as_long_as_their_lists(
    session: Session, question: Question, total: Numbers, needs: list[int]
) -> None:
    figures = {
        ("services", ""): total.services, ("needed", ""): total.needed,
        ("not_needed", ""): total.not_needed, ("unsaid", ""): total.unsaid,
        ("", ""): 2 * total.services - total.needed - total.not_needed,
        **{each: many for each, many in total.ways.items() if each[0] in ("shared", "own")},
    }  # fmt: skip
    for (counted, stood), many in figures.items():
        query = ListQuery(question, counted, (stood,) if stood else ())
        listed = reuse_services.listing(session, query, needs, TODAY)
        assert len(listed) == many, (counted, stood)
    after = ListQuery(question, "needed", after=reuse_services.place_of(*listed[0].place))
    assert len(reuse_services.listing(session, after, needs, TODAY)) < total.needed
