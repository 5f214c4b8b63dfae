"""Which function does which kind of job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from portal.audit import Document

if TYPE_CHECKING:
    from config import Settings
    from portal.db import Database


class GiveUp(Exception):
    """The job can never succeed. The reason is kept: no personal data in it."""


class Retry(Exception):
    """The job may succeed later. The reason is kept: no personal data in it."""


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt at a job, as its handler sees it.

    Attributes:
        database: for transactions of the handler's own; the worker holds none meanwhile.
        settings: the portal's settings.
        payload: what `add` was given.
        attempt: 1 the first time.
        clock: the moment, with its zone, whenever it is asked.
    """

    database: Database
    settings: Settings
    payload: Document
    attempt: int
    clock: Callable[[], datetime]


Work = Callable[[Run], None]
#: Called with the payload, the moment and the reason, in the transaction that gives a job up.
Failed = Callable[[Session, Document, datetime, str], None]


@dataclass(frozen=True, slots=True)
class Handler:
    """How one kind of job is done; see `handler`."""

    work: Work
    failed: Failed | None = None
    lease: timedelta | None = None
    every: timedelta | None = None


HANDLERS: dict[str, Handler] = {}


def handler(
    kind: str,
    *,
    failed: Failed | None = None,
    lease: timedelta | None = None,
    every: timedelta | None = None,
) -> Callable[[Work], Work]:
    """Register the function that does jobs of a kind. It may be called again for the same job.

    It returns when the job is done, raises `GiveUp` or `Retry`, or anything else, which counts as
    `Retry`.

    Args:
        kind: the name that `add` uses, like `mail.send`.
        failed: notes that a job is given up, in the same transaction.
        lease: longer than the work can take; the setting `job_lease_seconds` without it.
        every: the worker itself adds such a job, once in each period of this length.
    """

    def register(work: Work) -> Work:
        if kind in HANDLERS:
            raise ValueError(f"two handlers for {kind}")
        HANDLERS[kind] = Handler(work, failed, lease, every)
        return work

    return register
