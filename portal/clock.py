"""What time it is. Nothing else asks the machine (ruff says so): tests can set it here."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)  # noqa: TID251
