"""Services with their names, phases, owners and APIs, each with its dates."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue import words
from portal.catalogue.models.organisations import ALL, NEVER_AGAIN, Organisation
from portal.db import Base, Json, UtcTime, enum_column, sorted_text

PERIOD = "until IS NULL OR since IS NULL OR until >= since"


def _service() -> Mapped[int]:
    return mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)


class Service(Base):
    """A government service. `phase`, `organisation_id` and `delivers_id` repeat the open rows of
    its histories (the open phase; who is accountable and who delivers), and `audience_set` its
    audiences as one text ("business,public"), for lists and facets.
    """

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint("name <> ''", name="has_name"),
        CheckConstraint("yearly_transactions >= 0", name="transactions_not_negative"),
        CheckConstraint(
            "yearly_transactions IS NULL OR transactions_to IS NOT NULL",
            name="transactions_have_period",
        ),
        Index("ix_service_sort_name_id", "sort_name", "id"),
        # One choice of a list's filter, in the order of names: without these, all that have it are
        # sorted for a page of fifty.
        Index("ix_service_phase_sort_name_id", "phase", "sort_name", "id"),
        Index("ix_service_category_sort_name_id", "category", "sort_name", "id"),
        Index("ix_service_apis_answer_sort_name_id", "apis_answer", "sort_name", "id"),
        # Services with one start page may be one.
        Index("ix_service_start_page", "start_page"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    sort_name: Mapped[str] = mapped_column(sorted_text(300))
    purpose: Mapped[str | None] = mapped_column(Text)
    user_need: Mapped[str | None] = mapped_column(Text)
    transactional: Mapped[bool | None]
    category: Mapped[str | None] = mapped_column(String(120))
    customer_type: Mapped[str | None] = mapped_column(String(120))
    business_model: Mapped[str | None] = mapped_column(String(200))
    start_page: Mapped[str | None] = mapped_column(String(2000))
    service_address: Mapped[str | None] = mapped_column(String(2000))
    keywords: Mapped[list[str]] = mapped_column(Json, default=list)
    channels: Mapped[list[str]] = mapped_column(Json, default=list)
    sources: Mapped[list[str]] = mapped_column(Json, default=list)
    apis_answer: Mapped[words.ApisAnswer] = mapped_column(enum_column(words.ApisAnswer))
    yearly_transactions: Mapped[int | None] = mapped_column(BigInteger)
    transactions_from: Mapped[date | None]
    transactions_to: Mapped[date | None]
    phase: Mapped[words.Phase] = mapped_column(enum_column(words.Phase))
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    delivers_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    audience_set: Mapped[str] = mapped_column(String(60), default="", server_default="")
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    organisation: Mapped[Organisation | None] = relationship(
        lazy="raise", foreign_keys=[organisation_id]
    )
    audiences: Mapped[list[ServiceAudience]] = relationship(
        cascade=ALL, lazy="raise", order_by="ServiceAudience.audience"
    )
    names: Mapped[list[ServiceName]] = relationship(
        cascade=ALL, lazy="raise", order_by="ServiceName.id"
    )
    links: Mapped[list[ServiceLink]] = relationship(
        cascade=ALL, lazy="raise", order_by="ServiceLink.id"
    )
    phases: Mapped[list[ServicePhase]] = relationship(
        cascade=ALL, lazy="raise", order_by="ServicePhase.id"
    )
    owners: Mapped[list[ServiceOwner]] = relationship(
        cascade=ALL, lazy="raise", order_by="ServiceOwner.id"
    )
    apis: Mapped[list[ServiceApi]] = relationship(
        cascade=ALL, lazy="raise", order_by="ServiceApi.id"
    )
    relations: Mapped[list[ServiceLinkage]] = relationship(
        cascade=ALL,
        lazy="raise",
        order_by="ServiceLinkage.id",
        foreign_keys="ServiceLinkage.service_id",
    )


class ServiceAudience(Base):
    """One of the audiences of a service."""

    __tablename__ = "service_audience"

    service_id: Mapped[int] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    audience: Mapped[words.Audience] = mapped_column(
        enum_column(words.Audience), primary_key=True, index=True
    )


class ServiceName(Base):
    """A synonym, abbreviation or former name; search finds the service by it."""

    __tablename__ = "service_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = _service()
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[words.ServiceNameKind] = mapped_column(enum_column(words.ServiceNameKind))
    language: Mapped[words.Language] = mapped_column(enum_column(words.Language))
    until: Mapped[date | None]


class ServiceLink(Base):
    """Somewhere else that tells more: source code, guidance, status."""

    __tablename__ = "service_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = _service()
    kind: Mapped[words.LinkKind] = mapped_column(enum_column(words.LinkKind))
    url: Mapped[str] = mapped_column(String(2000))
    title: Mapped[str | None] = mapped_column(String(300))


class ServicePhase(Base):
    """A phase and the days it held; the one without an end is where the service is now."""

    __tablename__ = "service_phase"
    __table_args__ = (
        CheckConstraint(PERIOD, name="until_after"),
        Index(
            "uq_service_phase_open",
            "service_id",
            unique=True,
            sqlite_where=sql("until IS NULL"),
            postgresql_where=sql("until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = _service()
    phase: Mapped[words.Phase] = mapped_column(enum_column(words.Phase))
    since: Mapped[date | None]
    until: Mapped[date | None]


class ServiceOwner(Base):
    """What an organisation does for a service, and when. A name that matches nobody for
    certain stays as published until the queue decides.
    """

    __tablename__ = "service_owner"
    __table_args__ = (
        CheckConstraint(PERIOD, name="until_after"),
        CheckConstraint(
            "organisation_id IS NOT NULL OR published_name IS NOT NULL", name="somebody"
        ),
        Index(
            "uq_service_owner_open",
            "service_id",
            "role",
            unique=True,
            sqlite_where=sql("until IS NULL AND role = 'accountable'"),
            postgresql_where=sql("until IS NULL AND role = 'accountable'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = _service()
    role: Mapped[words.OwnerRole] = mapped_column(enum_column(words.OwnerRole))
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    published_name: Mapped[str | None] = mapped_column(String(300), index=True)
    since: Mapped[date | None]
    until: Mapped[date | None]
    source: Mapped[str | None] = mapped_column(String(1000))

    organisation: Mapped[Organisation | None] = relationship(lazy="raise")


class ServiceApi(Base):
    """An API that a service offers to others."""

    __tablename__ = "service_api"
    __table_args__ = (
        CheckConstraint("address IS NOT NULL OR documentation IS NOT NULL", name="leads_somewhere"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = _service()
    name: Mapped[str] = mapped_column(String(300))
    address: Mapped[str | None] = mapped_column(String(2000))
    documentation: Mapped[str | None] = mapped_column(String(2000))


class ServiceLinkage(Base):
    """How one service stands to another."""

    __tablename__ = "service_relation"
    __table_args__ = (
        UniqueConstraint("service_id", "relation", "other_id"),
        CheckConstraint("service_id <> other_id", name="not_itself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = _service()
    relation: Mapped[words.ServiceRelation] = mapped_column(enum_column(words.ServiceRelation))
    other_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)

    other: Mapped[Service] = relationship(lazy="raise", foreign_keys=[other_id])


class ServiceSlug(Base):
    """An address a service once had; it redirects for ever."""

    __tablename__ = "service_slug"

    slug: Mapped[str] = mapped_column(String(200), primary_key=True)
    service_id: Mapped[int] = _service()
