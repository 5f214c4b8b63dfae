"""Who holds which role on what, who was invited, and who asked to join.

`kind` and `thing_id` name the thing: a record of the catalogue, or the portal with the id 0.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.access import Kind, Role
from portal.accounts import words
from portal.accounts.models.people import ADDRESS, NEVER_AGAIN, Person
from portal.db import Base, UtcTime, enum_column, sorted_text

PORTAL_HAS_NO_ID = "(kind = 'portal') = (thing_id = 0)"
OPEN = text("until IS NULL")
NOT_ENDED = text("accepted_at IS NULL AND withdrawn_at IS NULL")
WAITING = text("state = 'waiting'")


class RoleGrant(Base):
    """A role on a thing from a day up to, not including, another. Those of one person, role and
    thing share no day: the database keeps one without an end, store/grants.py the rest.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= since", name="until_after"),
        CheckConstraint(PORTAL_HAS_NO_ID, name="portal_has_no_id"),
        Index("ix_role_grant_kind_thing_id", "kind", "thing_id"),
        Index(
            "uq_role_grant_open", "person_id", "role", "kind", "thing_id",
            unique=True, sqlite_where=OPEN, postgresql_where=OPEN,
        ),
        NEVER_AGAIN,
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(enum_column(Role))
    kind: Mapped[Kind] = mapped_column(enum_column(Kind))
    thing_id: Mapped[int]
    since: Mapped[date]
    until: Mapped[date | None]
    granted_by: Mapped[str] = mapped_column(String(80))
    granted_at: Mapped[datetime] = mapped_column(UtcTime)

    person: Mapped[Person] = relationship(lazy="raise")


class Invitation(Base):
    """A role that somebody gets when they sign in with this address, before the invitation ends."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("email = lower(email) AND email <> ''", name="email_normalised"),
        CheckConstraint("expires_at > invited_at", name="expires_after"),
        CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
        CheckConstraint(PORTAL_HAS_NO_ID, name="portal_has_no_id"),
        Index("ix_invitation_kind_thing_id", "kind", "thing_id"),
        Index(
            "uq_invitation_open", "email", "role", "kind", "thing_id",
            unique=True, sqlite_where=NOT_ENDED, postgresql_where=NOT_ENDED,
        ),
        NEVER_AGAIN,
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sorted_text(ADDRESS))
    role: Mapped[Role] = mapped_column(enum_column(Role))
    kind: Mapped[Kind] = mapped_column(enum_column(Kind))
    thing_id: Mapped[int]
    invited_by: Mapped[str] = mapped_column(String(80))
    invited_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcTime)


class JoinRequest(Base):
    """Somebody asks to become a member of a team or organisation."""

    __tablename__ = "join_request"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_has_date"),
        CheckConstraint(PORTAL_HAS_NO_ID, name="portal_has_no_id"),
        Index("ix_join_request_kind_thing_id", "kind", "thing_id"),
        Index(
            "uq_join_request_waiting", "person_id", "kind", "thing_id",
            unique=True, sqlite_where=WAITING, postgresql_where=WAITING,
        ),
        NEVER_AGAIN,
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[Kind] = mapped_column(enum_column(Kind))
    thing_id: Mapped[int]
    why: Mapped[str | None] = mapped_column(String(1000))
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    state: Mapped[words.RequestState] = mapped_column(enum_column(words.RequestState))
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    answer: Mapped[str | None] = mapped_column(String(1000))

    person: Mapped[Person] = relationship(lazy="raise")
