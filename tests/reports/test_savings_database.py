"""Assumptions and runs on both databases: what is published stays, and runs repeat to the byte."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.audit import Act, HistoryEvent
from portal.catalogue.models.usage import Usage
from portal.db import Database
from portal.errors import Invalid, Refused, Stale
from portal.reports.actions import assuming, running
from portal.reports.models.assumptions import AssumptionRow, AssumptionSet
from portal.reports.models.runs import SavingsClaim, SavingsQuantity, SavingsRun
from portal.reports.rules.assumptions import Row
from portal.reports.store import assumption_sets, inputs, runs
from portal.reports.words import Basis, RunState, SetState
from tests.reports.test_savings_runs import the_set
from tests.support.data import add_organisation, add_service
from tests.support.storefront import add_capability, add_component, add_usage

ACT = Act("person:1", datetime(2026, 1, 10, tzinfo=UTC), "test")
EXAMPLE = (
    ("a", "2020-04-01", None), ("b", "2020-04-01", None), ("c", "2020-10-01", None),
    ("d", "2021-04-01", None), ("e", "2021-04-01", "2023-04-01"), ("f", "2022-04-01", None),
)  # fmt: skip


def clock() -> datetime:
    return ACT.at


@pytest.fixture
def used(session: Session) -> Session:
    """The six uses of the worked example, confirmed, and one that is declared."""
    for slug in ("ministry", "hmrc", "dvla"):
        add_organisation(session, slug)
    add_capability(session, "take")
    add_capability(session, "card-payments", "take")
    add_component(session, "pay", "card-payments")
    for slug, since, until in EXAMPLE:
        add_service(session, slug, owner="hmrc")
        status = {"status": "stopped", "until": until} if until else {}
        add_usage(session, slug, "card-payments", component="pay", since=since, **status)
    session.execute(update(Usage).values(confirmed_on=date(2025, 12, 1)))
    add_service(session, "g", owner="dvla")
    add_usage(session, "g", "card-payments", component="pay", since="2020-04-01")
    session.commit()
    return session


def published(database: Database, rows: list[Row] | None = None) -> int:
    """A published version with the assumptions of the worked example; its number."""
    number = assuming.draft(database, 0, ACT)
    frame = assuming.Frame(2020, 2020, 5, Decimal("0.035"), 3, None)
    assuming.frame(database, 0, number, frame, 1, ACT)
    for row in the_set() if rows is None else rows:
        assuming.put(database, 0, number, row, ACT)
    assuming.publish(database, 0, number, "Chief Economist, Ministry", ACT)
    return number


def done(database: Database, number: int, seed: int = 1, basis: Basis = Basis.RESTATED) -> int:
    with database.writing() as session:
        run_id = running.ask(session, 0, number, basis, seed, ACT)
    running.do(database, run_id, clock)
    return run_id


def test_a_run_from_the_records(database: Database, used: Session) -> None:
    run_id = done(database, published(database))
    with database.reading() as session:
        run = runs.by_id(session, run_id)
        view = run.result["views"]["whole"]
        claims = session.scalars(select(SavingsClaim).where(SavingsClaim.run_id == run_id)).all()
    assert (run.state, run.progress) == (RunState.DONE, 100)
    assert run.result["counts"] == {"confirmed": 6, "declared": 1}
    assert view["confirmed"]["non_cash"][1:] == [64_000_000, 48_800_000, 24_000_000, 24_000_000]
    # Six of seven uses, as the one that stopped has stopped: five of six.
    assert view["confirmed"]["platform"][4] == round(25_000_000 * Decimal(5) / 6)
    assert view["p10"] == view["npv"] == view["p90"], "these assumptions have no range"
    assert view["npv_with_declared"] > view["npv"]
    of_service = [each for each in claims if each.platform_id == 0]
    assert {each.component_id for each in claims} == {claims[0].component_id}
    assert len(of_service) == 4 * 7 + 1, "build, run, integration, own run; one left"
    total = sum(row[2] for each in of_service if each.kind in ("build_avoided", "run_avoided")
                for row in each.years)  # fmt: skip
    assert total == sum(view["confirmed"]["non_cash"])


def test_the_same_on_both_databases_and_again(database: Database, used: Session) -> None:
    number = published(database)
    first, second = done(database, number), done(database, number)
    with database.reading() as session:
        one, two = runs.by_id(session, first), runs.by_id(session, second)
        assert (one.inputs_digest, one.lines_digest, one.result) == (
            two.inputs_digest, two.lines_digest, two.result,
        )  # fmt: skip
        # Known bytes: what SQLite gives, PostgreSQL gives.
        assert (one.inputs_digest or "")[:16] == "1413d09253c44ce6"
        assert (one.lines_digest or "")[:16] == "eddab22f23840964"
    replayed = running.replay(database, first)
    assert replayed.same and replayed.same_code


def test_a_run_keeps_what_it_read(database: Database, used: Session) -> None:
    first = done(database, number := published(database))
    with database.writing() as session:
        session.execute(update(Usage).values(confirmed_on=None))
    second = done(database, number)
    assert running.replay(database, first).same
    with database.reading() as session:
        one, two = runs.by_id(session, first), runs.by_id(session, second)
        assert one.inputs_digest != two.inputs_digest
        assert two.result["views"]["whole"]["confirmed"]["net"] == [0] * 5
        assert two.result["counts"] == {"declared": 7}


def test_doing_a_run_twice_does_it_once(database: Database, used: Session) -> None:
    run_id = done(database, published(database))
    running.do(database, run_id, clock)
    with database.reading() as session:
        tags = select(HistoryEvent.tag).where(HistoryEvent.thing == runs.THING)
        assert session.scalars(tags.order_by(HistoryEvent.id)).all() == [
            "savings_run.asked", "savings_run.done",
        ]  # fmt: skip


def test_an_attempt_that_died_is_begun_again(database: Database, used: Session) -> None:
    number = published(database)
    whole = done(database, number)
    with database.writing() as session:
        run_id = running.ask(session, 0, number, Basis.RESTATED, 1, ACT)
        runs.keep_input(session, run_id, 0, b"half")
        runs.progress(session, run_id, 30)
    running.do(database, run_id, clock)
    with database.reading() as session:
        assert runs.by_id(session, run_id).lines_digest == runs.by_id(session, whole).lines_digest


def test_a_draft_cannot_be_run(database: Database, used: Session) -> None:
    number = assuming.draft(database, 0, ACT)
    with database.writing() as session, pytest.raises(Refused):
        running.ask(session, 0, number, Basis.RESTATED, 1, ACT)


@pytest.mark.parametrize(
    "write",
    [
        update(AssumptionSet).values(horizon=6),
        update(AssumptionRow).values(note="other"),
        update(SavingsRun).values(seed=2),
        update(SavingsClaim).values(usages=[]),
        SavingsClaim.__table__.delete(),
        SavingsQuantity.__table__.delete(),
        AssumptionRow.__table__.delete(),
    ],
)
def test_what_is_published_or_done_never_changes(
    database: Database, used: Session, write: Any
) -> None:
    done(database, published(database))
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(write)


def test_one_claim_for_service_need_kind_and_year(database: Database, used: Session) -> None:
    number = published(database)
    with database.writing() as session:
        run_id = running.ask(session, 0, number, Basis.RESTATED, 1, ACT)
    row = {
        "run_id": run_id, "service_id": 1, "capability_id": 1, "kind": "run_avoided",
        "platform_id": 0, "organisation_id": 0, "years": [], "usages": [], "assumptions": [],
    }  # fmt: skip
    twice = [row, {**row, "component_id": 3}]
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(SavingsClaim.__table__.insert(), twice)


def test_versions_follow_each_other_and_begin_as_copies(database: Database, used: Session) -> None:
    first = published(database)
    second = assuming.draft(database, 0, ACT)
    assert (first, second) == (1, 2)
    with pytest.raises(Refused):
        assuming.draft(database, 0, ACT)
    with database.reading() as session:
        one, two = (assumption_sets.by_number(session, 0, each) for each in (first, second))
        assert assumption_sets.rows(session, one.id) == assumption_sets.rows(session, two.id)
        assert two.state is SetState.DRAFT
    row = replace(the_set()[0], high=Decimal(900_000))
    with pytest.raises(Stale):
        assuming.put(database, 0, first, row, ACT)
    assuming.put(database, 0, second, row, ACT)
    assuming.drop(database, 0, second, "exit_cost", ACT)
    with database.reading() as session:
        keys = {each.key: each for each in assumption_sets.rows(session, two.id)}
        assert keys["build"].high == 900_000
        assert "exit_cost" not in keys
    assuming.remove(database, 0, second, ACT)
    with database.reading() as session:
        assert assumption_sets.newest(session, 0, SetState.DRAFT) is None


def test_nothing_is_published_without_an_approver_or_something_to_work_with(
    database: Database, used: Session
) -> None:
    number = assuming.draft(database, 0, ACT)
    with pytest.raises(Invalid):
        assuming.publish(database, 0, number, "Chief Economist", ACT)
    assuming.put(database, 0, number, the_set()[0], ACT)
    with pytest.raises(Invalid):
        assuming.publish(database, 0, number, "  ", ACT)


def test_whose_a_use_is_then_and_now(database: Database, used: Session) -> None:
    with database.writing() as session:
        held = {"role": "accountable", "published_name": None, "source": None}
        first = {**held, "organisation": "portal:hmrc", "since": None, "until": "2022-01-01"}
        then = {**held, "organisation": "portal:dvla", "since": "2022-01-01", "until": None}
        add_service(session, "moved", owners=[first, then])
        add_usage(session, "moved", "card-payments", component="pay", since="2020-04-01")
    with database.reading() as session:
        whose = {
            basis: {u.service: u.organisation for u in inputs.uses(session, ACT.day, basis)}
            for basis in Basis
        }
    assert whose[Basis.AS_IT_WAS]["moved"] == "hmrc"
    assert whose[Basis.RESTATED]["moved"] == "dvla"
