"""Links that sign somebody in, and the sessions that they start. Both are kept as digests: who
reads the table cannot sign in with it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts import words
from portal.accounts.models.people import ADDRESS, NEVER_AGAIN
from portal.db import Base, UtcTime, enum_column, sorted_text

#: Characters of a SHA-256 digest in hexadecimal.
DIGEST = 64


class SignInLink(Base):
    """One request for a link. It has a token once it is known that the address may sign in."""

    __tablename__ = "sign_in_link"
    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="expires_after"),
        CheckConstraint("used_at IS NULL OR token_hash IS NOT NULL", name="used_has_token"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str | None] = mapped_column(String(DIGEST), unique=True)
    email: Mapped[str] = mapped_column(sorted_text(ADDRESS), index=True)
    next_path: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class PersonSession(Base):
    """One browser in which somebody is signed in, from its start to a fixed end."""

    __tablename__ = "person_session"
    __table_args__ = (
        CheckConstraint("expires_at > started_at", name="expires_after"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(DIGEST), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    method: Mapped[words.Method] = mapped_column(enum_column(words.Method))
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
