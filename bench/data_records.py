"""10,000 records of performance data: stored in one request, read one by one and put together; the
floor does the same by plain SQL and a JSON dump.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from flask.testing import FlaskClient
from sqlalchemy import text

from bench import databases
from bench.report import Line
from config import Settings
from portal import create_app
from portal.audit import Act
from portal.db import Database
from portal.performance.actions import moving_in
from portal.performance.actions.moving_in import Flags

RECORDS, ROUNDS = 10_000, 7
TOKEN, FIRST = "bench-token-of-data", datetime(2015, 1, 1, tzinfo=UTC)
CHANNELS = ("online", "phone", "paper", "face-to-face")
MONTHS = (
    "/data/bench/records?period=month&group_by=channel&collect=count:sum"
    "&start_at=2015-01-01T00:00:00Z&end_at=2022-01-01T00:00:00Z"
)
RAW = "/data/bench/records"
Do = Callable[[], Any]


def lines(admin: str | None, loaded: Mapping[int, Database]) -> list[Line]:
    """The three rows."""
    small = {min(loaded): loaded[min(loaded)]}
    with TemporaryDirectory() as name, databases.copy(admin, small, Path(name)) as database:
        settings = Settings("test", "bench" * 8, str(database.url))
        client = create_app(settings, database).test_client()
        rows = list(_rows())
        _make(database)
        return [
            _compare("data-post", "10,000 records in one POST", "<= 2, under 1 s", 1,
                     *_writes(client, database, rows)),
            _compare("data-months", "10,000 records by month and channel", "<= 2, under 50 ms",
                     0.05, _get(client, MONTHS), lambda: _months(database)),
            _compare("data-raw", "10,000 records one by one", "<= 2, under 500 ms", 0.5,
                     _get(client, RAW), lambda: _raw(database)),
        ]  # fmt: skip


def _rows() -> Iterator[dict[str, Any]]:
    for number in range(RECORDS):
        day = FIRST + timedelta(days=number // len(CHANNELS))
        channel = CHANNELS[number % len(CHANNELS)]
        yield {
            "_id": f"{day:%Y%m%d}.{channel}", "_timestamp": day.isoformat(), "channel": channel,
            "period": "day", "department": "dvla", "count": number * 7 % 1000,
        }  # fmt: skip


def _make(database: Database) -> None:
    act = Act("command:bench", datetime.now(UTC), "bench")
    with database.writing() as session:
        moving_in.create(session, "bench", "records", [TOKEN], Flags(open_schema=True), act)
    with database.engine.begin() as connection:
        big = "INTEGER" if database.sqlite else "BIGINT"
        json = "TEXT" if database.sqlite else "JSONB"
        connection.execute(text(
            f"CREATE TABLE bench_record (data_set_id {big}, record_id VARCHAR(500),"
            f" at TIMESTAMP, body {json}, PRIMARY KEY (data_set_id, record_id))"
        ))  # fmt: skip
        connection.execute(text("CREATE INDEX bench_record_at ON bench_record (data_set_id, at)"))


def _compare(key: str, name: str, bar: str, most: float, mine: Do, theirs: Do) -> Line:
    """Run both in turn; what they say must be the same."""
    mine(), theirs()  # the first fill caches
    times = [(_timed(mine), _timed(theirs)) for _ in range(ROUNDS)]
    ratio = statistics.median(a / b for a, b in times)
    own, floor = (statistics.median(pair[at] for pair in times) for at in (0, 1))
    return Line(
        key, name, f"{own * 1000:.0f} ms", f"{floor * 1000:.0f} ms", f"{ratio:.2f}", bar,
        ratio <= 2 and own < most,
    )  # fmt: skip


def _timed(do: Do) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def _get(client: FlaskClient, address: str) -> Do:
    def do() -> None:
        answer = client.get(address)
        if answer.status_code != 200 or not answer.get_json()["data"]:
            raise RuntimeError(f"{address}: {answer.status}")

    return do


def _writes(client: FlaskClient, database: Database, rows: list[dict[str, Any]]) -> tuple[Do, Do]:
    body = orjson.dumps(rows)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}

    def mine() -> None:
        answer = client.post(RAW, data=body, headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status}: {answer.get_data(as_text=True)[:200]}")

    def theirs() -> None:
        found = [
            {"id": each["_id"], "at": _at(each), "body": orjson.dumps(each).decode()}
            for each in orjson.loads(body)
        ]
        with database.engine.begin() as connection:
            connection.execute(_INSERT, found)

    return mine, theirs


_INSERT = text(
    "INSERT INTO bench_record (data_set_id, record_id, at, body) VALUES (1, :id, :at, :body)"
    " ON CONFLICT (data_set_id, record_id) DO UPDATE SET at = excluded.at, body = excluded.body"
)


def _at(row: dict[str, Any]) -> str:
    return str(row["_timestamp"][:19]).replace("T", " ")


def _raw(database: Database) -> bytes:
    query = text("SELECT body FROM bench_record WHERE data_set_id = 1")
    with database.engine.connect() as connection:
        rows = [body for (body,) in connection.execute(query)]
    found = [orjson.loads(body) if isinstance(body, str) else body for body in rows]
    for row in found:
        at = datetime.fromisoformat(row["_timestamp"])
        day = at.replace(hour=0)
        month = day.replace(day=1)
        row.update(
            _hour_start_at=at.isoformat(), _day_start_at=day.isoformat(),
            _week_start_at=(day - timedelta(days=day.weekday())).isoformat(),
            _month_start_at=month.isoformat(),
            _quarter_start_at=month.replace(month=(month.month - 1) // 3 * 3 + 1).isoformat(),
            _year_start_at=month.replace(month=1).isoformat(),
        )  # fmt: skip
    return orjson.dumps({"data": found})


def _months(database: Database) -> bytes:
    month, channel, count = (
        ("substr(at, 1, 7)", "body ->> '$.channel'", "body ->> '$.count'")
        if database.sqlite
        else ("date_trunc('month', at)", "body ->> 'channel'", "(body ->> 'count')::numeric")
    )
    query = text(
        f"SELECT {month} AS m, {channel} AS c, count(*), sum({count}) FROM bench_record"
        " WHERE data_set_id = 1 AND at >= '2015-01-01 00:00:00' AND at < '2022-01-01 00:00:00'"
        " GROUP BY 1, 2 ORDER BY 2, 1"
    )
    of: dict[str, list[Any]] = {}
    with database.engine.connect() as connection:
        for at, name, many, total in connection.execute(query):
            of.setdefault(name, []).append(
                {"_start_at": str(at), "_count": many, "count:sum": int(total)}
            )
    rows = [{"channel": name, "values": values} for name, values in of.items()]
    return orjson.dumps({"data": rows})
