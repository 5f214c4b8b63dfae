"""What a savings run takes for granted, in versions that do not change once published."""

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
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.db import Base, UtcTime, enum_column
from portal.reports import words


class AssumptionSet(Base):
    """A version of the assumptions.

    `scope` says whose they are: 0 for everybody's. Money is in pounds of the financial year
    `price_year`; year 0 is the financial year that begins in `base_year`. `approver` is who answers
    for it, by office and not by name; `self_approved` where whoever published it had drafted or
    changed it, since nobody else could publish it. Once it is published neither it nor its
    assumptions change (triggers refuse that).
    """

    __tablename__ = "assumption_set"
    __table_args__ = (
        UniqueConstraint("scope", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("horizon >= 1 AND horizon <= 60", name="horizon_of_years"),
        CheckConstraint("claim_years >= 0", name="claims_not_negative"),
        CheckConstraint("rate >= 0 AND rate < 1", name="rate_is_share"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published_has_moment"),
        CheckConstraint("(state = 'draft') = (approver IS NULL)", name="published_has_approver"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[int]
    number: Mapped[int]
    base_year: Mapped[int]
    price_year: Mapped[int]
    horizon: Mapped[int]
    rate: Mapped[Decimal] = mapped_column(Numeric(6, 4))
    claim_years: Mapped[int]
    note: Mapped[str | None] = mapped_column(Text)
    state: Mapped[words.SetState] = mapped_column(enum_column(words.SetState))
    made_by: Mapped[str] = mapped_column(String(80))
    approver: Mapped[str | None] = mapped_column(String(200))
    self_approved: Mapped[bool] = mapped_column(default=False, server_default=false())
    published_at: Mapped[datetime | None] = mapped_column(UtcTime)
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)


class AssumptionRow(Base):
    """One assumption: of a need, a component or a size of service, or of all where it names none.

    `key` says which; it is the same in every version. What a platform costs may be of one financial
    year, named by the calendar year in which it begins. `dated` is the day that its source is of.
    `apart` says of a price elsewhere that it is in no other cost as well; `price_item` and
    `price_since` name the row of a component's price list that its price is from, which may be gone
    meanwhile.
    """

    __tablename__ = "assumption"
    __table_args__ = (
        UniqueConstraint("set_id", "key"),
        CheckConstraint("low <= central AND central <= high", name="in_order"),
        CheckConstraint("low >= 0", name="not_negative"),
        CheckConstraint(
            "(field IN ('platform', 'price')) = (component_id IS NOT NULL)", name="of_component"
        ),
        CheckConstraint(
            "component_id IS NULL OR (capability_id IS NULL AND band IS NULL)", name="of_one_sort"
        ),
        CheckConstraint("year IS NULL OR component_id IS NOT NULL", name="year_of_component"),
        CheckConstraint("evidence = 'judgement' OR source IS NOT NULL", name="has_source"),
        CheckConstraint("NOT apart OR field = 'alternative_price'", name="apart_of_price"),
        CheckConstraint("price_item IS NULL OR field = 'price'", name="row_of_price"),
        CheckConstraint("price_since IS NULL OR price_item IS NOT NULL", name="since_of_row"),
        Index("ix_assumption_capability_id", "capability_id"),
        Index("ix_assumption_component_id", "component_id"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("assumption_set.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(500))
    field: Mapped[words.Assumed] = mapped_column(enum_column(words.Assumed))
    capability_id: Mapped[int | None] = mapped_column(
        ForeignKey("capability.id", ondelete="RESTRICT")
    )
    component_id: Mapped[int | None] = mapped_column(
        ForeignKey("component.id", ondelete="RESTRICT")
    )
    band: Mapped[words.SizeBand | None] = mapped_column(enum_column(words.SizeBand))
    year: Mapped[int | None]
    low: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    central: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    high: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    evidence: Mapped[words.EvidenceClass] = mapped_column(enum_column(words.EvidenceClass))
    source: Mapped[str | None] = mapped_column(String(2000))
    dated: Mapped[date]
    note: Mapped[str | None] = mapped_column(Text)
    apart: Mapped[bool] = mapped_column(default=False, server_default=false())
    price_item: Mapped[str | None] = mapped_column(String(200))
    price_since: Mapped[date | None]
