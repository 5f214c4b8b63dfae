"""The real actions, many at once, on either database: nothing is lost and nothing done twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from sqlalchemy import func, select

from portal.audit import HistoryEvent, ImportBatch
from portal.catalogue.actions import matching
from portal.catalogue.actions.undo import undo
from portal.catalogue.models.organisations import Organisation, OrganisationMatch
from portal.catalogue.models.services import Service
from portal.catalogue.store import services as store
from portal.db import Database
from portal.errors import Clash
from tests.store.sources import bodies, body, service, services
from tests.support.data import ACT

T = TypeVar("T")
WRITERS = 8
EDITS = 10


def at_once(do: Callable[[int], T], writers: int = WRITERS) -> list[T | str]:
    """What each of many answered, or why it was refused."""

    def answer(number: int) -> T | str:
        try:
            return do(number)
        except Clash as refusal:
            return refusal.message

    with ThreadPoolExecutor(writers) as pool:
        return list(pool.map(answer, range(writers)))


def waiting(database: Database, many: int) -> int:
    """Services that carry one name that waits for a decision, and a body for each decider."""
    bodies(database, *(body(f"body-{n}") for n in range(WRITERS)))
    services(database, *(service(f"service-{n}", "Das Amt") for n in range(many)))
    with database.reading() as session:
        return session.scalars(select(OrganisationMatch.id)).one()


def test_one_decision_wins_and_the_others_are_told(fresh_database: Database) -> None:
    id_ = waiting(fresh_database, 3)
    answers = at_once(lambda n: matching.decide(fresh_database, id_, f"portal:body-{n}", ACT)[1])
    assert sorted(map(str, answers)) == ["3"] + ["This name has been decided already"] * 7
    with fresh_database.reading() as session:
        query = select(HistoryEvent).where(HistoryEvent.tag == "match.decided")
        [event] = session.scalars(query)
        owners = {s.organisation_id for s in store.load(session)}
        row = session.get_one(OrganisationMatch, id_)
    assert owners == {row.organisation_id}
    assert answers.index(3) == int(event.after["organisation"][-1])


def test_eight_who_revise_lose_nothing(fresh_database: Database) -> None:
    id_ = waiting(fresh_database, 1)

    def revise(writer: int) -> int:
        changed = 0
        for number in range(EDITS):
            reference = f"portal:body-{(writer + number) % WRITERS}"
            act = replace(ACT, reason=f"{writer} {number}")
            changed += matching.decide(fresh_database, id_, reference, act, revise=True)[1]
        return changed

    changed = sum(int(answer) for answer in at_once(revise))
    with fresh_database.reading() as session:
        e, [found] = HistoryEvent, store.load(session)
        query = select(e).where(e.thing == "organisation_match").order_by(e.id)
        decisions = list(session.scalars(query))
        query = select(e).where(e.thing == "service", e.thing_id == found.id).order_by(e.id)
        edits = list(session.scalars(query))[1:]
    assert len(decisions) == 1 + WRITERS * EDITS
    said: dict[str, object] = {}
    for earlier, later in pairwise(decisions):
        said = {**said, **earlier.after}
        assert later.before.items() <= said.items(), "each begins where the one before ended"
    assert (len(edits), found.version) == (changed, 1 + changed)
    assert all(later.before == earlier.after for earlier, later in pairwise(edits))


def test_the_same_import_at_once_is_one_import(fresh_database: Database) -> None:
    rows = [service(f"service-{n}", "Das Amt") for n in range(5)]
    created = at_once(lambda _: services(fresh_database, *rows).created)
    assert sorted(map(int, created)) == [0] * (WRITERS - 1) + [5]
    with fresh_database.reading() as session:
        for table, many in ((Service, 5), (ImportBatch, 1), (OrganisationMatch, 1)):
            assert session.scalar(select(func.count()).select_from(table)) == many


def test_one_undo_wins(fresh_database: Database) -> None:
    found = bodies(fresh_database, *(body(f"body-{n}") for n in range(5)))
    batch = found.batch_id
    assert batch is not None
    answers = at_once(lambda _: undo(fresh_database, batch, ACT)["removed"])
    assert sorted(map(str, answers)) == ["5"] + [f"Import {batch} was undone already"] * 7
    with fresh_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Organisation)) == 0


def test_imports_undo_and_decisions_together(fresh_database: Database) -> None:
    id_ = waiting(fresh_database, 3)
    found = bodies(fresh_database, body("late"))
    batch = found.batch_id
    assert batch is not None

    def act(number: int) -> object:
        if number % 4 == 0:
            return services(fresh_database, service(f"more-{number}", "Das Amt")).created
        if number % 4 == 1:
            return undo(fresh_database, batch, ACT)["removed"]
        if number % 4 == 2:
            return bodies(fresh_database, body(f"new-{number}")).created
        reference = f"portal:body-{number}"
        return matching.decide(fresh_database, id_, reference, ACT, revise=True)[1] >= 3

    answers = at_once(act)
    assert sorted(map(str, answers)) == sorted(
        ["1", "1", "1", f"Import {batch} was undone already", "1", "1", "True", "True"]
    )
    with fresh_database.reading() as session:
        row = session.get_one(OrganisationMatch, id_)
        assert {s.organisation_id for s in store.load(session)} == {row.organisation_id}
