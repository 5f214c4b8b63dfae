"""Rows of a large file, on disk until they are written: in memory they would need ten times its
size.
"""

from __future__ import annotations

import tempfile
import weakref
from array import array
from collections.abc import Iterator
from itertools import pairwise

import orjson

from portal.catalogue.rules.importing import Desired

#: So many rows are read from disk at a time.
SOME = 500


class Spool:
    """Rows in a file that nobody else sees, and that is gone once nobody asks for them."""

    def __init__(self) -> None:
        """Open the file."""
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
        weakref.finalize(self, self._file.close)
        self._ends = array("Q", [0])

    def append(self, row: Desired) -> None:
        """Keep one more."""
        said = orjson.dumps([row.key, row.file, row.row, row.fields, row.ref])
        self._file.seek(self._ends[-1])
        self._ends.append(self._ends[-1] + self._file.write(said))

    def __len__(self) -> int:
        """How many there are."""
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[Desired]:
        """All of them, some at a time."""
        for first in range(0, len(self), SOME):
            yield from self[first : first + SOME]

    def __getitem__(self, place: slice) -> list[Desired]:
        """Some that follow each other."""
        first, after, _ = place.indices(len(self))
        ends = self._ends[first : after + 1]
        if len(ends) < 2:
            return []
        self._file.seek(ends[0])
        said = memoryview(self._file.read(ends[-1] - ends[0]))
        each = (said[a - ends[0] : b - ends[0]] for a, b in pairwise(ends))
        return [Desired(*orjson.loads(row)) for row in each]
