"""An import of a made-up file, and the floor: executemany of the very rows that it leaves."""

from __future__ import annotations

import csv
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import inspect

from bench import databases
from bench.report import Line
from bench.servers import ROOT
from bench.synthetic_words import ADJECTIVES, CATEGORIES, NOUNS, VERBS
from portal.db import Database

#: Enough that the start of a program hardly counts.
ROWS = 30_000
HEADER = ("Department", "Agency/body", "Name of service", "Slug", "URL", "Description of service",
          "Category", "Customer type", "Business model", "Keywords")  # fmt: skip
#: What an import of services writes, parents first; what search derives is copied as well.
TABLES = ("import_batch", "service", "service_audience", "service_phase", "service_owner",
          "service_name", "service_link", "service_api", "service_relation", "imported_record",
          "history_event", "service_count", "organisation_match", "review", "reuse_fact",
          "reuse_count", "search_document", "search_word", "search_thing")  # fmt: skip
#: Those of which an import changes rows that were there.
COUNTED = ("service_count", "reuse_count", "search_word", "search_thing")


def services_csv(path: Path, rows: int, seed: int = 7) -> Path:
    """Write a file of new services in the form of the Performance Platform's."""
    rng = random.Random(seed)  # noqa: S311 - made-up data, not a secret
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for n in range(rows):
            name = f"{rng.choice(VERBS)} {rng.choice(ADJECTIVES)} {rng.choice(NOUNS)} number {n}"
            slug = f"imported-{n}"
            described = " ".join(rng.choices(NOUNS, k=20))
            body = f"Department of {rng.choice(NOUNS)}"
            writer.writerow((body, "", name, slug, f"https://service.example/{slug}", described,
                             rng.choice(CATEGORIES), "individuals", "", ""))  # fmt: skip
    return path


def environment(database: Database) -> dict[str, str]:
    """What a command of the portal needs to run on a database."""
    url = database.url.render_as_string(hide_password=False)
    return {**os.environ, "PORTAL_ENV": "development", "DATABASE_URL": url,
            "PYTHONPATH": str(ROOT), "PORTAL_LOG_LEVEL": "ERROR"}  # fmt: skip


def against_executemany(
    admin: str | None, loaded: Mapping[int, Database], folder: Path
) -> Line:  # fmt: skip
    """Import into a copy of the small catalogue; then the rows it left into another copy."""
    small = {min(loaded): loaded[min(loaded)]}
    file = services_csv(folder / "services.csv", ROWS)
    with databases.copy(admin, small, folder, "a") as target:
        before = _contents(target)
        started, busy = time.perf_counter(), _busy(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "import", "services-csv", str(file),
             "--yes"],
            cwd=ROOT, env=environment(target), check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        mine = time.perf_counter() - started
        mine_busy = _busy(resource.RUSAGE_CHILDREN) - busy
        after = _contents(target)
    rows = {name: list(after[name] - before[name]) for name in TABLES}
    with databases.copy(admin, small, folder, "b") as target:
        started, busy = time.perf_counter(), _busy(resource.RUSAGE_SELF)
        _write(target, rows, after)
        floor = time.perf_counter() - started
        floor_busy = _busy(resource.RUSAGE_SELF) - busy
        if _contents(target) != after:
            raise AssertionError("executemany left other rows than the import")
    many = sum(map(len, rows.values()))
    ratio = f"{floor / mine:.2f}"
    if target.sqlite:  # PostgreSQL's own work is in processes of its own
        ratio += f" (cpu {floor_busy / mine_busy:.2f})"
    return Line(
        "import", f"import of {ROWS:,} services",
        f"{many / mine:,.0f} rows per s, {mine:.1f} s", f"{many / floor:,.0f} rows per s",
        ratio, ">= 0.25", floor / mine >= 0.25,
    )  # fmt: skip


def _busy(who: int) -> float:
    """Seconds of processor time so far."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _columns(database: Database, table: str) -> list[str]:
    return [f'"{column["name"]}"' for column in inspect(database.engine).get_columns(table)]


def _contents(database: Database) -> dict[str, set[Any]]:
    """Every row of the tables that an import writes, as both drivers take it back."""
    found: dict[str, set[Any]] = {}
    cast = "" if database.sqlite else "::text"
    columns = {name: _columns(database, name) for name in TABLES}
    with database.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        for name in TABLES:
            listed = ", ".join(column + cast for column in columns[name])
            found[name] = set(raw.execute(f"SELECT {listed} FROM {name}"))
    return found


def _write(database: Database, rows: dict[str, list[Any]], after: dict[str, set[Any]]) -> None:
    """Put the rows in with executemany, in one transaction, and make them findable."""
    mark = "?" if database.sqlite else "%s"
    columns = {name: _columns(database, name) for name in TABLES}
    with database.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        cursor = raw.cursor()
        if database.sqlite:
            cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute("BEGIN")
        for name in TABLES:
            new = rows[name]
            if name in COUNTED:
                cursor.execute(f"DELETE FROM {name}")
                new = list(after[name])
            marks = ", ".join([mark] * len(columns[name]))
            listed = ", ".join(columns[name])
            cursor.executemany(f"INSERT INTO {name} ({listed}) VALUES ({marks})", new)
        if database.sqlite:
            cursor.execute("INSERT INTO search_text (search_text) VALUES ('rebuild')")
        raw.commit()
