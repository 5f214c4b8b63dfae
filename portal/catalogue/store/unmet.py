"""All SQL about needs that no shared component meets: counted, listed, and asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from portal.audit import Act, Document, record
from portal.catalogue.component_words import Arrangement, NotSharedReason, UsageStatus
from portal.catalogue.models.components import Capability
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.models.voices import NeedVoice
from portal.catalogue.store.movers import Merge, Mover, register
from portal.catalogue.words import RecordKind
from portal.errors import N_

#: What a service does where no shared component or product does it for it.
ALONE = (Arrangement.OWN_BUILD, Arrangement.BY_HAND, Arrangement.GAP)
SPOKE, TOOK_BACK = "voice.added", "voice.withdrawn"
_OPEN = (Usage.arrangement.in_(ALONE), Usage.status != UsageStatus.STOPPED)


@dataclass(slots=True)
class Unmet:
    """A need in numbers: services by what they do alone, by why, and those that ask for it."""

    slug: str
    name: str
    services: int = 0
    arrangements: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    voices: int = 0


class Voice(NamedTuple):
    """What a service asks for."""

    service_slug: str
    service: str
    organisation: str | None
    text: str
    said_on: date


@dataclass(frozen=True, slots=True)
class UnmetQuery:
    """What the list of one need is asked for; `after` is the name and id of the last row before."""

    capability_id: int
    arrangement: Arrangement | None = None
    reason: NotSharedReason | None = None
    after: tuple[str, int] | None = None


class Row(NamedTuple):
    """A service that meets a need alone."""

    usage: int
    sort_name: str
    service_slug: str
    service: str
    organisation_slug: str | None
    organisation: str | None
    arrangement: str
    status: str
    reason: str | None
    reason_note: str | None
    since: date | None
    since_basis: str | None
    until: date | None
    until_basis: str | None
    planned_live: date | None
    source: str | None


def by_need(session: Session) -> list[Unmet]:
    """Every need that somebody meets alone or asks for, the one of most services first."""
    found: dict[int, Unmet] = {}
    u, c, v = Usage, Capability, NeedVoice
    counted: Any = session.execute(
        select(c.id, c.slug, c.name, u.arrangement, func.count(u.service_id.distinct()))
        .join(c, c.id == u.capability_id)
        .where(*_OPEN)
        .group_by(c.id, c.slug, c.name, u.arrangement)
    )
    for id_, slug, name, arrangement, many in counted:
        need = found.setdefault(id_, Unmet(slug, name))
        need.arrangements[arrangement.value] = many
    services: Any = session.execute(
        select(u.capability_id, func.count(u.service_id.distinct()))
        .where(*_OPEN)
        .group_by(u.capability_id)
    )
    for id_, many in services:
        found[id_].services = many
    why: Any = session.execute(
        select(u.capability_id, u.reason, func.count(u.service_id.distinct()))
        .where(*_OPEN, u.reason.is_not(None))
        .group_by(u.capability_id, u.reason)
    )
    for id_, reason, many in why:
        found[id_].reasons[reason.value] = many
    asked: Any = session.execute(
        select(c.id, c.slug, c.name, func.count())
        .join(v, v.capability_id == c.id)
        .group_by(c.id, c.slug, c.name)
    )
    for id_, slug, name, many in asked:
        found.setdefault(id_, Unmet(slug, name)).voices = many
    return sorted(found.values(), key=lambda need: (-need.services, -need.voices, need.name))


def of_need(session: Session, capability_id: int) -> Unmet | None:
    """One of them; None where nobody meets it alone or asks for it."""
    slug = session.scalar(select(Capability.slug).where(Capability.id == capability_id))
    return next((need for need in by_need(session) if need.slug == slug), None)


def listing(session: Session, query: UnmetQuery, limit: int | None = None) -> list[Row]:
    """The services that meet a need alone, by name."""
    u, s, o = Usage, Service, Organisation
    statement = (
        select(
            u.id, s.sort_name, s.slug, s.name, o.slug, o.name, u.arrangement, u.status, u.reason,
            u.reason_note, u.since, u.since_basis, u.until, u.until_basis, u.planned_live, u.source,
        )
        .join(s, s.id == u.service_id)
        .outerjoin(o, o.id == s.organisation_id)
        .where(*_OPEN, u.capability_id == query.capability_id)
    )  # fmt: skip
    if query.arrangement is not None:
        statement = statement.where(u.arrangement == query.arrangement)
    if query.reason is not None:
        statement = statement.where(u.reason == query.reason)
    if query.after is not None:
        statement = statement.where(tuple_(s.sort_name, u.id) > tuple_(*query.after))
    rows: Any = session.execute(statement.order_by(s.sort_name, u.id).limit(limit))
    return [Row(*row) for row in rows]


def every(session: Session, query: UnmetQuery) -> Iterator[Row]:
    """The same for a download, some at a time."""
    while found := listing(session, query, 500):
        yield from found
        query = replace(query, after=(found[-1].sort_name, found[-1].usage))


def voices(session: Session, capability_id: int, most: int) -> list[Voice]:
    """What services ask for, the newest first."""
    v, s, o = NeedVoice, Service, Organisation
    rows = session.execute(
        select(s.slug, s.name, o.name, v.text, v.said_at)
        .join(s, s.id == v.service_id)
        .outerjoin(o, o.id == s.organisation_id)
        .where(v.capability_id == capability_id)
        .order_by(v.said_at.desc(), s.id)
        .limit(most)
    )
    return [Voice(*row[:4], row[4].date()) for row in rows]


def voice(session: Session, service_id: int, capability_id: int) -> NeedVoice | None:
    """What one service asks for."""
    return session.get(NeedVoice, (service_id, capability_id))


def speak(
    session: Session, service_id: int, capability: tuple[int, str], text: str | None, act: Act
) -> bool:  # fmt: skip
    """Keep what a service asks for, or take it back with None; False where it said so already.

    Args:
        capability: its id and slug.
    """
    id_, slug = capability
    row = voice(session, service_id, id_)
    if (row.text if row else None) == text:
        return False
    before = _told(slug, row.text) if row else None
    if text is None:
        session.delete(row)
    elif row is None:
        made = {"service_id": service_id, "capability_id": id_, "text": text}
        session.add(NeedVoice(**made, actor=act.actor, said_at=act.at))
    else:
        row.text, row.actor, row.said_at = text, act.actor, act.at
    session.flush()
    after = _told(slug, text) if text is not None else None
    tag = SPOKE if text is not None else TOOK_BACK
    record(session, act, tag, "service", service_id, {"voices": before}, {"voices": after})
    return True


def _told(slug: str, text: str) -> list[Document]:
    return [{"capability": slug, "note": text}]


def _count(session: Session, merge: Merge) -> int:
    mine = NeedVoice.service_id == merge.goes
    return session.scalar(select(func.count()).select_from(NeedVoice).where(mine)) or 0


def _move(session: Session, merge: Merge) -> None:
    """What both ask for is asked for once: the words of the one that stays."""
    v, c = NeedVoice, Capability
    query = select(v, c.slug).join(c, c.id == v.capability_id).where(v.service_id == merge.goes)
    for row, slug in session.execute(query).all():
        if voice(session, merge.stays, row.capability_id) is None:
            speak(session, merge.stays, (row.capability_id, slug), row.text, merge.act)
        speak(session, merge.goes, (row.capability_id, slug), None, merge.act)


def install() -> None:
    """Say what happens to the voices of a service that becomes part of another one."""
    mover = Mover(N_("Voices for a shared component"), frozenset({"need_voice"}), _count, _move)
    register(RecordKind.SERVICE, "voices", mover)
