"""The portal killed in the middle of a batch: nothing of it is kept, and what was said to be kept
is.

SIGKILL shows what the end of a process does, not what the end of the machine's power does.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.audit import HistoryEvent
from portal.db import Database
from portal.performance.actions import moving_in
from portal.performance.actions.moving_in import Flags
from portal.performance.models.values import DataBatch, DataRecord
from tests.support.data import ACT
from tests.support.provision import SECRET

ROOT = Path(__file__).resolve().parents[2]
MANY = 2_000
#: Answers one batch, then is killed where a second one has got to: its records are written, or all
#: of it is, and only the transaction's end is missing.
SCRIPT = f"""
import os, signal, sys
from config import from_environment
from portal import create_app
from portal.performance.actions import keeping
from sqlalchemy import event
from sqlalchemy.orm import Session

client = create_app(from_environment()).test_client()

def send(number):
    rows = [{{"_id": f"{{number}}.{{n}}", "_timestamp": "2026-07-01T00:00:00Z"}}
            for n in range({MANY})]
    headers = {{"Authorization": "Bearer tok", "Host": "127.0.0.1"}}
    return client.post("/data/g/raw", json=rows, headers=headers).status_code

assert send(1) == 200
def kill(*_arguments, **_more):
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[1] == "records":
    keeping.values.put_values = kill
else:
    event.listen(Session, "before_commit", kill)
send(2)
"""


@pytest.mark.parametrize("where", ["records", "end"])
def test_killed_in_the_middle_of_a_batch(fresh_database: Database, where: str) -> None:
    with fresh_database.writing() as session:
        moving_in.create(session, "g", "raw", ["tok"], Flags(open_schema=True), ACT)
    environment = os.environ | {
        "PORTAL_ENV": "test", "PORTAL_SECRET_KEY": SECRET, "PORTAL_LOG_LEVEL": "WARNING",
        "DATABASE_URL": fresh_database.url.render_as_string(hide_password=False),
        "PORTAL_TRUSTED_HOSTS": "127.0.0.1",
    }  # fmt: skip
    killed = subprocess.run(
        [sys.executable, "-c", SCRIPT, where], cwd=ROOT, env=environment, capture_output=True,
        check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-2000:]
    with fresh_database.reading() as session:
        received = HistoryEvent.tag == "data_set.received"
        assert session.scalar(select(func.count()).select_from(DataRecord)) == MANY
        assert len(session.scalars(select(DataBatch.id)).all()) == 1
        assert len(session.scalars(select(HistoryEvent.id).where(received)).all()) == 1
