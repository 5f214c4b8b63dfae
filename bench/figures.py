"""Figures of services by month, 50 values each: how long it takes to work all of them out afresh,
and pages that read what follows; at two sizes, in databases of their own.

The floor (floor_board.py) reads the same totals by plain SQL into a plain page that shows the same,
or volumes into JSON.
"""

from __future__ import annotations

import random
import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from flask import Flask
from sqlalchemy import text

from bench import databases, synthetic
from bench.floor import pages
from bench.floor_board import BODIES, TOTALS, UNITS, board
from bench.report import Line
from bench.synthetic_words import SEED, STAMP, Rows
from config import Settings
from portal import create_app, migrations
from portal.catalogue.store import service_counts
from portal.db import Database
from portal.performance.rules import periods
from portal.performance.store import rebuilding
from portal.performance.words import Period
from tests.databases import drop_database, make_database

ROUNDS, TIMES = 5, 4
#: Of each service; and of the one component.
MONTHS = [periods.later(Period.MONTH, date(2024, 7, 1), n) for n in range(25)]
COMPONENT_MONTHS = [periods.later(Period.MONTH, date(2016, 8, 1), n) for n in range(120)]
BOARD, VOLUME = "/performance?years=2", "/components/component-1/performance/volume.json"
Do = Callable[[], str]


def lines(admin: str | None, loaded: Mapping[int, Database]) -> list[Line]:
    """The rows."""
    with ExitStack() as stack:
        made = {size: stack.enter_context(_made(admin, size)) for size in sorted(loaded)}
        sizes = list(made)
        rebuilt = [_rebuilt(each, size) for size, each in made.items()][-1]
        boards = {size: (_page(each, BOARD), _board(each)) for size, each in made.items()}
        volume = {size: (_page(each, VOLUME), _volume(each)) for size, each in made.items()}
        for told, (mine, theirs) in ((False, boards[sizes[-1]]), (True, volume[sizes[-1]])):
            _same(mine(), theirs(), told)
        return [
            rebuilt,
            _compare("board", "government's dashboard", 1.8, 3.5, boards),
            _compare("volume", "cumulative volume of a component", None, 1.3, volume),
        ]


@contextmanager
def _made(admin: str | None, services: int) -> Iterator[Database]:
    with TemporaryDirectory() as folder:
        name = f"portal_test_bench_figures_{services}"
        url = f"sqlite:///{Path(folder) / 'figures.sqlite'}" if admin is None else ""
        database = Database(url or make_database(str(admin), name))
        try:
            started = time.perf_counter()
            _fill(database, services)
            took = time.perf_counter() - started
            print(f"made {services * 50:,} values in {took:.0f} s", flush=True)
            yield database
        finally:
            database.close()
            if admin is not None:
                drop_database(admin, name)


def _fill(database: Database, services: int) -> None:
    migrations.upgrade(database)
    with database.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        if database.sqlite:
            raw.execute("PRAGMA foreign_keys = OFF")
            raw.execute("PRAGMA synchronous = OFF")
        for rows in _catalogue(services):
            databases._copy(raw, database.sqlite, *rows)
        for statement in _statements(services):
            raw.execute(statement)
        raw.commit()
    database.engine.dispose()
    with database.writing() as session:
        service_counts.rebuild(session)


def _catalogue(services: int) -> Iterator[Rows]:
    yield from synthetic._organisations()
    yield from synthetic._components()
    rng = random.Random(SEED)  # noqa: S311 - made-up data, not a secret
    for first in range(1, services + 1, 1_000):
        yield next(synthetic._services(rng, first, min(first + 1_000, services + 1)))


def _statements(services: int) -> Iterator[str]:
    """What data sets hold, made by the database itself."""
    kept = (
        '"group", type, title, kind, period, open_schema, published, raw_queries, realtime, '
        "queryable, auto_ids, threshold, definition, version, edited_at"
    )
    plain = f"false, true, true, false, true, '[]', 0, 1, 1, '{STAMP}'"
    yield (
        f"INSERT INTO data_set (id, service_id, {kept}) SELECT id, id, 's-' || id, 'volumes', "
        f"'Volumes', 'volumes', 'month', {plain} FROM service"
    )
    last = services + 1
    yield (
        f"INSERT INTO data_set (id, component_id, {kept}) VALUES ({last}, 1, 'c-1', 'volumes', "
        f"'Volumes', 'component_volumes', 'month', {plain})"
    )
    for place, (key, which) in enumerate(
        [("transactions", "<"), ("digital", "<"), ("volume", "=")]
    ):
        yield (
            "INSERT INTO data_measure (id, data_set_id, position, key, title, unit, summable) "
            f"SELECT 3 * id + {place}, id, {place}, '{key}', '{key}', 'count', true "
            f"FROM data_set WHERE id {which} {last}"
        )
    yield (
        "INSERT INTO data_batch (id, data_set_id, way, actor, at, digest, counts) "
        f"SELECT id, id, 'api', 'command:bench', '{STAMP}', '', '{{}}' FROM data_set"
    )
    for key, starts in (
        ("transactions", MONTHS), ("digital", MONTHS), ("volume", COMPONENT_MONTHS)
    ):  # fmt: skip
        many = "(m.data_set_id * 7919 + w.n * 31) % 1000 + 10"
        part = "/ 2" if key == "digital" else ""
        named = ", ".join(f"({n}, date('{start}'))" for n, start in enumerate(starts))
        yield (
            f"WITH w (n, start) AS (VALUES {named}) "
            "INSERT INTO data_value (data_set_id, measure_id, start, cell, revision, current, "
            "state, number, status, definition, batch_id) "
            f"SELECT m.data_set_id, m.id, w.start, '', 1, true, 'number', ({many}) {part}, "
            f"'published', 1, m.data_set_id FROM data_measure m CROSS JOIN w WHERE m.key = '{key}'"
        )


def _rebuilt(database: Database, services: int) -> Line:
    """All figures and totals worked out afresh, at both sizes; the memory that it takes."""
    started, busy = time.perf_counter(), time.process_time()
    with _watched() as seen, database.writing() as session:
        many = rebuilding.rebuild(session)
    took, busy = time.perf_counter() - started, time.process_time() - busy
    grown = max(seen) - seen[0]
    print(f"{services * 50:,} values: {took:.0f} s, cpu {busy:.0f} s, {grown:+.0f} MB", flush=True)
    return Line(
        "rebuild", f"figures and totals of {services * 50:,} values",
        f"{took:.0f} s (cpu {busy:.0f})", "",
        f"{many:,} rows, {grown:+.0f} MB", "<= +100 MB", grown <= 100,
    )  # fmt: skip


@contextmanager
def _watched() -> Iterator[list[float]]:
    """Memory of this process's own meanwhile (MiB), SQLite's cache of pages with it. What the
    system has mapped of the file of a database is left out: it may drop that at any time.
    """
    seen, over = [_own()], threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            seen.append(_own())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def _own() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("RssAnon:")[1].split()[0]) / 1024


def _page(database: Database, address: str) -> Do:
    url = database.url.render_as_string(hide_password=False)
    app = create_app(Settings("test", "bench" * 8, url, kept_pages_mb=0), database)
    client = app.test_client()

    def do() -> str:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status}")
        return answer.get_data(as_text=True)

    return do


def _board(database: Database) -> Do:
    template, floor = pages.get_template("board.html"), Flask("floor", static_folder=None)
    units, totals, bodies = (text(sql) for sql in (UNITS, TOTALS, BODIES))

    @floor.get("/performance")
    def answer() -> str:
        with database.engine.connect() as connection:
            (many,) = connection.execute(units).one()
            sums = connection.execute(totals).all()
            ranked = connection.execute(bodies, {"start": str(MONTHS[-1])}).all()
        return board(many, sums, ranked, template)

    client = floor.test_client()
    return lambda: client.get(BOARD).get_data(as_text=True)


_VOLUMES = text(
    "SELECT start, number FROM thing_figure WHERE kind = 'component' AND of_id = 1"
    " AND period = 'month' AND figure = 'volume' ORDER BY start"
)


def _volume(database: Database) -> Do:
    def do() -> str:
        with database.engine.connect() as connection:
            rows = connection.execute(_VOLUMES).all()
        totals = accumulate(number for _, number in rows)
        found = [
            {"day": periods.end_of(Period.MONTH, date.fromisoformat(str(start))).isoformat(),
             "total": total}
            for (start, _), total in zip(rows, totals, strict=True)
        ]  # fmt: skip
        return orjson.dumps({"items": found}).decode()

    return do


def _same(mine: str, theirs: str, as_json: bool) -> None:
    """Raise unless the portal says what the floor says."""
    if as_json:
        one, other = (
            [(each["day"], each["total"]) for each in orjson.loads(told)["items"]]
            for told in (mine, theirs)
        )
        if one != other:
            raise AssertionError("the volumes differ")
        return
    cells = [
        found.strip()
        for found in re.findall(r">([^<>]+)</(?:th|td|h2|h3|option)>", theirs.split("<main")[1])
        if " like for like to " not in found
    ]
    missing = [cell for cell in cells if cell not in mine]
    if missing or not cells:
        raise AssertionError(f"the dashboard does not say {missing[:5]}")


def _compare(
    key: str, name: str, most: float | None, growth: float, pairs: Mapping[int, tuple[Do, Do]]
) -> Line:
    """Run all in turn; processor time, and how it grows with the size."""
    times: dict[tuple[int, int], list[float]] = {}
    for _ in range(ROUNDS + 1):
        for size, both in pairs.items():
            for side, do in enumerate(both):
                times.setdefault((size, side), []).append(_timed(do))
    middle = {key: statistics.median(each[1:]) for key, each in times.items()}
    small, large = min(pairs), max(pairs)
    ratio, grows = middle[large, 0] / middle[large, 1], middle[large, 0] / middle[small, 0]
    holds = (most is None or ratio <= most) and grows <= growth
    bar = f"grows <= {growth}" if most is None else f"<= {most}, grows <= {growth}"
    mine, theirs = (f"{middle[large, side] * 1000:.1f} ms cpu" for side in (0, 1))
    return Line(key, name, mine, theirs, f"{ratio:.2f}, grows {grows:.2f}", bar, holds)


def _timed(do: Do) -> float:
    started = time.process_time()
    for _ in range(TIMES):
        do()
    return (time.process_time() - started) / TIMES
