"""Report a problem with a page, and answer it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from portal import jobs, mail
from portal.access import PORTAL, Kind, Thing
from portal.accounts.store import people, things
from portal.accounts.store.nearest import nearest
from portal.audit import Act
from portal.catalogue.models.problems import Problem
from portal.catalogue.rules.problems import CONTACT_KEPT, Report, record_of
from portal.catalogue.store import problems, records
from portal.catalogue.words import ProblemOutcome
from portal.db import Database
from portal.errors import Missing


@dataclass(frozen=True, slots=True)
class Told:
    """What mails say in the words of pages.

    Attributes:
        thing: what the page is of, or its address.
        by: the day by which it is answered, in words.
        public_url: where people reach the portal.
        outcome: what became of it.
    """

    thing: str
    public_url: str
    by: str = ""
    outcome: str = ""


def thing_of(session: Session, about: str) -> Thing:
    """What a page is of: a record that has people, also by a former address, or the portal."""
    found = record_of(about)
    if found is None:
        return PORTAL
    kind, slug = found
    try:
        return things.by_slug(session, kind, slug)
    except Missing:
        now = records.SLUG_NOW[kind](session, slug)
        return things.by_slug(session, kind, now) if now else PORTAL


def report(database: Database, said: Report, act: Act, told: Told) -> int | None:
    """Note a reader's report, and tell those who answer by mail: once a day for each record, since
    the list of their work has all of them. None where the same was sent on this day already.
    """
    with database.writing() as session:
        thing = thing_of(session, said.about)
        made = problems.add(session, said, thing, act)
        if made is not None:
            _tell(session, made, thing, act, told)
        return made


def _tell(session: Session, made: int, thing: Thing, act: Act, told: Told) -> None:
    link = f"{told.public_url}/problems/{made}"
    values = {"thing": told.thing, "by": told.by, "link": link}
    for who in sorted(nearest(session, [thing], act.day)[Kind(thing.kind), thing.id]):
        key = f"problem_reported:{thing.kind}:{thing.id}:{who}:{act.day}"
        mail.queue(session, people.get(session, who).email, "problem_reported", values, key, act.at)


def answer(
    database: Database, problem_id: int, outcome: ProblemOutcome, text: str, act: Act, told: Told
) -> Problem:
    """Answer a problem, and tell whoever reported it, if they left an address; it is deleted.

    Raises:
        Missing: there is no such problem.
        Stale: somebody else has answered.
    """
    with database.writing() as session:
        found = problems.answer(session, problem_id, outcome, text, act)
        to = problems.take_contact(session, problem_id)
        if to:
            link = f"{told.public_url}{found.about}"
            values = {"thing": told.thing, "outcome": told.outcome, "answer": text, "link": link}
            key = f"problem_answered:{problem_id}"
            mail.queue(session, to, "problem_answered", values, key, act.at)
        return found


def forget_contact(database: Database, problem_id: int) -> bool:
    """Delete the address that a reader left; False where there is none."""
    with database.writing() as session:
        return problems.take_contact(session, problem_id) is not None


@jobs.handler("problems.forget", every=timedelta(days=1))
def forget(run: jobs.Run) -> None:
    """Delete the addresses of reports that nobody answered for long."""
    with run.database.writing() as session:
        problems.forget_contacts(session, run.clock() - CONTACT_KEPT)


def add_missing(database: Database, rows: list[dict[str, str]], act: Act) -> int:
    """Add the reports of a set, once, those with an answer answered; how many.

    Args:
        database: the portal's.
        rows: `about`, `figure`, `text`, and `outcome` with `answer` or neither, of each.
        act: who loads the set.
    """
    added = 0
    with database.writing() as session:
        known = {(row.about, row.text) for row in problems.every(session)}
        for row in rows:
            if (row["about"], row["text"]) in known:
                continue
            said = Report(row["about"], row.get("figure"), row["text"], None)
            made = problems.add(session, said, thing_of(session, said.about), act)
            if made is not None and row.get("outcome"):
                outcome = ProblemOutcome(row["outcome"])
                problems.answer(session, made, outcome, row["answer"], act)
            added += made is not None
    return added
