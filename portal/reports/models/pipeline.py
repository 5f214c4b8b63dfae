"""What the pipeline report knows of each published assessment; it follows from the records."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class PipelineFact(Base):
    """A published assessment, ready to be counted (rules/pipeline.py).

    `days` are the working days until its publication and `published_in` the quarter of that; both
    are empty where they are not known. `used` is what its service shared on the day, empty where
    service or day are not known. `service_id` points at no table: it finds the assessments of a
    service that goes. 0 stands for no organisation.
    """

    __tablename__ = "pipeline_fact"
    __table_args__ = (
        # Each is all that a figure reads, in the order in which it counts.
        Index("ix_pipeline_fact_ended", "stage", "kind", "used", "result", "organisation_id",
              "held_on"),
        Index("ix_pipeline_fact_times", "published_in", "days", "organisation_id", "held_on",
              "stage", "kind"),
        Index("ix_pipeline_fact_held_on", "held_on", "id"),
        Index("ix_pipeline_fact_organisation_id", "organisation_id"),
        Index("ix_pipeline_fact_service_id", "service_id"),
        {"sqlite_with_rowid": False},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(
        ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    service_id: Mapped[int | None]
    organisation_id: Mapped[int]
    stage: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    result: Mapped[str] = mapped_column(String(40))
    held_on: Mapped[date | None]
    published_on: Mapped[date | None]
    published_in: Mapped[str | None] = mapped_column(String(7))
    days: Mapped[int | None]
    used: Mapped[str | None] = mapped_column(String(20))
