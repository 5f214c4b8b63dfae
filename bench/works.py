"""Rows that are no page: downloads, imports, and pages while those run."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import bodies, data_records, databases, figures, imports, savings, writes
from bench.client import Burst, burst, get
from bench.measure import compare
from bench.report import Line
from bench.rows import position
from bench.servers import ROOT, serve
from portal.db import Database

Work = Callable[[str | None, Mapping[int, Database]], list[Line]]
MEBIBYTE = 1 << 20
LIST = ["/services?phase=live", "/services?apis=offers", "/services"]
TIMES = 3
ROUNDS = 5


def _large(loaded: Mapping[int, Database]) -> tuple[int, str]:
    size = max(loaded)
    return size, url_of(loaded[size])


def url_of(database: Database) -> str:
    """A database's address as a child process takes it."""
    return database.url.render_as_string(hide_password=False)


def csv(admin: str | None, loaded: Mapping[int, Database]) -> list[Line]:
    """Everything as CSV: the time, the first byte, the growth of memory."""
    size, url = _large(loaded)
    with serve("portal", size, url) as portal, serve("floor", size, url) as floor:
        path = "/services.csv"
        bodies.same_csv(get(portal, path).body, get(floor, path).body)
        ratios, first, seconds, grown = [], [], [], []
        for _ in range(TIMES):
            portal.forget_peak()
            before = portal.memory()
            one = get(portal, path, keep=False)
            grown.append((portal.memory() - before) / MEBIBYTE)
            other = get(floor, path, keep=False)
            ratios.append(one.last / other.last)
            first.append(one.first)
            seconds.append((one.last, other.last))
    ratio, memory = statistics.median(ratios), max(grown)
    mine, theirs = (statistics.median(s[at] for s in seconds) for at in (0, 1))
    soon = statistics.median(first)
    measured = f"{ratio:.2f}, first byte {soon * 1000:.0f} ms, {memory:+.1f} MB"
    holds = ratio <= 1.4 and memory <= 10 and soon <= mine / 10
    bar = "<= 1.4, first byte in a tenth of it, <= +10 MB"
    name = "CSV of everything"
    return [Line("csv", name, f"{mine:.2f} s", f"{theirs:.2f} s", measured, bar, holds)]


def unchanged(admin: str | None, loaded: Mapping[int, Database]) -> list[Line]:
    """A page that the reader has already, against the page."""
    size, url = _large(loaded)
    with serve("portal", size, url) as portal:
        tag = get(portal, LIST[0]).headers["etag"]
        pairs: list[tuple[Burst, Burst]] = []
        for _ in range(ROUNDS):
            full = burst(portal, LIST[:1], 60, 8)
            pairs.append((burst(portal, LIST[:1], 200, 8, [f"If-None-Match: {tag}"], 304), full))
    ratio = statistics.median(a.rate / b.rate for a, b in pairs)
    cpu = statistics.median(b.cpu_ms / a.cpu_ms for a, b in pairs)
    mine, theirs = (statistics.median(p[at].rate for p in pairs) for at in (0, 1))
    measured = f"{ratio:.1f} (cpu {cpu:.1f})"
    return [Line("unchanged", "304 against 200", f"{mine:.0f} per s", f"{theirs:.0f} per s",
                 measured, ">= 4", ratio >= 4)]  # fmt: skip


def depth(admin: str | None, loaded: Mapping[int, Database]) -> list[Line]:
    """The pages at position 40,000 of 100,000 against the first page, both worked out."""
    size, url = _large(loaded)
    first, deep = ["/services"], position(loaded[size])
    with serve("portal", size, url) as portal, serve("floor", size, url) as floor:
        compare([portal, floor], {size: [*first, *deep]}, bodies.same_list)
        pairs = [(burst(portal, deep, 60, 1), burst(portal, first, 60, 1)) for _ in range(ROUNDS)]
    time_ratio = statistics.median(a.at(0.5) / b.at(0.5) for a, b in pairs)
    cpu_ratio = statistics.median(a.cpu_ms / b.cpu_ms for a, b in pairs)
    mine, theirs = (statistics.median(p[at].at(0.5) for p in pairs) for at in (0, 1))
    return [Line("depth", "list at position 40,000 against the first page", f"{mine:.1f} ms",
                 f"{theirs:.1f} ms (first)", f"{time_ratio:.2f} (cpu {cpu_ratio:.2f})", "<= 1.5",
                 max(time_ratio, cpu_ratio) <= 1.5)]  # fmt: skip


def workers(admin: str | None, loaded: Mapping[int, Database]) -> list[Line]:
    """Two workers against one."""
    size, url = _large(loaded)
    with serve("portal", size, url) as one, serve("portal", size, url, 2) as two:
        rates: list[tuple[float, float]] = []
        for _ in range(ROUNDS):
            rates.append((burst(two, LIST, 120, 8).rate, burst(one, LIST, 120, 8).rate))
    ratio = statistics.median(a / b for a, b in rates)
    mine, theirs = (statistics.median(r[at] for r in rates) for at in (0, 1))
    name = "two workers against one"
    return [Line("workers", name, f"{mine:.0f} per s", f"{theirs:.0f} per s (one)",
                 f"{ratio:.2f}", ">= 1.7", ratio >= 1.7)]  # fmt: skip


def importing(admin: str | None, loaded: Mapping[int, Database]) -> list[Line]:
    """An import of a file against executemany of the rows that it leaves."""
    with TemporaryDirectory() as name:
        return [imports.against_executemany(admin, loaded, Path(name))]


def edit(admin: str | None, loaded: Mapping[int, Database]) -> list[Line]:
    """An edit of a service with its history."""
    with TemporaryDirectory() as name:
        return [writes.edits(admin, loaded, Path(name))]


def while_exports(admin: str | None, loaded: Mapping[int, Database]) -> list[Line]:
    """The list while two readers at a time download everything."""
    size, url = _large(loaded)
    answers: list[int] = []
    with serve("portal", size, url, 2) as portal:

        def download(stop: threading.Event) -> None:
            while not stop.is_set():
                answer = get(portal, "/services.csv", keep=False)
                answers.append(answer.status)
                if answer.status == 503:
                    time.sleep(0.2)

        quiet = burst(portal, LIST, 100, 1).at(0.95)
        with _beside(download, 2):
            busy = burst(portal, LIST, 100, 1).at(0.95)
    refused = answers.count(503)
    good = bool(refused) and set(answers) <= {200, 503}
    return [Line("while-exports", "list while exports run, p95", f"{busy:.1f} ms",
                 f"{quiet:.1f} ms (quiet)", f"{busy / quiet:.2f}, {refused} exports put off",
                 "<= 3, surplus put off", good and busy / quiet <= 3)]  # fmt: skip


def while_import(admin: str | None, loaded: Mapping[int, Database]) -> list[Line]:
    """The list while an import runs."""
    with TemporaryDirectory() as name, databases.copy(admin, loaded, Path(name)) as copied:
        file = imports.services_csv(Path(name) / "services.csv", 2_000)
        with serve("portal", max(loaded), url_of(copied), 2) as portal:
            quiet = burst(portal, LIST, 100, 1).at(0.95)
            process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "import", "services-csv",
                 str(file), "--yes"],
                cwd=ROOT, env=imports.environment(copied), stdout=subprocess.DEVNULL,
            )  # fmt: skip
            busy: list[float] = []
            while process.poll() is None:
                busy += burst(portal, LIST, 10, 1).seconds
    if process.returncode:
        raise RuntimeError("the import failed")
    during = Burst(busy, 0, 0).at(0.95)
    return [Line("while-import", "list while an import runs, p95", f"{during:.1f} ms",
                 f"{quiet:.1f} ms (quiet)", f"{during / quiet:.2f}", "<= 2",
                 during / quiet <= 2)]  # fmt: skip


@contextmanager
def _beside(run: Callable[[threading.Event], None], many: int) -> Iterator[None]:
    """Run something in threads while the block runs."""
    stop = threading.Event()
    threads = [threading.Thread(target=run, args=(stop,)) for _ in range(many)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


WORKS: dict[str, Work] = {
    "depth": depth,
    "csv": csv,
    "unchanged": unchanged,
    "import": importing,
    "edit": edit,
    "data": data_records.lines,
    "figures": figures.lines,
    "savings": savings.lines,
    "while-import": while_import,
    "while-exports": while_exports,
    "workers": workers,
}
