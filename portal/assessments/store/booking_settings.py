"""How organisations hold assessments, as stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.assessments.models.bookings import AssessmentSetting
from portal.assessments.rules.booking_settings import DEFAULT, NAMES, HeldHow, held_how
from portal.audit import Act, Document, record

THING = "assessment_setting"


def row_of(session: Session, organisation_id: int | None) -> AssessmentSetting | None:
    """What an organisation says itself; the portal's row without one."""
    query = select(AssessmentSetting).where(AssessmentSetting.scope == (organisation_id or 0))
    return session.scalars(query).first()


def held_by(session: Session, organisation_id: int | None) -> HeldHow:
    """What holds for an organisation: its own words, then the portal's, then what is assumed."""
    scopes = {organisation_id or 0, 0}
    query = select(AssessmentSetting).where(AssessmentSetting.scope.in_(scopes))
    rows = session.scalars(query.order_by(AssessmentSetting.scope.desc()))
    return held_how(*map(said, rows))


def column_of(name: str, organisation_id: Any) -> Any:
    """What holds of one setting for the organisation in a column, as a column."""
    a = AssessmentSetting
    own, portal = (
        select(getattr(a, name)).where(a.scope == scope).correlate_except(a).scalar_subquery()
        for scope in (organisation_id, 0)
    )
    return func.coalesce(own, portal, getattr(DEFAULT, name))


def held_by_each(session: Session) -> Callable[[int | None], HeldHow]:
    """The same for whichever organisation is asked about then, in one statement."""
    rows = {row.scope: said(row) for row in session.scalars(select(AssessmentSetting))}

    def held(organisation_id: int | None) -> HeldHow:
        scopes = dict.fromkeys((organisation_id or 0, 0))
        return held_how(*(rows[scope] for scope in scopes if scope in rows))

    return held


def said(row: AssessmentSetting) -> dict[str, Any]:
    """What a row says."""
    return {name: getattr(row, name) for name in NAMES}


def _document(row: AssessmentSetting) -> Document:
    return {name: getattr(value, "value", value) for name, value in said(row).items()}


def save(session: Session, organisation_id: int | None, values: dict[str, Any], act: Act) -> bool:
    """Keep what an organisation (None: the portal) says, with its history; False where nothing
    changes.
    """
    row, before = row_of(session, organisation_id), None
    if row is None:
        row = AssessmentSetting(
            scope=organisation_id or 0, organisation_id=organisation_id, edited_at=act.at
        )
        session.add(row)
    else:
        before = _document(row)
    for name in NAMES:
        setattr(row, name, values.get(name))
    row.edited_at = act.at
    session.flush()
    changed = record(session, act, "assessments.held_how", THING, row.id, before, _document(row))
    row.version = (row.version or 1) + int(changed and before is not None)
    return changed
