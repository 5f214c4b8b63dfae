"""What was measured of the use of shared components, as readers see it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit import Document
from portal.catalogue.models.usage import Usage, UsageVolume
from portal.catalogue.store.components import plain_number


class Measured(NamedTuple):
    """What was measured of a use.

    Attributes:
        volumes: of each financial year, the newest first: `year`, `quantity`, `source`.
        days: of work of building it in.
        source: of the days.
    """

    volumes: list[Document]
    days: Decimal | None
    source: str | None

    def fields(self) -> Document:
        """As JSON and CSV have it."""
        return {
            "yearly_volumes": self.volumes,
            "integration_days": plain_number(self.days),
            "integration_source": self.source,
        }


def of_usage(session: Session, usage_id: int) -> Measured:
    """What was measured of a use, in one statement; nothing of one that is not there."""
    v = UsageVolume
    rows: Any = session.execute(
        select(Usage.integration_days, Usage.integration_source, v.year, v.quantity, v.source)
        .outerjoin(v, v.usage_id == Usage.id)
        .where(Usage.id == usage_id)
        .order_by(v.year.desc())
    ).all()
    volumes = [
        {"year": year, "quantity": quantity, "source": source}
        for _days, _from, year, quantity, source in rows
        if year is not None
    ]
    days, source = rows[0][:2] if rows else (None, None)
    return Measured(volumes, days, source)
