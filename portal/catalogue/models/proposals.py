"""Changes that somebody proposes to a record that is not theirs, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models.people import Person
from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.catalogue.words import EditedKind, ProposalState
from portal.db import Base, Json, UtcTime, enum_column


class Proposal(Base):
    """A change of one question of a record. `base` is the record's last event when it was
    proposed; `before` and `patch` are the fields as they were then and as they should be; `saved`
    those that the decider saved in place of `patch`, where something else.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_has_date"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_has_somebody"),
        Index("ix_proposal_kind_thing_id", "kind", "thing_id"),
        Index("ix_proposal_person_id_made_at", "person_id", "made_at"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EditedKind] = mapped_column(enum_column(EditedKind))
    thing_id: Mapped[int]
    question: Mapped[str] = mapped_column(String(60))
    base: Mapped[int]
    patch: Mapped[dict[str, Any]] = mapped_column(Json)
    before: Mapped[dict[str, Any]] = mapped_column(Json)
    saved: Mapped[dict[str, Any] | None] = mapped_column(Json)
    why: Mapped[str] = mapped_column(String(1000))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    state: Mapped[ProposalState] = mapped_column(enum_column(ProposalState))
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    answer: Mapped[str | None] = mapped_column(String(1000))

    person: Mapped[Person] = relationship(lazy="raise")
