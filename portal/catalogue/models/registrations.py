"""Services being registered: a draft of somebody's own until it is published."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.audit import Document
from portal.catalogue import words
from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.db import Base, Json, UtcTime, enum_column


class Registration(Base):
    """What somebody has answered so far about a service that is not in the catalogue yet.

    `document` holds fields of a service's document, `needs` an answer for each need by its slug.
    `started_by` is sent with the button that starts one: sent twice, it starts one.
    `not_these` is the name for which they said that it is none of the services like it.
    """

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint(
            "state <> 'waiting' OR organisation_id IS NOT NULL", name="waiting_has_organisation"
        ),
        CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="submitted_has_moment"),
        CheckConstraint("service_id IS NULL OR state = 'published'", name="service_is_published"),
        Index("ix_registration_person_id_id", "person_id", "id"),
        Index("ix_registration_organisation_id_state", "organisation_id", "state"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    started_by: Mapped[str] = mapped_column(String(40), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    state: Mapped[words.RegistrationState] = mapped_column(enum_column(words.RegistrationState))
    document: Mapped[Document] = mapped_column(Json)
    needs: Mapped[Document] = mapped_column(Json)
    not_these: Mapped[str | None] = mapped_column(String(300))
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT")
    )
    service_id: Mapped[int | None] = mapped_column(
        ForeignKey("service.id", ondelete="SET NULL"), unique=True
    )
    answer: Mapped[str | None] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcTime)

    @property
    def name(self) -> str:
        """What the service is called so far; empty where that is not answered."""
        return str(self.document.get("name") or "")
