"""Savings runs: what went in, what came out, and every claim."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.audit import Document
from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.db import Base, Json, UtcTime, enum_column
from portal.reports import words


class SavingsRun(Base):
    """The savings model, once: never changed after it is done (triggers refuse that).

    `inputs_digest` and `lines_digest` are SHA-256 of the bytes that went in and came out.
    `result` is what rules/runs.py says of it, without the claims. `progress` is 0 to 100.
    """

    __tablename__ = "savings_run"
    __table_args__ = (
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_has_moment"),
        CheckConstraint("progress >= 0 AND progress <= 100", name="progress_per_cent"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(
        ForeignKey("assumption_set.id", ondelete="RESTRICT"), index=True
    )
    as_at: Mapped[date]
    basis: Mapped[words.Basis] = mapped_column(enum_column(words.Basis))
    seed: Mapped[int]
    state: Mapped[words.RunState] = mapped_column(enum_column(words.RunState))
    progress: Mapped[int] = mapped_column(default=0)
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)
    code: Mapped[str | None] = mapped_column(String(64))
    inputs_digest: Mapped[str | None] = mapped_column(String(64))
    lines_digest: Mapped[str | None] = mapped_column(String(64))
    result: Mapped[Document] = mapped_column(Json, default=dict)
    failed: Mapped[str | None] = mapped_column(String(500))


class SavingsInput(Base):
    """What the records said when a run began: JSON lines, compressed, in parts."""

    __tablename__ = "savings_input"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("savings_run.id", ondelete="CASCADE"), primary_key=True
    )
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class SavingsQuantity(Base):
    """What a run's figures follow from, apart from the assumptions (rules/places.py), compressed:
    other assumptions are tried with it.
    """

    __tablename__ = "savings_quantity"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("savings_run.id", ondelete="CASCADE"), primary_key=True
    )
    body: Mapped[bytes] = mapped_column(LargeBinary)


class SavingsClaim(Base):
    """What a service claims for a need, of one kind, in each year of a run.

    `years` holds [year, column, confirmed, declared, planned] for each year with anything in it,
    amounts in pence. With the primary key that is one claim for service, capability, kind and
    financial year, whichever components share it: `component_id` is empty where two do, and `parts`
    then holds [component, year, confirmed, declared, planned, usages] of each. What a platform
    itself costs is claimed by no service: `platform_id` names it, and the others are 0.
    The ids are those of the day of the run: what is deleted afterwards stays claimed.
    """

    __tablename__ = "savings_claim"
    __table_args__ = (
        CheckConstraint("(kind = 'platform') = (platform_id <> 0)", name="platform_costs"),
        CheckConstraint("(service_id = 0) = (platform_id <> 0)", name="of_service_or_platform"),
        Index("ix_savings_claim_run_id_component_id", "run_id", "component_id"),
        {"sqlite_with_rowid": False},
    )

    run_id: Mapped[int] = mapped_column(
        ForeignKey("savings_run.id", ondelete="CASCADE"), primary_key=True
    )
    service_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    capability_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[words.ClaimKind] = mapped_column(enum_column(words.ClaimKind), primary_key=True)
    platform_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    component_id: Mapped[int | None]
    organisation_id: Mapped[int]
    years: Mapped[list[Any]] = mapped_column(Json)
    usages: Mapped[list[Any]] = mapped_column(Json)
    assumptions: Mapped[list[Any]] = mapped_column(Json)
    parts: Mapped[list[Any] | None] = mapped_column(Json)
