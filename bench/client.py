"""A small HTTP client that times. Sync workers close each connection, so it opens one for each."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from bench.servers import Server


class BadAnswer(RuntimeError):
    """Something other than the status that was expected."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: seconds to the first byte and to the last."""

    status: int
    headers: dict[str, str]
    body: bytes
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Burst:
    """Some requests to one server: seconds each, milliseconds of processor each, and a second."""

    seconds: list[float]
    cpu_ms: float
    rate: float

    def at(self, share: float) -> float:
        """A percentile of the seconds, in milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


def get(server: Server, path: str, headers: Sequence[str] = (), keep: bool = True) -> Answer:
    """Ask for a path; `keep` the body or only count that it came."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "Connection: close",
        *headers,
    ]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    started = time.perf_counter()
    with socket.create_connection(("127.0.0.1", server.port), timeout=300) as connection:
        connection.sendall(request)
        parts = [connection.recv(65_536)]
        first = time.perf_counter() - started
        while data := connection.recv(262_144):
            if keep:
                parts.append(data)
    last = time.perf_counter() - started
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    said = head.decode("latin-1").split("\r\n")
    fields = {
        name.lower(): value.strip() for name, _, value in (x.partition(":") for x in said[1:])
    }
    if fields.get("transfer-encoding") == "chunked" and keep:
        body = _joined(body)
    status = int(said[0].split()[1]) if said[0] else 0
    return Answer(status, fields, body, first, last)


def _joined(body: bytes) -> bytes:
    """The body of an answer that came in chunks."""
    parts, at = list[bytes](), 0
    while True:
        end = body.index(b"\r\n", at)
        size = int(body[at:end], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + size])
        at = end + 2 + size + 2


def burst(
    server: Server, paths: Sequence[str], requests: int, concurrency: int,
    headers: Sequence[str] = (), status: int = 200,
) -> Burst:  # fmt: skip
    """Ask for the paths in turn, this many times in all, from this many threads."""
    pids = server.pids()
    todo = iter(list(islice(cycle(paths), requests)))
    lock, seconds, wrong = threading.Lock(), list[float](), list[int]()

    def run() -> None:
        while True:
            with lock:
                path = next(todo, None)
            if path is None:
                return
            answer = get(server, path, headers)
            with lock:
                seconds.append(answer.last)
                if answer.status != status:
                    wrong.append(answer.status)

    before, started = server.cpu(pids), time.perf_counter()
    if concurrency == 1:
        run()
    else:
        threads = [threading.Thread(target=run) for _ in range(concurrency)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    wall = time.perf_counter() - started
    if wrong:
        raise BadAnswer(f"{server.what} answered {sorted(set(wrong))} to {paths[0]} and others")
    return Burst(seconds, (server.cpu(pids) - before) / requests * 1000, requests / wall)
