"""Records of a data set of a service mean values: of measures, in cells, for periods."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.views.base import today
from portal.performance.actions import moving_in
from portal.performance.actions import tokens as token_acts
from portal.performance.actions.moving_in import Flags
from portal.performance.models.data_sets import DataSet
from portal.performance.models.figures import ThingFigure
from portal.performance.models.values import DataRecord, DataValue
from portal.performance.store import rebuilding
from portal.performance.words import Figure, Period, SetKind, ValueState, ValueStatus
from tests.performance.places import text
from tests.performance.test_api import send, told
from tests.support.data import ACT, add_service
from tests.support.pages import PageClient
from tests.support.performance import add_set

JULY, AUGUST = "2026-07-01T00:00:00Z", "2026-08-01T00:00:00Z"
CHANNELS = ["online", "phone", "paper", "face-to-face", "other"]
Value = tuple[date, str, ValueState, float | None]


def made(session: Session, kind: SetKind = SetKind.TRANSACTIONS, **fields: Any) -> DataSet:
    service = add_service(session, "a-service")
    known = add_set(
        session, kind, **{"group": "g", "type": "raw", "service_id": service.id, **fields}
    )
    token_acts.make(session, known.id, "Test", ACT, "tok")
    session.commit()
    return known


def values(session: Session) -> list[Value]:
    session.expire_all()
    v = DataValue
    query = select(v.start, v.cell, v.state, v.number).where(v.current).order_by(v.start, v.cell)
    return [tuple(row) for row in session.execute(query)]  # type: ignore[misc]


def row(at: str = JULY, channel: str = "online", count: object = 7, **more: Any) -> dict[str, Any]:
    return {"_timestamp": at, "channel": channel, "count": count, **more}


def test_records_are_values_figures_and_records(client: PageClient, session: Session) -> None:
    made(session)
    constants = {"period": "month", "service": "a-service", "dataType": "transactions-by-channel"}
    body = [row(**constants), row(channel="paper", count=3), row(AUGUST, "digital", 9, _id="mine")]
    assert send(client, body).status_code == 200
    number = ValueState.NUMBER
    assert values(session) == [
        (date(2026, 7, 1), "online", number, 7.0), (date(2026, 7, 1), "paper", number, 3.0),
        (date(2026, 8, 1), "online", number, 9.0),
    ]  # fmt: skip
    f = ThingFigure
    query = select(f.number).where(f.figure == Figure.TRANSACTIONS, f.start == date(2026, 7, 1))
    assert session.scalars(query).one() == 10
    assert [each["_id"] for each in told(client)] == [
        "2026-07-01.online",
        "2026-07-01.paper",
        "mine",
    ]
    assert told(client)[2]["channel"] == "digital"


def test_a_record_again_revises_its_values(client: PageClient, session: Session) -> None:
    made(session)
    for count in (7, 8):
        assert send(client, row(count=count)).status_code == 200
    assert [each[3] for each in values(session)] == [8.0]
    assert [each["count"] for each in told(client)] == [8]
    assert len(session.scalars(select(DataValue.id)).all()) == 2


def test_one_cell_has_one_id(client: PageClient, session: Session) -> None:
    made(session)
    assert send(client, row(_id="one")).status_code == 200
    for body in (row(_id="two"), [row(channel="paper", _id=each) for each in "ab"]):
        answer = send(client, body)
        assert answer.status_code == 400
        assert "another _id has the values of 2026-07-01, channel" in str(answer.get_json())
    assert len(values(session)) == 1


def test_a_record_that_moves_leaves_nothing_behind(client: PageClient, session: Session) -> None:
    made(session)
    send(client, row(_id="one"))
    assert send(client, row(channel="paper", _id="one")).status_code == 200
    assert [(cell, state) for _, cell, state, _ in values(session)] == [
        ("online", ValueState.NOT_PROVIDED), ("paper", ValueState.NUMBER),
    ]  # fmt: skip


def test_patch_delete_and_put(client: PageClient, session: Session) -> None:
    made(session)
    send(client, [row(_id="one"), row(channel="paper", _id="two")])
    assert send(client, {"count": 8}, method="PATCH", then="/one").status_code == 200
    assert [each[3] for each in values(session)] == [8.0, 7.0]
    assert send(client, None, method="DELETE", then="/one").status_code == 200
    assert values(session)[0][2:] == (ValueState.NOT_PROVIDED, None)
    answer = send(client, [], method="PUT")
    assert answer.get_json()["message"] == "g_raw now contains 0 records"
    assert values(session) == []
    assert session.scalars(select(DataRecord.record_id)).all() == []


def test_a_period_without_records_is_as_if_none_had_come(
    client: PageClient, session: Session
) -> None:
    known = made(session, due_days=20)
    send(client, [row(_id="one"), row(channel="paper", _id="two")])
    session.refresh(known)
    before = known.first_start, known.last_start, known.due_on
    assert before == (date(2026, 7, 1), date(2026, 7, 1), date(2026, 9, 20))
    send(client, [row(AUGUST, _id="three"), row(AUGUST, "paper", _id="four")])
    send(client, None, method="DELETE", then="/three")
    # The month has a record still: of the other cell nothing is known.
    assert [each[2] for each in values(session)][2:] == [
        ValueState.NOT_PROVIDED, ValueState.NUMBER,
    ]  # fmt: skip
    send(client, None, method="DELETE", then="/four")
    session.refresh(known)
    assert (known.first_start, known.last_start, known.due_on) == before
    assert {each[0] for each in values(session)} == {date(2026, 7, 1)}
    starts = set(session.scalars(select(ThingFigure.start)))
    assert (starts, rebuilding.wrong_figures(session)) == ({date(2026, 7, 1)}, 0)
    assert rebuilding.wrong_totals(session) == 0
    page = text(client, "/data-sets/g/raw")
    assert "July 2026" in page
    assert "August 2026" not in page
    # What it said, and that it was taken back, stays to be read.
    versions = client.get("/data-sets/g/raw/values/2026-08-01.json").get_json()["items"]
    told_of = [(each["revision"], each["state"], each["current"]) for each in versions]
    assert told_of[:3] == [(3, "not_provided", False), (2, "not_provided", False),
                           (1, "number", False)]  # fmt: skip
    assert send(client, row(AUGUST, _id="three")).status_code == 200
    assert values(session)[-1] == (date(2026, 8, 1), "online", ValueState.NUMBER, 7)
    again = session.scalars(select(DataValue).where(DataValue.revision == 4)).one()
    assert (again.current, again.status) == (True, ValueStatus.REVISED)


def test_the_last_record_that_moves_leaves_no_period(client: PageClient, session: Session) -> None:
    known = made(session, max_age_days=10)
    send(client, row(AUGUST, _id="one"))
    assert send(client, row(JULY, _id="one")).status_code == 200
    assert values(session) == [(date(2026, 7, 1), "online", ValueState.NUMBER, 7)]
    assert send(client, [], method="PUT").status_code == 200
    session.refresh(known)
    assert (known.first_start, known.last_start, known.received_at) == (None, None, None)
    assert known.due_on == known.added_on + timedelta(days=10)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (row(count=-1), "count must be 0 or more"),
        (row(count=10**15), "count must be less than 1,000,000,000,000,000"),
        (row(other=1), "other is not a field of this data set"),
        (row(channel="pigeon"), f"channel must be one of {CHANNELS}"),
        (row(period="week"), "period must be one of ['month']"),
        (row(status="final"), "status must be one of ['provisional', 'published']"),
        (row("2026-07-02T00:00:00Z"), "_timestamp must be the first day of a month"),
        (row("2026-07-01"), "_timestamp must be a date and time, such as 2016-05-02T00:00:00Z"),
        (row("soon"), "_timestamp must be a date and time, such as 2016-05-02T00:00:00Z"),
        (row(count=True), "count must be a whole number"),
        (row(channel=5), "channel must be a text"),
        (row(_id="a b"), "_id is not a valid id"),
        ([row(), row(channel="paper", count="many")],
         "record 2 (index 1): count must be a whole number"),
        ({"_timestamp": JULY, "count": 1}, "'channel' is a required property"),
    ],
)  # fmt: skip
def test_what_the_schema_refuses(
    client: PageClient, session: Session, body: dict[str, Any], why: str
) -> None:
    made(session)
    answer = send(client, body)
    assert (answer.status_code, answer.get_json()) == (400, {"messages": [why]})
    assert values(session) == []


def test_midnight_in_summer_is_of_its_own_day(client: PageClient, session: Session) -> None:
    made(session)
    assert send(client, row("2026-07-01T00:00:00+01:00")).status_code == 200
    assert values(session)[0][0] == date(2026, 7, 1)
    assert told(client)[0]["_month_start_at"] == "2026-07-01T00:00:00+00:00"


def test_a_part_is_not_above_its_whole(client: PageClient, session: Session) -> None:
    made(session, SetKind.VOLUMES)
    body = {"_timestamp": JULY, "transactions": 5, "digital": 6}
    assert send(client, body).get_json() == {
        "messages": ["digital must not be more than transactions"]
    }
    assert send(client, {**body, "digital": 5, "_id": "one"}).status_code == 200
    assert send(client, {"transactions": 4}, method="PATCH", then="/one").status_code == 400
    assert send(client, {"_timestamp": JULY}).status_code == 400


def test_what_is_left_out_is_not_provided(client: PageClient, session: Session) -> None:
    made(session, SetKind.VOLUMES)
    assert (
        send(client, {"_timestamp": JULY, "transactions": 5, "status": "provisional"}).status_code
        == 200
    )
    states = [each[2] for each in values(session)]
    assert sorted(states) == [ValueState.NOT_PROVIDED, ValueState.NOT_PROVIDED, ValueState.NUMBER]


def test_days_take_any_time_of_day(client: PageClient, session: Session) -> None:
    made(session, period=Period.DAY)
    assert send(client, row("2026-07-03T10:30:00Z")).status_code == 200
    assert values(session)[0][0] == date(2026, 7, 3)


def test_small_numbers_are_not_told(client: PageClient, session: Session) -> None:
    made(session, threshold=10)
    body = [row(count=9), row(channel="paper", count=10), row(channel="phone", count=50)]
    send(client, [*body, row(AUGUST, count=30)])
    # The paper one goes as well: the total less the others would tell the small one.
    assert [each["count"] for each in told(client)] == [None, None, 50, 30]
    whole = "?start_at=2026-07-01T00:00:00Z&end_at=2026-09-01T00:00:00Z&period=month"
    sums = told(client, query=f"{whole}&collect=count:sum&collect=count:mean&collect=count:set")
    assert [(each["count:sum"], each["count:mean"]) for each in sums] == [(50, 50), (30, 30)]
    assert sums[0]["count:set"] == [None, 50]
    by = told(client, query="?group_by=count")
    assert [(each["count"], each["_count"]) for each in by] == [(None, 2), (30, 1), (50, 1)]
    assert told(client, query="?filter_by_prefix=count:9") == []
    ordered = told(client, query="?sort_by=count:descending")
    assert [each["_id"] for each in ordered] == [each["_id"] for each in told(client)]
    assert ",9," not in client.get("/data/g/raw?format=csv").get_data(as_text=True)


def test_a_closed_data_set_takes_no_more(client: PageClient, session: Session) -> None:
    made(session).closed_on = date(2026, 9, 1)
    session.commit()
    answer = send(client, row())
    assert (answer.status_code, values(session)) == (400, [])
    assert "closed" in answer.get_json()["message"]
    assert client.get("/data/g/raw").status_code == 200


@pytest.mark.parametrize(
    "at", [f"{day}T00:00:00Z" for day in ("2036-07-01", "9999-12-01", "0001-07-01", "1899-12-01")]
)
def test_no_values_of_what_is_to_come_or_long_before(
    client: PageClient, session: Session, at: str
) -> None:
    made(session)
    answer = send(client, [row(), row(at)])
    assert (answer.status_code, values(session)) == (400, [])
    assert "_timestamp is " in answer.get_json()["messages"][0]


def test_values_of_a_period_that_goes_on_are_provisional(
    client: PageClient, session: Session
) -> None:
    made(session, period=Period.DAY)
    assert send(client, row(f"{today().isoformat()}T00:00:00Z")).status_code == 200
    assert session.scalars(select(DataValue.status)).all() == [ValueStatus.PROVISIONAL]


def test_what_is_published_is_not_provisional_again(client: PageClient, session: Session) -> None:
    made(session)
    assert send(client, row(count=5)).status_code == 200
    answer = send(client, [row(AUGUST), row(count=6, status="provisional")])
    [message] = answer.get_json()["messages"]
    assert answer.status_code == 400 and "status cannot be provisional again" in message
    assert [each[3] for each in values(session)] == [5]
    assert send(client, row(AUGUST, status="provisional")).status_code == 200
    assert send(client, row(AUGUST, count=8, status="provisional")).status_code == 200


def test_what_is_too_long_is_not_repeated(client: PageClient, session: Session) -> None:
    made(session)
    answer = send(client, row(channel="a" * 101))
    assert answer.status_code == 400
    assert "aaaa" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("number", ["1e400", "-1e999", "NaN", "Infinity"])
@pytest.mark.parametrize("many", [1, 12])
def test_what_is_no_number_is_400(
    client: PageClient, session: Session, number: str, many: int
) -> None:
    moving_in.create(session, "g", "raw", ["tok"], Flags(open_schema=True), ACT)
    session.commit()
    fine = f'{{"_timestamp": "{JULY}", "count": 5}}'
    body = f"[{', '.join([fine] * (many - 1) + [fine.replace('5', number)])}]"
    answer = client.post(
        "/data/g/raw", data=body, content_type="application/json",
        headers={"Authorization": "Bearer tok"},
    )  # fmt: skip
    assert answer.status_code == 400
    [message] = answer.get_json()["messages"]
    assert "count must be a number" in message
    assert ("(index 11)" in message) is (many > 10)
    assert told(client) == []
