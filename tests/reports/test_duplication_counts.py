"""The counts of the duplication report say what the records say, whatever was written and on any
day.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from itertools import product

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.catalogue.component_words import Lifecycle
from portal.catalogue.models.components import Component, ComponentCapability, ComponentExemption
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.component_documents import clean_usage
from portal.catalogue.store import capabilities, components, organisations, usage
from portal.db import Database
from portal.reports.actions import reuse as acts
from portal.reports.models.duplication import DuplicationCount
from portal.reports.rules.bands import band_of
from portal.reports.rules.duplication import Duplication
from portal.reports.rules.duplication_counts import (
    Fact,
    Item,
    Key,
    Leave,
    bodies,
    counts,
    crossed,
    on_day,
)
from portal.reports.rules.reuse import Place
from portal.reports.rules.reuse_query import Scope
from portal.reports.store import duplication_counts, duplication_needs, reuse_counts
from tests.interchange.commands import run
from tests.store.test_usage_counts import start, write_at_random
from tests.support.data import ACT
from tests.support.storefront import add_usage

TODAY = reuse_counts.today()
SOON = TODAY + timedelta(days=5)


@pytest.fixture
def session(app: Flask, session: Session) -> Session:
    """With the app, which has the counts follow every write."""
    return session


def one_way(session: Session, rng: random.Random, slug: str, ids: usage.Ids) -> None:
    """Let a service meet a need in a way, or say otherwise of how it does."""
    need = rng.choice(("fees", "mail"))
    how = rng.choice(("shared_component", "own_build", "bought_product"))
    named = {
        "shared_component": {"component": rng.choice(("purse", "post"))},
        "own_build": {},
        "bought_product": {"product": rng.choice(("Tills", "TILLS", "Élan"))},
    }[how]
    alone = how != "shared_component"
    status = rng.choice(("planned", "live", "live", "live", "stopping"))
    ends = rng.choice((TODAY - timedelta(days=1), SOON, None))
    document = clean_usage({
        "service": slug, "capability": need, "arrangement": how, **named, "status": status,
        "since": None if status == "planned" else "2024-01-01",
        "until": rng.choice((TODAY, SOON)).isoformat() if status == "stopping" else None,
        "reason": rng.choice((None, "cost")) if alone else None,
        "contract_end": ends.isoformat() if ends and how == "bought_product" else None,
    })  # fmt: skip
    mine = [u for u in usage.of_service(session, ids.services[slug])
            if (u.capability.slug, u.arrangement, u.product, u.component and u.component.slug)
            == (need, how, named.get("product"), named.get("component"))]  # fmt: skip
    before = usage.document_of(mine[0]) if mine else None
    usage.save(session, mine[0] if mine else Usage(), before, document, ids, ACT, "changed")


def ways(session: Session, seed: int, steps: int) -> None:
    """Services with audiences that meet their needs at random, for some with leave to."""
    start(session)
    for n, service in enumerate(session.scalars(select(Service).order_by(Service.id)).all()):
        service.audience_set = ("public", "business,public", "")[n % 3]
        if n % 2:
            service.yearly_transactions = 5_000
            service.transactions_from, service.transactions_to = date(2025, 4, 1), date(2026, 3, 31)
    for part in session.scalars(select(Component)).all():
        part.sectors = ["central_government"] if part.slug == "purse" else []
    purse = session.scalars(select(Component).where(Component.slug == "purse")).one()
    for service, since, until in ((1, -9, None), (2, -9, 5), (3, 5, None), (4, -9, 0)):
        days = {"granted_on": since, "expires_on": until}
        session.add(ComponentExemption(
            component_id=purse.id, service_id=session.scalars(select(Service.id)).all()[service],
            reason="Cash only", granted_by="Board",
            **{name: TODAY + timedelta(days=n) for name, n in days.items() if n is not None},
        ))  # fmt: skip
    session.flush()
    write_at_random(session, seed, steps, one_way)
    reuse_counts.settle(session)


def by_hand(session: Session, scope: Scope, day: date) -> dict[int, Duplication]:
    """How needs are met, in the plainest way."""
    kinds = dict(session.execute(select(Organisation.id, Organisation.kind)).all())
    open_to = {need: any(
        c.lifecycle is Lifecycle.LIVE and "central_government" in c.sectors
        for c in session.scalars(
            select(Component).join(ComponentCapability,
                                   ComponentCapability.component_id == Component.id)
            .where(ComponentCapability.capability_id == need)
        )
    ) for need in session.scalars(select(ComponentCapability.capability_id))}  # fmt: skip
    uses: dict[int, Counter[str]] = {}
    alone: dict[int, list[tuple[Usage, Service]]] = {}
    for u, s in session.execute(
        select(Usage, Service).join(Service, Service.id == Usage.service_id)
    ):
        kind = kinds[s.organisation_id].value if s.organisation_id else ""
        place = Place(s.organisation_id or 0, kind, s.phase.value)
        over = u.until is not None and u.until <= day
        needed = scope.needs is None or u.capability_id in scope.needs
        if u.status.value not in ("live", "stopping") or over or not needed or not scope.has(place):
            continue
        way = f"{u.arrangement.value} {u.component_id} {(u.product or '').lower()}"
        way += f" {u.id}" if u.arrangement.value == "own_build" else ""
        uses.setdefault(u.capability_id, Counter())[way] += 1
        if u.component_id is None:
            alone.setdefault(u.capability_id, []).append((u, s))
    found: dict[int, Duplication] = {}
    for need, some in uses.items():
        each = found[need] = Duplication(squares=sum(n * n for n in some.values()))
        for way, n in some.items():
            name = {"s": "shared", "o": "own", "b": "bought"}[way[0]]
            setattr(each, name, getattr(each, name) + n)
        each.components = sum(way[0] == "s" for way in some)
        each.products = sum(way[0] == "b" for way in some)
        mine = alone.get(need, [])
        each.bodies = len({s.organisation_id for _u, s in mine if s.organisation_id})
        alike = Counter((s.audience_set, band_of(s.yearly_transactions)) for _u, s in mine)
        each.overlap = sum(n for (audience, _), n in alike.items() if audience and n > 1)
        for u, s in mine:
            leave = select(ComponentExemption).join(
                ComponentCapability,
                ComponentCapability.component_id == ComponentExemption.component_id,
            ).where(ComponentCapability.capability_id == need,
                    ComponentExemption.service_id == s.id)  # fmt: skip
            if any(e.granted_on <= day and (e.expires_on is None or e.expires_on > day)
                   for e in session.scalars(leave)):  # fmt: skip
                each.exempt += 1
            elif s.organisation_id and kinds[s.organisation_id] == "agency" and open_to[need]:
                each.addressable += 1
                each.reasoned += u.reason is not None
                if u.contract_end is not None and u.contract_end >= day:
                    each.next_end = min(u.contract_end, each.next_end or u.contract_end)
    return found


def agree(session: Session, day: date) -> None:
    """Counts and facts give what the records say, for scopes of each sort and some at once."""
    two = frozenset(session.scalars(select(Organisation.id).order_by(Organisation.id).limit(2)))
    one = frozenset(session.scalars(select(Usage.capability_id).limit(1)))
    for kinds, phase, needs, some in product(
        (None, frozenset({"agency"})), (None, "live"), (None, one), (None, two)
    ):
        scope = Scope(bodies=some, kinds=kinds, phase=phase, needs=needs)
        found = duplication_needs.read(session, scope, day).needs
        met = {need: each for need, each in found.items() if each.separate_ways}
        for each in met.values():
            each.offering = 0
        assert met == by_hand(session, scope, day), (scope, day)


def test_random_writes_keep_the_counts(session: Session) -> None:
    ways(session, 1, 40)
    assert duplication_counts.kept(session) == duplication_counts.counted(session, TODAY) != {}
    agree(session, TODAY)
    assert duplication_counts.due(session, SOON + timedelta(days=1))
    agree(session, SOON + timedelta(days=1))
    purse = session.scalars(select(Component.id).where(Component.slug == "purse")).one()
    only = duplication_needs.read(session, Scope(component=purse), TODAY).needs
    assert sum(each.shared for each in only.values()) > 0
    assert not any(each.own + each.bought + each.bodies for each in only.values())


def test_what_changes_with_the_day_is_counted_by_the_worker(
    session: Session, database: Database
) -> None:
    ways(session, 2, 30)
    session.commit()
    with database.writing() as other:
        duplication_counts.rebuild(other, TODAY - timedelta(days=1))
    late = duplication_counts.due(session, TODAY)
    assert late != []
    agree(session, TODAY)
    assert acts.catch_up(database, TODAY) >= len(late)
    assert duplication_counts.due(session, TODAY) == []
    assert duplication_counts.kept(session) == duplication_counts.counted(session, TODAY)


def test_a_component_that_meets_a_need_no_more_exempts_nobody(session: Session) -> None:
    ways(session, 3, 0)
    purse, s_1 = (session.scalars(select(of.id).where(of.slug == slug)).one()
                  for of, slug in ((Component, "purse"), (Service, "s-1")))  # fmt: skip
    add_usage(session, "s-1", "fees")
    reuse_counts.settle(session)
    [need] = session.scalars(select(Usage.capability_id).where(Usage.service_id == s_1))
    assert duplication_needs.read(session, Scope(), TODAY).needs[need].exempt == 1
    [before] = components.load(session, [purse])
    known = components.document_of(before)
    left = [each for each in known["capabilities"] if each["capability"] != "fees"]
    after = {**known, "capabilities": left}
    refs, needs = organisations.ids_by_reference(session), capabilities.ids_by_slug(session)
    components.save(session, before, known, after, refs, needs, ACT, "changed")
    reuse_counts.settle(session)
    assert duplication_needs.read(session, Scope(), TODAY).needs[need].exempt == 0


def test_rebuilding_mends_what_is_wrong(session: Session, app: Flask) -> None:
    ways(session, 5, 20)
    session.commit()
    expected = duplication_counts.kept(session)
    assert "duplication: 0 wrong" in run(app, "check-data", code=1).output
    session.execute(update(DuplicationCount).values(many=7))
    session.commit()
    assert duplication_counts.kept(session) != expected
    run(app, "rollups", "rebuild")
    session.expire_all()
    assert duplication_counts.kept(session) == {k: n for k, n in expected.items() if n}


FACTS = st.lists(st.builds(
    Fact, st.just(1), st.integers(1, 9), st.integers(1, 2),
    st.sampled_from(("shared", "own", "bought")), st.sampled_from(("", "a")),
    st.sampled_from(("", "public small")), st.booleans(), st.booleans(),
), max_size=4)  # fmt: skip
PLACES = st.builds(
    Place, st.integers(0, 2), st.sampled_from(("", "agency")), st.sampled_from(("live", "alpha"))
)
SERVICES = st.lists(st.tuples(PLACES, FACTS), max_size=4)


def whole(services: list[tuple[Place, list[Fact]]]) -> Counter[Key]:
    """The counts of services."""
    found: Counter[Key] = Counter()
    for place, facts in services:
        found.update(counts(place, facts))
    return found


@given(SERVICES, SERVICES)
def test_differences_lead_to_the_same_counts(
    old: list[tuple[Place, list[Fact]]], new: list[tuple[Place, list[Fact]]]
) -> None:
    before, after = whole(old), whole(new)
    change = Counter(after)
    change.subtract(before)
    known = bodies(before)
    known.update(crossed(before, change))
    assert +known == bodies(after)


@given(st.integers(-3, 3), st.integers(1, 3), st.none() | st.integers(-3, 3))
def test_a_way_counts_by_the_day(since: int, days: int, end: int | None) -> None:
    def at(n: int) -> date:
        return TODAY + timedelta(days=n)

    fact = Fact(1, 1, 1, "bought", "a", contract_end=None if end is None else at(end))
    leaves = [Leave(at(since), at(since + days))]
    for n in range(-4, 7):
        now = on_day(fact, at(6), leaves, at(n))
        assert (now is None) == (n >= 6)
        if now is None:
            continue
        assert now.exempt == (since <= n < since + days)
        assert (now.contract_end is None) == (end is None or end < n)
        assert now.changes_on is not None
        for later in range(n + 1, (now.changes_on - TODAY).days):
            same = on_day(fact, at(6), leaves, at(later))
            assert same == now
        then = on_day(fact, at(6), leaves, now.changes_on)
        assert then is None or then._replace(changes_on=None) != now._replace(changes_on=None)


def test_a_way_is_counted_where_its_service_counts() -> None:
    facts = [Fact(1, 1, 7, "own", "", "public small", reasoned=True, contract_end=TODAY)]
    found = counts(Place(3, "agency", "live"), facts)
    assert len({key[:3] for key in found}) == 5
    assert {key[3:] for key in found} == {
        Item("own", 7), Item("body", 7, "", "3"), Item("alike", 7, "", "public small"),
        Item("open", 7, "agency"), Item("reasoned", 7, "agency"),
        Item("end", 7, "agency", TODAY.isoformat()),
    }  # fmt: skip
