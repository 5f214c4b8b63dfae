"""A cap on large downloads: each holds a worker for seconds, and the others must serve pages.

A download takes one of a few locked files, which all processes of the portal on one machine share.
The system gives the lock back with the process, however that ends.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
import weakref
from collections.abc import Generator, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar, cast

from flask import Flask, current_app, request
from werkzeug.exceptions import ServiceUnavailable

from portal.web.logs import log

EXTENSION = "portal_exports"
#: A list that fits on a page is no more work than the page.
SMALL = 50
RETRY_SECONDS = 10
Item = TypeVar("Item")


class Busy(ServiceUnavailable):
    """As many large downloads as may run at once are running."""

    def __init__(self) -> None:
        """Say when to come back."""
        super().__init__(retry_after=RETRY_SECONDS)


class Slot:
    """One large download. Ends with `release()`, or when nothing refers to it any more."""

    def __init__(self, lock: int) -> None:
        """Keep the open file that holds the lock."""
        self.release = weakref.finalize(self, os.close, lock)


class Slots:
    """The downloads that may run at once on this machine.

    Args:
        folder: where the locked files are; must be ours alone.
        name: what they are called, before a number.
        most: how many.
    """

    def __init__(self, folder: Path, name: str, most: int) -> None:
        """Nothing is opened before the first download."""
        self.folder = folder
        self.name = name
        self.most = most

    def take(self) -> Slot | None:
        """A free slot, or None where there is none; raises OSError where no file can be made."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if self.folder.is_symlink() or self.folder.stat().st_uid != os.getuid():
            raise PermissionError(f"{self.folder} belongs to somebody else")
        for number in range(self.most):
            path = self.folder / f"{self.name}-{number}"
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
            else:
                return Slot(lock)
        return None


def install(app: Flask, database_url: str, most: int) -> None:
    """Let at most `most` large downloads of this database run at once on this machine."""
    digest = hashlib.sha256(database_url.encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"portal-exports-{os.getuid()}"
    app.extensions[EXTENSION] = Slots(folder, digest, most)


def limited(rows: Iterator[Item]) -> Iterator[Item]:
    """The same rows, in a slot of their own where they are many; raises Busy where none is free.

    The first rows are read before that, so that a failing query still is an error page.
    """
    first = list(islice(rows, SMALL + 1))
    if len(first) <= SMALL or request.method == "HEAD":
        return iter(first)
    return _in_slot(chain(first, rows), _slot(rows))


def _slot(rows: Iterator[Item]) -> Slot | None:
    try:
        slot = cast(Slots, current_app.extensions[EXTENSION]).take()
    except OSError as error:
        log.warning("exports_not_limited", error=str(error))  # a full disk stops no download
        return None
    if slot is None:
        if isinstance(rows, Generator):
            rows.close()  # it holds a session
        raise Busy
    return slot


def _in_slot(rows: Iterable[Item], slot: Slot | None) -> Iterator[Item]:
    try:
        yield from rows
    finally:
        if slot is not None:
            slot.release()
