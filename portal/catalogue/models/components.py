"""Capabilities, and the shared components that offer them, each fact with its dates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit import Document
from portal.catalogue import component_words as words
from portal.catalogue.models.organisations import ALL, Organisation
from portal.catalogue.models.services import PERIOD, Service
from portal.db import Base, Json, UtcTime, enum_column, sorted_text


class Capability(Base):
    """Something a service may need; the leaves of the tree are what components offer."""

    __tablename__ = "capability"
    __table_args__ = (
        CheckConstraint("parent_id <> id", name="not_itself"),
        UniqueConstraint("parent_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("capability.id", ondelete="RESTRICT"), index=True
    )
    position: Mapped[int]
    question: Mapped[str | None] = mapped_column(String(300))
    hint: Mapped[str | None] = mapped_column(String(1000))
    description: Mapped[str | None] = mapped_column(Text)
    keywords: Mapped[list[str]] = mapped_column(Json, default=list)
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    parent: Mapped[Capability | None] = relationship(lazy="raise", remote_side="Capability.id")


def _component() -> Mapped[int]:
    return mapped_column(ForeignKey("component.id", ondelete="CASCADE"), index=True)


class Component(Base):
    """A building block that services share.

    The lists kept as JSON are only ever read with their component; what is joined or asked for by
    date has tables of its own. Their shapes are in rules/components.py.
    """

    __tablename__ = "component"
    __table_args__ = (
        CheckConstraint("name <> ''", name="has_name"),
        CheckConstraint("successor_id <> id", name="not_itself"),
        CheckConstraint("lifecycle <> 'closing' OR closes_on IS NOT NULL", name="closing_has_date"),
        Index("ix_component_sort_name_id", "sort_name", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    sort_name: Mapped[str] = mapped_column(sorted_text(300))
    kind: Mapped[words.ComponentKind] = mapped_column(enum_column(words.ComponentKind), index=True)
    delivery: Mapped[words.Delivery] = mapped_column(enum_column(words.Delivery))
    has_interface: Mapped[bool]
    provider_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    summary: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    sectors: Mapped[list[str]] = mapped_column(Json, default=list)
    eligibility_note: Mapped[str | None] = mapped_column(Text)
    how_to_start: Mapped[str | None] = mapped_column(String(2000))
    documentation: Mapped[str | None] = mapped_column(String(2000))
    support_hours: Mapped[str | None] = mapped_column(String(300))
    status_page: Mapped[str | None] = mapped_column(String(2000))
    lifecycle: Mapped[words.Lifecycle] = mapped_column(enum_column(words.Lifecycle), index=True)
    lifecycle_since: Mapped[date | None]
    closes_on: Mapped[date | None]
    closing_means: Mapped[str | None] = mapped_column(Text)
    successor_id: Mapped[int | None] = mapped_column(
        ForeignKey("component.id", ondelete="RESTRICT"), index=True
    )
    names: Mapped[list[Document]] = mapped_column(Json, default=list)
    steps: Mapped[list[Document]] = mapped_column(Json, default=list)
    allowances: Mapped[list[Document]] = mapped_column(Json, default=list)
    volumes: Mapped[list[Document]] = mapped_column(Json, default=list)
    costs: Mapped[list[Document]] = mapped_column(Json, default=list)
    adopters: Mapped[list[Document]] = mapped_column(Json, default=list)
    sources: Mapped[list[str]] = mapped_column(Json, default=list)
    team: Mapped[str | None] = mapped_column(String(300))
    team_reachable: Mapped[bool | None]
    security_tested_on: Mapped[date | None]
    looked_at_on: Mapped[date | None]
    incidents: Mapped[list[Document]] = mapped_column(Json, default=list, server_default="[]")
    unsupported: Mapped[list[Document]] = mapped_column(Json, default=list, server_default="[]")
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    provider: Mapped[Organisation] = relationship(lazy="raise")
    successor: Mapped[Component | None] = relationship(lazy="raise", remote_side="Component.id")
    capabilities: Mapped[list[ComponentCapability]] = relationship(
        cascade=ALL, lazy="raise", order_by="ComponentCapability.capability_id"
    )
    evolution: Mapped[list[ComponentEvolution]] = relationship(
        cascade=ALL, lazy="raise", order_by="ComponentEvolution.since"
    )
    prices: Mapped[list[ComponentPrice]] = relationship(
        cascade=ALL, lazy="raise", order_by="ComponentPrice.item, ComponentPrice.since"
    )
    mandates: Mapped[list[ComponentMandate]] = relationship(
        cascade=ALL, lazy="raise", order_by="ComponentMandate.since"
    )


class ComponentCapability(Base):
    """A need that a component meets. Usages point at this pair, so that none can claim more."""

    __tablename__ = "component_capability"

    component_id: Mapped[int] = mapped_column(
        ForeignKey("component.id", ondelete="CASCADE"), primary_key=True
    )
    capability_id: Mapped[int] = mapped_column(
        ForeignKey("capability.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    note: Mapped[str | None] = mapped_column(String(1000))

    capability: Mapped[Capability] = relationship(lazy="raise")
    component: Mapped[Component] = relationship(lazy="raise", overlaps="capabilities")


class ComponentEvolution(Base):
    """The stage of evolution a component reached on a day, and why one says so."""

    __tablename__ = "component_evolution"
    __table_args__ = (UniqueConstraint("component_id", "since"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id", ondelete="CASCADE"))
    stage: Mapped[words.EvolutionStage] = mapped_column(enum_column(words.EvolutionStage))
    since: Mapped[date]
    rationale: Mapped[str] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(2000))


class ComponentPrice(Base):
    """What one unit cost from a day on: pence without VAT, or a fee in per cent of what is used.

    A row ends where the next one of its item starts.
    """

    __tablename__ = "component_price"
    __table_args__ = (
        UniqueConstraint("component_id", "item", "since"),
        CheckConstraint(PERIOD, name="until_after"),
        CheckConstraint("coalesce(pence, per_cent) >= 0", name="not_negative"),
        CheckConstraint("(pence IS NULL) <> (per_cent IS NULL)", name="one_amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id", ondelete="CASCADE"))
    item: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(200))
    pence: Mapped[Decimal | None] = mapped_column(Numeric(14, 4))
    per_cent: Mapped[Decimal | None] = mapped_column(Numeric(7, 4))
    since: Mapped[date | None]
    until: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(2000))


class ComponentMandate(Base):
    """A rule that services must use a component, its scope and the policy that says so.

    What makes it countable (rules/mandates.py): the needs it is about, by slug, none where nobody
    has said; whose services (sectors), for which audiences, from which phase on, and since when a
    service counts as new where only new ones fall under it. An empty list leaves nobody out.
    """

    __tablename__ = "component_mandate"
    __table_args__ = (CheckConstraint(PERIOD, name="until_after"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    component_id: Mapped[int] = _component()
    scope: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    since: Mapped[date | None]
    until: Mapped[date | None]
    policy: Mapped[str | None] = mapped_column(String(2000))
    needs: Mapped[list[str] | None] = mapped_column(Json)
    sectors: Mapped[list[str] | None] = mapped_column(Json)
    audiences: Mapped[list[str] | None] = mapped_column(Json)
    from_phase: Mapped[str | None] = mapped_column(String(40))
    new_since: Mapped[date | None]


class ComponentSlug(Base):
    """An address a component once had; it redirects for ever."""

    __tablename__ = "component_slug"

    slug: Mapped[str] = mapped_column(String(200), primary_key=True)
    component_id: Mapped[int] = _component()


class ComponentExemption(Base):
    """Leave for a service not to use a mandated component: why, from whom, until when.

    `expires_on` and `ended_on` are the first day without it; the latter where it ended early.
    `conditions_by` is the day by which its conditions have to be met.
    """

    __tablename__ = "component_exemption"
    __table_args__ = (
        UniqueConstraint("component_id", "service_id", "granted_on"),
        CheckConstraint("expires_on >= granted_on", name="expires_after"),
        CheckConstraint("ended_on >= granted_on", name="ended_after"),
        CheckConstraint(
            "conditions IS NOT NULL OR (conditions_by IS NULL AND conditions_met_on IS NULL)",
            name="days_of_conditions",
        ),
        CheckConstraint("conditions_by >= granted_on", name="conditions_after"),
        CheckConstraint("conditions_met_on >= granted_on", name="conditions_met_after"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    component_id: Mapped[int] = _component()
    service_id: Mapped[int] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(Text)
    granted_by: Mapped[str] = mapped_column(String(300))
    granted_on: Mapped[date]
    expires_on: Mapped[date | None]
    request_id: Mapped[int | None] = mapped_column(
        ForeignKey("exemption_request.id", ondelete="CASCADE"), unique=True
    )
    conditions: Mapped[str | None] = mapped_column(Text)
    conditions_by: Mapped[date | None]
    conditions_met_on: Mapped[date | None]
    ended_on: Mapped[date | None]

    component: Mapped[Component] = relationship(lazy="raise")
    service: Mapped[Service] = relationship(lazy="raise")
