"""An edit with its history, and the floor: the very rows that it writes, by hand."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from bench import databases
from bench.report import Line
from portal.audit import Act
from portal.catalogue.actions import editing
from portal.catalogue.actions.editing import Answer
from portal.db import Database

EDITS = 60
#: A form that was made after every event there is.
NOW = 2**40
#: One statement as the driver takes it: its text, its values, whether they are many rows.
Sent = tuple[str, Any, bool]


def edits(admin: str | None, loaded: Mapping[int, Database], folder: Path) -> Line:
    """Change what services say they do, and write the same rows into a copy by hand."""
    found = {size: _seconds(admin, size, loaded[size], folder) for size in sorted(loaded)}
    (mine, theirs), (small, _floor) = found[max(found)], found[min(found)]
    ratio, growth = mine / theirs, mine / small
    return Line(
        "edit", "edit a service, with its history", f"{mine * 1000:.1f} ms",
        f"{theirs * 1000:.1f} ms", f"{ratio:.1f}, grows {growth:.2f}", "<= 3, grows <= 1.3",
        ratio <= 3 and growth <= 1.3,
    )  # fmt: skip


def _seconds(
    admin: str | None, size: int, source: Database, folder: Path
) -> tuple[float, float]:  # fmt: skip
    """The median of an edit, and of the same rows by hand, in turn on two copies."""
    with (
        databases.copy(admin, {size: source}, folder, f"a{size}") as portal,
        databases.copy(admin, {size: source}, folder, f"b{size}") as floor,
        floor.engine.connect() as connection,
    ):
        raw: Any = connection.connection.driver_connection
        ids = _services(portal)
        times: list[tuple[float, float]] = []
        for number, id_ in enumerate(ids):
            answer = Answer("purpose", {"purpose": f"What service {number} does now"}, NOW)
            act = Act("command:bench", datetime.now(UTC), f"bench-{number}")
            with _sent(portal) as statements:
                started = time.perf_counter()
                editing.edit(portal, "service", id_, answer, act)
                mine = time.perf_counter() - started
            writes = [each for each in statements if not each[0].lstrip().startswith("SELECT")]
            started = time.perf_counter()
            _write(raw, floor.sqlite, writes)
            times.append((mine, time.perf_counter() - started))
        if _said(portal, ids) != _said(floor, ids):
            raise AssertionError("the rows by hand say something else than the edits")
    # The first edits fill caches.
    mine, theirs = (statistics.median(pair[at] for pair in times[10:]) for at in (0, 1))
    return mine, theirs


def _services(database: Database) -> list[int]:
    with database.engine.connect() as connection:
        many = connection.execute(text("SELECT max(id) FROM service")).scalar_one()
    return [1 + many * number // EDITS for number in range(EDITS)]


@contextmanager
def _sent(database: Database) -> Iterator[list[Sent]]:
    """The statements that a database is sent meanwhile."""
    found: list[Sent] = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, _c: Any, m: bool) -> None:
        found.append((statement, values, m))

    event.listen(database.engine, "before_cursor_execute", hear)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", hear)


def _write(raw: Any, sqlite: bool, statements: list[Sent]) -> None:
    cursor = raw.cursor()
    if sqlite and not statements[0][0].startswith("BEGIN"):
        cursor.execute("BEGIN IMMEDIATE")
    for statement, values, many in statements:
        if many:
            cursor.executemany(statement, values)
        else:
            cursor.execute(statement, values)
    raw.commit()


def _said(database: Database, ids: list[int]) -> Any:
    marks = ", ".join(map(str, ids))
    with database.engine.connect() as connection:
        services = text(f"SELECT id, purpose, version FROM service WHERE id IN ({marks})")
        last = text("SELECT max(id) FROM history_event")
        found = text(f"SELECT id, body FROM search_document WHERE id IN ({marks})")
        return [sorted(map(tuple, connection.execute(each))) for each in (services, last, found)]
