"""People, and the domains that say where they work.

Names and addresses of people stand here and in invitations, links and mails, and nowhere else: the
history knows `person:ID`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts import words
from portal.db import Base, UtcTime, enum_column, sorted_text

ALL = "all, delete-orphan"
#: SQLite gives the id of a deleted row to the next one, which would then have its history.
NEVER_AGAIN = {"sqlite_autoincrement": True}
ADDRESS = 254


class Person(Base):
    """Somebody who has signed in, or was added by a command.

    `unreachable_at` is when mail to them first came back, until they sign in again.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("email = lower(email) AND email <> ''", name="email_normalised"),
        CheckConstraint("name <> ''", name="has_name"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sorted_text(ADDRESS), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    sort_name: Mapped[str] = mapped_column(sorted_text(200), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    deactivated_at: Mapped[datetime | None] = mapped_column(UtcTime)
    unreachable_at: Mapped[datetime | None] = mapped_column(UtcTime)
    version: Mapped[int] = mapped_column(default=1)

    professions: Mapped[list[PersonProfession]] = relationship(
        cascade=ALL, lazy="raise", order_by="PersonProfession.profession"
    )


class PersonProfession(Base):
    """A profession that somebody assesses in."""

    __tablename__ = "person_profession"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    profession: Mapped[words.Profession] = mapped_column(
        enum_column(words.Profession), primary_key=True
    )


class OidcIdentity(Base):
    """Somebody as an OpenID Connect issuer knows them, and the organisation that it said last."""

    __tablename__ = "oidc_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class OrganisationDomain(Base):
    """What follows the @ in the addresses of one organisation.

    `may_publish`: what its people register is public at once, without an administrator's consent.
    """

    __tablename__ = "organisation_domain"
    __table_args__ = (
        CheckConstraint("domain = lower(domain) AND domain <> ''", name="domain_normalised"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(sorted_text(ADDRESS), unique=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    may_publish: Mapped[bool]
