from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask

from portal import create_app, jobs, mail
from portal.db import Database
from portal.jobs import Job
from portal.jobs.handlers import HANDLERS
from tests.interchange.commands import run
from tests.jobs.clock import START
from tests.mail.sending import VALUES
from tests.support.provision import SECRET, settings_for

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def own(fresh_database: Database) -> Flask:
    """A portal with two mails to send."""
    with fresh_database.writing() as session:
        for key in "ab":
            mail.queue(session, "ada@example.com", "sign_in_link", VALUES, key, START)
    return create_app(settings_for(fresh_database), fresh_database)


def periodic() -> int:
    """How many kinds of jobs the worker adds by itself, once the app has loaded them."""
    return sum(handler.every is not None for handler in HANDLERS.values())


def waiting(database: Database) -> int:
    with database.reading() as session:
        return jobs.waiting(session)


def test_the_worker_does_one_or_all(own: Flask, fresh_database: Database) -> None:
    assert run(own, "worker", "--once").stdout == "Jobs tried: 1\n"
    assert waiting(fresh_database) == 2 + periodic() - 1
    found = run(own, "worker", "--until-idle", "--json", "--yes").stdout
    assert json.loads(found) == {"jobs": 2 + periodic() - 1}
    assert waiting(fresh_database) == 0
    assert json.loads(run(own, "worker", "--once", "--json").stdout) == {"jobs": 0}


def test_what_was_given_up_is_listed_and_put_back(own: Flask, fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        job = session.get_one(Job, 1)
        job.failed_at, job.attempts, job.last_error = START, 20, "not today"
    listed = run(own, "jobs", "failed").stdout.splitlines()
    assert listed[0] == "1\tmail.send\t2026-01-02T03:04:05Z\t20\tnot today"
    assert listed[1] == "Given up: 1. Waiting: 1."
    said = json.loads(run(own, "jobs", "failed", "--json").stdout)
    assert said["waiting"] == 1 and said["failed"][0]["error"] == "not today"
    assert run(own, "jobs", "retry", "1").stdout == "mail.send waits again.\n"
    assert waiting(fresh_database) == 2
    refused = run(own, "jobs", "retry", "1", "--json", code=1)
    assert json.loads(refused.stdout) == {"refused": "No job 1 was given up"}
    run(own, "jobs", "retry", "first", code=2)


def start(database: Database, *words: str, before: str = "") -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "PORTAL_ENV": "test", "PORTAL_SECRET_KEY": SECRET, "PORTAL_TRUSTED_HOSTS": "127.0.0.1",
        "DATABASE_URL": database.url.render_as_string(hide_password=False),
    }  # fmt: skip
    command = [sys.executable, "-m", "flask", "--app", "tests.support.process", "worker", *words]
    if before:
        command = ["bash", "-c", before, "bash", *command]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


def until_idle(database: Database) -> None:
    deadline = time.monotonic() + 60
    while waiting(database):
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_worker_works_until_it_is_asked_to_stop(
    own: Flask, fresh_database: Database, how: signal.Signals
) -> None:
    process = start(fresh_database)
    until_idle(fresh_database)
    process.send_signal(how)
    assert process.wait(timeout=30) == 0


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_worker_ends_with_its_parent(
    own: Flask, fresh_database: Database, tmp_path: Path
) -> None:
    """As scripts/serve starts it: whatever ends the server, the worker ends too."""
    number = tmp_path / "pid"
    before = f'"$@" & echo $! > {number}; exec sleep 60'
    parent = start(fresh_database, "--with-parent", before=before)
    until_idle(fresh_database)
    worker = int(number.read_text())
    os.kill(worker, 0)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 30
    while alive(worker):
        assert time.monotonic() < deadline, "the worker goes on alone"
        time.sleep(0.1)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except OSError:
        return False
