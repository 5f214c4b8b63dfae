"""Tell those who answer for dependent services, once, that a component ends, or that it goes on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from portal import jobs, mail
from portal.access import Kind
from portal.accounts.store import people, things
from portal.accounts.store.nearest import nearest
from portal.audit import Act, Document, london_day
from portal.catalogue.rules.closing import called_off, told_about
from portal.catalogue.store import closing, components, editable
from portal.catalogue.store.closing import Ending
from portal.catalogue.store.editable import Record
from portal.db import chunks, one_at_a_time
from portal.jobs import Run

JOB = "components.closing"
MAIL = "component_closing"
OFF = "components.called_off"
OFF_MAIL = "component_called_off"
#: So many services are named in a mail; the page has all of them.
NAMED = 50
Key = tuple[Kind, int]


def announce(session: Session, record: Record, after: Document, act: Act) -> None:
    """Promise to tell whoever depends on a component that was just saved, where its end is news."""
    if record.thing != components.THING:
        return
    news, off = told_about(record.document, after), called_off(record.document, after)
    said = {"on": news.on, "before": news.before} if news else {"before": off}
    if news is None and off is None:
        return
    event, kind = editable.base_of(session, components.THING, record.id), JOB if news else OFF
    key = f"{kind}:{record.id}:{event}"
    payload = {"component": record.id, **said, "actor": act.actor, "job": key}
    jobs.add(session, kind, payload, act.at, key)


@jobs.handler(JOB, lease=timedelta(minutes=10))
def tell(run: Run) -> None:
    """Mail everybody who answers for dependents that were not told of this end. All of it is one
    transaction with the note of who was told, so that done twice it mails once.
    """
    at, said = run.clock(), run.payload
    with run.database.writing() as session:
        one_at_a_time(session)
        component = closing.ending_by_id(session, said["component"])
        ends = date.fromisoformat(said["on"])
        if component is None or component.ends != ends:
            return  # it was changed since, and that has a job of its own
        changed = said["before"] if closing.told_before(session, component.id) else None
        services = closing.untold(session, component.id, ends)
        closing.note(session, component.id, ends, services, at, said["job"])
        base = run.settings.public_url
        for who, mine in answering(session, services, london_day(at)).items():
            _mail(run, session, MAIL, who, _values(session, component, mine, changed, base), at)


@jobs.handler(OFF, lease=timedelta(minutes=10))
def tell_called_off(run: Run) -> None:
    """Mail everybody who answers for a service of which they were told that its component ends:
    it goes on. That they were told is taken back in the same transaction, so that done twice it
    mails once, and another end tells them again.
    """
    at, said = run.clock(), run.payload
    with run.database.writing() as session:
        one_at_a_time(session)
        component = closing.ending_by_id(session, said["component"])
        if component is None or component.ends is not None:
            return  # it ends after all: nobody was told otherwise
        services = closing.told_services(session, component.id)
        closing.take_back(session, component.id)
        base = run.settings.public_url
        for who, mine in answering(session, services, london_day(at)).items():
            values = _values(session, component, mine, None, base)
            kept = {name: values[name] for name in ("component", "services", "more", "count")}
            told = {**kept, "day": _day(date.fromisoformat(said["before"])),
                    "link": f"{base}/components/{component.slug}"}  # fmt: skip
            _mail(run, session, OFF_MAIL, who, told, at)


def _mail(run: Run, session: Session, kind: str, who: int, values: Document, at: datetime) -> None:
    """Queue a mail to somebody, unless they did it themselves."""
    if people.actor(who) == run.payload["actor"]:
        return
    to, key = people.get(session, who).email, f"{kind}:{run.payload['job']}:{who}"
    mail.queue(session, to, kind, values, key, at, priority=jobs.BULK)


def answering(session: Session, services: Collection[int], day: date) -> dict[int, list[Key]]:
    """Which of these services each person answers for: those nearest to each who can be reached,
    else the administrators above.
    """
    reached = set(people.reachable(session))
    found: dict[int, list[Key]] = {}
    for some in chunks(services):
        known = things.by_ids(session, [(Kind.SERVICE, id_) for id_ in some])
        near = nearest(session, list(known.values()), day)
        left = [known[key] for key, who in near.items() if not who & reached]
        near |= nearest(session, left, day, owners=False)
        for key, who in near.items():
            for each in sorted(who & reached):
                found.setdefault(each, []).append(key)
    return found


def _values(
    session: Session, component: Ending, mine: list[Key], changed: str | None, base: str
) -> Document:
    named = sorted(things.names(session, mine[:NAMED]).values(), key=lambda each: each.name)
    return {
        "component": component.name,
        "day": _day(component.ends),
        "before": _day(date.fromisoformat(changed)) if changed else "",
        "closed": component.lifecycle == "closed",
        "successor": component.successor or "",
        "means": component.means or "",
        "services": [
            {"name": each.name, "link": f"{base}/services/{each.slug}/needs"} for each in named
        ],
        "more": max(0, len(mine) - NAMED),
        "count": len(mine),
        "link": f"{base}/components/{component.slug}/closing",
    }


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""
