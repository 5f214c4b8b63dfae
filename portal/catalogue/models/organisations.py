"""Organisations, their names, places in the hierarchy and successions, all with dates."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue import words
from portal.db import Base, UtcTime, enum_column, sorted_text

ALL = "all, delete-orphan"
#: SQLite gives the id of a deleted row to the next one, which would then have its history.
NEVER_AGAIN = {"sqlite_autoincrement": True}


def _organisation() -> Mapped[int]:
    return mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)


class Organisation(Base):
    """A body of government. `name` is the one in use (or, ended, the last one)."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(
            "end_date IS NULL OR start_date IS NULL OR end_date >= start_date",
            name="ends_after_start",
        ),
        CheckConstraint("name <> ''", name="has_name"),
        Index("ix_organisation_sort_name_id", "sort_name", "id"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[words.OrganisationKind] = mapped_column(
        enum_column(words.OrganisationKind), index=True
    )
    name: Mapped[str] = mapped_column(String(300))
    sort_name: Mapped[str] = mapped_column(sorted_text(300))
    abbreviation: Mapped[str | None] = mapped_column(String(40))
    website: Mapped[str | None] = mapped_column(String(1000))
    start_date: Mapped[date | None]
    end_date: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    identifiers: Mapped[list[OrganisationIdentifier]] = relationship(
        cascade=ALL, lazy="raise", order_by="OrganisationIdentifier.identifier"
    )
    names: Mapped[list[OrganisationName]] = relationship(
        cascade=ALL, lazy="raise", order_by="OrganisationName.id"
    )
    aliases: Mapped[list[OrganisationAlias]] = relationship(
        cascade=ALL, lazy="raise", order_by="OrganisationAlias.alias"
    )
    parents: Mapped[list[OrganisationParent]] = relationship(
        cascade=ALL,
        lazy="raise",
        order_by="OrganisationParent.id",
        foreign_keys="OrganisationParent.child_id",
    )
    successions: Mapped[list[OrganisationSuccession]] = relationship(
        cascade=ALL,
        lazy="raise",
        order_by="OrganisationSuccession.id",
        foreign_keys="OrganisationSuccession.predecessor_id",
    )


class OrganisationIdentifier(Base):
    """A register's identifier, `scheme:value`, held by one organisation."""

    __tablename__ = "organisation_identifier"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = _organisation()
    identifier: Mapped[str] = mapped_column(sorted_text(120), unique=True)


class OrganisationName(Base):
    """A name and the days it held, in one language."""

    __tablename__ = "organisation_name"
    __table_args__ = (
        CheckConstraint("until IS NULL OR since IS NULL OR until >= since", name="until_after"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = _organisation()
    name: Mapped[str] = mapped_column(String(300))
    language: Mapped[words.Language] = mapped_column(enum_column(words.Language))
    kind: Mapped[words.OrganisationNameKind] = mapped_column(
        enum_column(words.OrganisationNameKind)
    )
    since: Mapped[date | None]
    until: Mapped[date | None]


class OrganisationAlias(Base):
    """Another spelling that means this organisation, and who says so."""

    __tablename__ = "organisation_alias"
    __table_args__ = (UniqueConstraint("organisation_id", "alias"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = _organisation()
    alias: Mapped[str] = mapped_column(sorted_text(300))
    source: Mapped[str | None] = mapped_column(String(1000))


class OrganisationParent(Base):
    """The body above, for some days."""

    __tablename__ = "organisation_parent"
    __table_args__ = (
        CheckConstraint("child_id <> parent_id", name="not_itself"),
        CheckConstraint("until IS NULL OR since IS NULL OR until >= since", name="until_after"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = _organisation()
    parent_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    relation: Mapped[words.ParentRelation] = mapped_column(enum_column(words.ParentRelation))
    since: Mapped[date | None]
    until: Mapped[date | None]
    source: Mapped[str | None] = mapped_column(String(1000))

    parent: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[parent_id])


class OrganisationSuccession(Base):
    """What became of a body: on a day, into a successor (none where it was abolished)."""

    __tablename__ = "organisation_succession"
    __table_args__ = (
        CheckConstraint("predecessor_id <> successor_id", name="not_itself"),
        CheckConstraint("successor_id IS NOT NULL OR kind = 'abolished'", name="has_successor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    predecessor_id: Mapped[int] = _organisation()
    successor_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    kind: Mapped[words.SuccessionKind] = mapped_column(enum_column(words.SuccessionKind))
    happened_on: Mapped[date]
    source: Mapped[str | None] = mapped_column(String(1000))

    successor: Mapped[Organisation | None] = relationship(lazy="raise", foreign_keys=[successor_id])


class OrganisationSlug(Base):
    """An address an organisation once had; it redirects for ever."""

    __tablename__ = "organisation_slug"

    slug: Mapped[str] = mapped_column(String(200), primary_key=True)
    organisation_id: Mapped[int] = _organisation()


class OrganisationMatch(Base):
    """A name as published: which organisation it surely means and why, what a person decided,
    or that it waits for that (the reviewed queue). Only a person's decision has `decided_at`.
    """

    __tablename__ = "organisation_match"
    __table_args__ = (
        CheckConstraint("(state = 'matched') = (organisation_id IS NOT NULL)", name="decided"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    published_name: Mapped[str] = mapped_column(String(300), unique=True)
    about: Mapped[words.MatchAbout] = mapped_column(
        enum_column(words.MatchAbout), default=words.MatchAbout.OWNER, server_default="owner"
    )
    state: Mapped[words.MatchState] = mapped_column(enum_column(words.MatchState), index=True)
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    first_seen_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reason: Mapped[str | None] = mapped_column(String(2000))

    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
