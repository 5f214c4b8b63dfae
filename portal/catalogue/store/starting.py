"""How long services took to start with components, measured from their history."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

from portal.catalogue.component_words import DateBasis
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.starting import Measured, measured


def days_to_start(session: Session, components: Collection[int]) -> dict[int, Measured]:
    """What is measured of each of these components, where enough services say so: from the first
    event that says "planned" or "integrating" to the day since when it is in use, which has to be
    known to the day. One statement, answered from an index.
    """
    rows = session.connection().execute(_started(), {"components": list(components)})
    starts: dict[int, list[tuple[date, date]]] = {}
    for id_, planned, since in rows:
        if id_ is not None and planned is not None and since is not None:
            starts.setdefault(id_, []).append((planned, since))
    found = {id_: measured(each) for id_, each in starts.items()}
    return {id_: days for id_, days in found.items() if days is not None}


@cache
def _started() -> Any:
    u = Usage
    mine = u.component_id.in_(bindparam("components", expanding=True))
    return select(u.component_id, u.first_planned_on, u.since).where(mine, *_KNOWN)


_KNOWN = (
    Usage.first_planned_on.is_not(None),
    Usage.since.is_not(None),
    or_(Usage.since_basis.is_(None), Usage.since_basis == DateBasis.PUBLISHED),
)


def days_text(mine: ColumnElement[bool]) -> Any:
    """Those days of a component as one text, for a statement that asks for more; `of_text` reads
    them.
    """
    both = cast(Usage.first_planned_on, String) + " " + cast(Usage.since, String)
    return select(func.aggregate_strings(both, ",")).where(mine, *_KNOWN)


def of_text(days: str | None) -> Measured | None:
    """What is measured of a component, where enough services say so."""
    pairs = [pair.split(" ") for pair in (days or "").split(",") if pair]
    starts = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in pairs]
    return measured(starts) if starts else None
