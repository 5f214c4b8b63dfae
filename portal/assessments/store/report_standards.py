"""The published versions of standards that an assessment can be against."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.assessments.models.standards import Standard, StandardVersion
from portal.assessments.words import VersionState


def values(session: Session) -> dict[str, str]:
    """What documents call them (`service-standard.1`), with what pages do."""
    v = StandardVersion
    query = (
        select(Standard.slug, v.number, Standard.name, v.title)
        .join(Standard, Standard.id == v.standard_id)
        .where(v.state == VersionState.PUBLISHED)
        .order_by(Standard.name, v.number)
    )
    rows = session.execute(query)
    return {f"{slug}.{number}": f"{name}: {title}" for slug, number, name, title in rows}
