"""One mail a week for each person, with all that waits for them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from portal import jobs, mail
from portal.accounts import work
from portal.accounts.rules import digest, signed_links
from portal.accounts.store import people
from portal.accounts.work import Item
from portal.audit import LONDON, london_day
from portal.db import chunks
from portal.jobs import Run

KIND = "digest"
JOB = "accounts.digest"
#: Nobody is mailed before this hour in London.
EARLIEST = time(7)


@jobs.handler("accounts.digests", every=timedelta(days=1))
def plan(run: Run) -> None:
    """Promise to look at everybody's work, once in each week: on its first day, or when somebody
    came later, or the worker did.
    """
    at = run.clock()
    week, earliest = digest.week_of(london_day(at)), morning(london_day(at))
    with run.database.reading(fresh=True) as session:
        everybody = people.reachable(session)
    for some in chunks(everybody):
        with run.database.writing() as session:
            for who in some:
                payload = {"person": who, "week": week}
                key = f"{JOB}:{who}:{week}"
                jobs.add(session, JOB, payload, at, key, max(at, earliest), jobs.BULK)


def morning(day: date) -> datetime:
    """The first moment of a day at which people are mailed."""
    return datetime.combine(day, EARLIEST, LONDON).astimezone(UTC)


@jobs.handler(JOB)
def send(run: Run) -> None:
    """Mail somebody what waits for them in this week; nothing where nothing does. Done twice, it
    mails once.
    """
    at, who = run.clock(), run.payload["person"]
    day, week = london_day(at), run.payload["week"]
    if digest.week_of(day) != week:
        return  # it waited into the next week, which has a job of its own
    with run.database.reading(fresh=True) as session:
        person = people.known(session, who, day)
        if person is None or people.get(session, who).unreachable_at is not None:
            return
        items = work.items(session, person, day)
        email = people.get(session, who).email
    if not items:
        return
    base, secret = run.settings.public_url, run.settings.secret_key

    def link(item: Item) -> str:
        if not item.signed:
            return f"{base}{item.href}"
        token = signed_links.sign(secret, who, item.kind, item.thing_id, day)
        return signed_links.address(base, token)

    values = digest.values(items, day, work.label, link, f"{base}/work")
    with run.database.writing() as session:
        key = f"{KIND}:{who}:{week}"
        if mail.queue(session, email, KIND, values, key, at, priority=jobs.BULK):
            named = [item for _task, some, _more in digest.shown(items) for item in some]
            work.mailed(session, named, at)
