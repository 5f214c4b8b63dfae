"""The table at the heart: how a service meets a need. The database refuses bad rows itself."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    Text,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue import component_words as words
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import ALL, Organisation
from portal.catalogue.models.services import Service
from portal.db import Base, UtcTime, enum_column

OPEN = "status <> 'stopped'"
BOUGHT = "arrangement IN ('bought_product', 'own_build')"
CONTRACT = "contract_end IS NOT NULL AND status <> 'stopped'"
STARTED = "first_planned_on IS NOT NULL AND since IS NOT NULL"


def _one_open(what: str, column: str, where: str) -> Index:
    condition = sql(f"{OPEN} AND {where}")
    return Index(
        f"uq_usage_open_{what}", "service_id", "capability_id", column, unique=True,
        sqlite_where=condition, postgresql_where=condition,
    )  # fmt: skip


class Usage(Base):
    """One way in which a service meets, met or will meet a need.

    `share` is the part of the need it covers, in per cent; `yearly_cost` is in whole pounds;
    `replaces_id` is the arrangement it takes the place of. `confirmed_on` and `disputed_on` follow
    from its evidence (rules/standing.py), so that lists need not read it. `supplier_key` follows
    from the supplier's name (rules/suppliers.py), `first_planned_on` from the history: the day on
    which it was first recorded as planned or being built in. `integration_days` are the days of
    work that building a shared component in took, as they were measured.
    """

    __tablename__ = "usage"
    __table_args__ = (
        ForeignKeyConstraint(
            ["component_id", "capability_id"],
            ["component_capability.component_id", "component_capability.capability_id"],
            name="fk_usage_component_offers_capability",
            ondelete="RESTRICT",
        ),
        CheckConstraint(
            "(arrangement = 'shared_component') = (component_id IS NOT NULL)",
            name="shared_has_component",
        ),
        CheckConstraint(
            "arrangement <> 'bought_product' OR product IS NOT NULL", name="bought_has_product"
        ),
        CheckConstraint("product <> ''", name="product_has_name"),
        CheckConstraint(
            "status NOT IN ('live', 'stopping') OR since IS NOT NULL", name="live_has_since"
        ),
        CheckConstraint("status <> 'stopped' OR until IS NOT NULL", name="stopped_has_until"),
        CheckConstraint(
            "until IS NULL OR status IN ('stopping', 'stopped')", name="until_when_stopping"
        ),
        CheckConstraint(
            "status NOT IN ('considering', 'planned', 'integrating') OR since IS NULL",
            name="planned_has_no_since",
        ),
        CheckConstraint("until >= since", name="until_after"),
        CheckConstraint("share > 0 AND share <= 100", name="share_is_per_cent"),
        CheckConstraint("yearly_cost >= 0", name="cost_not_negative"),
        CheckConstraint("integration_days >= 0", name="integration_days_not_negative"),
        CheckConstraint(
            "integration_days IS NULL OR arrangement = 'shared_component'",
            name="integration_of_shared",
        ),
        CheckConstraint(
            "integration_source IS NULL OR integration_days IS NOT NULL",
            name="integration_source_of_days",
        ),
        CheckConstraint("replaces_id <> id", name="not_itself"),
        CheckConstraint(
            "contract_group IS NULL OR arrangement = 'bought_product' OR "
            "(arrangement = 'own_build' AND supplier IS NOT NULL)",
            name="contract_group_of_bought",
        ),
        CheckConstraint(
            "arrangement IN ('bought_product', 'own_build') OR (code_held_by IS NULL AND "
            "data_held_by IS NULL AND exit_plan IS NULL)",
            name="control_of_bought_or_built",
        ),
        CheckConstraint(
            "exit_plan IS NOT NULL OR (exit_note IS NULL AND exit_reviewed_on IS NULL)",
            name="exit_details_of_a_plan",
        ),
        CheckConstraint("(supplier IS NULL) = (supplier_key IS NULL)", name="supplier_has_key"),
        _one_open("component", "component_id", "component_id IS NOT NULL"),
        _one_open("product", "product", "product IS NOT NULL AND component_id IS NULL"),
        _one_open("other", "arrangement", "product IS NULL AND component_id IS NULL"),
        # Who uses a component is counted from the index alone.
        Index("ix_usage_component_id_status_service_id", "component_id", "status", "service_id"),
        Index("ix_usage_capability_id_status", "capability_id", "status"),
        Index(
            "ix_usage_disputed",
            "component_id",
            sqlite_where=sql("disputed_on IS NOT NULL"),
            postgresql_where=sql("disputed_on IS NOT NULL"),
        ),
        # What ends when, without reading what has no contract.
        Index(
            "ix_usage_contract_end",
            "contract_end",
            "id",
            sqlite_where=sql(CONTRACT),
            postgresql_where=sql(CONTRACT),
        ),
        # What hangs on each supplier, from the index alone.
        Index(
            "ix_usage_bought",
            "supplier_id",
            "supplier_key",
            "service_id",
            "arrangement",
            "status",
            "capability_id",
            "contract_end",
            "yearly_cost",
            "exit_plan",
            "supplier",
            sqlite_where=sql(BOUGHT),
            postgresql_where=sql(BOUGHT),
        ),
        # What took how long from the plan to the first day of use, from the index alone.
        Index(
            "ix_usage_started",
            "component_id",
            "first_planned_on",
            "since",
            "since_basis",
            sqlite_where=sql(STARTED),
            postgresql_where=sql(STARTED),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    capability_id: Mapped[int] = mapped_column(ForeignKey("capability.id", ondelete="RESTRICT"))
    arrangement: Mapped[words.Arrangement] = mapped_column(enum_column(words.Arrangement))
    component_id: Mapped[int | None]
    product: Mapped[str | None] = mapped_column(String(300))
    supplier: Mapped[str | None] = mapped_column(String(300), index=True)
    supplier_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    supplier_key: Mapped[str | None] = mapped_column(String(300), index=True)
    contract_group: Mapped[str | None] = mapped_column(String(300), index=True)
    code_held_by: Mapped[words.Holder | None] = mapped_column(
        enum_column(words.Holder, "code_held_by")
    )
    data_held_by: Mapped[words.Holder | None] = mapped_column(
        enum_column(words.Holder, "data_held_by")
    )
    exit_plan: Mapped[words.ExitPlan | None] = mapped_column(enum_column(words.ExitPlan))
    exit_note: Mapped[str | None] = mapped_column(Text)
    exit_reviewed_on: Mapped[date | None]
    status: Mapped[words.UsageStatus] = mapped_column(enum_column(words.UsageStatus))
    planned_live: Mapped[date | None]
    since: Mapped[date | None]
    since_basis: Mapped[words.DateBasis | None] = mapped_column(
        enum_column(words.DateBasis, "since_basis")
    )
    until: Mapped[date | None]
    until_basis: Mapped[words.DateBasis | None] = mapped_column(
        enum_column(words.DateBasis, "until_basis")
    )
    share: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    contract_end: Mapped[date | None]
    reason: Mapped[words.NotSharedReason | None] = mapped_column(enum_column(words.NotSharedReason))
    reason_note: Mapped[str | None] = mapped_column(Text)
    replaces_id: Mapped[int | None] = mapped_column(
        ForeignKey("usage.id", ondelete="RESTRICT"), unique=True
    )
    yearly_cost: Mapped[int | None] = mapped_column(BigInteger)
    integration_days: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    integration_source: Mapped[str | None] = mapped_column(String(2000))
    note: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(2000))
    declared_by: Mapped[str] = mapped_column(String(80))
    confirmed_on: Mapped[date | None]
    disputed_on: Mapped[date | None]
    first_planned_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    service: Mapped[Service] = relationship(lazy="raise")
    capability: Mapped[Capability] = relationship(lazy="raise", foreign_keys=[capability_id])
    supplier_body: Mapped[Organisation | None] = relationship(lazy="raise")
    component: Mapped[Component | None] = relationship(
        lazy="raise",
        primaryjoin="foreign(Usage.component_id) == Component.id",
        viewonly=True,
    )
    volumes: Mapped[list[UsageVolume]] = relationship(
        cascade=ALL, lazy="raise", passive_deletes=True, order_by="UsageVolume.year"
    )


class UsageVolume(Base):
    """How much of a shared component a use took in a financial year, as it was measured.

    `year` is the calendar year in which the financial year begins: 2026 is 2026-27. `quantity` is
    in what the component counts (payments, messages), for the part of the year in which the use
    was live.
    """

    __tablename__ = "usage_volume"
    __table_args__ = (
        CheckConstraint("year BETWEEN 1990 AND 2100", name="year_is_one"),
        CheckConstraint("quantity >= 0", name="not_negative"),
    )

    usage_id: Mapped[int] = mapped_column(
        ForeignKey("usage.id", ondelete="CASCADE"), primary_key=True
    )
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    quantity: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str | None] = mapped_column(String(2000))
    edited_at: Mapped[datetime] = mapped_column(UtcTime)


class CapabilityNeed(Base):
    """Whether a service needs a capability, as it answered; no row means it was not asked."""

    __tablename__ = "capability_need"

    service_id: Mapped[int] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    capability_id: Mapped[int] = mapped_column(
        ForeignKey("capability.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    answer: Mapped[words.NeedAnswer] = mapped_column(enum_column(words.NeedAnswer))
    note: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(2000))
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    service: Mapped[Service] = relationship(lazy="raise")
    capability: Mapped[Capability] = relationship(lazy="raise")
