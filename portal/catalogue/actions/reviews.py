"""Answer for a record: it is still right, or it is not ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal import jobs
from portal.access import Kind, Person, Thing
from portal.accounts.store import people, things
from portal.audit import Act, Document, london_day
from portal.catalogue.rules.reviews import may_confirm, role_on
from portal.catalogue.store import reviews
from portal.catalogue.words import Reviewed
from portal.db import Database
from portal.errors import Missing, Refused


def confirm(database: Database, who: Person, thing: Thing, act: Act) -> date | None:
    """Say that a record is right; by when it must be confirmed again.

    Twice on one day says no more than once.

    Raises:
        Refused: they may not.
        Missing: there is no such record.
    """
    if not may_confirm(who, thing):
        raise Refused("no role on this record")
    kind = Reviewed(thing.kind)
    with database.writing() as session:
        reviews.confirm(session, kind, thing.id, role_on(who, thing), act)
        found = reviews.standing(session, kind, thing.id)
        return found.review_by if found else None


def disown(database: Database, who: Person, thing: Thing, act: Act) -> bool:
    """Say that a record is not theirs: the administrators of its organisation find out whose it
    is. False where that waits already.

    Raises:
        Refused: nobody asked them.
        Missing: there is no such record.
    """
    if not may_confirm(who, thing):
        raise Refused("no role on this record")
    with database.writing() as session:
        return reviews.disown(session, Reviewed(thing.kind), thing.id, act)


def add_missing(database: Database, rows: Iterable[Document], act: Act) -> int:
    """Let records of a set count as having come into the catalogue some days ago, and somebody
    confirm them; how many. One that was so already stays as it is.

    Args:
        database: the portal's.
        rows: `kind`, `slug`, `days`, and `confirmed_by`, an address or None, of each.
        act: who loads the set.

    Raises:
        Missing: a record or a person is not here.
    """
    with database.writing() as session:
        return sum(_add(session, row, act) for row in rows)


def _add(session: Session, row: Document, act: Act) -> bool:
    kind = Reviewed(row["kind"])
    thing = things.by_slug(session, Kind(kind), row["slug"])
    if not reviews.came(session, kind, thing.id, act.day - timedelta(days=row["days"])):
        return False
    if row["confirmed_by"]:
        person = people.by_email(session, row["confirmed_by"])
        who = people.known(session, person.id, act.day) if person else None
        if who is None:
            raise Missing("There is no such person")
        did = replace(act, actor=people.actor(who.id))
        reviews.confirm(session, kind, thing.id, role_on(who, thing), did)
    return True


@jobs.handler("reviews.complete", every=timedelta(days=1))
def complete(run: jobs.Run) -> None:
    """Give each record that lacks one its review."""
    with run.database.writing() as session:
        reviews.add_missing(session, london_day(run.clock()))
