"""What was measured of the use of shared components, as readers see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, cast, func, select, tuple_
from sqlalchemy.orm import Session

from portal.audit import Document
from portal.catalogue.component_words import UsageStatus
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage, UsageVolume
from portal.catalogue.store.components import plain_number

#: So many rows of a download are read at a time.
SOME = 500


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


#: What is known of what cannot be measured here: only the use of a shared component can.
NOTHING = Measured([], None, None)


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


@dataclass(frozen=True, slots=True)
class VolumeQuery:
    """What a list of volumes is asked for; `after` is the name and place of the last one before."""

    component_id: int
    year: int | None = None
    after: tuple[str, int] | None = None


class Row(NamedTuple):
    """How much of a component a use took in a financial year.

    Attributes:
        place: of the row among those of services of one name.
        year: the calendar year in which the financial year begins.
    """

    sort_name: str
    place: int
    usage: int
    component: str
    service: str
    service_name: str
    organisation: str | None
    organisation_name: str | None
    need: str
    need_name: str
    year: int
    quantity: int
    source: str | None


def listing(session: Session, query: VolumeQuery, limit: int) -> list[Row]:
    """Volumes by the service's name, the newest year of each use first, in one statement."""
    v = UsageVolume
    place = cast(Usage.id, BigInteger) * 10_000 - v.year
    statement = (
        select(
            Service.sort_name, place, Usage.id, Component.slug, Service.slug, Service.name,
            Organisation.slug, Organisation.name, Capability.slug, Capability.name, v.year,
            v.quantity, v.source,
        )
        .select_from(v)
        .join(Usage, Usage.id == v.usage_id)
        .join(Component, Component.id == Usage.component_id)
        .join(Service, Service.id == Usage.service_id)
        .join(Capability, Capability.id == Usage.capability_id)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
        .where(Usage.component_id == query.component_id)
    )  # fmt: skip
    if query.year is not None:
        statement = statement.where(v.year == query.year)
    if query.after is not None:
        statement = statement.where(tuple_(Service.sort_name, place) > tuple_(*query.after))
    rows: Any = session.execute(statement.order_by(Service.sort_name, place).limit(limit))
    return [Row(*row) for row in rows]


def every(session: Session, query: VolumeQuery) -> Iterator[Row]:
    """The same for a download, some at a time."""
    while found := listing(session, query, SOME):
        yield from found
        query = replace(query, after=(found[-1].sort_name, found[-1].place))


def counts(session: Session, component_id: int) -> dict[int, int]:
    """How many uses of a component have a volume in each financial year, the newest first."""
    v = UsageVolume
    rows: Any = session.execute(
        select(v.year, func.count())
        .join(Usage, Usage.id == v.usage_id)
        .where(Usage.component_id == component_id)
        .group_by(v.year)
        .order_by(v.year.desc())
    )
    return dict(map(tuple, rows))


class Used(NamedTuple):
    """A use of a component, with the days between which it was live."""

    id: int
    since: date | None
    until: date | None


def uses_of(session: Session, component_id: int) -> dict[int, dict[str, list[Used]]]:
    """The uses of a component by the service's id and the need's address, an open one first."""
    rows: Any = session.execute(
        select(Usage.service_id, Capability.slug, Usage.id, Usage.since, Usage.until)
        .join(Capability, Capability.id == Usage.capability_id)
        .where(Usage.component_id == component_id)
        .order_by(Usage.status == UsageStatus.STOPPED, Usage.id)
    )
    found: dict[int, dict[str, list[Used]]] = {}
    for service, need, *use in rows:
        found.setdefault(service, {}).setdefault(need, []).append(Used(*use))
    return found
