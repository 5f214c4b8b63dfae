"""Find the pairs of records that may be one, and keep what people decide about them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session

from portal import jobs
from portal.audit import Act, Document, record
from portal.catalogue.models.duplicates import DuplicatePair
from portal.catalogue.models.services import Service
from portal.catalogue.rules.pair_finding import TELLING, Finder
from portal.catalogue.rules.similar import Likeness
from portal.catalogue.store import duplicate_candidates, duplicates, organisations, services
from portal.catalogue.words import PairDecision, RecordKind, ServiceRelation
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Missing, Stale

T = TypeVar("T")
#: So many changes are looked at in one transaction.
CHANGES = 100
DECIDED = "duplicate.decided"
_ADDRESS = re.compile(r"(?:^|/)(services|organisations)/([a-z0-9-]{1,200})(?:[/?#.]|$)")
_FOLDERS = {"services": RecordKind.SERVICE, "organisations": RecordKind.ORGANISATION}


@dataclass(slots=True)
class Found:
    """What a search for pairs did: records looked at, pairs that are new, pairs that went."""

    looked_at: int = 0
    new: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of a pair.

    Attributes:
        decision: same, related or different; or waiting again.
        relation: how one service stands to the other, where that is to be recorded.
        of: the id of the service that stands so to the other.
    """

    decision: PairDecision
    relation: ServiceRelation | None = None
    of: int = 0


def find(
    database: Database,
    clock: Callable[[], datetime],
    everything: bool = False,
    go_on: Callable[[], bool] = lambda: True,
) -> dict[RecordKind, Found]:
    """Look for pairs of all records that changed since the last time, some at a time.

    A search that is stopped goes on where it was. What was decided is never asked again.

    Args:
        database: the portal's.
        clock: the moment, whenever it is asked.
        everything: begin again with all records, as after a change of the rules.
        go_on: asked between two transactions.
    """
    found = {kind: Found() for kind in RecordKind}
    if everything:
        with database.writing() as session:
            for kind in RecordKind:
                duplicates.move_on(session, kind, 0, clock())
    for kind, so_far in found.items():
        while go_on() and _find_some(database, kind, clock(), so_far):
            pass
    return found


@jobs.handler("duplicates.find", every=timedelta(minutes=15), lease=timedelta(hours=1))
def _look(run: jobs.Run) -> None:
    """Look for pairs of what changed; what is left after half an hour waits for the next job."""
    end = run.clock() + timedelta(minutes=30)
    find(run.database, run.clock, go_on=lambda: run.clock() < end)


def _find_some(database: Database, kind: RecordKind, at: datetime, so_far: Found) -> bool:
    """Look at the next changes of one kind; False where there are none."""
    with database.reading(fresh=True) as session:
        start = duplicates.place(session, kind)
        ids, last = duplicates.changed(session, kind, start, TELLING[kind], CHANGES)
        if not last:
            return False
        pairs = pairs_of(session, kind, ids)
    with database.writing() as session:
        if duplicates.place(session, kind) != start:
            return True  # another worker was quicker
        both = duplicates.there(session, kind, {id_ for pair in pairs for id_ in pair})
        pairs = {pair: like for pair, like in pairs.items() if both.issuperset(pair)}
        new, gone = duplicates.put(session, kind, ids, pairs, at)
        duplicates.move_on(session, kind, last, at)
    so_far.looked_at += len(ids)
    so_far.new += new
    so_far.gone += gone
    return True


def pairs_of(session: Session, kind: RecordKind, ids: set[int]) -> dict[tuple[int, int], Likeness]:
    """The pairs of these records with any other, the older id first."""
    pairs: dict[tuple[int, int], Likeness] = {}
    for id_, found in _like(session, kind, ids):
        pairs |= {(min(id_, other), max(id_, other)): like for other, like in found.items()}
    return pairs


def _like(
    session: Session, kind: RecordKind, ids: set[int]
) -> Iterator[tuple[int, dict[int, Likeness]]]:
    if kind is RecordKind.ORGANISATION:
        bodies = duplicate_candidates.bodies(session)
        for id_ in duplicates.there(session, kind, ids):
            yield id_, bodies.like(id_)
        return
    known = duplicates.waiting(session, kind, ids)
    looked = duplicate_candidates.looked_up(session, ids, known)
    finder = Finder(looked.known, partial(duplicate_candidates.rarity, session))
    for id_, others in looked.others.items():
        yield id_, finder.like(id_, others, known.get(id_, ()))


def decide(database: Database, pair_id: int, said: Said, was: PairDecision, act: Act) -> RecordKind:
    """Keep what a person says of a pair, with the history of both records.

    Args:
        database: the portal's.
        pair_id: the pair.
        said: the decision.
        was: what the pair said when the person read it.
        act: who decides, when, and why.

    Returns:
        The kind of the records.

    Raises:
        Missing: there is no such pair, or one of the records was removed or merged.
        Stale: somebody else has decided meanwhile.
    """
    with database.writing() as session:
        one_at_a_time(session)
        pair = duplicates.get(session, pair_id)
        if pair.decision is not was:
            raise Stale(N_("Somebody else has decided this meanwhile"))
        duplicates.settle(session, pair, said.decision, act)
        _tell_both(session, pair, said, act)
        return pair.kind


def suggest(database: Database, one: str, other: str, why: str, act: Act) -> int:
    """Let a pair that a person found wait for a decision; its id, also where it was known.

    Args:
        database: the portal's.
        one: where the one record is, such as `/services/tax-your-vehicle`; a whole web address
            is fine.
        other: where the other one is.
        why: why they may be one, in the person's words.
        act: who suggests it, and when.

    Raises:
        Invalid: an address is of no service or organisation, or both are of one record or of two
            kinds.
    """
    with database.writing() as session:
        one_at_a_time(session)
        kind, first = _at(session, "one", one)
        other_kind, second = _at(session, "other", other)
        if kind is not other_kind:
            raise Invalid("other", N_("Enter two services, or two organisations"))
        if first == second:
            raise Invalid("other", N_("Enter another one: these are the same"))
        return duplicates.suggest(session, kind, (first, second), why, act.at)


def _at(session: Session, field: str, address: str) -> tuple[RecordKind, int]:
    found = _ADDRESS.search(address)
    kind = _FOLDERS.get(found.group(1)) if found else None
    if found is None or kind is None:
        raise Invalid(field, N_("Enter the web address of a service or an organisation here"))
    store = services if kind is RecordKind.SERVICE else organisations
    slug = store.slug_now(session, found.group(2)) or found.group(2)
    try:
        return kind, duplicates.id_at(session, kind, slug)
    except Missing:
        raise Invalid(field, N_("There is no record at this address")) from None


def decide_missing(database: Database, rows: Iterable[Document], act: Act) -> int:
    """Decide the pairs of the demo set that wait; how many.

    Args:
        database: the portal's.
        rows: of each pair the `kind`, the addresses `one` and `other`, the `decision`, the
            `relation` of the one to the other, if any, and the `reason`.
        act: who decides.
    """
    decided = 0
    for row in rows:
        kind = RecordKind(row["kind"])
        with database.reading(fresh=True) as session:
            ids = [duplicates.id_at(session, kind, row[half]) for half in ("one", "other")]
            pair = duplicates.between(session, kind, min(ids), max(ids))
        if pair is None or pair.decision is not PairDecision.WAITING:
            continue
        relation = ServiceRelation(row["relation"]) if row.get("relation") else None
        said = Said(PairDecision(row["decision"]), relation, ids[0])
        decide(database, pair.id, said, pair.decision, replace(act, reason=row["reason"]))
        decided += 1
    return decided


def _tell_both(session: Session, pair: DuplicatePair, said: Said, act: Act) -> None:
    if pair.kind is RecordKind.ORGANISATION:
        one, another = _two(organisations.load(session, [pair.low_id, pair.high_id]))
        for body, other in ((one, another), (another, one)):
            told = {"organisation": organisations.reference(other), "decision": said.decision.value}
            _tell(session, organisations.THING, body.id, told, act)
        return
    both = _two(services.load(session, [pair.low_id, pair.high_id]))
    for service, its in (both, both[::-1]):
        told = {"service": its.slug, "decision": said.decision.value}
        relation = said.relation if service.id == said.of else None
        if relation is None or not _relate(session, service, its, relation, told, act):
            _tell(session, services.THING, service.id, told, act)


def _two(found: list[T]) -> tuple[T, T]:
    if len(found) != 2:
        raise Missing(N_("One of the records is not there any more"))
    return found[0], found[1]


def _tell(session: Session, thing: str, thing_id: int, told: Document, act: Act) -> None:
    record(session, act, DECIDED, thing, thing_id, {"duplicates": None}, {"duplicates": [told]})


def _relate(
    session: Session, service: Service, other: Service, relation: ServiceRelation,
    told: Document, act: Act,
) -> bool:  # fmt: skip
    """Say how a service stands to the other one; False where it says so already."""
    before = services.document_of(service)
    row = {"relation": relation.value, "service": other.slug}
    if row in before["relations"]:
        return False
    after = {**before, "relations": [*before["relations"], row]}
    refs = organisations.ids_by_reference(session)
    services.save(session, service, before, {**after, "duplicates": [told]}, refs, act, DECIDED)
    slugs = services.ids_by_slug(session)
    services.save_relations(session, service.id, after["relations"], slugs)
    return True
