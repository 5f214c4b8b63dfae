"""All SQL about sentences that name components: found, listed, and decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from portal.access import MENTION, Kind, Thing
from portal.accounts.store import things
from portal.audit import Act, Document, record, record_all
from portal.catalogue.component_words import (
    DocumentKind,
    MentionSense,
    MentionState,
    UsageStatus,
)
from portal.catalogue.models.components import Capability, Component, ComponentCapability
from portal.catalogue.models.mentions import Mention
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.mining import Vocabulary
from portal.catalogue.store.movers import Merge, Mover, register
from portal.catalogue.words import RecordKind
from portal.db import chunks, insert_rows, new_ids
from portal.errors import N_, Missing

THING = "mention"
FOUND, DECIDED = "mention.found", "mention.decided"
_DECISION = ("state", "sense", "service", "written_on", "reason")


@dataclass(frozen=True, slots=True)
class MentionQuery:
    """What the list is asked for; `after` is the id of the last row before."""

    state: MentionState | None = None
    sense: MentionSense | None = None
    component: str | None = None
    service: str | None = None
    after: int | None = None


class Row(NamedTuple):
    """A sentence with what it names and whom its document is about."""

    id: int
    component: str
    component_name: str
    service: str | None
    service_name: str | None
    kind: DocumentKind
    address: str
    title: str
    sentence: str
    guess: MentionSense
    state: MentionState
    sense: MentionSense | None
    written_on: date | None
    reason: str | None
    component_id: int
    service_id: int | None
    shown: bool


def vocabulary(session: Session) -> Vocabulary:
    """The names of every component, present and former."""
    rows = session.execute(select(Component.slug, Component.name, Component.names))
    return Vocabulary(
        {slug: [name, *(other["name"] for other in others)] for slug, name, others in rows}
    )


def known(session: Session, marks: Collection[str]) -> set[str]:
    """Those of these marks that are in the list already."""
    some = (session.scalars(select(Mention.mark).where(Mention.mark.in_(m))) for m in chunks(marks))
    return {mark for each in some for mark in each}


class Found(NamedTuple):
    """A candidate of one document."""

    id: int
    mark: str
    component_id: int
    sense: MentionSense | None


def of_address(session: Session, address: str) -> list[Found]:
    """The candidates of one document, and what was decided of them."""
    m = Mention
    query = select(m.id, m.mark, m.component_id, m.sense).where(m.address == address)
    return [Found(*row) for row in session.execute(query.order_by(m.id))]


def add(session: Session, rows: list[Document], act: Act, quiet: bool = False) -> None:
    """Add candidates, as columns of `Mention` without ids, each with its event. Of a document that
    can be taken back the event is `quiet`: it does not quote it.
    """
    ids = list(new_ids(session, Mention, len(rows)))
    made = [
        {**row, "id": id_, "state": MentionState.OPEN, "found_at": act.at}
        for id_, row in zip(ids, rows, strict=True)
    ]
    insert_rows(session, Mention, made)
    events = [
        (row["id"], None, {"sentence": None if quiet else row["sentence"],
                           "source": row["address"], "title": row["title"],
                           "sense": row["guess"].value})
        for row in made
    ]  # fmt: skip
    record_all(session, act, FOUND, THING, events)


def remove(session: Session, ids: Iterable[int], act: Act, tag: str, quiet: bool = False) -> None:
    """Take candidates out of the list again, each with its event, `quiet` as for `add`."""
    m = Mention
    said = m.address.label("source") if quiet else m.sentence
    for some in chunks(list(ids)):
        gone = session.execute(select(m.id, said).where(m.id.in_(some)))
        events = [(id_, {said.name: told}, None) for id_, told in gone]
        record_all(session, act, tag, THING, events)
        session.execute(delete(Mention).where(Mention.id.in_(some)))


def _rows() -> Any:
    m, c, s = Mention, Component, Service
    return (
        select(
            m.id, c.slug, c.name, s.slug, s.name, m.kind, m.address, m.title, m.sentence, m.guess,
            m.state, m.sense, m.written_on, m.reason, m.component_id, m.service_id, m.shown,
        )
        .join(c, c.id == m.component_id)
        .outerjoin(s, s.id == m.service_id)
    )  # fmt: skip


def _asked(statement: Any, query: MentionQuery, without: str = "") -> Any:
    m = Mention
    if query.component:
        mine = select(Component.id).where(Component.slug == query.component)
        statement = statement.where(m.component_id.in_(mine))
    if query.service:
        its = select(Service.id).where(Service.slug == query.service)
        statement = statement.where(m.service_id.in_(its))
    if query.state and without != "state":
        statement = statement.where(m.state == query.state)
    if query.sense and without != "sense":
        statement = statement.where(func.coalesce(m.sense, m.guess) == query.sense.value)
    return statement


def listing(session: Session, query: MentionQuery, limit: int | None = None) -> list[Row]:
    """Candidates and what was decided, in the order in which they were found."""
    statement = _asked(_rows(), query)
    if query.after is not None:
        statement = statement.where(Mention.id > query.after)
    return [Row(*row) for row in session.execute(statement.order_by(Mention.id).limit(limit))]


def every(session: Session, query: MentionQuery) -> Iterator[Row]:
    """The same for a download, some at a time."""
    query = replace(query, after=None)
    while found := listing(session, query, 500):
        yield from found
        query = replace(query, after=found[-1].id)


def counts(session: Session, query: MentionQuery) -> tuple[dict[str, int], dict[str, int]]:
    """How many there are in each state, and of each sense, within the other filters."""
    m = Mention
    sense = func.coalesce(m.sense, m.guess).label("said")
    states: Any = session.execute(
        _asked(select(m.state, func.count()), query, "state").group_by(m.state)
    )
    senses: Any = session.execute(
        _asked(select(sense, func.count()), query, "sense").group_by(sense)
    )
    return (
        dict.fromkeys((s.value for s in MentionState), 0) | {s.value: many for s, many in states},
        dict.fromkeys((s.value for s in MentionSense), 0) | {str(s): many for s, many in senses},
    )


def components(session: Session) -> dict[str, str]:
    """The components that are named, by address, in the order of their names."""
    there = select(Mention.id).where(Mention.component_id == Component.id).exists()
    rows: Any = session.execute(
        select(Component.slug, Component.name).where(there).order_by(Component.sort_name)
    )
    return dict(map(tuple, rows))


def by_id(session: Session, mention_id: int) -> Row:
    """One of them. Raises Missing."""
    row = session.execute(_rows().where(Mention.id == mention_id)).first()
    if row is None:
        raise Missing("There is no such sentence")
    return Row(*row)


def thing(session: Session, mention_id: int) -> Thing:
    """One as the policy sees it: of the component, and of the service it is about. Raises
    Missing.
    """
    row = by_id(session, mention_id)
    about = [(Kind.COMPONENT, row.component_id)]
    about += [(Kind.SERVICE, row.service_id)] if row.service_id else []
    parts = things.by_ids(session, about)
    return Thing(MENTION, mention_id, parts=tuple(parts[each] for each in about))


def decide(session: Session, row: Row, said: Document, service_id: int | None, act: Act) -> None:
    """Keep what a person says of a sentence, with its event.

    Args:
        said: `state`, `sense`, `service`, `written_on` (ISO) and `reason`.
        service_id: whose slug the `service` is.
    """
    values = {
        "state": MentionState(said["state"]),
        "sense": MentionSense(said["sense"]) if said["sense"] else None,
        "service_id": service_id,
        "written_on": date.fromisoformat(said["written_on"]) if said["written_on"] else None,
        "reason": said["reason"],
        "decided_by": act.actor,
        "decided_at": act.at,
    }
    session.execute(update(Mention).where(Mention.id == row.id).values(values))
    written = row.written_on.isoformat() if row.written_on else None
    before = {
        "state": row.state.value, "sense": row.sense.value if row.sense else None,
        "service": row.service, "written_on": written, "reason": row.reason,
    }  # fmt: skip
    record(session, act, DECIDED, THING, row.id, before, {name: said[name] for name in _DECISION})


def usage_of(session: Session, service_id: int, component_id: int) -> int | None:
    """The usage of a component by a service that a sentence can speak for: an open one first."""
    u = Usage
    return session.scalar(
        select(u.id)
        .where(u.service_id == service_id, u.component_id == component_id)
        .order_by(u.status == UsageStatus.STOPPED, u.id)
        .limit(1)
    )


def needs_of(session: Session, component_id: int) -> list[tuple[str, str]]:
    """The needs that a component meets, as address and name."""
    offered = ComponentCapability
    rows: Any = session.execute(
        select(Capability.slug, Capability.name)
        .join(offered, offered.capability_id == Capability.id)
        .where(offered.component_id == component_id)
        .order_by(Capability.name)
    )
    return [tuple(row) for row in rows]


def not_recorded(session: Session, service_id: int) -> list[Row]:
    """What documents say that a service uses or plans to, and nothing in the catalogue does."""
    m, u = Mention, Usage
    there = select(u.id).where(u.service_id == service_id, u.component_id == m.component_id)
    said = (MentionSense.USES, MentionSense.PLANS)
    statement = _rows().where(m.service_id == service_id, m.sense.in_(said), ~there.exists())
    return [Row(*row) for row in session.execute(statement.order_by(m.id))]


def waiting(
    session: Session,
    services: Collection[int],
    components: Collection[int],
    bodies: Collection[int],
) -> list[tuple[str, str, int]]:
    """How many sentences wait of each component, of those services and components, or whose
    provider is one of those bodies: (slug, name, how many).
    """
    m, c = Mention, Component
    mine = or_(
        m.service_id.in_(services), m.component_id.in_(components), c.provider_id.in_(bodies)
    )
    rows: Any = session.execute(
        select(c.slug, c.name, func.count())
        .select_from(m)
        .join(c, c.id == m.component_id)
        .where(m.state == MentionState.OPEN, mine)
        .group_by(c.slug, c.name)
        .order_by(c.slug)
    )
    return [tuple(row) for row in rows]


def _count(session: Session, merge: Merge) -> int:
    mine = Mention.service_id == merge.goes
    return session.scalar(select(func.count()).select_from(Mention).where(mine)) or 0


def _move(session: Session, merge: Merge) -> None:
    rows = list(session.execute(_rows().where(Mention.service_id == merge.goes)))
    events = [(row.id, {"service": merge.goes_ref}, {"service": merge.stays_ref}) for row in rows]
    record_all(session, merge.act, DECIDED, THING, events)
    session.execute(
        update(Mention).where(Mention.service_id == merge.goes).values(service_id=merge.stays)
    )


def install() -> None:
    """Say what happens to what documents say of a service that becomes part of another one."""
    mover = Mover(N_("Sentences in documents"), frozenset({"mention"}), _count, _move)
    register(RecordKind.SERVICE, "mentions", mover)
