"""10,000 records of performance data: stored in one request, read one by one and put together; the
floor does the same by plain SQL and a JSON dump, in a data set of its own.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
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
        floor = _make(database)
        gc.freeze()  # as wsgi.py does
        gc.set_threshold(10_000, 10, 10)
        return [
            _compare("data-post", "10,000 records in one POST", "<= 2, under 1 s", 1,
                     *_writes(client, database, rows, floor)),
            _compare("data-months", "10,000 records by month and channel", "<= 2, under 50 ms",
                     0.05, _get(client, MONTHS), lambda: _months(database, floor)),
            _compare("data-raw", "10,000 records one by one", "<= 2, under 500 ms", 0.5,
                     _get(client, RAW), lambda: _raw(database, floor)),
        ]  # fmt: skip


def _rows() -> Iterator[dict[str, Any]]:
    for number in range(RECORDS):
        day = FIRST + timedelta(days=number // len(CHANNELS))
        channel = CHANNELS[number % len(CHANNELS)]
        yield {
            "_id": f"{day:%Y%m%d}.{channel}", "_timestamp": day.isoformat(), "channel": channel,
            "period": "day", "department": "dvla", "count": number * 7 % 1000,
        }  # fmt: skip


def _make(database: Database) -> int:
    """The data sets; the id of the floor's."""
    act, flags = Act("command:bench", datetime.now(UTC), "bench"), Flags(open_schema=True)
    with database.writing() as session:
        moving_in.create(session, "bench", "records", [TOKEN], flags, act)
        return moving_in.create(session, "bench", "floor", [], flags, act).id


def _compare(key: str, name: str, bar: str, most: float, mine: Do, theirs: Do) -> Line:
    """Run both in turn; what they say must be the same."""
    mine(), theirs()  # the first fill caches
    times = [(_timed(mine), _timed(theirs)) for _ in range(ROUNDS)]
    ratio, busy = (statistics.median(a[of] / b[of] for a, b in times) for of in (0, 1))
    own, floor = (statistics.median(pair[at][0] for pair in times) for at in (0, 1))
    return Line(
        key, name, f"{own * 1000:.0f} ms", f"{floor * 1000:.0f} ms",
        f"{ratio:.2f} (cpu {busy:.2f})", bar, ratio <= 2 and own < most,
    )  # fmt: skip


def _timed(do: Do) -> tuple[float, float]:
    """By the clock, and of the processor (without PostgreSQL's own, which has its processes)."""
    started, busy = time.perf_counter(), time.process_time()
    do()
    return time.perf_counter() - started, time.process_time() - busy


def _get(client: FlaskClient, address: str) -> Do:
    def do() -> None:
        answer = client.get(address)
        if answer.status_code != 200 or not answer.get_json()["data"]:
            raise RuntimeError(f"{address}: {answer.status}")

    return do


def _writes(
    client: FlaskClient, database: Database, rows: list[dict[str, Any]], floor: int
) -> tuple[Do, Do]:
    body = orjson.dumps(rows)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}

    def mine() -> None:
        answer = client.post(RAW, data=body, headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status}: {answer.get_data(as_text=True)[:200]}")

    def theirs() -> None:
        now, sent = datetime.now(UTC).isoformat(" "), orjson.loads(body)
        counts = orjson.dumps({"records": len(sent)}).decode()
        told = {"set": floor, "now": now, "counts": counts, "digest": sha256(body).hexdigest()}
        at = {text: _utc(text) for text in {each["_timestamp"] for each in sent}}
        found = [
            (floor, each["_id"], place, now, *at[each["_timestamp"]], orjson.dumps(each).decode())
            for place, each in enumerate(sent)
        ]
        with database.engine.begin() as connection:
            connection.exec_driver_sql(
                _INSERT.replace("?", "?" if database.sqlite else "%s"), found
            )
            for statement in _ABOUT:
                connection.execute(text(statement), told)

    return mine, theirs


#: What the portal writes: the records with all their columns and indexes, where a record that was
#: there keeps its place; how they came in; when they did; and one event in the history.
_INSERT = (
    "INSERT INTO data_record (data_set_id, record_id, seq, updated_at, at, day, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (data_set_id, record_id) DO UPDATE SET"
    " updated_at = excluded.updated_at, at = excluded.at, day = excluded.day, body = excluded.body"
)
_ABOUT = (
    (
        "INSERT INTO data_batch (data_set_id, way, actor, at, digest, counts)"
        " VALUES (:set, 'api', 'bench', :now, :digest, :counts)"
    ),
    "UPDATE data_set SET received_at = :now WHERE id = :set",
    (
        "INSERT INTO history_event (at, actor, origin, tag, thing, thing_id, before, after)"
        " VALUES (:now, 'bench', 'bench', 'data_set.received', 'data_set', :set, '{}', :counts)"
    ),
)


def _utc(text: str) -> tuple[str, str]:
    """A moment as it is kept, which is in UTC whatever it was sent with, and its day."""
    at = datetime.fromisoformat(text).astimezone(UTC).isoformat(" ")
    return at, at[:10]


def _raw(database: Database, floor: int) -> bytes:
    query = text("SELECT body FROM data_record WHERE data_set_id = :set ORDER BY seq")
    with database.engine.connect() as connection:
        rows = [body for (body,) in connection.execute(query, {"set": floor})]
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


def _months(database: Database, floor: int) -> bytes:
    month, channel, count = (
        ("substr(at, 1, 7)", "body ->> '$.channel'", "body ->> '$.count'")
        if database.sqlite
        else ("date_trunc('month', at)", "body ->> 'channel'", "(body ->> 'count')::numeric")
    )
    query = text(
        f"SELECT {month} AS m, {channel} AS c, count(*), sum({count}) FROM data_record"
        " WHERE data_set_id = :set AND at >= '2015-01-01 00:00:00' AND at < '2022-01-01 00:00:00'"
        " GROUP BY 1, 2 ORDER BY 2, 1"
    )
    of: dict[str, list[Any]] = {}
    with database.engine.connect() as connection:
        for at, name, many, total in connection.execute(query, {"set": floor}):
            of.setdefault(name, []).append(
                {"_start_at": str(at), "_count": many, "count:sum": int(total)}
            )
    rows = [{"channel": name, "values": values} for name, values in of.items()]
    return orjson.dumps({"data": rows})
