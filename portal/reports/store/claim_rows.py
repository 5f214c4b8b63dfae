"""The claims of a run on their way into the database."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any

import orjson
from sqlalchemy.orm import Session

from portal.db import insert_columns
from portal.reports.models.runs import SavingsClaim
from portal.reports.rules.claim import Claim
from portal.reports.words import ClaimKind

#: A row: the key after the run, so that rows sort by it, what it is of, and lists as JSON.
Row = tuple[int, int, str, int, int | None, int, str, str, str, str | None]
COLUMNS = ("service_id", "capability_id", "kind", "platform_id", "component_id", "organisation_id",
           "years", "usages", "assumptions", "parts")  # fmt: skip
_KINDS = {kind: kind.value for kind in ClaimKind}
#: Rows of so many services are put in order at once.
SERVICES = 1_000
#: So many rows wait in memory.
WAITING = 50_000
#: So many are written at once.
SOME = 5_000


class Sorter:
    """Claims come in order of slugs, and stand in the database in order of ids: put in as they
    come, a large run writes every page of the table five times. They wait in a file.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed at the exit
        self._kept: dict[int, list[int]] = {}
        self._waiting: dict[int, list[Row]] = {}
        self._many = 0

    def __enter__(self) -> Sorter:
        """Nothing to do."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Let the file go."""
        self._file.close()

    def add(self, claims: Iterable[Claim]) -> None:
        """Take claims, which nothing is added to any more."""
        before = self._many
        for claim in claims:
            row = _row(claim)
            self._waiting.setdefault(row[0] // SERVICES, []).append(row)
            self._many += 1
        if before // WAITING != self._many // WAITING:
            self._put_by()

    def _put_by(self) -> None:
        for part, rows in self._waiting.items():
            self._kept.setdefault(part, []).append(self._file.tell())
            marshal.dump(rows, self._file)
        self._waiting.clear()

    def __len__(self) -> int:
        """How many there are."""
        return self._many

    def in_order(self) -> Iterator[list[Row]]:
        """All of them in the order of their key, some at a time."""
        every = self._every()
        while some := list(islice(every, SOME)):
            yield some

    def _every(self) -> Iterator[Row]:
        for part in sorted({*self._kept, *self._waiting}):
            rows = self._waiting.get(part, [])[:]
            for place in self._kept.get(part, ()):
                self._file.seek(place)
                rows += marshal.load(self._file)  # noqa: S302 - written above
            yield from sorted(rows)


def _row(claim: Claim) -> Row:
    service, need, platform, component, body = claim.ids
    usages = _numbers(claim.usages)
    return (
        service, need, _KINDS[claim.key[2]], platform, component, body, claim.amounts(),
        usages, _text(claim.keys),
        orjson.dumps(claim.part_rows()).decode() if claim.parts else None,
    )  # fmt: skip


def _numbers(ids: list[int]) -> str:
    return f"[{ids[0]}]" if len(ids) == 1 else orjson.dumps(sorted(ids)).decode()


@lru_cache(maxsize=1_000)
def _text(keys: tuple[str, ...]) -> str:
    return orjson.dumps(keys).decode()


def keep(session: Session, run_id: int, rows: list[Row]) -> None:
    """Keep claims of a run."""
    columns: dict[str, Iterable[Any]] = {"run_id": [run_id] * len(rows)}
    columns |= dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
    insert_columns(session, SavingsClaim, columns, ready=COLUMNS)
