"""Say beside a series what happened, and what an indicator shall reach."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal.access import Kind
from portal.audit import Act, Document, record
from portal.db import Database
from portal.errors import N_, Invalid
from portal.performance.models.notes import FigureNote, FigureTarget
from portal.performance.rules import boards
from portal.performance.rules.meanings import FIRST
from portal.performance.store import notes
from portal.performance.store.notes import NOTE, TARGET
from portal.performance.words import Kpi

#: So far ahead can a target begin or end.
AHEAD = timedelta(days=3653)


def add_note(database: Database, kind: Kind, of_id: int, day: date, note: str, act: Act) -> int:
    """Add a note on a day of the series of a service or component; returns its id.

    Raises:
        Invalid: the day is to come, or before 1900.
    """
    _check_day(day, act)
    named = {"service_id": of_id} if kind is Kind.SERVICE else {"component_id": of_id}
    with database.writing() as session:
        row = FigureNote(day=day, note=note, edited_at=act.at, **named)
        session.add(row)
        session.flush()
        record(session, act, "figure_note.added", NOTE, row.id, None, notes.document(row))
        return row.id


def change_note(
    database: Database, kind: Kind, of_id: int, id_: int, base: int, day: date, note: str, act: Act
) -> bool:
    """Change a note; False where it says so already. Raises Stale, and Invalid as `add_note`."""
    with database.writing() as session:
        row = notes.note(session, kind, of_id, id_, base)
        before = notes.document(row)
        if (row.day, row.note) == (day, note):
            return False
        if row.day != day:
            _check_day(day, act)
        row.day, row.note = day, note
        row.version, row.edited_at = row.version + 1, act.at
        session.flush()
        return record(session, act, "figure_note.changed", NOTE, id_, before, notes.document(row))


def remove_note(database: Database, kind: Kind, of_id: int, id_: int, base: int, act: Act) -> None:
    """Remove a note; its history stays. Raises Stale."""
    with database.writing() as session:
        row = notes.note(session, kind, of_id, id_, base)
        before = notes.document(row)
        session.delete(row)
        session.flush()
        record(session, act, "figure_note.removed", NOTE, id_, before, None)


def set_target(
    database: Database, service_id: int, kpi: Kpi, value: float, since: date, act: Act
) -> int:
    """Set what an indicator of a service shall reach from a day on; one that holds until then ends.

    Args:
        value: pounds for cost, else a share from 0 to 1.

    Raises:
        Invalid: no share, no cost, or another target begins on that day or later; or the day is
            more than 10 years away.
    """
    _check(kpi, value)
    _check_range("since", since, act)
    with database.writing() as session:
        others = [t for t in notes.of_services(session, [service_id]) if t.kpi is kpi]
        if any(each.since >= since for each in others):
            raise Invalid(
                "since", N_("Another target of this indicator begins on that day or later")
            )
        for each in others:
            if each.until is None or each.until > since:
                _end(session, each, since, act)
        row = FigureTarget(
            service_id=service_id, kpi=kpi, value=value, since=since, edited_at=act.at
        )
        session.add(row)
        session.flush()
        record(session, act, "figure_target.added", TARGET, row.id, None, notes.document(row))
        return row.id


def change_target(
    database: Database, service_id: int, id_: int, base: int, value: float, act: Act
) -> bool:
    """Change what a target asks for, where it was written down wrong; False where it says so.

    Raises:
        Stale: somebody changed it since. Invalid: no share, or no cost.
    """
    with database.writing() as session:
        row = notes.target(session, service_id, id_, base)
        _check(row.kpi, value)
        if row.value == value:
            return False
        before = notes.document(row)
        row.value = value
        return _changed(session, row, before, "figure_target.changed", act)


def end_target(
    database: Database, service_id: int, id_: int, base: int, until: date, act: Act
) -> bool:
    """End a target: from a day on it holds no longer.

    Raises:
        Stale: somebody changed it since. Invalid: the day is before it began, or more than 10 years
            away.
    """
    _check_range("until", until, act)
    with database.writing() as session:
        row = notes.target(session, service_id, id_, base)
        if until < row.since:
            raise Invalid("until", N_("The day must be on or after the day it began"))
        return _end(session, row, until, act)


def _end(session: Session, row: FigureTarget, until: date, act: Act) -> bool:
    before = notes.document(row)
    row.until = until
    return _changed(session, row, before, "figure_target.ended", act)


def _changed(session: Session, row: FigureTarget, before: Document, tag: str, act: Act) -> bool:
    row.version, row.edited_at = row.version + 1, act.at
    session.flush()
    return record(session, act, tag, TARGET, row.id, before, notes.document(row))


def _check_day(day: date, act: Act) -> None:
    if day > act.day:
        raise Invalid("day", N_("The day it happened must be today or in the past"))
    if day < FIRST:
        raise Invalid("day", N_("The day it happened must be 1 January 1900 or later"))


def _check_range(field: str, day: date, act: Act) -> None:
    """Targets are set for days that are to come; none is for another age."""
    if not FIRST <= day <= act.day + AHEAD:
        raise Invalid(field, N_("The day must be after 1899, and at most 10 years from now"))


def _check(kpi: Kpi, value: float) -> None:
    if kpi.value in boards.SHARES and not 0 <= value <= 1:
        raise Invalid("value", N_("The target must be between 0 and 100"))
    if value < 0:
        raise Invalid("value", N_("The target must be 0 or more"))
