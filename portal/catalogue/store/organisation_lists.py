"""The organisation list: filters, counts, keyset pages, and the same rows as a stream."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from portal import search
from portal.catalogue.models.organisations import (
    Organisation,
    OrganisationIdentifier,
)
from portal.catalogue.rules.filters import PAGE_SIZE, Key, OrganisationQuery
from portal.catalogue.store.organisations import THING
from portal.catalogue.store.paging import Slice, by_column, by_rank

BATCH = 500
Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Row:
    """An organisation as a list shows it."""

    slug: str
    name: str
    abbreviation: str | None
    kind: str
    start_date: date | None
    end_date: date | None
    key: Key


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of organisations with what surrounds it; counts by kind and by status."""

    rows: list[Row]
    total: int
    capped: bool
    corrected: str | None
    kinds: dict[str, int]
    statuses: dict[str, int]
    previous: Key | None = None
    next: Key | None = None


@dataclass(slots=True)
class _Scope:
    """What a query means on this database: its words looked up once."""

    query: OrganisationQuery
    on: date
    found: search.Found | None = None
    positions: dict[int, int] = field(default_factory=dict)

    def conditions(self) -> list[ColumnElement[bool]]:
        found = self.matching()
        if self.query.kinds:
            found.append(Organisation.kind.in_(self.query.kinds))
        if self.query.status:
            closed = _closed(self.on)
            found.append(closed if self.query.status == "closed" else ~closed)
        return found

    def matching(self) -> list[ColumnElement[bool]]:
        return [Organisation.id.in_(self.found.ids)] if self.found is not None else []


def _closed(on: date) -> ColumnElement[bool]:
    return and_(Organisation.end_date.is_not(None), Organisation.end_date <= on)


def _scope(session: Session, query: OrganisationQuery, on: date) -> _Scope:
    scope = _Scope(query, on)
    if query.text:
        scope.found = search.find(session, THING, query.text)
        scope.positions = {id_: at for at, id_ in enumerate(scope.found.ids)}
    return scope


def listing(session: Session, query: OrganisationQuery, on: date, size: int = PAGE_SIZE) -> Listing:
    """One page of organisations, by relevance where words are searched for, else by name."""
    scope = _scope(session, query, on)
    if scope.found is None:
        counts = _counts(session, scope)
        rows, before, after = _by_name(session, scope, size)
    else:
        counts, ids = _found(session, scope)
        rows, before, after = _ranked(session, scope, ids, size)
    return Listing(
        rows=rows,
        total=_sum(counts, query.kinds, query.status),
        capped=bool(scope.found and scope.found.capped),
        corrected=scope.found.corrected if scope.found else None,
        kinds={
            kind: _sum(counts, (kind,), query.status) for kind in sorted({k for k, _ in counts})
        },
        statuses={s: _sum(counts, query.kinds, s) for s in ("open", "closed")},
        previous=rows[0].key if rows and before else None,
        next=rows[-1].key if rows and after else None,
    )


def _status(on: date) -> ColumnElement[str]:
    return case((_closed(on), literal("closed")), else_=literal("open")).label("status")


def _counts(session: Session, scope: _Scope) -> Counts:
    """How many organisations there are, by kind and status: the facets and the total."""
    status = _status(scope.on)
    rows = session.execute(
        select(Organisation.kind, status, func.count()).group_by(Organisation.kind, status)
    )
    return {(kind.value, state): many for kind, state, many in rows}


def _found(session: Session, scope: _Scope) -> tuple[Counts, list[int]]:
    """The same counts of what a search found, and the ids that the filters leave, best first."""
    columns = (Organisation.id, Organisation.kind, _status(scope.on))
    found = session.execute(select(*columns).where(*scope.matching())).all()
    counts = Counter((kind.value, state) for _, kind, state in found)
    kinds, wanted = set(scope.query.kinds), scope.query.status
    ids = [
        id_
        for id_, kind, state in found
        if (not kinds or kind.value in kinds) and wanted in (None, state)
    ]
    return counts, sorted(ids, key=lambda id_: scope.positions[id_])


def _sum(counts: Counts, kinds: Iterable[str], status: str | None) -> int:
    wanted = set(kinds)
    return sum(
        many
        for (kind, state), many in counts.items()
        if (not wanted or kind in wanted) and status in (None, state)
    )


_SHOWN = (
    Organisation.id,
    Organisation.slug,
    Organisation.name,
    Organisation.abbreviation,
    Organisation.kind,
    Organisation.start_date,
    Organisation.end_date,
    Organisation.sort_name,
)


def _row(r: Any, key: Key) -> Row:
    return Row(r.slug, r.name, r.abbreviation, r.kind.value, r.start_date, r.end_date, key)


def _by_name(session: Session, scope: _Scope, size: int) -> Slice:
    statement = select(*_SHOWN).where(*scope.conditions())
    found, before, after = by_column(
        session, statement, Organisation.sort_name, Organisation.id, scope.query.cursor, size
    )
    return [_row(r, (r.sort_name, r.id)) for r in found], before, after


def _ranked(session: Session, scope: _Scope, ids: list[int], size: int) -> Slice:
    chosen, before, after = by_rank(ids, scope.positions, scope.query.cursor, size)
    found = {r.id: r for r in session.execute(select(*_SHOWN).where(Organisation.id.in_(chosen)))}
    return [_row(found[i], (scope.positions[i], i)) for i in chosen], before, after


def stream_ids(session: Session, query: OrganisationQuery, on: date) -> Iterator[list[int]]:
    """The ids of everything a query lists, in its order, a batch at a time."""
    scope = _scope(session, query, on)
    if scope.found is not None:
        _, ids = _found(session, scope)
    else:
        ids = list(session.scalars(_named_ids(scope)))
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _named_ids(scope: _Scope) -> Select[int]:
    return (
        select(Organisation.id)
        .where(*scope.conditions())
        .order_by(Organisation.sort_name, Organisation.id)
    )


def names_of(session: Session, references: Iterable[str]) -> dict[str, str]:
    """The names of organisations as documents refer to them; unknown references are left out."""
    wanted = sorted(set(references))
    if not wanted:
        return {}
    slugs = [ref.removeprefix("slug:") for ref in wanted if ref.startswith("slug:")]
    rows = session.execute(
        select(OrganisationIdentifier.identifier, Organisation.slug, Organisation.name)
        .select_from(Organisation)
        .outerjoin(
            OrganisationIdentifier, OrganisationIdentifier.organisation_id == Organisation.id
        )
        .where(or_(OrganisationIdentifier.identifier.in_(wanted), Organisation.slug.in_(slugs)))
    )
    found: dict[str, str] = {}
    for identifier, slug, name in rows:
        found[f"slug:{slug}"] = name
        if identifier:
            found[identifier] = name
    return found
