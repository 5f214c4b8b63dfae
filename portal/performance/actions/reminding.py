"""Mails about figures that are due: one a day for each person, which lists all that is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal import jobs, mail
from portal.accounts.actions.digests import morning
from portal.accounts.store import people, things
from portal.audit import Document, london_day
from portal.jobs import Run
from portal.performance.rules import reminders as rules
from portal.performance.store import reminders as store
from portal.performance.store.reminders import Key, Step, Waiting
from portal.performance.words import Reminder

KIND, JOB = "figures_due", "performance.remind"
#: So many data sets stand in a mail below each heading.
MOST = 20
#: What is most pressing comes first.
ORDER = (Reminder.ESCALATED, Reminder.OVERDUE, Reminder.COMING)


@jobs.handler("performance.reminders", every=timedelta(days=1), lease=timedelta(hours=1))
def plan(run: Run) -> None:
    """Note who is told what today, and promise each of them a mail. Nothing is told twice, and no
    more on a day on which something was told.
    """
    at = run.clock()
    day = london_day(at)
    with run.database.reading(fresh=True) as session:
        due = [(row, step) for row in store.waiting(session, day)
               if (step := rules.step(row.due, day))]  # fmt: skip
        before = store.told(session, day)
        new = [(row, step) for row, step in due if _said(row, step) not in before]
        who = _whom(session, new, day)
    with run.database.writing() as session:
        if not new or store.told_on(session) == day:
            return
        store.note(session, [_said(row, step) for row, step in new], at)
        for person, steps in who.items():
            payload = {"person": person, "steps": [[i, d.isoformat(), s] for i, d, s in steps]}
            key = f"{JOB}:{person}:{day}"
            jobs.add(session, JOB, payload, at, key, max(at, morning(day)), jobs.BULK)


def _said(row: Waiting, step: Reminder) -> Step:
    return row.id, row.due.start, step


def _whom(
    session: Session, new: Collection[tuple[Waiting, Reminder]], day: date
) -> Mapping[int, list[Step]]:
    """What each person is told, by their id."""
    escalated = {row.of for row, step in new if step is Reminder.ESCALATED}
    answering = store.tell(session, {row.of for row, _step in new}, escalated, day)
    found: dict[int, list[Step]] = {}
    for row, step in new:
        for person in sorted(answering.get(row.of, ())):
            found.setdefault(person, []).append(_said(row, step))
    return found


@jobs.handler(JOB)
def send(run: Run) -> None:
    """Mail somebody what is due and still has not come; nothing where all of it has. Done twice, it
    mails once.
    """
    at, who = run.clock(), run.payload["person"]
    day = london_day(at)
    steps = {(id_, date.fromisoformat(start)): Reminder(step)
             for id_, start, step in run.payload["steps"]}  # fmt: skip
    with run.database.reading(fresh=True) as session:
        if people.known(session, who, day) is None:
            return
        person = people.get(session, who)
        rows = store.waiting(session, day, {id_ for id_, _start in steps})
        still = [(row, steps[row.id, row.due.start]) for row in rows
                 if (row.id, row.due.start) in steps]  # fmt: skip
        if person.unreachable_at is not None or not still:
            return
        values = _values(session, still, run.settings.public_url)
    with run.database.writing() as session:
        mail.queue(session, person.email, KIND, values, f"{KIND}:{who}:{day}", at,
                   priority=jobs.BULK)  # fmt: skip


def _values(session: Session, still: Collection[tuple[Waiting, Reminder]], base: str) -> Document:
    named = things.names(session, {row.of for row, _step in still})
    groups = []
    for step in ORDER:
        rows = [row for row, said in still if said is step]
        if rows:
            shown = [_row(row, named, base) for row in rows[:MOST]]
            more = max(0, len(rows) - MOST)
            groups.append({"step": step.value, "rows": shown, "more": more})
    return {"groups": groups, "count": len(still), "link": f"{base}/work"}


def _row(row: Waiting, named: Mapping[Key, things.Named], base: str) -> Document:
    here = f"{base}/data-sets/{row.group}/{row.type}"
    day = row.due.due_on
    return {
        "name": f"{named[row.of].name}: {row.title}" if row.of in named else row.title,
        "due": f"{day.day} {day:%B %Y}",
        "link": here if row.due.period is None else f"{here}/figures",
    }
