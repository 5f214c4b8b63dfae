"""Rounds of bursts: each server in turn, the order rotated, medians of the ratios of a round."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.client import Burst, burst, get
from bench.rows import Compare
from bench.servers import Server

ROUNDS = 5
CONCURRENCY = (1, 8)
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians over the rounds for one server: milliseconds, and requests a second at 8 at once."""

    p50: float
    p95: float
    cpu_ms: float
    rate: float
    p50_at_8: float


@dataclass(frozen=True, slots=True)
class Result:
    """A row measured. `ratio`, `again` and `growth` are the worse of time and processor time."""

    figures: dict[Key, Figures]
    ratio_time: float
    ratio_cpu: float
    growth: float | None = None
    floor_growth: float | None = None
    again: float | None = None

    @property
    def ratio(self) -> float:
        """What is held against the bar."""
        return max(self.ratio_time, self.ratio_cpu)


def compare(servers: Sequence[Server], paths: Mapping[int, list[str]], same: Compare) -> None:
    """Raise unless portal and floor say the same at every address and size."""
    for size in paths:
        portal, floor = (next(s for s in servers if (s.what, s.size) == (w, size))
                         for w in ("portal", "floor"))  # fmt: skip
        for path in paths[size]:
            answers = [get(server, path) for server in (portal, floor)]
            if [answer.status for answer in answers] != [200, 200]:
                raise AssertionError(f"{path}: {[answer.status for answer in answers]}")
            try:
                same(answers[0].body, answers[1].body)
            except AssertionError as problem:
                raise AssertionError(f"{path} at {size:,}: {problem}") from problem


def rounds(
    servers: Sequence[Server], paths: Mapping[int, list[str]], requests: int
) -> dict[Key, list[dict[int, Burst]]]:
    """Bursts by server: for each round one at each concurrency."""
    found: dict[Key, list[dict[int, Burst]]] = {(s.what, s.size): [] for s in servers}
    for server in servers:
        burst(server, paths[server.size], len(paths[server.size]), 1)  # caches fill
    for number in range(ROUNDS):
        turn = number % len(servers)
        for server in [*servers[turn:], *servers[:turn]]:
            bursts = {c: burst(server, paths[server.size], requests, c) for c in CONCURRENCY}
            found[server.what, server.size].append(bursts)
    return found


def result(found: dict[Key, list[dict[int, Burst]]]) -> Result:
    """The medians, and the ratios at the largest size."""
    figures = {key: _figures(bursts) for key, bursts in found.items()}
    sizes = sorted({size for _, size in found})
    large, small = sizes[-1], sizes[0]

    def ratio(one: Key, other: Key, of: str) -> float:
        pairs = zip(found[one], found[other], strict=True)
        if of == "cpu":
            return statistics.median(
                (a[1].cpu_ms + a[8].cpu_ms) / (b[1].cpu_ms + b[8].cpu_ms) for a, b in pairs
            )
        return statistics.median(a[1].at(0.5) / b[1].at(0.5) for a, b in pairs)

    portal, floor = ("portal", large), ("floor", large)
    growth = floor_growth = again = None
    if ("again", large) in found:
        again = max(ratio(("again", large), floor, of) for of in ("time", "cpu"))
    if large != small:
        growth = max(ratio(portal, ("portal", small), of) for of in ("time", "cpu"))
        floor_growth = max(ratio(floor, ("floor", small), of) for of in ("time", "cpu"))
    return Result(
        figures,
        ratio(portal, floor, "time"),
        ratio(portal, floor, "cpu"),
        growth,
        floor_growth,
        again,
    )


def _figures(bursts: list[dict[int, Burst]]) -> Figures:
    middle = statistics.median
    return Figures(
        middle(b[1].at(0.5) for b in bursts),
        middle(b[1].at(0.95) for b in bursts),
        middle((b[1].cpu_ms + b[8].cpu_ms) / 2 for b in bursts),
        middle(b[8].rate for b in bursts),
        middle(b[8].at(0.5) for b in bursts),
    )
