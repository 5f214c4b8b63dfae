"""The table that a run prints: figures, ratios, and the bars beside them."""

from __future__ import annotations

from dataclasses import dataclass

from bench.measure import Result
from bench.rows import Row

#: The portal may grow with the catalogue as the floor does, and this much more.
SLACK = 1.2


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what was measured, in words, the bar in words, and whether it holds."""

    key: str
    name: str
    portal: str
    floor: str
    measured: str
    bar: str
    holds: bool | None


def line_of(row: Row, found: Result) -> Line:
    """The line of a row of pages."""
    size = max(size for _, size in found.figures)
    one, other = found.figures["portal", size], found.figures["floor", size]
    measured = f"{found.ratio_time:.2f} (cpu {found.ratio_cpu:.2f})"
    if found.again is not None:
        measured += f", kept {found.again:.2f}"
    bar = f"<= {row.ratio}"
    holds = found.ratio <= row.ratio
    if found.growth is not None and found.floor_growth is not None:
        measured += f", grows {found.growth:.2f} (floor {found.floor_growth:.2f})"
        most = max(row.growth, found.floor_growth * SLACK)
        bar += f", grows <= {row.growth} or floor's x {SLACK}"
        holds = holds and found.growth <= most
    return Line(
        row.key, row.name,
        f"{one.p50:.1f} / {one.p95:.1f} / {one.cpu_ms:.1f} / {one.rate:.0f}",
        f"{other.p50:.1f} / {other.p95:.1f} / {other.cpu_ms:.1f} / {other.rate:.0f}",
        measured, bar, holds,
    )  # fmt: skip


def table(lines: list[Line]) -> str:
    """All lines under a header, in columns."""
    header = ("", "p50 / p95 / cpu ms / per s", "floor", "ratio", "bar", "")
    rows = [header, *(
        (x.name, x.portal, x.floor, x.measured, x.bar,
         "" if x.holds is None else "holds" if x.holds else "MISSES")
        for x in lines
    )]  # fmt: skip
    widths = [max(len(row[at]) for row in rows) for at in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
