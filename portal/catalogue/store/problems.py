"""All SQL about the problems that readers report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select, true
from sqlalchemy.orm import Session

from portal.access import Kind, Permission, Person, Role, Thing, may
from portal.audit import Act, Document, london_day, record
from portal.catalogue.models.problems import Problem, ProblemContact
from portal.catalogue.rules.problems import ANSWERED_IN, ProblemQuery, Report
from portal.catalogue.store.review_work import RECORDS
from portal.catalogue.words import ProblemOutcome, ProblemState
from portal.db import insert_new, one_at_a_time
from portal.errors import N_, Missing, Stale

THING = "problem"
#: Roles on an organisation in which somebody answers for a kind of record that it owns.
_ABOVE = (Role.TEAM_MEMBER, Role.ORGANISATION_ADMINISTRATOR)


def get(session: Session, problem_id: int) -> Problem:
    """One problem. Raises Missing."""
    found = session.get(Problem, problem_id)
    if found is None:
        raise Missing("There is no such problem")
    return found


def add(session: Session, report: Report, thing: Thing, act: Act) -> int | None:
    """Write a report; its id, or None where the same was sent on this day already."""
    row = {
        "about": report.about,
        "kind": Kind(thing.kind),
        "thing_id": thing.id,
        "figure": report.figure,
        "text": report.text,
        "unique_key": report.key(act.day),
        "reported_at": act.at,
        "due_on": act.day + ANSWERED_IN,
    }
    made = insert_new(session, Problem, row)
    if made is None:
        return None
    if report.email:
        session.add(ProblemContact(problem_id=made, email=report.email))
        session.flush()
    record(session, act, "problem.reported", THING, made, None, _said(thing, ProblemState.OPEN))
    return made


def _said(thing: Thing, state: ProblemState) -> Document:
    # What readers wrote stays out of the history.
    return {"kind": str(thing.kind), "thing": thing.id, "state": state.value}


def answer(
    session: Session, problem_id: int, outcome: ProblemOutcome, text: str, act: Act
) -> Problem:
    """Answer a problem.

    Raises:
        Missing: there is no such problem.
        Stale: somebody else has answered.
    """
    one_at_a_time(session)
    found = get(session, problem_id)
    session.refresh(found)
    if found.answered_at is not None:
        raise Stale(N_("Somebody has answered this already"))
    found.answered_at, found.answered_by = act.at, act.actor
    found.outcome, found.answer = outcome, text
    session.flush()
    thing = Thing(found.kind, found.thing_id)
    said = (_said(thing, state) for state in (ProblemState.OPEN, ProblemState.ANSWERED))
    record(session, act, "problem.answered", THING, found.id, *said)
    return found


def take_contact(session: Session, problem_id: int) -> str | None:
    """Where to send the answer; it is deleted here."""
    mine = delete(ProblemContact).where(ProblemContact.problem_id == problem_id)
    return session.scalar(mine.returning(ProblemContact.email))


def has_contact(session: Session, problem_id: int) -> bool:
    """Whether somebody wants to hear the answer."""
    return session.get(ProblemContact, problem_id) is not None


def forget_contacts(session: Session, before: datetime) -> int:
    """Delete the addresses of reports that nobody has answered since a moment; how many."""
    old = select(Problem.id).where(Problem.reported_at < before)
    gone = delete(ProblemContact).where(ProblemContact.problem_id.in_(old))
    return len(session.scalars(gone.returning(ProblemContact.problem_id)).all())


def open_ones(session: Session) -> list[Problem]:
    """All that nobody has answered yet, the first due first."""
    query = select(Problem).where(Problem.answered_at.is_(None))
    return list(session.scalars(query.order_by(Problem.due_on, Problem.id)))


def every(session: Session) -> list[Problem]:
    """All problems, oldest first."""
    return list(session.scalars(select(Problem).order_by(Problem.id)))


def answered_by(person: Person) -> ColumnElement[bool]:
    """The condition that somebody may answer a problem: it is of a record that they may edit."""
    if may(person, Permission.MANAGE_PORTAL):
        return true()
    above = [grant for grant in person.grants if grant.kind is Kind.ORGANISATION]
    bodies = {g.id for g in above if g.role is Role.ORGANISATION_ADMINISTRATOR}
    found: list[ColumnElement[bool]] = [_of(Kind.ORGANISATION, Problem.thing_id.in_(bodies))]
    for records in RECORDS.values():
        kind = records.kind
        own = [g.id for g in person.grants if g.kind is kind]
        owning = {g.id for g in above if g.role in (*_ABOVE, records.role)}
        if owning:
            ids = records.owned.where(records.body.in_(owning))
            found.append(_of(kind, Problem.thing_id.in_(ids)))
        found.append(_of(kind, Problem.thing_id.in_(own)))
    return or_(false(), *found)


def _of(kind: Kind, which: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(Problem.kind == kind, which)


def of(thing: Thing) -> ColumnElement[bool]:
    """The condition that a problem is of a thing."""
    return _of(Kind(thing.kind), Problem.thing_id == thing.id)


def listed(
    session: Session, which: ColumnElement[bool], query: ProblemQuery, day: date,
    limit: int | None = None,
) -> list[Problem]:  # fmt: skip
    """The problems that meet a condition and that are asked for, newest first."""
    statement: Any = select(Problem).where(which).order_by(Problem.id.desc()).limit(limit)
    is_open = Problem.answered_at.is_(None)
    if query.state is not None:
        statement = statement.where(is_open if query.state is ProblemState.OPEN else ~is_open)
    if query.kind is not None:
        statement = statement.where(Problem.kind == query.kind)
    if query.overdue:
        statement = statement.where(is_open, Problem.due_on < day)
    if query.before is not None:
        statement = statement.where(Problem.id < query.before)
    return list(session.scalars(statement))


def many_open(session: Session, thing: Thing) -> int:
    """How many problems of a thing nobody has answered yet."""
    query = select(func.count()).select_from(Problem).where(of(thing))
    return session.scalars(query.where(Problem.answered_at.is_(None))).one()


def state_of(problem: Problem) -> ProblemState:
    """Whether a problem is answered."""
    return ProblemState.OPEN if problem.answered_at is None else ProblemState.ANSWERED


def documents(rows: Sequence[Problem]) -> list[Document]:
    """What everybody may read of problems: when they were reported, and the answers."""
    return [
        {
            "number": row.id,
            "state": state_of(row).value,
            "reported_on": london_day(row.reported_at),
            "due_on": row.due_on,
            "answered_on": row.answered_at and london_day(row.answered_at),
            "outcome": row.outcome and row.outcome.value,
            "answer": row.answer,
        }
        for row in rows
    ]
