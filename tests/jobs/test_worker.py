from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from portal import jobs
from portal.audit import Document
from portal.db import Database
from portal.errors import Missing
from portal.jobs import GiveUp, Job, Retry, Run, Worker, rules, store
from portal.jobs.handlers import Handler, handler
from portal.jobs.tidying import tidy
from tests.jobs.clock import START, Clock
from tests.support.provision import settings_for
from tests.support.transactions import RolledBackDatabase

LEASE = timedelta(seconds=300)
Make = Callable[..., Worker]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(database: RolledBackDatabase, clock: Clock) -> Make:
    def worker(work: Callable[[Run], None], **options: object) -> Worker:
        handlers = {"test": Handler(work, **options)}  # type: ignore[arg-type]
        return Worker(database, settings_for(database), handlers, clock)

    return worker


def add(session: Session, kind: str = "test", key: str | None = None, **payload: object) -> bool:
    added = jobs.add(session, kind, payload, START, key)
    session.commit()
    return added


def only(session: Session) -> Job:
    session.expire_all()
    return session.scalars(select(Job)).one()


def test_a_job_is_done_once_with_its_payload(session: Session, make: Make) -> None:
    add(session, name="Ŵyn", numbers=[1, 2])
    seen: list[Document] = []
    worker = make(lambda run: seen.append(run.payload))
    assert worker.until_idle() == 1
    assert worker.until_idle() == 0
    assert seen == [{"name": "Ŵyn", "numbers": [1, 2]}]
    assert (only(session).finished_at, only(session).attempts) == (START, 1)


def test_a_job_of_a_change_that_was_taken_back_is_not_there(database: RolledBackDatabase) -> None:
    def change() -> None:
        with database.writing() as session:
            assert jobs.add(session, "test", {}, START)
            raise Missing

    with pytest.raises(Missing):
        change()
    with database.reading() as session:
        assert jobs.waiting(session) == 0


def test_the_same_key_is_one_job(session: Session, make: Make) -> None:
    assert [add(session, key="once") for _ in range(3)] == [True, False, False]
    assert make(lambda run: None).until_idle() == 1
    assert not add(session, key="once"), "also when it is done"
    assert add(session) and add(session), "without a key there is no limit"


def test_jobs_wait_for_their_time_and_go_in_order(
    session: Session, make: Make, clock: Clock
) -> None:
    for number, wait in ((1, 60), (2, 0), (3, 30)):
        jobs.add(session, "test", {"n": number}, START, run_after=START + timedelta(seconds=wait))
    session.commit()
    seen: list[int] = []
    worker = make(lambda run: seen.append(run.payload["n"]))
    worker.until_idle()
    assert seen == [2]
    clock.tick(60)
    worker.until_idle()
    assert seen == [2, 3, 1]


def test_jobs_of_other_kinds_are_left_to_those_who_know_them(session: Session, make: Make) -> None:
    add(session, kind="newer")
    assert make(lambda run: None).until_idle() == 0
    assert only(session).attempts == 0


def test_an_error_is_tried_again_later_each_time(
    session: Session, make: Make, clock: Clock
) -> None:
    add(session)
    attempts: list[int] = []

    def work(run: Run) -> None:
        attempts.append(run.attempt)
        if run.attempt < 3:
            raise RuntimeError("ada@example.com")

    worker = make(work)
    assert worker.until_idle() == 1, "not again at once"
    assert only(session).run_after == START + rules.delay(1)
    assert (only(session).last_error or "").startswith("RuntimeError at test_worker.py:")
    clock.tick(10)
    worker.until_idle()
    assert only(session).run_after == clock() + rules.delay(2)
    clock.tick(20)
    worker.until_idle()
    assert attempts == [1, 2, 3]
    assert only(session).finished_at == clock() and only(session).last_error is None


@pytest.mark.parametrize("reason", ["it cannot be", "x" * 500])
def test_giving_up_says_why_and_tells_the_feature(
    session: Session, make: Make, reason: str
) -> None:
    add(session, n=7)
    told: list[tuple[object, ...]] = []

    def work(run: Run) -> None:
        raise GiveUp(reason)

    worker = make(work, failed=lambda session, *rest: told.append(rest))
    worker.until_idle()
    assert told == [({"n": 7}, START, reason[:300])]
    assert (only(session).failed_at, only(session).last_error) == (START, reason[:300])
    assert [job.id for job in jobs.failures(session)] == [only(session).id]
    assert jobs.failures(session, before_id=only(session).id) == []


def test_after_the_last_attempt_it_is_given_up(session: Session, make: Make, clock: Clock) -> None:
    add(session)

    def work(run: Run) -> None:
        raise Retry("not today")

    worker = make(work)
    many = 0
    while only(session).failed_at is None:
        many += worker.until_idle()
        clock.tick(7200)
    assert many == only(session).attempts == rules.ATTEMPTS
    assert only(session).last_error == "not today"
    jobs.again(session, only(session).id, clock())
    session.commit()
    assert only(session).attempts == 0
    assert worker.until_idle() == 1


def test_only_what_was_given_up_is_put_back(session: Session) -> None:
    add(session)
    with pytest.raises(Missing, match="No job 999 was given up"):
        jobs.again(session, 999, START)
    with pytest.raises(Missing):
        jobs.again(session, only(session).id, START)


def test_a_job_whose_worker_vanished_is_taken_over_when_its_lease_is_over(
    session: Session, make: Make, clock: Clock
) -> None:
    add(session)
    store.claim(session, {"test": LEASE}, "vanished", START)
    session.commit()
    worker = make(lambda run: None)
    assert worker.until_idle() == 0, "it may still be at work"
    clock.tick(LEASE.total_seconds() + 1)
    assert worker.until_idle() == 1
    assert only(session).attempts == 2


def test_a_job_that_stops_every_worker_is_given_up(
    session: Session, make: Make, clock: Clock
) -> None:
    add(session)
    for _ in range(rules.ATTEMPTS):
        assert store.claim(session, {"test": LEASE}, "killed", clock())
        clock.tick(LEASE.total_seconds() + 1)
    session.commit()
    told: list[object] = []
    seen: list[Run] = []
    make(seen.append, failed=lambda *said: told.append(said[-1])).until_idle()
    assert not seen and told == ["every worker that tried it stopped"]


def test_who_comes_back_late_changes_nothing(session: Session, make: Make, clock: Clock) -> None:
    add(session)
    told: list[object] = []

    def slow(run: Run) -> None:
        if run.attempt == 1:
            clock.tick(LEASE.total_seconds() + 1)
            make(slow).until_idle()
            raise GiveUp("late")

    make(slow, failed=lambda *said: told.append(said)).until_idle()
    assert only(session).finished_at and not only(session).failed_at and not told


def test_an_old_attempt_of_the_same_worker_ends_nothing(
    session: Session, database: RolledBackDatabase, clock: Clock
) -> None:
    add(session)
    leases, taken = {"test": LEASE}, []
    for _ in range(2):
        with database.writing() as own:
            taken.append(store.claim(own, leases, "ada", clock()))
        clock.tick(LEASE.total_seconds() + 1)
    old, new = taken
    assert old is not None and new is not None and (old.attempts, new.attempts) == (1, 2)
    assert not store.finish(session, old, clock())
    assert not store.retry(session, old, clock(), "late")
    assert not store.fail(session, old, clock(), "late")
    assert store.finish(session, new, clock())
    assert not store.finish(session, new, clock())


def test_a_kind_can_have_a_lease_of_its_own(session: Session, make: Make) -> None:
    add(session)
    seen: list[Job] = []
    make(lambda run: seen.append(only(session)), lease=timedelta(hours=1)).until_idle()
    [job] = seen
    session.expire_all()
    assert make(lambda run: None).leases == {"test": LEASE}
    assert make(lambda run: None, lease=timedelta(hours=1)).leases == {"test": timedelta(hours=1)}
    assert job.finished_at


def test_a_periodic_job_is_added_once_in_each_period(
    session: Session, make: Make, clock: Clock
) -> None:
    seen: list[Run] = []
    workers = [make(seen.append, every=timedelta(hours=1)) for _ in range(3)]
    for count in (1, 2, 3):
        for worker in workers:
            worker.until_idle()
        assert len(seen) == count
        clock.tick(3600)


def test_finished_jobs_go_after_a_while(
    session: Session, make: Make, database: RolledBackDatabase, clock: Clock
) -> None:
    for name in ("done", "failed", "waiting"):
        add(session, name=name)

    def work(run: Run) -> None:
        if run.payload["name"] == "failed":
            raise GiveUp("never")

    worker = make(work)
    worker.step()
    worker.step()
    clock.tick(31 * 24 * 3600)
    tidy(Run(database, settings_for(database), {}, 1, clock))
    session.expire_all()
    left = session.scalars(select(Job).order_by(Job.id)).all()
    assert [job.payload["name"] for job in left] == ["failed", "waiting"]


def test_a_kind_has_one_handler() -> None:
    with pytest.raises(ValueError, match=r"jobs\.tidy"):
        handler("jobs.tidy")(lambda run: None)


@pytest.mark.parametrize(
    "values", [{"failed_at": START, "finished_at": START}, {"leased_by": "nobody's lease"}]
)
def test_the_database_refuses_what_no_job_is(session: Session, values: Document) -> None:
    common = {"kind": "x", "payload": {}, "created_at": START, "run_after": START}
    session.add(Job(**common, **values))
    with pytest.raises(IntegrityError, match=r"one_end|lease_has_owner"):
        session.flush()


def test_many_workers_do_each_job_once(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        for number in range(200):
            jobs.add(session, "test", {"n": number}, START)
    seen: Counter[int] = Counter()
    by: Counter[str] = Counter()

    def run_worker(name: str) -> None:
        def work(run: Run) -> None:
            seen[run.payload["n"]] += 1
            by[name] += 1

        Worker(fresh_database, settings_for(fresh_database), {"test": Handler(work)}).until_idle()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run_worker, "abcd"))
    assert seen == Counter(range(200))
    assert len(by) > 1
    with fresh_database.reading() as session:
        assert jobs.waiting(session) == 0


def test_the_same_key_at_once_is_one_job(fresh_database: Database) -> None:
    def write(_: int) -> bool:
        with fresh_database.writing() as session:
            return jobs.add(session, "test", {}, START, "same")

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(write, range(20))) == [False] * 19 + [True]


class Flaky(Worker):
    """Its database is away at first."""

    away = 2

    def _due(self) -> bool:
        if self.away:
            self.away -= 1
            raise OperationalError("SELECT", {}, Exception("away"))
        return super()._due()


def test_a_worker_outlives_a_database_that_is_away(
    session: Session, database: RolledBackDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.jobs.worker.AWAY_SECONDS", 0.01)
    add(session)
    stop = threading.Event()
    handlers = {"test": Handler(lambda run: stop.set())}
    Flaky(database, settings_for(database), handlers).forever(stop)
    assert only(session).finished_at


def test_a_worker_stops_with_whoever_started_it(
    session: Session, database: RolledBackDatabase
) -> None:
    add(session)
    Worker(database, settings_for(database), {}).forever(threading.Event(), lambda: False)
    assert only(session).attempts == 0
