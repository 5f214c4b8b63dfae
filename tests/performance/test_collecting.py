"""Addresses are collected by the worker: all or nothing, once, and not before a host is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import jobs, mail
from portal.access import Grant, Kind, Role
from portal.audit import history_of
from portal.catalogue.store import things
from portal.errors import Invalid, Missing, Stale
from portal.jobs import Job, Worker
from portal.performance.actions import collected_hosts, collecting, collections
from portal.performance.actions import data_sets as data_set_acts
from portal.performance.models.collecting import Collection, CollectionRun
from portal.performance.models.data_sets import DataMeasure, DataSet
from portal.performance.models.values import DataBatch, DataRecord, DataValue
from portal.performance.store import collecting as store
from portal.performance.store import data_sets
from portal.performance.words import (
    CollectedFormat,
    CollectedOutcome,
    CollectedTrouble,
    Period,
    SetKind,
    ValueStatus,
    Way,
)
from tests.jobs.clock import Clock
from tests.support.accounts import act, add_person
from tests.support.data import add_service
from tests.support.performance import add_set
from tests.support.provision import settings_for
from tests.support.publisher import Publisher, publisher
from tests.support.transactions import RolledBackDatabase

HOST = "127.0.0.1"
SECRET = "a secret value"
KEPT, UNCHANGED, FAILED = CollectedOutcome.KEPT, CollectedOutcome.UNCHANGED, CollectedOutcome.FAILED


def body(*numbers: object) -> bytes:
    return orjson.dumps(
        [
            {"_timestamp": f"2026-0{month}-01T00:00:00Z", "transactions": number}
            for month, number in enumerate(numbers, start=1)
        ]
    )


class Collected:
    """A data set, an address that publishes its figures, and a worker with a clock."""

    def __init__(self, database: RolledBackDatabase, session: Session, stub: Publisher) -> None:
        self.database, self.session, self.stub = database, session, stub
        self.service = add_service(session, "a-service").id
        grant = Grant(Role.SERVICE_OWNER, Kind.SERVICE, self.service)
        self.owner = add_person(session, "owner@a.example", grant)
        self.act = replace(act(), actor=f"person:{self.owner.id}")
        self.row = self.add()
        self.clock = Clock()
        self.clock.now = self.act.at
        self.settings = replace(settings_for(database), collecting=True, collect_loopback=True)
        stub.says(body(1, 2))

    def add(self, kind: SetKind = SetKind.VOLUMES, **fields: Any) -> DataSet:
        made = add_set(self.session, kind, service_id=self.service, **fields)
        self.session.commit()
        return made

    def register(self, base: int = 0, form: CollectedFormat = CollectedFormat.JSON,
                 row: DataSet | None = None) -> None:  # fmt: skip
        wanted = collections.Wanted(self.stub.url, form, Period.DAY)
        id_ = (row or self.row).id
        collections.put(self.database, id_, base, wanted, self.act, loopback=True)

    def decide(self, allowed: bool = True) -> bool:
        by = replace(self.act, reason="Ours")
        return collected_hosts.decide(self.database, HOST, allowed, by, loopback=True)

    def later(self, wait: timedelta = timedelta(minutes=15)) -> list[CollectionRun]:
        """How collections went, newest first, once a worker did what was due then."""
        self.clock.tick(wait.total_seconds())
        kinds = {k: jobs.handlers.HANDLERS[k] for k in ("collections.plan", collections.COLLECT)}
        Worker(self.database, self.settings, kinds, self.clock).until_idle()
        self.session.expire_all()
        return self.runs()

    def runs(self) -> list[CollectionRun]:
        query = select(CollectionRun).order_by(CollectionRun.id.desc())
        return list(self.session.scalars(query))

    @property
    def kept(self) -> Collection:
        found = self.session.get(Collection, self.row.id)
        assert found is not None
        return found

    def numbers(self) -> list[float | None]:
        """The values of the first measure as they stand, by period."""
        first = select(DataMeasure.id).where(
            DataMeasure.data_set_id == self.row.id, DataMeasure.position == 0
        )
        query = select(DataValue.number).where(
            DataValue.measure_id == first.scalar_subquery(), DataValue.current
        )
        return list(self.session.scalars(query.order_by(DataValue.start)))


@pytest.fixture
def here(database: RolledBackDatabase, session: Session) -> Iterator[Collected]:
    things.install()
    with publisher() as stub:
        yield Collected(database, session, stub)


def test_figures_are_collected_with_where_they_are_from(here: Collected) -> None:
    here.register()
    here.decide()
    [run] = here.later()
    assert (run.outcome, run.records, run.host, run.trouble) == (KEPT, 2, HOST, None)
    assert here.numbers() == [1, 2]
    batch = here.session.scalars(select(DataBatch)).one()
    assert (batch.way, batch.source) == (Way.COLLECTED, HOST)
    told = history_of(here.session, data_sets.THING, here.row.id)
    assert [each.tag for each in told[:2]] == [
        "data_set.received", "data_set.collection_registered",
    ]  # fmt: skip
    assert told[0].after["collected_from"] == HOST and told[0].actor == "command:worker"
    assert told[1].actor == f"person:{here.owner.id}"
    assert here.stub.url not in str([each.after for each in told])
    assert here.kept.next_at == here.clock.now + timedelta(days=1)


def test_nothing_is_asked_before_it_is_allowed_on_and_due(here: Collected) -> None:
    here.register()
    assert here.later() == [] and here.stub.asked == []
    here.decide()
    here.settings = replace(here.settings, collecting=False)
    assert here.later() == []
    here.settings = replace(here.settings, collecting=True)
    assert len(here.later()) == 1
    assert len(here.later()) == 1  # not due again before tomorrow
    here.decide(allowed=False)
    assert len(here.later(timedelta(days=2))) == 1
    here.decide()
    assert len(here.later()) == 2
    collections.pause(here.database, here.row.id, here.kept.version, here.act)
    assert len(here.later(timedelta(days=2))) == 2
    collections.resume(here.database, here.row.id, here.kept.version, here.act)
    assert len(here.later(timedelta(days=2))) == 3
    data_set_acts.close(here.database, here.row.id, 1, here.act)
    assert len(here.later(timedelta(days=2))) == 3 and len(here.stub.asked) == 3


def test_what_is_promised_twice_is_asked_once(here: Collected) -> None:
    here.register()
    here.decide()
    at, run = here.clock.now, jobs.Run(here.database, here.settings, {}, 1, here.clock)
    for _ in range(2):
        here.clock.now += timedelta(minutes=15)
        collecting.plan(run)
    here.clock.now = at
    assert len(here.later()) == 1 and len(here.stub.asked) == 1


def test_what_was_promised_is_not_asked_once_something_stands_in_the_way(here: Collected) -> None:
    here.register()
    here.decide()
    assert collections.ask_now(here.database, here.row.id, here.act)
    assert not collections.ask_now(here.database, here.row.id, here.act)
    here.decide(allowed=False)
    assert here.later() == [] and here.stub.asked == []
    collections.remove(here.database, here.row.id, here.act)
    later = replace(here.act, at=here.act.at + timedelta(hours=1))
    with pytest.raises(Missing):
        collections.ask_now(here.database, here.row.id, later)


def test_the_same_body_writes_nothing(here: Collected) -> None:
    here.register()
    here.decide()
    here.stub.says(body(1, 2), ETag='"1"')
    here.later()
    assert [run.outcome for run in here.later(timedelta(days=2))] == [UNCHANGED, KEPT]
    here.stub.status, here.stub.parts = b"304 Not Modified", ()
    assert here.later(timedelta(days=2))[0].outcome is UNCHANGED
    assert here.stub.asked[-1]["if-none-match"] == '"1"'
    assert here.session.scalar(select(func.count()).select_from(DataBatch)) == 1
    here.stub.status = b"200 OK"
    here.stub.says(body(1, 3))
    assert here.later(timedelta(days=2))[0].outcome is KEPT
    revised = select(DataValue.number).where(DataValue.status == ValueStatus.REVISED)
    assert here.session.scalars(revised).all() == [3]
    assert here.numbers() == [1, 3]


def test_all_or_nothing_with_the_place_and_no_value(here: Collected) -> None:
    here.register()
    here.decide()
    here.stub.says(body(1, 2, SECRET, 4))
    [run] = here.later()
    assert (run.outcome, run.trouble, run.wrong) == (FAILED, CollectedTrouble.RECORDS, 1)
    assert run.faults == [[3, "transactions", "not_taken"]]
    assert here.numbers() == [] and here.kept.digest is None
    told = history_of(here.session, data_sets.THING, here.row.id)
    said = str([(e.before, e.after) for e in told]) + str(here.session.scalars(select(Job)).all())
    assert SECRET not in said
    here.stub.says(body(1, 2, 3, 4))
    assert here.later(timedelta(days=1))[0].outcome is KEPT
    assert here.kept.failures == 0
    again = [{**each, "status": "provisional"} for each in orjson.loads(body(2))]
    here.stub.says(orjson.dumps(again))
    assert here.later(timedelta(days=1))[0].faults == [[1, "status", "not_taken"]]


def test_people_are_told_once_after_three_failures(here: Collected) -> None:
    here.register()
    here.decide()
    here.stub.status = b"500 " + SECRET.encode()
    waits = []
    for _ in range(4):
        run = here.later(timedelta(days=1))[0]
        assert (run.trouble, run.status) == (CollectedTrouble.STATUS, 500)
        waits.append(here.kept.next_at - here.clock.now)
        assert here.session.scalar(select(func.count()).select_from(mail.Mail)) == (
            1 if here.kept.failures >= 3 else 0
        )
    assert waits == [timedelta(hours=many) for many in (1, 2, 4, 8)]
    [letter] = here.session.scalars(select(mail.Mail))
    subject, text = mail.templates.render(letter.kind, letter.personalisation, "The portal")
    assert letter.to_address == here.owner.email and "3 times in a row" in text
    assert HOST in text and "/collection" in text and SECRET not in subject + text
    grant = Grant(Role.SERVICE_OWNER, Kind.SERVICE, here.service)
    who: Any = type("Person", (), {"grants": (grant,), "is_authenticated": True, "id": 1})()
    assert [row.id for row in store.failing(here.session, who)] == [here.row.id]
    here.stub.status = b"200 OK"
    here.later(timedelta(days=1))
    assert store.failing(here.session, who) == [] and here.kept.told_at is None


def test_a_csv_and_a_data_set_of_any_records(here: Collected) -> None:
    here.register(form=CollectedFormat.CSV)
    here.decide()
    here.stub.says(b"start,transactions,digital\n2026-01-01,5,4\n2026-02-01,6,\n")
    assert here.later()[0].outcome is KEPT and here.numbers() == [5, 6]
    free = here.add(SetKind.CALLS, type="free", open_schema=True,
                    auto_ids=[])  # fmt: skip
    here.register(row=free)
    here.stub.says(b'[{"_timestamp": "2026-01-01T00:00:00Z", "many": 1}]')
    assert here.later()[0].faults == [[1, "_id", "missing"]]
    here.stub.says(b'[{"_timestamp": "2026-01-01T00:00:00Z", "many": 1, "_id": "x"}]')
    for _ in range(2):
        here.later(timedelta(days=1))
        here.stub.says(b'{"_timestamp": "2026-01-01T00:00:00Z", "many": 2, "_id": "x"}')
    kept = here.session.scalars(select(DataRecord).where(DataRecord.data_set_id == free.id)).all()
    assert [each.body["many"] for each in kept] == [2]


def test_what_changes_while_the_address_is_asked_counts_for_nothing(
    here: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.register()
    here.decide()
    real = collecting.Fetcher.fetch

    def meanwhile(self: Any, *args: Any) -> Any:
        found = real(self, *args)
        here.decide(allowed=False)
        return found

    monkeypatch.setattr(collecting.Fetcher, "fetch", meanwhile)
    assert here.later() == [] and len(here.stub.asked) == 1 and here.numbers() == []


def test_errors_of_ours_put_it_off(here: Collected) -> None:
    here.register()
    failed = jobs.handlers.HANDLERS[collections.COLLECT].failed
    assert failed is not None
    with here.database.writing() as session:
        failed(session, {"data_set": here.row.id}, here.act.at, "")
        failed(session, {"data_set": 10**6}, here.act.at, "")
    here.session.expire_all()
    assert here.kept.failures == 1 and here.kept.next_at == here.act.at + timedelta(hours=1)
    collections.pause(here.database, here.row.id, 1, here.act)
    here.register(2, CollectedFormat.CSV)
    with here.database.writing() as session:
        failed(session, {"data_set": here.row.id}, here.act.at, "")
    here.session.expire_all()
    assert here.kept.paused and here.kept.failures == 0


def test_only_the_last_runs_are_remembered(
    here: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "KEPT_RUNS", 3)
    here.register()
    here.decide()
    for many in (1, 2, 3, 3, 3):
        assert len(here.later(timedelta(days=1))) == many


def test_registering_and_deciding_refuse_what_is_wrong(here: Collected) -> None:
    private = collections.Wanted("https://10.0.0.1/", CollectedFormat.JSON, Period.DAY)
    with pytest.raises(Invalid):
        collections.put(here.database, here.row.id, 0, private, here.act)
    here.register()
    for base in (0, 5):
        with pytest.raises(Stale):
            here.register(base)
        with pytest.raises(Stale):
            collections.pause(here.database, here.row.id, base, here.act)
    here.decide()
    here.later()
    assert here.kept.digest is not None
    here.register(1, CollectedFormat.CSV)
    assert here.kept.version == 2 or here.session.expire_all() is None
    assert here.kept.digest is None
    assert not here.decide() and here.decide(allowed=False)
    for host, reason in (("localhost", "x"), ("a.example.gov.uk", ""), ("10.1.1.1", "x")):
        by = replace(here.act, reason=reason)
        with pytest.raises(Invalid):
            collected_hosts.decide(here.database, host, True, by)
    data_set_acts.close(here.database, here.row.id, 1, here.act)
    with pytest.raises(Invalid):
        here.register(2)
    collections.remove(here.database, here.row.id, here.act)
    with pytest.raises(Missing):
        collections.remove(here.database, here.row.id, here.act)
    told = history_of(here.session, data_sets.THING, here.row.id)
    assert told[0].tag == "data_set.collection_removed" and told[0].before["collected_from"] == HOST
