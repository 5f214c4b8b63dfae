"""Figures by service and component, and their totals by organisation: kept with each write."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Double, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.access import Kind
from portal.db import Base, enum_column
from portal.performance import words


class ThingFigure(Base):
    """A figure of a service or component (`kind` and `of_id`) for a period, from its data set, as
    everybody may know it: numbers that are not shown are not here. One that is suppressed and has a
    number is the sum of the parts that are shown.
    """

    __tablename__ = "thing_figure"
    __table_args__ = (
        Index("ix_thing_figure_start", "period", "figure", "start"),
        {"sqlite_with_rowid": False},
    )

    kind: Mapped[Kind] = mapped_column(enum_column(Kind), primary_key=True)
    of_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    period: Mapped[words.Period] = mapped_column(enum_column(words.Period), primary_key=True)
    figure: Mapped[words.Figure] = mapped_column(enum_column(words.Figure), primary_key=True)
    start: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[words.ValueState] = mapped_column(enum_column(words.ValueState))
    number: Mapped[float | None] = mapped_column(Double)
    status: Mapped[words.ValueStatus] = mapped_column(enum_column(words.ValueStatus))
    definition: Mapped[int]
    doubt: Mapped[words.Doubt | None] = mapped_column(enum_column(words.Doubt))
    data_set_id: Mapped[int] = mapped_column(
        ForeignKey("data_set.id", ondelete="CASCADE"), index=True
    )


class FigureTotal(Base):
    """A figure or indicator of all services of an organisation for a period.

    `organisation_id` is 0 for services of none, -1 for all of government. Of an indicator, `top`
    and `bottom` are sums over the services that have both; of a figure, `top` is its sum and
    `bottom` is empty. `same_` is like for like: over the `same_things` that have it a year before
    as well, then (`was`) and now. `suppressed` is how many more services have it, but as a number
    that is not shown: they are in no sum. `provisional` is how many of `things` may still change,
    `partial` how many of them are sums of which parts are not shown: those are not like for like.
    """

    __tablename__ = "figure_total"
    __table_args__ = (
        # Rankings ask for one figure of one period, of all organisations.
        Index("ix_figure_total_start", "period", "figure", "start"),
        {"sqlite_with_rowid": False},
    )

    organisation_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    period: Mapped[words.Period] = mapped_column(enum_column(words.Period), primary_key=True)
    figure: Mapped[str] = mapped_column(String(40), primary_key=True)
    start: Mapped[date] = mapped_column(primary_key=True)
    things: Mapped[int]
    top: Mapped[float] = mapped_column(Double)
    bottom: Mapped[float | None] = mapped_column(Double)
    largest: Mapped[float] = mapped_column(Double)
    same_things: Mapped[int]
    same_top: Mapped[float] = mapped_column(Double)
    same_bottom: Mapped[float | None] = mapped_column(Double)
    was_top: Mapped[float] = mapped_column(Double)
    was_bottom: Mapped[float | None] = mapped_column(Double)
    suppressed: Mapped[int] = mapped_column(server_default="0")
    provisional: Mapped[int] = mapped_column(server_default="0")
    partial: Mapped[int] = mapped_column(server_default="0")
