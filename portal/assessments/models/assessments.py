"""Assessments with their owners and rated points, and the reports that tell of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.assessments import words
from portal.assessments.models.standards import StandardPoint, StandardVersion
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import ALL, NEVER_AGAIN, Organisation
from portal.catalogue.models.services import Service
from portal.db import Base, Json, UtcTime, enum_column, sorted_text

#: Most reports repeat none, and an index of those that do is no way to find the others.
_REPEATS = text("same_as_id IS NOT NULL")


class Report(Base):
    """A page that tells of one assessment, or of one and its reassessment.

    `body` is its Markdown without persons' names, of which `names_dropped` were there; `verbatim`
    the labelled lines above it as they stood. `later_id` is the report that continues it on a page
    of its own, and `same_as_id` the one that it repeats; a repeated one is in no list or figure.
    """

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("names_dropped >= 0", name="names_not_negative"),
        CheckConstraint("same_as_id IS NULL OR same_as_id <> id", name="not_its_own_copy"),
        Index("ix_report_published_on_id", "published_on", "id"),
        # Sentences that name components are found by the address of their document.
        Index("ix_report_source", "source"),
        Index(
            "ix_report_same_as_id", "same_as_id", sqlite_where=_REPEATS, postgresql_where=_REPEATS
        ),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    key: Mapped[str] = mapped_column(String(500), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    summary: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(2000))
    verbatim: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    names_dropped: Mapped[int] = mapped_column(default=0)
    published_on: Mapped[date | None]
    later_id: Mapped[int | None] = mapped_column(
        ForeignKey("report.id", ondelete="SET NULL"), index=True
    )
    same_as_id: Mapped[int | None] = mapped_column(ForeignKey("report.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    assessments: Mapped[list[Assessment]] = relationship(
        cascade=ALL, lazy="raise", order_by="Assessment.position"
    )
    checks: Mapped[list[ReportCheck]] = relationship(
        cascade=ALL, lazy="raise", order_by="ReportCheck.id"
    )


class Assessment(Base):
    """One assessment of a service, or of a component, against one version of a standard.

    `name` is what it was called on the day, whatever the service is called now. `position` is its
    place in the report. What is not known is NULL, the standard of an old report included.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        UniqueConstraint("report_id", "position"),
        CheckConstraint("name <> ''", name="has_name"),
        CheckConstraint("service_id IS NULL OR component_id IS NULL", name="of_one"),
        CheckConstraint("again_of_id IS NULL OR again_of_id <> id", name="not_its_own_original"),
        CheckConstraint(
            "kind IN ('reassessment', 'amber_review') OR again_of_id IS NULL",
            name="again_is_again",
        ),
        Index("ix_assessment_held_on_id", "held_on", "id"),
        Index("ix_assessment_stage_held_on_id", "stage", "held_on", "id"),
        Index("ix_assessment_result_held_on_id", "result", "held_on", "id"),
        Index("ix_assessment_kind_held_on_id", "kind", "held_on", "id"),
        Index("ix_assessment_standard_version_id_held_on_id", "standard_version_id", "held_on",
              "id"),
        Index("ix_assessment_service_id_held_on", "service_id", "held_on"),
        Index("ix_assessment_service_match", "service_match"),
        NEVER_AGAIN,
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    sort_name: Mapped[str] = mapped_column(sorted_text(300))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id", ondelete="SET NULL"))
    component_id: Mapped[int | None] = mapped_column(
        ForeignKey("component.id", ondelete="SET NULL"), index=True
    )
    service_match: Mapped[words.ServiceMatch] = mapped_column(enum_column(words.ServiceMatch))
    stage: Mapped[words.Stage] = mapped_column(enum_column(words.Stage))
    kind: Mapped[words.AssessmentKind] = mapped_column(enum_column(words.AssessmentKind))
    held_on: Mapped[date | None]
    again_of_id: Mapped[int | None] = mapped_column(
        ForeignKey("assessment.id", ondelete="SET NULL"), index=True
    )
    scheme: Mapped[words.RatingScheme | None] = mapped_column(enum_column(words.RatingScheme))
    result: Mapped[words.Rating] = mapped_column(enum_column(words.Rating, "result"))
    result_verbatim: Mapped[str | None] = mapped_column(String(200))
    standard_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("standard_version.id", ondelete="RESTRICT")
    )
    pinned_because: Mapped[str | None] = mapped_column(String(1000))
    discovery_on: Mapped[date | None]
    lead_present: Mapped[bool | None]

    service: Mapped[Service | None] = relationship(lazy="raise")
    component: Mapped[Component | None] = relationship(lazy="raise")
    standard_version: Mapped[StandardVersion | None] = relationship(lazy="raise")
    owners: Mapped[list[AssessmentOwner]] = relationship(
        cascade=ALL, lazy="raise", order_by="AssessmentOwner.position"
    )
    points: Mapped[list[AssessmentPoint]] = relationship(
        cascade=ALL, lazy="raise", order_by="AssessmentPoint.number"
    )


class AssessmentOwner(Base):
    """An organisation that owned the service on the day, as the report names it; the first one is
    accountable. `organisation_id` is what the reviewed queue says that the name means.
    """

    __tablename__ = "assessment_owner"
    __table_args__ = (Index("ix_assessment_owner_published_name", "published_name"),)

    assessment_id: Mapped[int] = mapped_column(
        ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    published_name: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )

    organisation: Mapped[Organisation | None] = relationship(lazy="raise")


class AssessmentPoint(Base):
    """How a point was rated: the word as it stood, its class, and why where it does not apply."""

    __tablename__ = "assessment_point"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number_from_one"),
        Index("ix_assessment_point_point_id_rating", "point_id", "rating"),
    )

    assessment_id: Mapped[int] = mapped_column(
        ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    point_id: Mapped[int | None] = mapped_column(
        ForeignKey("standard_point.id", ondelete="RESTRICT")
    )
    verbatim: Mapped[str] = mapped_column(String(100))
    rating: Mapped[words.Rating] = mapped_column(enum_column(words.Rating))
    reason: Mapped[str | None] = mapped_column(Text)
    carried: Mapped[bool] = mapped_column(default=False)

    point: Mapped[StandardPoint | None] = relationship(lazy="raise")


class ReportCheck(Base):
    """What an import was not sure of in a report, and what a person said of it."""

    __tablename__ = "report_check"
    __table_args__ = (
        UniqueConstraint("report_id", "field", "reason"),
        CheckConstraint("(state = 'open') = (decided_by IS NULL)", name="decided_by_somebody"),
        Index("ix_report_check_state", "state"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    field: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[words.CheckState] = mapped_column(enum_column(words.CheckState))
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    note: Mapped[str | None] = mapped_column(String(1000))
