"""A run of the savings model with its 5,000 draws, as its command, and the floor: the uses read by
plain SQL, as many draws in floats, and the very rows that the run leaves put in by the driver.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text

from bench import databases, imports
from bench.report import Line
from bench.servers import ROOT
from bench.synthetic_words import COMPONENTS
from portal.audit import Act
from portal.db import Database
from portal.reports.actions import assuming
from portal.reports.rules.ranges import DRAWS

#: Low, central and high of each, by size where there are four.
SHARES = {"additionality": (0.5, 0.8, 1), "relative_cost": (0.1, 0.2, 0.35),
          "optimism": (0.1, 0.5, 2), "own_run": (4_000, 8_000, 12_000)}  # fmt: skip
BANDS = {"smallest": 1, "small": 40, "medium": 150, "large": 250}
BY_BAND = {"build": 1_000, "run": 400, "exit_cost": 300}
#: Two of three live uses are confirmed.
CONFIRM = """UPDATE usage SET confirmed_on = :day
    WHERE status = 'live' AND arrangement = 'shared_component' AND id % 3 < 2"""
USES = """SELECT u.id, s.slug, c.slug, k.slug, u.since, u.until, u.status, u.confirmed_on,
    s.yearly_transactions FROM usage u JOIN service s ON s.id = u.service_id
    JOIN component k ON k.id = u.component_id JOIN capability c ON c.id = u.capability_id
    WHERE u.arrangement = 'shared_component' ORDER BY s.slug, c.slug, k.slug"""
COLUMNS = ("run_id", "service_id", "capability_id", "kind", "platform_id", "component_id",
           "organisation_id", "years", "usages", "assumptions")  # fmt: skip


def lines(admin: str | None, loaded: Mapping[int, Database]) -> list[Line]:
    """The row."""
    with TemporaryDirectory() as name, databases.copy(admin, loaded, Path(name), "savings") as made:
        act = Act("command:bench", datetime.now(UTC), "bench")
        with made.writing() as session:
            session.execute(text(CONFIRM), {"day": act.day})
        assuming.bring(made, assumptions(), "Bench", act)
        made.close()
        mine, mine_busy, peak = _run(made)
        floor, floor_busy, many = _floor(made)
        ratio = f"{mine / floor:.1f}"
        if made.sqlite:  # PostgreSQL's own work is in processes of its own
            ratio += f" (cpu {mine_busy / floor_busy:.1f})"
        name = f"savings run, {DRAWS:,} draws, {many:,} claims"
        told = f"{mine:.0f} s (cpu {mine_busy:.0f}), {peak:.0f} MB"
        return [Line("savings", name, told, f"{floor:.1f} s", ratio, "60 s asked for", None)]


def assumptions() -> dict[str, Any]:
    """A version with a cost for every component: a range of its own for each, made up."""
    rows = [_row(field, *ends) for field, ends in SHARES.items()]
    rows += [
        _row(field, many * each // 2, many * each, many * each * 2, band=band)
        for band, many in BANDS.items()
        for field, each in BY_BAND.items()
    ]
    rows += [
        _row("platform", 10**6 + n, 2 * 10**6 + n, 3 * 10**6 + n, component=f"component-{n}")
        for n in range(1, COMPONENTS + 1)
    ]
    return {"base_year": 2016, "price_year": 2026, "horizon": 10, "rate": 0.035,
            "claim_years": 3, "note": "Made up", "assumptions": rows}  # fmt: skip


def _row(field: str, low: float, central: float, high: float, **of: str) -> dict[str, Any]:
    ends = {"low": low, "central": central, "high": high}
    said = {"class": "judgement", "source": None, "dated": "2026-11-01", "note": "Made up"}
    return {"field": field, **of, **ends, **said}


def _run(database: Database) -> tuple[float, float, float]:
    """Seconds, seconds of processor time, and the most memory in megabytes."""
    started, busy = time.perf_counter(), imports._busy(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "savings", "run", "--yes"],
        cwd=ROOT, env=imports.environment(database), check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return took, imports._busy(resource.RUSAGE_CHILDREN) - busy, peak


def _floor(database: Database) -> tuple[float, float, int]:
    """Seconds, seconds of processor time, and how many claims there are."""
    cast = "" if database.sqlite else "::text"
    listed = ", ".join(name + cast for name in COLUMNS)
    with database.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        rows = raw.execute(f"SELECT {listed} FROM savings_claim").fetchall()
        _empty_table(raw, database.sqlite)
        started, busy = time.perf_counter(), imports._busy(resource.RUSAGE_SELF)
        uses = sum(1 for _ in raw.execute(USES))
        _draw()
        databases._copy(raw, database.sqlite, "claim_floor", COLUMNS, rows)
        raw.commit()
        took = time.perf_counter() - started
        if not uses >= len(rows) / 12:
            raise AssertionError("the floor read fewer uses than the run")
        connection.invalidate()
    return took, imports._busy(resource.RUSAGE_SELF) - busy, len(rows)


def _empty_table(raw: Any, sqlite: bool) -> None:
    """A table like that of the claims."""
    if not sqlite:
        raw.execute("CREATE TABLE claim_floor (LIKE savings_claim INCLUDING ALL)")
        return
    found = "SELECT sql FROM sqlite_master WHERE tbl_name = 'savings_claim' AND type <> 'trigger'"
    for (statement,) in raw.execute(f"{found} ORDER BY type DESC").fetchall():
        if statement:
            raw.execute(statement.replace("savings_claim", "claim_floor"))


def _draw() -> list[float]:
    """A sum of as many values as the two views draw, so many times, in order of size."""
    ranges = [(row["low"], row["high"], row["central"]) for row in assumptions()["assumptions"]]
    chance = random.Random(1).triangular  # noqa: S311 - a draw, not a secret
    return sorted(sum(chance(*each) for each in ranges) for _ in range(DRAWS))
