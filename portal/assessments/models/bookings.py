"""Assessments from booking to publication: what was asked for, by whom, when, and how far it is.

Nothing of a booking stands in the tables of reports before it is published, so that no list,
search, count, feed or export of those can tell of it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.assessments import booking_words, words
from portal.assessments.models.standards import StandardVersion
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import ALL, NEVER_AGAIN, Organisation
from portal.catalogue.models.services import Service
from portal.db import Base, Json, UtcTime, enum_column, sorted_text

ON_BOOKING = "booking.id"


class AssessmentSetting(Base):
    """How an organisation holds assessments; where it says nothing the portal's row holds, and
    where that says nothing `rules/booking_settings.py`. The portal's row has no organisation, and
    the scope 0.

    Days are working days; `weekdays` are those of assessments, Monday 1 to Sunday 7.
    """

    __tablename__ = "assessment_setting"
    __table_args__ = (
        CheckConstraint("scope = coalesce(organisation_id, 0)", name="scope_of_organisation"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[int] = mapped_column(unique=True)
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    nation: Mapped[booking_words.Nation | None] = mapped_column(enum_column(booking_words.Nation))
    lead_weeks: Mapped[int | None]
    ahead_weeks: Mapped[int | None]
    report_days: Mapped[int | None]
    check_days: Mapped[int | None]
    answer_days: Mapped[int | None]
    amber_months: Mapped[int | None]
    escalate_days: Mapped[int | None]
    access_days: Mapped[int | None]
    weekdays: Mapped[list[int] | None] = mapped_column(Json)
    minutes: Mapped[int | None]
    discovery_minutes: Mapped[int | None]
    cross_transactions: Mapped[int | None]
    same_organisation: Mapped[bool | None]
    earlier_lead: Mapped[bool | None]
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)


class Booking(Base):
    """An assessment that is asked for, held and reported on.

    `name` and `organisation_id` are those of the day it was submitted. `resumes` is how far a
    postponed one was. `needed` is what the portal answered to "do I need one?" on that day.
    `again_of_id` is the published assessment, `after_id` the booking, that it holds again.
    """

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("name <> ''", name="has_name"),
        CheckConstraint("service_id IS NULL OR component_id IS NULL", name="of_one"),
        CheckConstraint("(state = 'postponed') = (resumes IS NOT NULL)", name="postponed_resumes"),
        CheckConstraint("after_id IS NULL OR after_id <> id", name="not_after_itself"),
        CheckConstraint(
            "phase_end IS NULL OR phase_start IS NULL OR phase_end >= phase_start",
            name="phase_ends_after_start",
        ),
        CheckConstraint(
            "state NOT IN ('published', 'unpublished') OR result IS NOT NULL", name="has_result"
        ),
        Index("ix_booking_state_edited_at", "state", "edited_at"),
        Index("ix_booking_held_on", "held_on"),
        Index("ix_booking_service_id", "service_id"),
        Index("ix_booking_project_code", "project_code"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[booking_words.State] = mapped_column(enum_column(booking_words.State))
    resumes: Mapped[booking_words.State | None] = mapped_column(
        enum_column(booking_words.State, "resumes")
    )
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id", ondelete="SET NULL"))
    component_id: Mapped[int | None] = mapped_column(
        ForeignKey("component.id", ondelete="SET NULL"), index=True
    )
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    name: Mapped[str] = mapped_column(String(300))
    sort_name: Mapped[str] = mapped_column(sorted_text(300))
    purpose: Mapped[str | None] = mapped_column(String(500))
    stage: Mapped[words.Stage | None] = mapped_column(enum_column(words.Stage))
    kind: Mapped[words.AssessmentKind | None] = mapped_column(enum_column(words.AssessmentKind))
    again_of_id: Mapped[int | None] = mapped_column(
        ForeignKey("assessment.id", ondelete="SET NULL"), index=True
    )
    after_id: Mapped[int | None] = mapped_column(
        ForeignKey(ON_BOOKING, ondelete="SET NULL"), index=True
    )
    confidential: Mapped[bool | None]
    project_code_known: Mapped[bool | None]
    project_code: Mapped[str | None] = mapped_column(sorted_text(60))
    discovery_on: Mapped[date | None]
    phase_start: Mapped[date | None]
    phase_end_known: Mapped[bool | None]
    phase_end: Mapped[date | None]
    weeks: Mapped[list[str]] = mapped_column(Json, default=list)
    access_needs: Mapped[str | None] = mapped_column(Text)
    access_needs_answered: Mapped[bool] = mapped_column(default=False)
    artefacts_answered: Mapped[bool] = mapped_column(default=False)
    needed: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    panel_by: Mapped[booking_words.PanelBy | None] = mapped_column(
        enum_column(booking_words.PanelBy)
    )
    submitted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    held_on: Mapped[date | None]
    scheme: Mapped[words.RatingScheme | None] = mapped_column(enum_column(words.RatingScheme))
    standard_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("standard_version.id", ondelete="RESTRICT"), index=True
    )
    pinned_because: Mapped[str | None] = mapped_column(String(1000))
    result: Mapped[words.Rating | None] = mapped_column(enum_column(words.Rating, "result"))
    result_verbatim: Mapped[str | None] = mapped_column(String(200))
    result_reason: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    report_id: Mapped[int | None] = mapped_column(
        ForeignKey("report.id", ondelete="SET NULL"), unique=True
    )
    report_slug: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    service: Mapped[Service | None] = relationship(lazy="raise")
    component: Mapped[Component | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    standard_version: Mapped[StandardVersion | None] = relationship(lazy="raise")
    contacts: Mapped[list[BookingContact]] = relationship(
        cascade=ALL, lazy="raise", order_by="BookingContact.role"
    )
    artefacts: Mapped[list[BookingArtefact]] = relationship(
        cascade=ALL, lazy="raise", order_by="BookingArtefact.id"
    )
    sessions: Mapped[list[BookingSession]] = relationship(
        cascade=ALL, lazy="raise", order_by="(BookingSession.held_on, BookingSession.starts)"
    )
    clocks: Mapped[list[BookingClock]] = relationship(
        cascade=ALL, lazy="raise", order_by="BookingClock.id"
    )


class BookingContact(Base):
    """Who answers for the service. Personal data: here and nowhere else, gone some time after the
    booking has ended.
    """

    __tablename__ = "booking_contact"

    booking_id: Mapped[int] = mapped_column(
        ForeignKey(ON_BOOKING, ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[booking_words.ContactRole] = mapped_column(
        enum_column(booking_words.ContactRole), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))


class BookingArtefact(Base):
    """Something for the panel to read, at an address that is open to it until a day."""

    __tablename__ = "booking_artefact"
    __table_args__ = (NEVER_AGAIN,)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(ON_BOOKING, ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(2000))
    description: Mapped[str] = mapped_column(String(300))
    access_until: Mapped[date | None]


class BookingSession(Base):
    """One sitting: the day, the time in London, how long, where, and what is to be talked about."""

    __tablename__ = "booking_session"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 15 AND 600", name="minutes_in_a_day"),
        UniqueConstraint("booking_id", "held_on", "starts"),
        Index("ix_booking_session_held_on", "held_on"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(ON_BOOKING, ondelete="CASCADE"))
    held_on: Mapped[date]
    starts: Mapped[str] = mapped_column(sorted_text(5))
    minutes: Mapped[int]
    place: Mapped[str | None] = mapped_column(String(500))
    agenda: Mapped[str | None] = mapped_column(Text)


class BookingClock(Base):
    """Working days that somebody has. While it is paused `left_days` are left and it is not due."""

    __tablename__ = "booking_clock"
    __table_args__ = (
        CheckConstraint("(due_on IS NULL) = (left_days IS NOT NULL)", name="due_or_paused"),
        CheckConstraint("days >= 0", name="days_not_negative"),
        Index("ix_booking_clock_due_on", "due_on"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(ON_BOOKING, ondelete="CASCADE"), index=True)
    kind: Mapped[booking_words.ClockKind] = mapped_column(enum_column(booking_words.ClockKind))
    days: Mapped[int]
    started_on: Mapped[date]
    due_on: Mapped[date | None]
    left_days: Mapped[int | None]
    ended_on: Mapped[date | None]
    reminded_on: Mapped[date | None]


class CalendarKey(Base):
    """The secret of somebody's calendar feed; only its digest is kept."""

    __tablename__ = "calendar_key"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcTime)
