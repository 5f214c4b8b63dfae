"""Workers killed in the middle of many mails: none is lost, and a repeat carries the same name.

SIGKILL shows what the end of a process does, not what the end of the machine's power does.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal import mail
from portal.db import Database
from portal.jobs import Job
from portal.mail import Mail
from tests.jobs.clock import START
from tests.mail import certificates, servers
from tests.mail.sending import VALUES
from tests.support.provision import SECRET

ROOT = Path(__file__).resolve().parents[2]
LEASE_SECONDS = 2
END_SECONDS = 300


class Killed:
    """A worker process, started again each time it was killed."""

    def __init__(self, database: Database, log: Path, **environment: str) -> None:
        self.log = log
        self.environment = os.environ | environment | {
            "PORTAL_ENV": "test", "PORTAL_SECRET_KEY": SECRET, "PORTAL_LOG_LEVEL": "WARNING",
            "DATABASE_URL": database.url.render_as_string(hide_password=False),
            "PORTAL_TRUSTED_HOSTS": "127.0.0.1", "NO_PROXY": "127.0.0.1",
            "PORTAL_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    def start(self) -> None:
        command = [sys.executable, "-m", "flask", "--app", "tests.support.process", "worker"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=log)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.kills += 1

    def stop(self) -> None:
        """Politely: it ends after the mail in hand."""
        assert self.process is not None
        self.process.terminate()
        assert self.process.wait(timeout=30) == 0, self.log.read_text()[-2000:]


@contextmanager
def working(worker: Killed) -> Iterator[None]:
    """Start it again whenever it was killed, to the end of the block."""
    over = threading.Event()

    def keep_up() -> None:
        while not over.wait(0.02):
            if worker.process is not None and worker.process.poll() is not None:
                worker.start()

    worker.start()
    keeper = threading.Thread(target=keep_up)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()
        worker.stop()


def queue(database: Database, many: int) -> None:
    with database.writing() as session:
        for number in range(many):
            to = f"somebody-{number}@example.com"
            assert mail.queue(session, to, "sign_in_link", VALUES, f"key:{number}", START)


def unsent(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(Mail.sent_at.is_(None))) or 0


def check(
    database: Database, worker: Killed, many: int, references: Callable[[], list[str]]
) -> None:
    """Wait until everything is sent; look at what arrived."""
    deadline = time.monotonic() + END_SECONDS
    while unsent(database):
        assert time.monotonic() < deadline, worker.log.read_text()[-2000:]
        time.sleep(0.2)
    arrived = Counter(references())
    with database.reading() as session:
        assert set(arrived) == set(session.scalars(select(Mail.reference)))
        attempts = session.scalars(select(Job.attempts).where(Job.kind == "mail.send")).all()
    assert len(arrived) == many, "none is lost"
    repeats = sum(arrived.values()) - many
    assert 1 <= repeats <= worker.kills, "the kills that hit between sending and noting it"
    assert sum(attempts) - many <= worker.kills


def at(worker: Killed, *numbers: int) -> Callable[[int], None]:
    """Kill the worker when this many mails have arrived."""
    return lambda number: worker.kill() if number in numbers else None


@pytest.mark.parametrize(
    ("many", "before", "after"),
    [(20, [4], []), pytest.param(1000, [50, 600], [300], marks=pytest.mark.judge)],
)
def test_killed_with_govuk_notify(
    fresh_database: Database, tmp_path: Path, many: int, before: list[int], after: list[int]
) -> None:
    queue(fresh_database, many)
    with servers.notify() as stub:
        worker = Killed(
            fresh_database, tmp_path / "log", PORTAL_MAIL="notify", PORTAL_NOTIFY_URL=stub.url,
            PORTAL_NOTIFY_KEY=servers.KEY, PORTAL_NOTIFY_TEMPLATE=servers.TEMPLATE,
        )  # fmt: skip
        stub.before = at(worker, *before)
        stub.after = at(worker, *after)
        with working(worker):
            check(
                fresh_database, worker, many, lambda: [asked["reference"] for asked in stub.asked]
            )
        assert worker.kills == len(before + after)


@pytest.mark.judge
def test_killed_with_smtp(fresh_database: Database, tmp_path: Path) -> None:
    many = 60
    queue(fresh_database, many)
    with servers.smtp() as stub:
        worker = Killed(
            fresh_database, tmp_path / "log", PORTAL_MAIL="smtp", PORTAL_SMTP_URL=stub.url,
            PORTAL_SMTP_CA=certificates.files().ca, PORTAL_MAIL_FROM="portal@example.gov.uk",
        )  # fmt: skip
        stub.before = at(worker, 10)
        stub.after = at(worker, 35)
        with working(worker):
            check(
                fresh_database, worker, many,
                lambda: [str(m["Message-ID"])[1:].split("@")[0] for m in stub.arrived],
            )  # fmt: skip
        assert worker.kills == 2
