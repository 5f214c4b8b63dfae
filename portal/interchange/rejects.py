"""The report of what an import set aside, as CSV."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from portal.catalogue.rules.importing import Aside
from portal.errors import Refused
from portal.web import csv_out

HEADER = ("file", "row", "column", "value", "reason", "conflict")
Keep = Callable[[Sequence[Aside]], None]


@contextmanager
def rejects_file(path: Path | None, others: Iterable[Path]) -> Iterator[Keep]:
    """Yield what writes the report to `path` (or nowhere, without one).

    The report is written beside it and then takes its place, so that a report is whole or not
    there; and a place that cannot be written to is refused before anything is imported.

    Args:
        others: the import's own files and the database's, which it must not replace.

    Raises:
        Refused: `path` is one of these, is no regular file, or cannot be written.
    """
    if path is None:
        yield lambda asides: None
        return
    for other in others:
        if path.resolve() == other.resolve() or (path.exists() and _same(path, other)):
            raise Refused(f"{path} is one of the import's own files; name another for --rejects")
    if path.exists() and not path.is_file():
        raise Refused(f"{path} cannot be written: it is not a regular file")
    beside = path.with_name(f".{path.name[:200]}.{os.getpid()}.part")
    try:
        beside.open("x").close()
    except OSError as problem:
        raise Refused(f"{path} cannot be written: {problem.strerror}") from problem

    def keep(asides: Sequence[Aside]) -> None:
        try:
            _write(beside, asides)
            beside.replace(path)
        except OSError as problem:
            raise Refused(f"{path} could not be written: {problem.strerror}") from problem

    try:
        yield keep
    finally:
        beside.unlink(missing_ok=True)


def _same(path: Path, other: Path) -> bool:
    return other.exists() and path.samefile(other)


def _write(path: Path, asides: Sequence[Aside]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for a in asides:
            cells = [a.file, a.row, a.column, a.value, a.reason, a.conflict]
            writer.writerow([csv_out.cell(c) for c in cells])
