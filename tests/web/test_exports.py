"""Large downloads one after the other: across threads, across processes, and after a kill."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from portal.web import exports
from portal.web.caching import conditional
from portal.web.exports import SMALL, Slots
from tests.web.site import make_site, parse

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def busy(client: FlaskClient) -> Any:
    """A large download that has begun and is not read further."""
    with client.get("/many.csv") as answer:
        assert answer.status_code == 200
        yield answer


@pytest.mark.parametrize("address", ["/many.csv", "/many.json"])
def test_a_second_large_download_is_asked_to_wait(
    client: FlaskClient, busy: Any, address: str
) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.headers["Cache-Control"] == "no-store"
    if address.endswith(".csv"):
        assert "Other downloads are running" in parse(answer, 503).h1.get_text()
    else:
        assert answer.mimetype == "application/problem+json"
        assert answer.get_json()["title"] == "Other downloads are running"


def test_small_lists_and_pages_do_not_wait(client: FlaskClient, busy: Any) -> None:
    small = client.get(f"/many.json?size={SMALL}").get_json()
    assert (small["count"], len(small["items"])) == (SMALL, SMALL)
    assert client.get("/many").status_code == 200
    assert client.head("/many.csv").status_code == 200
    assert client.get(f"/many.json?size={SMALL + 1}").status_code == 503


def test_the_place_is_given_back(client: FlaskClient) -> None:
    for _ in range(3):  # read to the end
        assert client.get("/many.json").get_json()["count"] == 1000
    with client.get("/many.csv") as answer:  # the reader goes away in the middle
        next(answer.response)
    client.get("/many.csv").close()  # or before anything is sent
    client.head("/many.csv")
    assert client.get("/many.csv").text.count("\n") == 1001


def test_the_limit_is_a_setting(tmp_path: Path) -> None:
    client = make_site(tmp_path, max_exports=2).test_client()
    with client.get("/many.csv"), client.get("/many.csv"):
        assert client.get("/many.csv").status_code == 503


def test_of_many_threads_one_gets_it(site: Flask) -> None:
    start, done = Barrier(4), Barrier(4)

    def download() -> int:
        start.wait(10)
        with site.test_client().get("/many.csv", base_url="https://localhost") as answer:
            done.wait(10)
            return answer.status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(future.result() for future in [pool.submit(download) for _ in range(4)])
    assert statuses == [200, 503, 503, 503]


HOLD = """
import sys
from pathlib import Path
from portal.web.caching import conditional
from portal.web.exports import Slots
slot = Slots(Path(sys.argv[1]), "test", 1).take()
print("taken" if slot else "busy", flush=True)
sys.stdin.read()
"""


def test_processes_share_the_places_and_a_kill_gives_one_back(tmp_path: Path) -> None:
    slots = Slots(tmp_path / "slots", "test", 1)
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(slots.folder)], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with other:
        assert other.stdout is not None and other.stdout.readline() == "taken\n"
        assert slots.take() is None
        other.kill()
    slot = slots.take()
    assert slot is not None
    slot.release()


def test_without_a_folder_of_our_own_downloads_still_run(
    site: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "target").mkdir()
    os.symlink(tmp_path / "target", tmp_path / "slots")  # somebody lays a trap
    slots = Slots(tmp_path / "slots", "test", 1)
    with pytest.raises(PermissionError):
        slots.take()
    monkeypatch.setitem(site.extensions, exports.EXTENSION, slots)
    with client.get("/many.csv"):
        assert client.get("/many.csv").status_code == 200
    assert not list((tmp_path / "target").iterdir())


def test_a_tag_does_not_read_the_download_first(site: Flask) -> None:
    read: list[int] = []

    def rows() -> Iterator[bytes]:
        for n in range(3):
            read.append(n)
            yield b"row"

    with site.test_request_context("/many.csv"):
        answer = conditional(Response(rows()), "tag")
        assert answer.headers["ETag"] == 'W/"tag"'
        assert read == []
        assert b"".join(answer.response) == b"rowrowrow"
