"""All SQL that reads the price lists of components, for the prices among the assumptions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.models.components import Component, ComponentPrice


class Listed(NamedTuple):
    """A row of a price list: pence without VAT, or per cent, from a day on (None: always)."""

    item: str
    unit: str
    pence: Decimal | None
    per_cent: Decimal | None
    since: date | None


def of_component(session: Session, slug: str) -> list[Listed]:
    """The rows of a component's price list, item by item, the newest first."""
    p = ComponentPrice
    query = (
        select(p.item, p.unit, p.pence, p.per_cent, p.since)
        .join(Component, Component.id == p.component_id)
        .where(Component.slug == slug)
        .order_by(p.item, p.since.desc().nulls_last())
    )
    return [Listed(*row) for row in session.execute(query)]
