"""Assessors, and the seats of panels with who sits on them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models.people import Person
from portal.accounts.words import Profession
from portal.assessments import booking_words
from portal.catalogue.models.organisations import NEVER_AGAIN, Organisation
from portal.db import Base, Json, UtcTime, enum_column


class Assessor(Base):
    """Somebody who can sit on panels, in the professions that their account says.

    `supplier` is who employs them where that is no part of government, and `supplier_key` follows
    from it as in the usages of services. Unless `listed` they take no seats for now.
    """

    __tablename__ = "assessor"
    __table_args__ = (
        CheckConstraint("(supplier IS NULL) = (supplier_key IS NULL)", name="supplier_has_key"),
    )

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    supplier: Mapped[str | None] = mapped_column(String(300))
    supplier_key: Mapped[str | None] = mapped_column(String(300))
    cross_government: Mapped[bool] = mapped_column(default=False)
    can_lead: Mapped[bool] = mapped_column(default=False)
    training: Mapped[booking_words.Training] = mapped_column(enum_column(booking_words.Training))
    listed: Mapped[bool] = mapped_column(default=True)
    most_a_month: Mapped[int | None]
    about: Mapped[str | None] = mapped_column(String(500))
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    person: Mapped[Person] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")


class AssessorAway(Base):
    """Days, both included, on which somebody takes no seat."""

    __tablename__ = "assessor_away"
    __table_args__ = (
        CheckConstraint("until >= since", name="until_after"),
        Index("ix_assessor_away_person_id_until", "person_id", "until"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("assessor.person_id", ondelete="CASCADE"))
    since: Mapped[date]
    until: Mapped[date]


class Seat(Base):
    """A place on a panel. Who leaves it keeps the row, and `replaces_id` of the next one is it.

    `objection` is why the service's team says that the person has a conflict; `answer` is what the
    assurance team said of conflicts that it judged not to be any, and `judged` has the keys of
    those (rules/panels.py): what the records say later stands until it is judged as well.
    """

    __tablename__ = "seat"
    __table_args__ = (
        CheckConstraint("state = 'open' OR person_id IS NOT NULL OR state = 'left'",
                        name="filled_by_somebody"),
        CheckConstraint("(role = 'observer') = (profession IS NULL)", name="has_profession"),
        Index("ix_seat_booking_id", "booking_id"),
        Index("ix_seat_person_id_state", "person_id", "state"),
        NEVER_AGAIN,
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"))
    role: Mapped[booking_words.SeatRole] = mapped_column(enum_column(booking_words.SeatRole))
    profession: Mapped[Profession | None] = mapped_column(enum_column(Profession))
    state: Mapped[booking_words.SeatState] = mapped_column(enum_column(booking_words.SeatState))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    filled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    declaration: Mapped[booking_words.Declaration] = mapped_column(
        enum_column(booking_words.Declaration)
    )
    declared_at: Mapped[datetime | None] = mapped_column(UtcTime)
    conflict: Mapped[str | None] = mapped_column(String(500))
    objection: Mapped[str | None] = mapped_column(String(500))
    answer: Mapped[str | None] = mapped_column(String(500))
    judged: Mapped[list[str] | None] = mapped_column(Json)
    left_at: Mapped[datetime | None] = mapped_column(UtcTime)
    left_because: Mapped[str | None] = mapped_column(String(500))
    replaces_id: Mapped[int | None] = mapped_column(
        ForeignKey("seat.id", ondelete="SET NULL"), index=True
    )

    person: Mapped[Person | None] = relationship(lazy="raise")


class SeatVolunteer(Base):
    """Somebody who would take an open seat."""

    __tablename__ = "seat_volunteer"

    seat_id: Mapped[int] = mapped_column(
        ForeignKey("seat.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("assessor.person_id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime] = mapped_column(UtcTime)
