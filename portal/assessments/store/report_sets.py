"""Conditions over many reports, in the words that both databases read quickly."""

from __future__ import annotations

from typing import Any

from sqlalchemy import any_, func, select
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Assessment, Report

#: The reports that repeat another one: few, and they have an index of their own.
COPIES = select(Report.id).where(Report.same_as_id.is_not(None))
#: That the report of an assessment repeats no other one. A row of a report is wide, so none is
#: read for this.
COUNTS = Assessment.report_id.not_in(COPIES)


def among(session: Session, column: Any, ids: Any) -> Any:
    """Whether a column is one of what a select gives. It is looked up first: PostgreSQL would
    else read all rows in the order of the list to see which of them is one.
    """
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(func.array(ids.scalar_subquery()))
    return column.in_(ids)
