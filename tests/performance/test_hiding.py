"""What is not shown is not shown anywhere: pages, files, the API, tiles and series agree."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from portal import clock, migrations
from portal.audit import record
from portal.performance.actions import answering, moving_in
from portal.performance.actions.moving_in import Flags
from portal.performance.models.values import DataRecord
from portal.performance.rules.entries import Sent
from portal.performance.store import data_sets, rebuilding
from portal.performance.words import SetKind, Way
from tests.performance.test_api import send
from tests.performance.test_api_values import AUGUST, JULY, made, row
from tests.support.data import ACT
from tests.support.pages import PageClient
from tests.support.performance import number

CELLS = {"online": 90, "phone": 3, "paper": 40, "other": 70}
SET, BOARD = "/data-sets/g/raw", "/services/a-service/performance"
START = date(2026, 7, 1)
MONTH = "start_at=2026-07-01T00:00:00Z&end_at=2026-08-01T00:00:00Z&period=month"


def lines(client: PageClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).get_data(as_text=True))))


def told(client: PageClient) -> dict[str, Any]:
    """What each place says of the transactions of the period, and which channels have a number."""
    cells = lines(client, f"{SET}.csv")
    grouped = client.get(f"/data/g/raw?{MONTH}&collect=count:sum").get_json()["data"]
    tile, *_others = client.get(f"{BOARD}.json").get_json()["items"]
    [point] = lines(client, f"{BOARD}/charts/transactions.csv")
    records = client.get("/data/g/raw").get_json()["data"]
    shown = [
        {each["channel"] for each in cells if each["number"]},
        {each["channel"] for each in records if each["count"] is not None},
        {each["channel"] for each in lines(client, f"{SET}/values/2026-07-01.csv")
         if each["number"] and each["current"] != "false"},
    ]  # fmt: skip
    assert shown[0] == shown[1] == shown[2]
    sums = {
        sum(float(each["number"] or 0) for each in cells), grouped[0]["count:sum"], tile["value"],
        float(next(value for name, value in point.items() if name == "value")),
    }  # fmt: skip
    return {"shown": shown[0], "sums": sums}


def test_every_place_agrees_also_when_a_number_is_revised(
    client: PageClient, session: Session
) -> None:
    made(session, threshold=5)
    send(client, [row(channel=channel, count=many) for channel, many in CELLS.items()])
    assert told(client) == {"shown": {"online", "other"}, "sums": {160}}
    send(client, row(channel="phone", count=8))
    # That on paper stayed the same: with it, 3 would be the sum of before less the others.
    assert told(client) == {"shown": {"online", "other"}, "sums": {160}}
    every = lines(client, f"{SET}/values/2026-07-01.csv")
    numbers = [(each["channel"], each["number"]) for each in every if each["number"]]
    assert sorted(numbers) == [("online", "90"), ("other", "70")]
    send(client, row(channel="online", count=95))
    assert told(client) == {"shown": {"online", "other"}, "sums": {165}}
    assert rebuilding.wrong_figures(session) == 0


def test_the_history_tells_no_digest_that_can_be_guessed(
    client: PageClient, session: Session
) -> None:
    data_set = made(session, threshold=5)
    send(client, [row(channel=channel, count=many) for channel, many in CELLS.items()])
    unsalted = {"digest": "5e884898da28", "way": "api", "new": 4}
    record(session, ACT, "data_set.received", data_sets.THING, data_set.id, None, unsalted)
    session.commit()
    events = client.get(f"{SET}/history.json").get_json()["items"]
    received = [each["after"] for each in events if each["tag"] == "data_set.received"]
    assert len(received) == 2 and not any("digest" in each for each in received)
    send(client, [row(channel=channel, count=many) for channel, many in CELLS.items()])
    events = client.get(f"{SET}/history.json").get_json()["items"]
    said = [e["after"]["salted_digest"] for e in events if "salted_digest" in e["after"]]
    assert len(said) == len(set(said)) == 2, "the same that was sent again has another digest"


@pytest.mark.parametrize("way", [Way.API, Way.FORM, Way.FILE])
def test_programs_are_not_told_without_dimensions_either(
    client: PageClient, session: Session, way: Way
) -> None:
    row = made(session, SetKind.COMPLETION, threshold=10)
    if way is Way.API:
        send(client, {"_timestamp": JULY, "started": 100, "completed": 95})
    else:
        said = number(START, "started", 100), number(START, "completed", 95)
        answering.keep_entries(session, row, said, Sent(way), ACT)
        session.commit()
    [told_] = client.get("/data/g/raw").get_json()["data"]
    assert (told_["started"], told_["completed"]) == (100, None)
    queries = (
        "", "group_by=completed", "group_by=started&collect=completed:set", f"{MONTH}",
        "group_by=period&collect=completed:sum&collect=completed:mean&collect=completed",
        f"{MONTH}&collect=completed:sum", f"{MONTH}&group_by=completed&flatten=true",
        "group_by=started&collect=completed:sum&sort_by=completed:sum:descending",
    )  # fmt: skip
    for query in queries:
        for address in ("/data/g/raw", "/g_raw"):
            for form in ("", "&format=csv"):
                answer = client.get(f"{address}?{query}{form}")
                assert answer.status_code == 200, query
                assert "95" not in answer.get_data(as_text=True), (address, query, form)
    for query in ("filter_by=completed:95", "filter_by_prefix=completed:9"):
        assert client.get(f"/data/g/raw?{query}").get_json()["data"] == []


@pytest.mark.parametrize(
    ("kind", "numbers", "gone"),
    [
        (SetKind.VOLUMES, {"transactions": 1000, "digital": 995}, {"digital"}),
        (SetKind.COMPONENT_VOLUMES, {"volume": 3, "pounds": 45}, {"volume", "pounds"}),
        (SetKind.OUTCOMES, {"processed": 50, "intended": 3}, {"intended"}),
        (SetKind.SATISFACTION, {f"rating_{n}": 3 * n for n in range(1, 6)},
         {f"rating_{n}" for n in range(1, 6)}),
    ],
)  # fmt: skip
def test_every_sort_without_dimensions(
    client: PageClient, session: Session, kind: SetKind, numbers: dict[str, int], gone: set[str]
) -> None:
    made(session, kind, threshold=10)
    assert send(client, {"_timestamp": JULY, **numbers}).status_code == 200
    [told_] = client.get("/data/g/raw").get_json()["data"]
    assert {key: told_[key] for key in numbers} == {**numbers, **dict.fromkeys(gone)}


def test_what_goes_with_a_small_number_is_not_found_by_order(
    client: PageClient, session: Session
) -> None:
    made(session, SetKind.VOLUMES, threshold=10)
    months = [("2026-06-01T00:00:00Z", 5, 7.5), (JULY, 6, 3.25), (AUGUST, 500, 5)]
    rows = [{"_timestamp": at, "transactions": n, "unit_cost": c} for at, n, c in months]
    send(client, rows)
    for query in ("filter_by_prefix=unit_cost:3", "filter_by_prefix=unit_cost:7"):
        assert client.get(f"/data/g/raw?{query}").get_json()["data"] == []
    found = client.get("/data/g/raw?sort_by=unit_cost:ascending").get_json()["data"]
    assert [each["unit_cost"] for each in found] == [None, None, 5]
    assert [each["_timestamp"][:7] for each in found] == ["2026-06", "2026-07", "2026-08"]


def test_a_period_without_dimensions_has_one_record(client: PageClient, session: Session) -> None:
    made(session, SetKind.COMPLETION)
    send(client, {"_id": "mine", "_timestamp": JULY, "started": 100, "completed": 95})
    other = send(client, {"_id": "other", "_timestamp": JULY, "started": 90})
    assert other.status_code == 400
    assert "another _id has the values of 2026-07-01" in str(other.get_json())
    assert send(client, b"", then="/mine", method="DELETE").status_code == 200
    assert lines(client, f"{SET}.csv") == []


def test_records_from_before_have_the_cell_of_their_values(
    client: PageClient, session: Session
) -> None:
    row = made(session, SetKind.COMPLETION, threshold=10)
    send(client, {"_id": "old", "_timestamp": JULY, "started": 100, "completed": 3})
    send(client, {"_id": "june", "_timestamp": "2026-06-01T00:00:00Z", "started": 100})
    etag = client.get("/data/g/raw").headers["ETag"]
    session.execute(update(DataRecord).values(cell=None))
    session.add(
        DataRecord(data_set_id=row.id, record_id="new", at=clock.now(), day=START, body={}, seq=9,
                   updated_at=clock.now() + timedelta(1))
    )  # fmt: skip
    open_ = moving_in.create(session, "g", "open", ["tok"], Flags(open_schema=True), ACT)
    session.commit()
    send(client, [{"_id": str(n), "_timestamp": JULY} for n in range(2)], "open")
    before = client.get("/data/g/raw").get_json()["data"]
    assert [each.get("completed") for each in before] == [None, None, None]
    scripts = ScriptDirectory(str(migrations.FOLDER))
    for statement in scripts.get_revision("0059").module.MENDS:
        session.execute(text(statement))
    session.commit()
    r = DataRecord
    cells = session.execute(select(r.data_set_id, r.record_id, r.cell).order_by(r.record_id)).all()
    here, there = row.id, open_.id
    assert [tuple(each) for each in cells] == [
        (there, "0", None), (there, "1", None), (here, "june", ""), (here, "new", ""),
    ]  # fmt: skip
    found = client.get("/data/g/raw", headers={"If-None-Match": etag})
    assert found.status_code == 200 and found.headers["ETag"] != etag
