"""What is kept with the writes is what working it out afresh gives, on both databases."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.audit import ImportBatch
from portal.catalogue.actions import undo as undoing
from portal.catalogue.models.services import Service
from portal.catalogue.store import components, movers, service_counts
from portal.catalogue.words import RecordKind
from portal.db import Database
from portal.performance.actions import keeping, taking_back
from portal.performance.models.data_sets import DataSet
from portal.performance.models.figures import FigureTotal, ThingFigure
from portal.performance.rules import periods
from portal.performance.rules.entries import Entry, Sent, SteppedBack
from portal.performance.store import data_set_values, data_sets, figures, folding, moves, rebuilding
from portal.performance.words import Doubt, Period, SetKind, ValueState, ValueStatus, Way
from tests.interchange.commands import run
from tests.support.data import ACT, add_organisation, add_service
from tests.support.performance import FORM, add_set, number, send
from tests.support.storefront import add_capability, add_component

STARTS = [periods.later(Period.MONTH, date(2024, 1, 1), many) for many in range(15)]
KINDS = (SetKind.VOLUMES, SetKind.TRANSACTIONS, SetKind.SATISFACTION)
CELLS = {SetKind.TRANSACTIONS: ("online", "paper", "phone")}


def everything(session: Session) -> tuple[list[Any], list[Any]]:
    """Every figure and total, in order."""
    figures.settle(session)
    session.flush()
    rows = [
        session.execute(select(*table.__table__.columns)).all()
        for table in (ThingFigure, FigureTotal)
    ]
    return sorted(rows[0], key=str), sorted(rows[1], key=str)


def assert_right(session: Session) -> None:
    """The comparison finds nothing, and rebuilding changes nothing."""
    kept = everything(session)
    assert (rebuilding.wrong_figures(session), rebuilding.wrong_totals(session)) == (0, 0)
    rebuilding.rebuild(session)
    assert everything(session) == kept
    assert kept[0] and kept[1]


class Writes:
    """Random writes to a few services, each in its own way."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session = session
        self.random = random.Random(seed)
        self.bodies = [add_organisation(session, slug).id for slug in ("a", "b", "ministry")]
        self.services = [add_service(session, f"s{n}", owner="ab"[n % 2]).id for n in range(5)]
        self.sets = [
            add_set(session, kind, group=f"g{n}", service_id=service, threshold=4 * (n % 2)).id
            for n, service in enumerate(self.services)
            for kind in KINDS
            if n < 3 or kind is SetKind.VOLUMES
        ]
        add_capability(session, "needs")
        add_capability(session, "pay", "needs")
        add_component(session, "payments", "pay")
        (component,) = components.ids_by_slug(session).values()
        volumes = SetKind.COMPONENT_VOLUMES
        self.sets.append(add_set(session, volumes, group="c", component_id=component).id)
        self.imports: list[int] = []

    def one(self) -> None:
        """Do one of them."""
        ways = (self.send, self.send, self.send, self.bring, self.take_back, self.own, self.tell)
        self.random.choice(ways)()

    def entries(self, data_set: DataSet) -> list[Entry]:
        choose = self.random.choice
        return [
            Entry(
                choose(STARTS), choose(CELLS.get(data_set.kind, ("",))),
                choose(data_set.measures).key, state,
                float(self.random.randrange(choose([3, 9, 1000])))
                if state is ValueState.NUMBER else None,
                choose(list(ValueStatus)), choose([None, None, *Doubt]),
            )
            for _ in range(self.random.randrange(1, 12))
            for state in [choose([ValueState.NUMBER] * 6 + list(ValueState))]
        ]  # fmt: skip

    def send(self, sent: Sent = FORM) -> None:
        data_set = data_sets.get(self.session, self.random.choice(self.sets))
        entries = self.entries(data_set)
        try:
            keeping.keep(self.session, data_set.id, entries, [], sent, ACT)
        except SteppedBack:
            entries = [replace(each, status=ValueStatus.PUBLISHED) for each in entries]
            keeping.keep(self.session, data_set.id, entries, [], sent, ACT)

    def bring(self) -> None:
        batch = ImportBatch(kind="test", files=[], actor="x", applied_at=ACT.at, counts={})
        self.session.add(batch)
        self.session.flush()
        self.imports.append(batch.id)
        self.send(Sent(Way.IMPORT, None, None, batch.id))

    def take_back(self) -> None:
        if self.imports:
            id_ = self.imports.pop()
            taking_back.take_back(self.session, id_, [], ACT, undoing.TAG)

    def tell(self) -> None:
        data_set = data_sets.get(self.session, self.random.choice(self.sets))
        starts = data_set_values.starts(self.session, data_set.id, 100)
        data_set.threshold = self.random.choice([0, 3, 4, 200])
        data_set.published = not data_set.published or self.random.random() > 0.2
        self.session.flush()
        if data_set.published:
            folding.refold(self.session, data_set, starts)
        else:
            folding.withdraw(self.session, data_set)

    def own(self) -> None:
        service = self.session.get_one(Service, self.random.choice(self.services))
        before = service_counts.place_of(service)
        service.organisation_id = self.random.choice([*self.bodies, None])
        self.session.flush()
        service_counts.moved(self.session, before, service_counts.place_of(service))

    def merge(self) -> None:
        stays, goes = self.services[:2]
        merge = movers.Merge(RecordKind.SERVICE, stays, goes, "s0", "s1", replace(ACT, reason="x"))
        movers.move(self.session, merge)


@pytest.mark.parametrize("seed", range(3))
def test_random_writes(session: Session, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the database counts what was touched, or we do."""
    monkeypatch.setattr(figures, "_MANY", (0, 20, 10**9)[seed])
    moves.install()
    writes = Writes(session, seed)
    for _ in range(40):
        writes.one()
    assert_right(session)
    writes.merge()
    for _ in range(15):
        writes.one()
    assert_right(session)


def test_totals_say_nothing_of_numbers_that_are_not_shown(session: Session) -> None:
    """Organisations and government have the same totals, whatever the numbers are."""
    for body in ("a", "b"):
        add_organisation(session, body)
    small, large = (
        add_set(session, KINDS[1], service_id=add_service(session, name, owner="a").id,
                group=name, threshold=10)
        for name in ("small", "large")
    )  # fmt: skip
    send(session, large, number(STARTS[0], "count", 500, "online"))
    found = []
    for few in (3, 7):
        send(session, small, number(STARTS[0], "count", few, "online"))
        send(session, small, number(STARTS[12], "count", few, "online"),
             number(STARTS[12], "count", 40 - few, "paper"),
             number(STARTS[12], "count", 60, "phone"))  # fmt: skip
        told, sums = everything(session)
        found.append(([row[:7] for row in told], sums))
        assert_right(session)
    assert found[0] == found[1]
    whole = figures.GOVERNMENT, Period.MONTH, "transactions"
    total = figures.total_in(session.get_one(FigureTotal, (*whole, STARTS[0])))
    assert (total.things, total.top, total.suppressed) == (1, 500, 1)
    later = figures.total_in(session.get_one(FigureTotal, (*whole, STARTS[12])))
    assert (later.things, later.top, later.same_things, later.partial) == (1, 60, 0, 1)
    take_up = session.get_one(FigureTotal, (whole[0], whole[1], "digital_take_up", STARTS[12]))
    assert (take_up.things, take_up.suppressed) == (0, 1)


@pytest.mark.parametrize("period", [Period.DAY, Period.WEEK, Period.YEAR])
def test_a_year_before_is_the_same_in_the_database(session: Session, period: Period) -> None:
    """Also of a leap day, and of the day that a leap day has as its year before."""
    days = [date(2023, 2, 27), date(2023, 2, 28), date(2024, 2, 28), date(2024, 2, 29),
            date(2025, 2, 28), date(2025, 3, 1)]  # fmt: skip
    starts = {periods.start_of(period, day) for day in days}
    starts |= {periods.year_before(period, start) for start in starts}
    add_organisation(session, "a")
    for name in ("one", "two"):
        service = add_service(session, name, owner="a").id
        data_set = add_set(session, period=period, group=name, service_id=service)
        send(session, data_set, *(number(at, "transactions", at.day) for at in starts))
    assert_right(session)
    assert session.scalar(select(func.sum(FigureTotal.same_things)))


def test_an_older_data_set_counts_whichever_came_first(session: Session) -> None:
    service = add_service(session, "a").id
    older = add_set(session, group="older", service_id=service)
    newer = add_set(session, group="newer", service_id=service)
    send(session, newer, number(STARTS[0], "transactions", 2), number(STARTS[1], "digital", 3))
    send(session, older, number(STARTS[0], "transactions", 1))
    assert_right(session)
    assert sorted(f.number for f in session.scalars(select(ThingFigure)) if f.number) == [1, 3]


def test_commands(app: Flask, database: Database) -> None:
    with database.writing() as session:
        service = add_service(session, "a").id
        send(session, add_set(session, service_id=service), number(STARTS[0], "digital", 2))
    assert "0 wrong" in run(app, "check-data").output
    with database.writing() as session:
        session.execute(update(ThingFigure).values(number=5))
        session.execute(update(FigureTotal).values(things=7))
    found = run(app, "check-data", "--json", code=1).output
    assert '"figures": 1' in found and '"totals": 2' in found
    run(app, "rollups", "rebuild", "--json")
    run(app, "check-data")
