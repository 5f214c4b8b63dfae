"""The counts of the reuse report say what the records say, whatever was written and on any day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.catalogue.component_words import EvidenceKind
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import evidence, services
from portal.catalogue.store.evidence import Said
from portal.db import Database
from portal.reports.actions import reuse as acts
from portal.reports.models.adoption import AdoptionCount
from portal.reports.models.reuse import ReuseCount
from portal.reports.rules.reuse import Key
from portal.reports.rules.reuse_query import Question, Scope
from portal.reports.store import adoption_counts, reuse, reuse_counts, reuse_facts
from portal.reports.words import By
from tests.interchange.commands import run
from tests.store.test_usage_counts import start, write_at_random
from tests.support.data import ACT, add_service
from tests.support.reuse_by_hand import tally
from tests.support.storefront import add_usage

TODAY = reuse_counts.today()


@pytest.fixture
def session(app: Flask, session: Session) -> Session:
    """With the app, which has the counts follow every write."""
    return session


def confirm(session: Session, service: str, on: date) -> None:
    """Let a scan confirm what a service uses."""
    mine = select(Usage.id).join(Service).where(Service.slug == service)
    for id_ in session.scalars(mine.where(Usage.component_id.is_not(None))).all():
        evidence.add(session, id_, Said(EvidenceKind.SCAN, on), ACT)


def by_hand(session: Session) -> dict[tuple[str, str], int]:
    """The services that use each component, as far as that is live, in the plainest way."""
    rows = session.execute(
        select(Usage.component_id, Usage.service_id, Usage.status, Usage.until)
    ).all()
    found: dict[int, set[int]] = {}
    for component, service, status, until in rows:
        if status.value in ("live", "stopping") and not (until and until <= TODAY):
            found.setdefault(component, set()).add(service)
    return {("component", str(id_)): len(some) for id_, some in found.items()}


def every_question() -> list[Question]:
    """Rows of each sort, within each sort of scope and some at once."""
    scopes = [
        Scope(bodies=bodies, needs=needs, kinds=kinds, phase=phase)
        for bodies, needs, kinds, phase in product(
            (None, frozenset({1, 2})), (None, frozenset({2}), frozenset({2, 3})),
            (None, frozenset({"agency"})), (None, "live"),
        )
    ]  # fmt: skip
    scopes.append(Scope(component=1))
    return [Question(by, scope) for by in By for scope in scopes]


def agree(session: Session, day: date) -> None:
    """Counts, facts and records give the same answers to all questions."""
    counting = [
        each
        for which in reuse_facts.in_parts(session)
        for each in reuse_facts.read(session, which, day).values()
    ]
    for question in every_question():
        expected = tally(question, counting)
        found = reuse.answer(session, question, day)
        assert found.rows == expected.rows, question
        assert found.total == expected.total, question


def test_random_writes_keep_the_counts(session: Session) -> None:
    start(session)
    write_at_random(session, 1, 40)
    confirm(session, "s-1", TODAY - timedelta(days=10))
    reuse_counts.settle(session)
    kept = reuse_counts.kept(session)
    assert kept == reuse_counts.counted(session) != {}
    uses = {("component", str(key.component_id)): 0 for key in kept if key.component_id}
    for key, many in kept.items():
        if key.component_id and not key.capability_id and key.standing in ("declared", "confirmed"):
            uses["component", str(key.component_id)] += many
    assert {key: many for key, many in uses.items() if many} == by_hand(session)
    agree(session, TODAY)


def test_a_lapsed_confirmation_leaves_the_headline_by_itself(
    session: Session, database: Database
) -> None:
    start(session)
    add_usage(session, "s-0", "fees", component="purse")
    confirm(session, "s-0", date(TODAY.year - 1, TODAY.month, 1))
    session.commit()
    question = Question(By.COMPONENT)

    def confirmed(day: date) -> int:
        rows = reuse.answer(session, question, day).rows
        return sum(each.confirmed for each in rows.values())

    later = date(TODAY.year, TODAY.month, 28) + timedelta(days=40)
    assert confirmed(TODAY) == 1
    assert confirmed(later) == 0
    assert reuse_counts.due(session, later) != []
    assert reuse.answer(session, Question(By.CAPABILITY), later).total.out == 1
    assert acts.catch_up(database, later) == 1  # it is counted by the day that it really is
    assert confirmed(TODAY) == 1


def test_a_whole_counts_by_its_parts(session: Session) -> None:
    start(session)
    add_usage(session, "s-0", "fees", component="purse")
    part = {"relation": "part_of", "service": "s-0"}
    child = add_service(session, "child", owner="agency", relations=[part])
    reuse_counts.settle(session)
    assert reuse_counts.kept(session) == reuse_counts.counted(session)
    total = reuse.answer(session, Question(), TODAY).total
    assert total.services == 6 and total.ways == {}
    before = services.document_of(services.load(session, [child.id])[0])
    services.remove(session, [child.id], ACT, "removed")
    reuse_counts.settle(session)
    assert before["relations"] == [part]
    assert reuse.answer(session, Question(), TODAY).total.ways == {("shared", "declared"): 1}
    assert reuse_counts.kept(session) == reuse_counts.counted(session)


def test_rebuilding_mends_what_is_wrong(session: Session, app: Flask) -> None:
    start(session)
    write_at_random(session, 5, 20)
    session.commit()
    expected = reuse_counts.counted(session)
    said = run(app, "check-data").output
    assert "reuse: 0 wrong" in said and "adoption: 0 wrong" in said
    for table in (ReuseCount, AdoptionCount):
        session.execute(update(table).values(many=7))
    session.execute(update(Organisation).where(Organisation.slug == "agency").values(kind="ndpb"))
    session.commit()
    run(app, "rollups", "rebuild")
    session.expire_all()
    kept = reuse_counts.kept(session)
    assert kept == reuse_counts.counted(session) != expected
    assert adoption_counts.kept(session) == adoption_counts.counted(session) != {}
    assert Key(-1, "ndpb", "", 0, 0, "services", "") in kept
