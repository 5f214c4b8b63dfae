"""The portal and the floor under gunicorn, and what their processes use."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import make_url

ROOT = Path(__file__).resolve().parents[1]
#: "portal" works every page out; "again" is the portal as it is run, which keeps them.
APPS = {"portal": "wsgi:app", "again": "wsgi:app", "floor": "bench.floor:app"}
START_SECONDS = 90


@dataclass(slots=True)
class Server:
    """One gunicorn: which of `APPS`, at how many services, and where it listens."""

    what: str
    size: int
    port: int
    process: subprocess.Popen[bytes]
    database_url: str
    label: str

    def pids(self) -> list[int]:
        """The workers, and on PostgreSQL the server's processes that work for them."""
        found = children(self.process.pid)
        if self.database_url.startswith("postgresql"):
            plain = make_url(self.database_url).set(drivername="postgresql")
            with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
                sql = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"
                found += [pid for (pid,) in connection.execute(sql, (self.label,))]
        return found

    def cpu(self, pids: list[int]) -> float:
        """Seconds of processor that these processes have used."""
        return sum(map(cpu_of, pids))

    def memory(self) -> int:
        """The most memory that a worker has held since `forget_peak`, in bytes."""
        return max(peak_of(pid) for pid in children(self.process.pid))

    def forget_peak(self) -> None:
        """Start counting the peak of memory from what is held now."""
        for pid in children(self.process.pid):
            Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(part) for part in path.read_text(encoding="ascii").split()]


def cpu_of(pid: int) -> float:
    """Processor time of a process in seconds, to the nanosecond where the kernel keeps it."""
    with suppress(FileNotFoundError, ProcessLookupError):
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return sum(int((t / "schedstat").read_text().split()[0]) for t in tasks) / 1e9
    return 0.0


def peak_of(pid: int) -> int:
    """The most memory of its own that a process has held, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return 0


@contextmanager
def serve(what: str, size: int, database_url: str, workers: int = 1) -> Iterator[Server]:
    """Run one of `APPS` until the block ends."""
    port = free_port()
    label = f"bench-{what}-{port}"
    environment = {
        **os.environ, "PORTAL_ENV": "production", "PORTAL_SECRET_KEY": "only-for-the-benchmark" * 2,
        "PORTAL_TRUSTED_HOSTS": "127.0.0.1", "PORTAL_SEARCHES_PER_MINUTE": "0",
        "PORTAL_KEPT_PAGES_MB": "32" if what == "again" else "0",
        "DATABASE_URL": database_url, "PGAPPNAME": label, "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers),
         "--timeout", "300", "--no-control-socket", "--log-level", "critical", APPS[what]],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(port, process)
        yield Server(what, size, port, process, database_url, label)
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        process.kill()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once somebody listens; raises RuntimeError where it ended or took too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")
