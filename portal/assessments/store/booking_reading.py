"""A booking as its pages read it: all that each of them asks, in three statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from portal.access import Thing
from portal.assessments.models.bookings import AssessmentSetting, Booking
from portal.assessments.models.standards import Standard, StandardVersion
from portal.assessments.rules.booking_settings import HeldHow, held_how
from portal.assessments.store import booking_settings, bookings, panels
from portal.assessments.store.panels import SeatRow
from portal.assessments.store.standard_lists import NAMED, Named
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.errors import Missing

_own, _all = aliased(AssessmentSetting), aliased(AssessmentSetting)
#: Of whom a booking speaks, by their folders.
_NAMES: dict[str, tuple[Any, Any]] = {
    "services": (Service, Booking.service_id),
    "components": (Component, Booking.component_id),
    "organisations": (Organisation, Booking.organisation_id),
}


@dataclass(frozen=True, slots=True)
class Read:
    """A booking with what stands around it.

    Attributes:
        booking: with its contacts, artefacts, sessions and clocks.
        thing: as the policy sees it.
        seats: those of its panel, with who sits there; those that were left included.
        names: the addresses and names of what it is of and of who answers for it, by folder.
        standard: the version that is pinned.
        held: how its organisation holds assessments.
    """

    booking: Booking
    thing: Thing
    seats: list[SeatRow]
    names: dict[str, tuple[str, str] | None]
    standard: Named | None
    held: HeldHow


def by_reference(session: Session, reference: str) -> Read:
    """One booking. Raises Missing."""
    found = session.execute(_query().where(Booking.reference == reference)).unique().all()
    if not found:
        raise Missing("There is no such assessment")
    booking, own, all_, *rest = found[0]
    pairs = zip(rest[::2], rest[1::2], strict=False)
    names = {folder: pair if pair[0] else None for folder, pair in zip(_NAMES, pairs, strict=False)}
    pinned = rest[2 * len(_NAMES) :]
    seats = panels.seats(session, booking.id)
    return Read(
        booking,
        bookings.thing_with(session, booking, seats),
        seats,
        names,
        Named(*pinned) if pinned[0] else None,
        held_how(*(booking_settings.said(row) for row in (own, all_) if row)),
    )


def _query() -> Any:
    b, v = Booking, StandardVersion
    columns = [column for model, _id in _NAMES.values() for column in (model.slug, model.name)]
    found = bookings.whole(select(b, _own, _all, *columns, *NAMED))
    for model, id_ in _NAMES.values():
        found = found.outerjoin(model, model.id == id_)
    return (
        found.outerjoin(_own, _own.scope == b.organisation_id)
        .outerjoin(_all, _all.scope == 0)
        .outerjoin(v, v.id == b.standard_version_id)
        .outerjoin(Standard, Standard.id == v.standard_id)
    )
