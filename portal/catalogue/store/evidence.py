"""All SQL about the evidence of usages: added, read, and what follows from it kept with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, select, update
from sqlalchemy.orm import Session

from portal.audit import Act, Document, record
from portal.catalogue import component_words as words
from portal.catalogue.component_words import EvidenceKind, Standing
from portal.catalogue.models.evidence import UsageEvidence
from portal.catalogue.models.rosters import Roster, RosterRow
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules import standing as rules
from portal.catalogue.rules.reviews import add_months
from portal.catalogue.store.organisations import iso
from portal.db import chunks
from portal.errors import Missing

ADDED = "evidence.added"
THING = "usage"


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of evidence as it comes in.

    Attributes:
        kind: what it is.
        said_on: the day that it speaks of.
        reason: why a provider disputes the claim; with `in_use_since` or `stopped_on` where it
            says so.
        note: in words.
        source: a web address.
    """

    kind: EvidenceKind
    said_on: date
    reason: words.DisputeReason | None = None
    in_use_since: date | None = None
    stopped_on: date | None = None
    note: str | None = None
    source: str | None = None


def add(session: Session, usage_id: int, said: Said, act: Act) -> None:
    """Add evidence to a usage, in its history too. Raises Missing where there is no such usage."""
    if session.scalar(select(Usage.id).where(Usage.id == usage_id)) is None:
        raise Missing("There is no such usage")
    row = UsageEvidence(
        usage_id=usage_id, kind=said.kind, said_on=said.said_on, reason=said.reason,
        in_use_since=said.in_use_since, stopped_on=said.stopped_on, note=said.note,
        source=said.source, actor=act.actor, recorded_at=act.at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(session, act, ADDED, THING, usage_id, {"evidence": None}, {"evidence": [_told(said)]})
    follow(session, [usage_id])


def take_back(
    session: Session, ids: Collection[int], actor: str, at: datetime, act: Act, tag: str
) -> None:
    """Take back what somebody added to usages at a moment, as an import does, with its history."""
    e = UsageEvidence
    for some in chunks(ids):
        mine = (e.usage_id.in_(some), e.actor == actor, e.recorded_at == at)
        _drop(session, select(e).where(*mine), act, tag)
        follow(session, some)


def forget(session: Session, source: str, component_id: int, act: Act, tag: str) -> None:
    """Take back what a document was said to show of the use of a component, with its history."""
    e, u = UsageEvidence, Usage
    mine = select(e).join(u, u.id == e.usage_id)
    mine = mine.where(e.source == source, u.component_id == component_id)
    follow(session, _drop(session, mine, act, tag))


def _drop(session: Session, mine: Any, act: Act, tag: str) -> set[int]:
    """Delete evidence, each piece with its event; the ids of the usages."""
    rows = list(session.scalars(mine))
    for row in rows:
        said = Said(row.kind, row.said_on, note=row.note, source=row.source)
        gone, none = {"evidence": [_told(said)]}, {"evidence": None}
        record(session, act, tag, THING, row.usage_id, gone, none)
        session.delete(row)
    session.flush()
    return {row.usage_id for row in rows}


def _told(said: Said) -> Document:
    return {
        "evidence": said.kind.value,
        "on": iso(said.said_on),
        "dispute": said.reason.value if said.reason else None,
        "since": iso(said.in_use_since),
        "until": iso(said.stopped_on),
        "note": said.note,
        "source": said.source,
    }


class Row(NamedTuple):
    """A piece of evidence as pages show it."""

    kind: EvidenceKind
    said_on: date
    id: int
    reason: words.DisputeReason | None = None
    in_use_since: date | None = None
    stopped_on: date | None = None
    note: str | None = None
    source: str | None = None


def of_usage(session: Session, usage_id: int) -> list[Row]:
    """The evidence of one usage, newest first; where the provider's lists name the service too."""
    e = UsageEvidence
    own: Any = session.execute(
        select(
            e.kind, e.said_on, e.id, e.reason, e.in_use_since, e.stopped_on, e.note, e.source
        ).where(e.usage_id == usage_id)
    )  # fmt: skip
    found = [Row(*row) for row in own]
    for row in session.execute(_listed([usage_id])):
        found.append(Row(EvidenceKind.ROSTER, row.taken_on, row.id, source=row.source))
    return sorted(found, key=lambda each: (each.said_on, each.id), reverse=True)


def _listed(ids: Iterable[int]) -> Any:
    """The rows of providers' lists that name the services of usages. What they say is not written
    down a second time: a list that is corrected or taken back takes its confirmations along.
    """
    return (
        select(Usage.id.label("usage"), Roster.taken_on, RosterRow.id, Roster.source)
        .join(RosterRow, RosterRow.service_id == Usage.service_id)
        .join(
            Roster,
            and_(Roster.id == RosterRow.roster_id, Roster.component_id == Usage.component_id),
        )
        .where(Usage.id.in_(list(ids)))
    )


def follow_services(session: Session, component_id: int, services: Collection[int]) -> None:
    """The same for what these services use of a component."""
    for some in chunks(services):
        mine = (Usage.component_id == component_id, Usage.service_id.in_(some))
        follow(session, list(session.scalars(select(Usage.id).where(*mine))))


def move(session: Session, goes: int, stays: int) -> None:
    """Let the evidence of a usage speak for another one, which it becomes part of."""
    moving = update(UsageEvidence).where(UsageEvidence.usage_id == goes).values(usage_id=stays)
    session.execute(moving.execution_options(synchronize_session=False))
    follow(session, [stays])


#: Who is told of usages that stand otherwise than before.
_FOLLOWED: list[Callable[[Session, int], None]] = []


def tell_standing(tell: Callable[[Session, int], None]) -> None:
    """Have somebody told of each usage whose evidence says something else than before."""
    if tell not in _FOLLOWED:
        _FOLLOWED.append(tell)


def follow(session: Session, ids: Collection[int]) -> None:
    """Keep what follows from the evidence with these usages, after either changed."""
    u = Usage
    for some in chunks(ids):
        known = _by_usage(session, some)
        rows = session.execute(
            select(
                u.id, u.status, u.since, u.since_basis, u.until, u.confirmed_on, u.disputed_on
            ).where(u.id.in_(some))
        ).all()
        for row in rows:
            claim = rules.Claim(
                row.status, row.since, row.until, row.since_basis is words.DateBasis.SEEN
            )
            found = rules.marks(claim, known.get(row.id, ()))
            if (found.confirmed_on, found.disputed_on) != (row.confirmed_on, row.disputed_on):
                values = {"confirmed_on": found.confirmed_on, "disputed_on": found.disputed_on}
                # Past the ORM: no version moves, for the claim says what it said.
                session.execute(update(u).where(u.id == row.id).values(values))
                for tell in _FOLLOWED:
                    tell(session, row.id)


def _by_usage(session: Session, ids: Iterable[int]) -> dict[int, list[rules.Evidence]]:
    e = UsageEvidence
    found: dict[int, list[rules.Evidence]] = {}
    rows: Any = session.execute(
        select(
            e.usage_id, e.kind, e.said_on, e.id, e.reason, e.in_use_since, e.stopped_on
        ).where(e.usage_id.in_(list(ids)))
    )  # fmt: skip
    for usage_id, *rest in rows:
        found.setdefault(usage_id, []).append(rules.Evidence(*rest))
    for row in session.execute(_listed(ids)):
        listed = rules.Evidence(EvidenceKind.ROSTER, row.taken_on, row.id)
        found.setdefault(row.usage, []).append(listed)
    return found


def standing_sql(day: Any, first: Any, stale: ColumnElement[bool]) -> ColumnElement[str]:
    """How a usage stands on a day: the same as `rules.standing.standing`, for lists and counts.

    Args:
        day: on which that is asked.
        first: the earliest day whose confirmations still hold, see `first_day`.
        stale: the condition that nobody should rely on the service's record.
    """
    u = Usage
    held = u.confirmed_on >= first
    over = and_(u.status == words.UsageStatus.STOPPED, u.until < day)
    return case(
        (u.disputed_on.is_not(None), Standing.DISPUTED.value),
        (u.status.in_(rules.NOT_YET), Standing.PLANNED.value),
        (u.confirmed_on.is_(None), Standing.DECLARED.value),
        (over, Standing.CONFIRMED.value),
        (and_(held, stale), Standing.DECLARED.value),
        (held, Standing.CONFIRMED.value),
        else_=Standing.LAPSED.value,
    )


def first_day(day: date) -> date:
    """The earliest day whose confirmations still hold on a day."""
    found = add_months(day, -rules.HOLDS)
    # The last days of long months fall together on the last one of a short month.
    while add_months(found, rules.HOLDS) < day:
        found = date.fromordinal(found.toordinal() + 1)
    while add_months(date.fromordinal(found.toordinal() - 1), rules.HOLDS) >= day:
        found = date.fromordinal(found.toordinal() - 1)
    return found
