"""Values are kept with every revision, and figures and totals follow them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.audit import HistoryEvent
from portal.catalogue.models.services import Service
from portal.catalogue.store import service_counts
from portal.performance.models.data_sets import DataSet
from portal.performance.models.figures import FigureTotal, ThingFigure
from portal.performance.models.values import DataRecord, DataValue
from portal.performance.rules.entries import Record
from portal.performance.store import data_sets, figures, moves, records, values
from portal.performance.store import totals as rebuilt
from portal.performance.words import Figure, Period, SetKind, ValueState, ValueStatus
from tests.support.data import add_organisation, add_service
from tests.support.performance import add_set, missing, number, send

NOW, BEFORE = date(2026, 7, 1), date(2025, 7, 1)
Totals = dict[tuple[int, str, date], tuple[int, float, float | None, int, float, float]]


def totals(session: Session) -> Totals:
    """What is kept, once the transaction's end is near."""
    figures.settle(session)
    return {
        (t.organisation_id, t.figure, t.start): (
            t.things, t.top, t.bottom, t.same_things, t.same_top, t.was_top,
        )
        for t in session.scalars(select(FigureTotal))
    }  # fmt: skip


def figure(session: Session, service: int, start: date, which: Figure) -> tuple[ValueState, float]:
    query = select(ThingFigure.state, ThingFigure.number).where(
        ThingFigure.of_id == service, ThingFigure.start == start, ThingFigure.figure == which
    )
    return tuple(session.execute(query).one())  # type: ignore[return-value]


def test_a_revision_is_a_new_row(session: Session) -> None:
    service = add_service(session, "a-service")
    data_set = add_set(session, service_id=service.id)
    first = [number(NOW, "transactions", 10), number(NOW, "digital", 5)]
    assert send(session, data_set, *first) == {
        "records": 0,
        "removed": 0,
        "new": 2,
        "revised": 0,
        "same": 0,
    }
    assert send(session, data_set, *first) == {
        "records": 0,
        "removed": 0,
        "new": 0,
        "revised": 0,
        "same": 2,
    }
    assert send(session, data_set, number(NOW, "digital", 6))["revised"] == 1
    digital = _id(data_set)
    rows = values.revisions(session, data_set.id, NOW, "")
    said = [(r.revision, r.number, r.status, r.current) for r in rows if r.measure_id == digital]
    assert said == [(2, 6.0, ValueStatus.REVISED, True), (1, 5.0, ValueStatus.PUBLISHED, False)]
    assert figure(session, service.id, NOW, Figure.DIGITAL) == (ValueState.NUMBER, 6.0)
    assert (data_set.first_start, data_set.last_start) == (NOW, NOW)


def _id(data_set: DataSet) -> int:
    return next(m.id for m in data_set.measures if m.key == "digital")


def test_saying_why_there_is_none_takes_a_number_back(session: Session) -> None:
    service = add_service(session, "a-service", owner=add_organisation(session, "a").slug)
    data_set = add_set(session, service_id=service.id)
    send(session, data_set, number(NOW, "transactions", 10))
    assert totals(session)[figures.GOVERNMENT, "transactions", NOW][:2] == (1, 10)
    send(session, data_set, missing(NOW, "transactions", ValueState.NOT_COLLECTED))
    state = figure(session, service.id, NOW, Figure.TRANSACTIONS)
    assert state == (ValueState.NOT_COLLECTED, None)
    assert totals(session) == {}


def test_each_batch_is_one_event(session: Session) -> None:
    data_set = add_set(session, service_id=add_service(session, "a-service").id)
    send(session, data_set, number(NOW, "transactions", 10), number(BEFORE, "transactions", 9))
    query = select(HistoryEvent).where(
        HistoryEvent.thing == data_sets.THING, HistoryEvent.tag == "data_set.received"
    )
    event = session.scalars(query).one()
    assert event.after["new"] == 2
    assert len(event.after["salted_digest"]) == 64


def test_totals_by_organisation_and_like_for_like(session: Session) -> None:
    bodies = [add_organisation(session, name) for name in ("a", "b")]
    for slug, body, then, now in (("x", 0, 100, 110), ("y", 0, None, 7), ("z", 1, 50, 40)):
        service = add_service(session, slug, owner=bodies[body].slug)
        data_set = add_set(session, group=slug, service_id=service.id)
        send(session, data_set, number(NOW, "transactions", now), number(NOW, "digital", 1))
        if then is not None:
            send(session, data_set, number(BEFORE, "transactions", then))
    a, b = bodies[0].id, bodies[1].id
    kept = totals(session)
    assert kept[a, "transactions", NOW] == (2, 117, None, 1, 110, 100)
    assert kept[b, "transactions", NOW] == (1, 40, None, 1, 40, 50)
    assert kept[figures.GOVERNMENT, "transactions", NOW] == (3, 157, None, 2, 150, 150)
    assert kept[figures.GOVERNMENT, "digital_take_up", NOW] == (3, 3, 157, 0, 0, 0)
    assert_rebuilt(session)


def test_a_leap_day_follows_what_it_is_compared_with(session: Session) -> None:
    service = add_service(session, "a-service")
    data_set = add_set(session, period=Period.DAY, service_id=service.id)
    before, leap = date(2023, 2, 28), date(2024, 2, 29)
    for start, many in ((before, 10), (leap, 30), (before, 20)):
        send(session, data_set, number(start, "transactions", many))
        kept = totals(session)
    assert kept[figures.GOVERNMENT, "transactions", leap] == (1, 30, None, 1, 30, 20)
    assert_rebuilt(session)


def assert_rebuilt(session: Session) -> None:
    """What was kept with the writes is what counting afresh gives."""
    kept = totals(session)
    session.execute(delete(FigureTotal))
    rebuilt.rebuild(session)
    assert totals(session) == kept


def test_totals_follow_a_service_to_another_organisation(session: Session) -> None:
    moves.install()
    body, other = add_organisation(session, "a"), add_organisation(session, "b")
    old, new = body.id, other.id
    service = add_service(session, "x", owner=body.slug)
    send(session, add_set(session, service_id=service.id), number(NOW, "transactions", 5))
    assert (old, "transactions", NOW) in totals(session)
    _own(session, service.id, new)
    kept = totals(session)
    assert (old, "transactions", NOW) not in kept
    assert kept[new, "transactions", NOW][:2] == (1, 5)


def _own(session: Session, service_id: int, body: int) -> None:
    service = session.get_one(Service, service_id)
    before = service_counts.place_of(service)
    service.organisation_id = body
    session.flush()
    service_counts.moved(session, before, service_counts.place_of(service))


def test_a_second_data_set_does_not_count_twice(session: Session) -> None:
    service = add_service(session, "x")
    send(session, add_set(session, service_id=service.id), number(NOW, "transactions", 5))
    other = add_set(session, SetKind.TRANSACTIONS, service_id=service.id)
    cells = [number(NOW, "count", many, cell) for cell, many in (("online", 8), ("phone", 1))]
    send(session, other, *cells)
    assert figure(session, service.id, NOW, Figure.TRANSACTIONS) == (ValueState.NUMBER, 5.0)
    assert figure(session, service.id, NOW, Figure.DIGITAL) == (ValueState.NUMBER, 8.0)


def test_figures_of_a_component_are_in_no_total(session: Session) -> None:
    data_set = add_set(session, SetKind.COMPONENT_VOLUMES, Period.MONTH)
    send(session, data_set, number(NOW, "volume", 5))
    assert data_sets.thing_of(data_set) is None
    assert session.scalars(select(ThingFigure)).all() == []
    assert session.scalars(select(DataValue.number)).one() == 5
    assert data_sets.of_thing(session, Kind.COMPONENT, 1) == []


def test_a_record_is_put_over_the_one_with_its_id_whole(session: Session) -> None:
    """Also where none of a batch is for a cell, and the column is left out."""
    data_set = add_set(session, open_schema=True)
    at = datetime(2026, 7, 1, tzinfo=UTC)
    for cell in ("online", None):
        new = [Record(id_, at, cell and id_, {"_id": id_, "said": cell}) for id_ in "ab"]
        records.put(session, data_set.id, new, at)
        query = select(DataRecord.record_id, DataRecord.seq, DataRecord.cell, DataRecord.body)
        assert list(session.execute(query.order_by(DataRecord.seq))) == [
            (id_, place, cell and id_, {"_id": id_, "said": cell}) for place, id_ in enumerate("ab")
        ]
