"""Adoption over time says what the records say, whatever was written and on any day."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.component_documents import clean_usage
from portal.catalogue.rules.reviews import add_months
from portal.catalogue.rules.standing import HOLDS
from portal.catalogue.store import usage
from portal.db import Database
from portal.reports.actions import reuse as acts
from portal.reports.models.adoption import AdoptionCount, AdoptionFact
from portal.reports.rules.adoption import Use
from portal.reports.rules.reuse_query import Scope
from portal.reports.store import adoption_counts, reuse_counts
from tests.reports.test_reuse_counts import confirm
from tests.store.test_usage_counts import PARTS, start, write_at_random
from tests.support.data import ACT, add_service
from tests.support.storefront import add_usage

TODAY = reuse_counts.today()
SCOPES = [
    Scope(bodies, needs, component, kinds, phase)
    for bodies, needs, component, kinds, phase in product(
        (None, frozenset({1, 2})), (None, frozenset({2}), frozenset({2, 3})), (None, 1),
        (None, frozenset({"agency"})), (None, "live"),
    )
]  # fmt: skip


@pytest.fixture
def session(app: Flask, session: Session) -> Session:
    """With the app, which has the counts follow every write."""
    return session


def some_usage(session: Session, rng: random.Random, slug: str, ids: usage.Ids) -> None:
    """Write a use that began, and perhaps ended, on any day of the last twelve years."""
    need, part = rng.choice(("fees", "mail")), rng.choice(PARTS)
    since = TODAY - timedelta(days=rng.randrange(1, 4_400))
    until = min(since + timedelta(days=rng.randrange(900)), TODAY)
    status = rng.choice(("planned", "live", "live", "stopped"))
    document = clean_usage(
        {
            "service": slug, "capability": need, "arrangement": "shared_component",
            "component": part, "status": status,
            "since": None if status == "planned" else since.isoformat(),
            "until": until.isoformat() if status == "stopped" else None,
        }
    )  # fmt: skip
    mine = [u for u in usage.of_service(session, ids.services[slug]) if not u.until]
    known = [u for u in mine if (u.capability.slug, u.component and u.component.slug) ==
             (need, part)]  # fmt: skip
    before = usage.document_of(known[0]) if known else None
    usage.save(session, known[0] if known else Usage(), before, document, ids, ACT, "changed")


def by_hand(session: Session, scope: Scope, day: date) -> list[Use]:
    """The same month by month from the records, in the plainest way."""
    rows = session.execute(
        select(Usage, Service, Organisation.kind)
        .join(Service, Service.id == Usage.service_id)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
        .where(Usage.since <= day, Usage.component_id.is_not(None), Usage.disputed_on.is_(None))
    ).all()
    some = [
        u for u, s, kind in rows
        if (scope.bodies is None or s.organisation_id in scope.bodies)
        and (scope.kinds is None or (kind and kind.value in scope.kinds))
        and scope.phase in (None, s.phase.value)
        and (scope.needs is None or u.capability_id in scope.needs)
        and scope.component in (None, u.component_id)
    ]  # fmt: skip
    found: list[Use] = []
    for back in range(119, -1, -1):
        month = add_months(day.replace(day=1), -back)
        after = add_months(month, 1)
        there = [u for u in some if u.since < after and (u.until is None or u.until >= after)]
        sure = [u for u in there if u.confirmed_on and add_months(u.confirmed_on, HOLDS) >= day]
        met, confirmed = ({(u.service_id, u.capability_id) for u in each} for each in (there, sure))
        if met or found:
            found.append(Use(month, len(met), len(confirmed)))
    return found


def agree(session: Session, day: date) -> None:
    for scope in SCOPES:
        assert adoption_counts.read(session, scope, day) == by_hand(session, scope, day), scope


def test_random_writes_keep_adoption(session: Session) -> None:
    start(session)
    write_at_random(session, 7, 40, some_usage)
    add_service(session, "over", phase="retired", owner="agency")
    add_usage(session, "over", "fees", component="purse", since="2015-06-01")
    for slug, ago in (("s-0", 10), ("s-1", 380), ("s-2", 700)):
        confirm(session, slug, TODAY - timedelta(days=ago))
    reuse_counts.settle(session)
    assert adoption_counts.kept(session) == adoption_counts.counted(session) != {}
    agree(session, TODAY)
    later = add_months(TODAY, 2)  # a confirmation has lapsed that nobody counted
    assert adoption_counts.due(session, later)
    agree(session, later)


def test_what_changes_without_a_use_being_written(session: Session, database: Database) -> None:
    start(session)
    add_usage(session, "s-0", "fees", component="purse", since="2024-01-31")
    add_usage(session, "s-0", "fees", component="door", since="2024-03-01")
    add_usage(session, "s-1", "mail", component="post", since="2024-05-05")
    ahead = TODAY + timedelta(days=3)
    late = update(Usage).where(Usage.since == date(2024, 5, 5)).values(since=ahead)
    session.execute(late.execution_options(synchronize_session=False))
    reuse_counts.touch(session, session.scalars(select(Service.id)))
    agree_after(session, TODAY)
    agree(session, ahead)  # it begins by itself
    add_service(session, "part", owner="agency",
                relations=[{"relation": "part_of", "service": "s-0"}])  # fmt: skip
    agree_after(session, TODAY)
    assert adoption_counts.read(session, Scope(), TODAY) == []
    for table in (AdoptionCount, AdoptionFact):
        session.execute(delete(table))
    session.commit()
    assert acts.catch_up(database, TODAY)  # as after an upgrade
    with database.reading() as reader:
        assert adoption_counts.read(reader, Scope(), ahead)[-1].met == 1


def agree_after(session: Session, day: date) -> None:
    reuse_counts.settle(session)
    assert adoption_counts.kept(session) == adoption_counts.counted(session)
