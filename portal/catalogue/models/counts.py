"""How many services there are of each sort, and use each component, kept with every write."""

from __future__ import annotations

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class ServiceCount(Base):
    """How many services have a value of a facet, among those with one value of another.

    `facet` is phase, audience, category, apis or organisation; so is `within`, or it is empty and
    the count is of all. The value of an audience is the whole set, as in `Service.audience_set`,
    since a service has several. An organisation is two ids, who is accountable and who delivers (0
    for nobody), and never what a count is within: the other way round says the same.
    """

    __tablename__ = "service_count"
    __table_args__ = (
        # An organisation's page of the list asks by either id.
        Index("ix_service_count_organisation_id", "organisation_id", "within", "within_value"),
        Index("ix_service_count_delivers_id", "delivers_id", "within", "within_value"),
        {"sqlite_with_rowid": False},
    )

    within: Mapped[str] = mapped_column(String(20), primary_key=True)
    within_value: Mapped[str] = mapped_column(String(120), primary_key=True)
    facet: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(120), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    delivers_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    many: Mapped[int]


class UsageCount(Base):
    """How many services of an organisation use a component now; 0 stands for no organisation."""

    __tablename__ = "usage_count"
    __table_args__ = (
        Index("ix_usage_count_component_id", "component_id", "services"),
        {"sqlite_with_rowid": False},
    )

    organisation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    component_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    services: Mapped[int]
