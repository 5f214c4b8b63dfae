"""The portal is killed while a program sends 10,000 records: all of them are kept, or none.

SIGKILL shows what the end of a process does, not what the end of the machine's power does.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from portal.audit import HistoryEvent
from portal.db import Database
from portal.performance.actions import moving_in
from portal.performance.actions.moving_in import Flags
from portal.performance.models.values import DataBatch, DataRecord
from tests.browser.conftest import serve
from tests.support.data import ACT

MANY, KILLS, TOKEN = 10_000, 12, "tok"


def children(of: int) -> list[int]:
    """The processes that a process has started."""
    told = Path(f"/proc/{of}/task").glob("*/children")
    return [int(number) for each in told for number in each.read_text().split()]


def answering(address: str, before: set[int]) -> int:
    """The process that answers requests: the child of the server that was started since."""
    assert requests.get(f"{address}/health", timeout=60).status_code == 200
    [server] = [child for child in children(os.getpid()) if child not in before and children(child)]
    return children(server)[-1]  # one that was killed may still be there before it


def rows(turn: int) -> list[dict[str, object]]:
    at = "2026-07-01T00:00:00Z"
    return [{"_id": f"{turn}-{n}", "_timestamp": at, "count": n} for n in range(MANY)]


def send(address: str, turn: int) -> bool:
    """Whether the portal said that it keeps them."""
    with contextlib.suppress(requests.ConnectionError):
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = requests.post(
            f"{address}/data/g/raw", json=rows(turn), headers=headers, timeout=60
        )
        return answer.status_code == 200
    return False


def kept(database: Database) -> tuple[int, int, int]:
    """How many records, batches and events of history there are."""
    with database.reading() as session:
        records, batches, events = (
            session.scalar(select(func.count()).select_from(model)) or 0
            for model in (DataRecord, DataBatch, HistoryEvent)
        )
    return records, batches, events


@pytest.mark.judge
def test_a_batch_is_kept_whole_or_not_at_all(fresh_database: Database, tmp_path: Path) -> None:
    with fresh_database.writing() as session:
        moving_in.create(session, "g", "raw", [TOKEN], Flags(open_schema=True), ACT)
    before = set(children(os.getpid()))
    site = serve(fresh_database, tmp_path)
    address = next(site)
    began = time.perf_counter()
    assert send(address, 0), "undisturbed, it is kept"
    takes = time.perf_counter() - began
    records, batches, first = kept(fresh_database)
    assert (records, batches) == (MANY, 1)
    whole, cut = 1, 0
    for turn in range(1, KILLS + 1):
        worker = answering(address, before)
        killing = threading.Timer(takes * turn / KILLS, os.kill, (worker, signal.SIGKILL))
        killing.start()
        said = send(address, turn)
        killing.join()
        records, batches, events = kept(fresh_database)
        assert records in (whole * MANY, (whole + 1) * MANY), "all or none"
        assert not said or records == (whole + 1) * MANY, "what was acknowledged is kept"
        whole, cut = records // MANY, cut + (records == whole * MANY)
        assert batches == whole, "a batch with each"
        assert events - first == whole - 1, "and what the history says of it"
    site.close()  # type: ignore[attr-defined]
    assert cut > 0, "some were cut off"
