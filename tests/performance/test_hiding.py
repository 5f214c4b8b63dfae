"""What is not shown is not shown anywhere: pages, files, the API, tiles and series agree."""

from __future__ import annotations

import csv
import io
from typing import Any

from sqlalchemy.orm import Session

from portal.audit import record
from portal.performance.store import data_sets, rebuilding
from tests.performance.test_api import send
from tests.performance.test_api_values import made, row
from tests.support.data import ACT
from tests.support.pages import PageClient

CELLS = {"online": 90, "phone": 3, "paper": 40, "other": 70}
SET, BOARD = "/data-sets/g/raw", "/services/a-service/performance"
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
