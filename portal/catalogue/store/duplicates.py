"""All SQL about pairs of records that may be one: found, listed, decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from portal.audit import Act, HistoryEvent
from portal.catalogue.models.duplicates import DuplicatePair, DuplicatePass, MergedRecord
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service, ServiceOwner
from portal.catalogue.rules.similar import Likeness
from portal.catalogue.store.things import OWN
from portal.catalogue.words import PairDecision, RecordKind
from portal.db import chunks, insert_rows
from portal.errors import Missing

MODELS: dict[RecordKind, Any] = {
    RecordKind.SERVICE: Service,
    RecordKind.ORGANISATION: Organisation,
}
Ids = tuple[int, int]
#: The score of a pair that a person suggested: the search is silent about it.
BY_HAND = 0


@dataclass(frozen=True, slots=True)
class PairQuery:
    """What a list of pairs is asked for; None means "any". `after` is the id of the last pair of
    the page before.
    """

    kind: RecordKind | None = None
    decision: PairDecision | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Half:
    """One record of a pair. It has an address of its own unless it was merged."""

    id: int
    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Row:
    """A pair as a list shows it; `score` is from 0 to 1."""

    id: int
    kind: RecordKind
    score: float
    why: str
    found_at: datetime
    decision: PairDecision
    decided_at: datetime | None
    reason: str | None
    one: Half
    other: Half


def listing(session: Session, query: PairQuery, limit: int | None = None) -> list[Row]:
    """Pairs, the most alike first; one of which a record was removed is left out."""
    p = DuplicatePair
    statement, names = _named()
    statement = statement.where(*(name.is_not(None) for name in names))
    statement = statement.order_by(p.score.desc(), p.id).limit(limit)
    if query.kind is not None:
        statement = statement.where(p.kind == query.kind)
    if query.decision is not None:
        statement = statement.where(p.decision == query.decision)
    if query.after is not None:
        last = session.execute(select(p.score, p.id).where(p.id == query.after)).first()
        if last is not None:
            statement = statement.where(tuple_(-p.score, p.id) > tuple_(-last[0], last[1]))
    return [_row(row) for row in session.execute(statement)]


def _named() -> tuple[Select[Any], list[Any]]:
    """The pairs with what their records are, or were, called."""
    p = DuplicatePair
    statement = select(p)
    names = []
    for id_ in (p.low_id, p.high_id):
        s, o, m = aliased(Service), aliased(Organisation), aliased(MergedRecord)
        statement = (
            statement.outerjoin(s, and_(p.kind == RecordKind.SERVICE, s.id == id_))
            .outerjoin(o, and_(p.kind == RecordKind.ORGANISATION, o.id == id_))
            .outerjoin(m, and_(m.kind == p.kind, m.thing_id == id_))
        )
        names.append(func.coalesce(s.name, o.name, m.name))
        statement = statement.add_columns(names[-1], func.coalesce(s.slug, o.slug, m.slug))
    return statement, names


def _row(row: Any) -> Row:
    pair, name, slug, other_name, other_slug = row
    return Row(
        pair.id, pair.kind, pair.score / 1000, pair.why, pair.found_at, pair.decision,
        pair.decided_at, pair.reason, Half(pair.low_id, name, slug),
        Half(pair.high_id, other_name, other_slug),
    )  # fmt: skip


def counts(session: Session, query: PairQuery) -> tuple[dict[str, int], dict[str, int]]:
    """How many pairs there are of each kind (in the state asked for), and in each state (of the
    kind asked for).
    """
    p = DuplicatePair
    rows: Any = session.execute(
        select(p.kind, p.decision, func.count()).group_by(p.kind, p.decision)
    )
    kinds = dict.fromkeys((kind.value for kind in RecordKind), 0)
    decisions = dict.fromkeys((decision.value for decision in PairDecision), 0)
    for kind, decision, many in rows:
        if query.decision in (None, decision):
            kinds[kind.value] += many
        if query.kind in (None, kind):
            decisions[decision.value] += many
    return kinds, decisions


def row(session: Session, pair_id: int) -> Row:
    """One pair as a list shows it. Raises Missing."""
    statement, names = _named()
    statement = statement.where(DuplicatePair.id == pair_id, *(n.is_not(None) for n in names))
    found = session.execute(statement).first()
    if found is None:
        raise Missing("There is no such pair")
    return _row(found)


def get(session: Session, pair_id: int) -> DuplicatePair:
    """One pair. Raises Missing."""
    found = session.get(DuplicatePair, pair_id, populate_existing=True)
    if found is None:
        raise Missing("There is no such pair")
    return found


def between(session: Session, kind: RecordKind, low: int, high: int) -> DuplicatePair | None:
    """The pair of two records, if it was found."""
    p = DuplicatePair
    return session.scalar(select(p).where(p.kind == kind, p.low_id == low, p.high_id == high))


def id_at(session: Session, kind: RecordKind, slug: str) -> int:
    """The id of the record at an address. Raises Missing."""
    model = MODELS[kind]
    found: int | None = session.scalar(select(model.id).where(model.slug == slug))
    if found is None:
        raise Missing("There is no record at this address")
    return found


def suggest(session: Session, kind: RecordKind, ids: Ids, why: str, at: datetime) -> int:
    """Let a pair that a person suggests wait, unless it is there already; its id."""
    low, high = sorted(ids)
    known = between(session, kind, low, high)
    if known is not None:
        return known.id
    made = DuplicatePair(
        kind=kind, low_id=low, high_id=high, score=BY_HAND, why=why, found_at=at,
        decision=PairDecision.WAITING,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made.id


def within(
    session: Session, kind: RecordKind, decision: PairDecision, bodies: Collection[int] | None,
    limit: int,
) -> list[Row]:  # fmt: skip
    """The pairs in a state of which both records are there still, the most alike first.

    Args:
        bodies: only where both are these organisations' own, or these organisations themselves;
            None for any.
    """
    p, o = DuplicatePair, ServiceOwner
    own: Any = select(MODELS[kind].id)
    if bodies is not None and kind is RecordKind.ORGANISATION:
        own = own.where(Organisation.id.in_(bodies))
    elif bodies is not None:
        own = select(o.service_id).where(
            o.organisation_id.in_(bodies), o.until.is_(None), o.role.in_(OWN)
        )
    statement, _names = _named()
    statement = statement.where(
        p.kind == kind, p.decision == decision, p.low_id.in_(own), p.high_id.in_(own)
    )
    rows = session.execute(statement.order_by(p.score.desc(), p.id).limit(limit))
    return [_row(row) for row in rows]


def waiting(session: Session, kind: RecordKind, ids: Collection[int]) -> dict[int, set[int]]:
    """With which records each of these has a pair that waits."""
    p = DuplicatePair
    found: dict[int, set[int]] = {id_: set() for id_ in ids}
    for some in chunks(sorted(ids)):
        rows = session.execute(
            select(p.low_id, p.high_id).where(
                p.kind == kind, p.decision == PairDecision.WAITING,
                or_(p.low_id.in_(some), p.high_id.in_(some)),
            )
        )  # fmt: skip
        for low, high in rows:
            found.setdefault(low, set()).add(high)
            found.setdefault(high, set()).add(low)
    return found


def put(
    session: Session, kind: RecordKind, ids: Collection[int],
    found: Mapping[Ids, Likeness], at: datetime,
) -> tuple[int, int]:  # fmt: skip
    """Keep what was found of some records: new pairs wait, waiting ones say what is so now, and
    those that are not alike any more go. Decided ones stay as they are.

    Returns:
        How many pairs are new, and how many went.
    """
    p = DuplicatePair
    known: dict[Ids, DuplicatePair] = {}
    for some in chunks(sorted({*ids, *(low for low, _ in found)})):
        rows = session.scalars(
            select(p).where(p.kind == kind, or_(p.low_id.in_(some), p.high_id.in_(some)))
        )
        known |= {(row.low_id, row.high_id): row for row in rows}
    new = []
    for key, like in found.items():
        score, why = min(round(like.score * 1000), 1000), like.why[:1000]
        pair = known.get(key)
        if pair is None:
            new.append(
                {"kind": kind, "low_id": key[0], "high_id": key[1], "found_at": at,
                 "score": score, "why": why,
                 "decision": PairDecision.WAITING, "decided_at": None, "decided_by": None,
                 "reason": None}
            )  # fmt: skip
        elif pair.decision is PairDecision.WAITING:
            pair.score, pair.why = score, why
    looked = set(ids)
    gone = [
        pair.id
        for key, pair in known.items()
        if pair.decision is PairDecision.WAITING
        and pair.score != BY_HAND
        and looked & {*key}
        and key not in found
    ]
    insert_rows(session, DuplicatePair, new)
    for some in chunks(gone):
        session.execute(delete(p).where(p.id.in_(some)))
    session.flush()
    return len(new), len(gone)


def settle(session: Session, pair: DuplicatePair, decision: PairDecision, act: Act) -> None:
    """Note what somebody said of a pair; waiting again where they take it back."""
    decided = decision is not PairDecision.WAITING
    pair.decision, pair.reason = decision, act.reason
    pair.decided_at, pair.decided_by = (act.at, act.actor) if decided else (None, None)
    session.flush()


def place(session: Session, kind: RecordKind) -> int:
    """The last event that the search for pairs of a kind has read; 0 before the first."""
    return session.scalar(select(DuplicatePass.event_id).where(DuplicatePass.kind == kind)) or 0


def move_on(session: Session, kind: RecordKind, event_id: int, at: datetime) -> None:
    """Note up to where the search for pairs of a kind has read."""
    session.merge(DuplicatePass(kind=kind, event_id=event_id, passed_at=at))
    session.flush()


def changed(
    session: Session, kind: RecordKind, after: int, telling: Collection[str], limit: int
) -> tuple[set[int], int]:
    """The records of a kind with a change of a telling field among the next events, and the last
    of these events; 0 where there are none.
    """
    h = HistoryEvent
    rows = session.execute(
        select(h.id, h.thing, h.thing_id, h.before, h.after)
        .where(h.id > after, h.thing == kind.value)
        .order_by(h.id)
        .limit(limit)
    ).all()
    ids = {row.thing_id for row in rows if {*row.before, *row.after} & {*telling}}
    return ids, rows[-1].id if rows else 0


def there(session: Session, kind: RecordKind, ids: Iterable[int]) -> set[int]:
    """Those of these records that were not removed."""
    model = MODELS[kind]
    found: set[int] = set()
    for some in chunks(sorted(set(ids))):
        found |= set(session.scalars(select(model.id).where(model.id.in_(some))))
    return found
