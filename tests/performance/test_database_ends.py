"""The database is killed, or has no more room, while a program sends 10,000 records: all are kept
or none, the answer says so, and the portal goes on without a restart when it is back.

SIGKILL shows what the end of a process does, not what the end of the machine's power does. A limit
on the size of files stands for a full disk: a process is told so by its write, as there.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from portal import migrations
from portal.db import Database
from portal.performance.actions import moving_in
from portal.performance.actions.moving_in import Flags
from tests.browser.conftest import serve
from tests.databases import Cluster, make_database, own_server
from tests.performance.test_killed import MANY, TOKEN, answering, children, kept, rows
from tests.support.data import ACT
from tests.support.provision import Provision

pytestmark = pytest.mark.judge
KILLS = 8
#: How far a file may still grow, in bytes: much less than the records take.
ROOM = 300_000


def send(address: str, turn: int) -> requests.Response:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return requests.post(f"{address}/data/g/raw", json=rows(turn), headers=headers, timeout=120)


def ready(database: Database) -> Database:
    """The database with a data set in it."""
    with database.writing() as session:
        moving_in.create(session, "g", "raw", [TOKEN], Flags(open_schema=True), ACT)
    return database


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with own_server() as cluster:
        yield cluster


@pytest.fixture
def own(cluster: Cluster) -> Iterator[Database]:
    database = Database(make_database(cluster.url, "portal_test_ends"))
    migrations.upgrade(database)
    yield ready(database)
    database.close()


def family(cluster: Cluster) -> list[int]:
    """The processes of the server, itself first."""
    assert cluster.server is not None
    return [cluster.server.pid, *children(cluster.server.pid)]


def kill(cluster: Cluster) -> None:
    """End every process of the server at once."""
    for process in family(cluster):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def said_so(answer: requests.Response) -> None:
    """The answer tells a program that it is to try again."""
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Try again" in answer.text and "Traceback" not in answer.text


def test_the_database_is_killed(cluster: Cluster, own: Database, tmp_path: Path) -> None:
    site = serve(own, tmp_path)
    address = next(site)
    began = time.perf_counter()
    assert send(address, 0).status_code == 200
    takes = time.perf_counter() - began
    _records, _batches, first = kept(own)
    whole, cut = 1, 0
    for turn in range(1, KILLS + 1):
        killing = threading.Timer(takes * turn / KILLS, kill, (cluster,))
        killing.start()
        answer = send(address, turn)
        killing.join()
        if answer.status_code != 200:
            said_so(answer)
        assert cluster.server is not None
        cluster.server.wait(timeout=30)
        assert requests.get(f"{address}/health/ready", timeout=60).status_code == 503
        said_so(requests.get(f"{address}/services.json", timeout=60))
        cluster.start()
        for _again in range(3):
            assert requests.get(f"{address}/services.json", timeout=60).status_code == 200
        records, batches, events = kept(own)
        assert records in (whole * MANY, (whole + 1) * MANY), "all or none"
        assert answer.status_code != 200 or records == (whole + 1) * MANY, "acknowledged is kept"
        cut += records == whole * MANY
        whole = records // MANY
        assert batches == whole, "a batch with each"
        assert events - first == whole - 1, "and what the history says of it"
    site.close()  # type: ignore[attr-defined]
    assert cut > 0, "some were cut off"


def nothing_is_kept_where_there_is_no_room(
    database: Database, address: str, largest: Callable[[int | None], None], size: int
) -> None:
    """Send without room and with it.

    Args:
        database: that takes it.
        address: of the portal.
        largest: says how many bytes a file of the database may have; None lets it grow.
        size: too little.
    """
    before = kept(database)
    largest(size)
    for turn in (1, 2):
        said_so(send(address, turn))
        assert kept(database) == before, "nothing of it, and no event in the history"
    assert requests.get(f"{address}/services.json", timeout=60).status_code == 200, "it is read"
    largest(None)
    assert send(address, 2).status_code == 200, "and written when there is room again"
    records, batches, events = kept(database)
    assert (records, batches, events) == (before[0] + MANY, before[1] + 1, before[2] + 1)


def test_no_room_for_sqlite(provision: Provision, tmp_path: Path) -> None:
    with provision.database("sqlite") as database:
        ready(database)
        started = set(children(os.getpid()))
        site = serve(database, tmp_path)
        address = next(site)
        worker = answering(address, started)
        assert send(address, 0).status_code == 200

        def largest(size: int | None) -> None:
            now = resource.RLIM_INFINITY if size is None else size
            resource.prlimit(worker, resource.RLIMIT_FSIZE, (now, resource.RLIM_INFINITY))

        size = ROOM + Path(str(database.url.database)).stat().st_size
        nothing_is_kept_where_there_is_no_room(database, address, largest, size)
        site.close()  # type: ignore[attr-defined]


def test_no_room_for_postgresql(cluster: Cluster, own: Database, tmp_path: Path) -> None:
    def largest(size: int | None) -> None:
        cluster.stop()
        cluster.start(size)

    site = serve(own, tmp_path)
    address = next(site)
    assert send(address, 0).status_code == 200
    size = max(each.stat().st_size for each in (cluster.folder / "data").rglob("*[0-9]"))
    nothing_is_kept_where_there_is_no_room(own, address, largest, size + ROOM)
    site.close()  # type: ignore[attr-defined]
