"""Freeze a report: its document is made once, and kept as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import orjson

from portal import audit
from portal.audit import Act
from portal.db import Database
from portal.errors import N_, Invalid
from portal.reports.store import snapshots


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a report says: to be kept.

    Attributes:
        query: its filters, as its address has them.
        key: the columns by which a row is known again.
        more: what it says beside its rows.
        as_at: the day of its figures; None for today.
    """

    report: str
    address: str
    query: str
    filters: Sequence[tuple[str, str]]
    key: Sequence[str]
    columns: Sequence[str]
    rows: Sequence[dict[str, Any]]
    more: dict[str, Any]
    as_at: date | None = None


@cache
def code() -> str:
    """The digest of the portal's code and of the libraries' versions."""
    digest, folder = hashlib.sha256(), Path(audit.__file__).parent
    for path in [*sorted(folder.rglob("*.py")), folder.parent / "requirements.txt"]:
        digest.update(str(path.relative_to(folder.parent)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def said(frozen: Frozen, as_at: date) -> bytes:
    """The document, byte for byte: JSON with its names in order, and a line end."""
    document = {
        "report": frozen.report, "address": frozen.address, "filters": list(frozen.filters),
        "as_at": as_at.isoformat(), "code": code(), "key": list(frozen.key),
        "columns": list(frozen.columns), "count": len(frozen.rows), "said": frozen.more,
        "items": list(frozen.rows),
    }  # fmt: skip
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def freeze(database: Database, frozen: Frozen, act: Act) -> int:
    """Keep what a report says today, by hand; the id of the snapshot.

    Raises:
        Invalid: it has no rows, or nobody says why.
    """
    if not act.reason:
        raise Invalid("reason", N_("Enter why you freeze the report"))
    if not frozen.rows:
        raise Invalid("query", N_("The report has no rows with these filters"))
    # One without a month is unlike every other.
    return cast(int, _keep(database, frozen, None, act))


def freeze_for_month(database: Database, frozen: Frozen, act: Act) -> int | None:
    """Keep the snapshot of this month; None where it is there, or where the report has no rows."""
    if not frozen.rows:
        return None
    return _keep(database, frozen, month_of(act), replace(act, reason=None))


def month_of(act: Act) -> str:
    """The month in London, as "2026-12"."""
    return f"{act.day:%Y-%m}"


def _keep(database: Database, frozen: Frozen, month: str | None, act: Act) -> int | None:
    as_at = frozen.as_at or act.day
    row = {
        "report": frozen.report, "query": frozen.query, "month": month, "as_at": as_at,
        "rows": len(frozen.rows), "code": code(),
    }  # fmt: skip
    with database.writing() as session:
        return snapshots.add(session, row, said(frozen, as_at), act)
