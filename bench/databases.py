"""Where the synthetic catalogue is kept: loaded once for each size, used again while it fits."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, text

from bench.synthetic import everything
from bench.synthetic_reports import PUBLISH
from portal import migrations
from portal.assessments.actions import report_kind
from portal.assessments.store import counts as assessment_counts
from portal.catalogue.actions import indexing
from portal.catalogue.store import service_counts, usage_counts
from portal.db import Database
from portal.reports.store import pipeline_facts, reuse_counts
from tests.databases import drop_database, make_database, postgresql_server

FOLDER = Path(__file__).resolve().parent / "data"


@contextmanager
def server(kind: str) -> Iterator[str | None]:
    """The PostgreSQL to make databases on (as the tests find one), None for SQLite."""
    if kind == "sqlite":
        yield None
        return
    with postgresql_server() as admin:
        yield admin


def load(admin: str | None, services: int) -> Database:
    """A database with the synthetic catalogue; made where it is missing or out of date."""
    mark = _mark(services)
    if admin is None:
        database = Database(f"sqlite:///{FOLDER / f'{services}-{mark}.sqlite'}")
    else:
        database = _postgresql(admin, f"portal_test_bench_{services}_{mark}")
    if _is_loaded(database):
        return database
    if database.sqlite:
        database.close()
        clean(services)
    started = time.perf_counter()
    _fill(database, services)
    print(f"loaded {services:,} services in {time.perf_counter() - started:.0f} s", flush=True)
    return database


def _mark(services: int) -> str:
    """What a database was made from: the generator, the migrations."""
    digest = hashlib.sha256(repr(list(everything(20))).encode())
    for path in sorted((migrations.FOLDER / "versions").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def _postgresql(admin: str, name: str) -> Database:
    database = Database(_sibling(admin, name))
    return database if _is_loaded(database) else Database(make_database(admin, name))


def _sibling(admin: str, name: str) -> str:
    return make_url(admin).set(database=name).render_as_string(hide_password=False)


def _is_loaded(database: Database) -> bool:
    try:
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1 FROM bench_loaded"))
            return True
    except Exception:  # noqa: BLE001
        return False


def _fill(database: Database, services: int) -> None:
    migrations.upgrade(database)
    with database.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        if database.sqlite:
            raw.execute("PRAGMA foreign_keys = OFF")
            raw.execute("PRAGMA synchronous = OFF")
            raw.execute("PRAGMA cache_size = -1000000")
        for table, columns, rows in everything(services):
            _copy(raw, database.sqlite, table, columns, rows)
        raw.execute(PUBLISH)
        if not database.sqlite:
            _set_sequences(connection)
        connection.commit()
    database.engine.dispose()
    report_kind.install()
    with database.writing() as session:
        indexing.reindex(session)
        service_counts.rebuild(session)
        usage_counts.rebuild(session)
        assessment_counts.rebuild(session)
        reuse_counts.rebuild(session)
        pipeline_facts.rebuild(session)
    with database.engine.connect() as connection:
        # Past SQLAlchemy: neither statement may run in a transaction.
        raw = connection.connection.driver_connection
        if not database.sqlite:
            connection.rollback()
            raw.autocommit = True
        elif raw.in_transaction:
            raw.execute("COMMIT")
        raw.execute("ANALYZE" if database.sqlite else "VACUUM ANALYZE")
        raw.execute("CREATE TABLE bench_loaded (id INTEGER)")
        connection.invalidate()
    database.engine.dispose()


def _copy(
    raw: Any, sqlite: bool, table: str, columns: tuple[str, ...], rows: Sequence[tuple[object, ...]]
) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    if sqlite:
        marks = ", ".join("?" * len(columns))
        raw.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        return
    with raw.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _set_sequences(connection: Any) -> None:
    """The rows came with their ids, so the sequences stand at the start."""
    found = connection.execute(text(
        "SELECT c.table_name FROM information_schema.columns c "
        "WHERE c.table_schema = 'public' AND c.column_name = 'id' "
        "AND pg_get_serial_sequence(quote_ident(c.table_name), 'id') IS NOT NULL"
    )).scalars().all()  # fmt: skip
    for table in found:
        connection.execute(text(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
            f"(SELECT coalesce(max(id), 1) FROM {table}))"
        ))  # fmt: skip


def clean(services: int) -> None:
    """Remove what earlier generators made at this size, or what was never finished."""
    for path in FOLDER.glob(f"{services}-*.sqlite*"):
        os.unlink(path)


@contextmanager
def copy(
    admin: str | None, loaded: Mapping[int, Database], folder: Path, label: str = "copy"
) -> Iterator[Database]:
    """A copy of the largest of these databases that may be written to; thrown away afterwards."""
    source = loaded[max(loaded)]
    source.close()
    if admin is None:
        path = folder / f"{label}.sqlite"
        shutil.copyfile(str(source.url.database), path)
        database = Database(f"sqlite:///{path}", busy_timeout_ms=60_000)
    else:
        name = f"portal_test_bench_{label}"
        database = Database(make_database(admin, name, source.url.database))
    try:
        yield database
    finally:
        database.close()
        if admin is not None:
            drop_database(admin, name)
