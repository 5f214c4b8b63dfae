"""What is wrong with the records that an organisation owns: counted and listed.

Retired services and closed components are history, and left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from portal.accounts.models.people import Person
from portal.audit import Document, london_day
from portal.catalogue.component_words import Lifecycle, UsageStatus
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.reviews import Review
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import CapabilityNeed, Usage
from portal.catalogue.rules.filters import PAGE_SIZE, Cursor, Key
from portal.catalogue.rules.reviews import state
from portal.catalogue.store import reviews
from portal.catalogue.store.paging import by_column
from portal.catalogue.store.review_work import RECORDS
from portal.catalogue.words import ApisAnswer, Issue, Phase, Reviewed, ReviewState

_KINDS = (Reviewed.SERVICE, Reviewed.COMPONENT)


@dataclass(frozen=True, slots=True)
class QualityQuery:
    """What a list of records is asked for; None means "any".

    Attributes:
        issue: what is wrong with them.
        kind: of the record.
        cursor: the place in the list.
    """

    issue: Issue
    kind: Reviewed | None = None
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A record with something wrong; `why` says what a dangling one points at."""

    kind: str
    slug: str
    name: str
    phase: str
    why: str | None
    edited_on: date
    confirmed_on: date | None
    review_by: date | None
    key: Key

    def document(self, day: date) -> Document:
        """As files have it."""
        standing = state(self.review_by, day)
        return {
            "kind": self.kind, "slug": self.slug, "name": self.name, "phase": self.phase,
            "why": self.why, "edited_on": self.edited_on, "confirmed_on": self.confirmed_on,
            "review_by": self.review_by, "review_state": standing and standing.value,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records of an organisation there are, and how many have each issue."""

    services: int
    components: int
    issues: dict[Issue, int]


def counts(session: Session, organisation_id: int, day: date) -> Counts:
    """Count, in one statement for each kind of record."""
    totals, found = dict[Reviewed, int](), dict.fromkeys(Issue, 0)
    for kind in _KINDS:
        model = RECORDS[kind].model
        sums = [func.sum(case((_wrong(kind, issue, day), 1), else_=0)) for issue in Issue]
        query = (
            select(func.count(), *sums)
            .select_from(model)
            .outerjoin(Review, reviews.of(kind, model.id))
            .where(*_of(kind, organisation_id))
        )
        many, *each = session.execute(query).one()
        totals[kind] = many
        for issue, wrong in zip(Issue, each, strict=True):
            found[issue] += wrong or 0
    return Counts(totals[Reviewed.SERVICE], totals[Reviewed.COMPONENT], found)


def listed(
    session: Session, organisation_id: int, query: QualityQuery, day: date, size: int = PAGE_SIZE
) -> tuple[list[Row], Key | None, Key | None]:
    """A page of records by name, and the keys of the pages around it."""
    parts = [
        _part(kind, organisation_id, query.issue, day)
        for kind in _KINDS
        if query.kind in (None, kind)
    ]
    every = union_all(*parts).subquery()
    statement = select(every)
    rows, before, after = by_column(
        session, statement, every.c.sort_name, every.c.place, query.cursor, size
    )
    found = [_row(row) for row in rows]
    return (
        found,
        found[0].key if found and before else None,
        found[-1].key if found and after else None,
    )


def every(
    session: Session, organisation_id: int, query: QualityQuery, day: date
) -> Iterator[Document]:
    """All records with an issue, by name."""
    cursor: Cursor | None = None
    while True:
        asked = QualityQuery(query.issue, query.kind, cursor)
        rows, _before, after = listed(session, organisation_id, asked, day, 500)
        yield from (row.document(day) for row in rows)
        if after is None:
            return
        cursor = Cursor(after)


def _part(kind: Reviewed, organisation_id: int, issue: Issue, day: date) -> Any:
    model = RECORDS[kind].model
    why = _why(kind, day) if issue is Issue.DANGLING else null()
    # Ids of both kinds in one order: even ones are services.
    place = (model.id * 2 + _KINDS.index(kind)).cast(Integer)
    stage = model.phase if kind is Reviewed.SERVICE else model.lifecycle
    return (
        select(
            literal(kind.value).label("kind"), model.slug, model.name,
            model.sort_name.label("sort_name"), func.lower(stage).label("phase"),
            why.label("why"), model.edited_at, Review.confirmed_at, Review.review_by,
            place.label("place"),
        )
        .outerjoin(Review, reviews.of(kind, model.id))
        .where(*_of(kind, organisation_id), _wrong(kind, issue, day))
    )  # fmt: skip


def _row(row: Any) -> Row:
    confirmed: datetime | None = row.confirmed_at
    return Row(
        row.kind, row.slug, row.name, row.phase, row.why, london_day(row.edited_at),
        confirmed and london_day(confirmed), row.review_by, (row.sort_name, row.place),
    )  # fmt: skip


def _of(kind: Reviewed, organisation_id: int) -> list[ColumnElement[bool]]:
    """The condition that a record is the organisation's, and not history."""
    records = RECORDS[kind]
    over = (
        Service.phase == Phase.RETIRED
        if kind is Reviewed.SERVICE
        else Component.lifecycle == Lifecycle.CLOSED
    )
    return [records.owned_by([organisation_id]), ~over]


def _wrong(kind: Reviewed, issue: Issue, day: date) -> ColumnElement[bool]:
    """The condition that a record has an issue."""
    records = RECORDS[kind]
    match issue:
        case Issue.NO_OWNER:
            return ~records.has_owner(day)
        case Issue.UNREACHABLE:
            reached = records.has_owner(day, Person.unreachable_at.is_(None))
            return and_(records.has_owner(day), ~reached)
        case Issue.STALE | Issue.OVERDUE | Issue.DUE:
            return reviews.in_state(ReviewState(issue.value), day)
        case Issue.NEVER_CONFIRMED:
            return Review.confirmed_at.is_(None)
        case Issue.DANGLING:
            return and_(_why(kind, day).is_not(None))
    return _unanswered(issue) if kind is Reviewed.SERVICE else false()


def _unanswered(issue: Issue) -> ColumnElement[bool]:
    if issue is Issue.APIS_UNKNOWN:
        return Service.apis_answer == ApisAnswer.UNKNOWN
    if issue is Issue.NO_USER_NEED:
        return or_(Service.user_need.is_(None), Service.user_need == "")
    below = aliased(Capability)
    said = [
        exists()
        .where(table.service_id == Service.id, table.capability_id == Capability.id)
        .correlate(Service, Capability)
        for table in (Usage, CapabilityNeed)
    ]
    leaf = ~exists().where(below.parent_id == Capability.id).correlate(Capability)
    return select(Capability.id).where(leaf, ~or_(*said)).exists()


def _why(kind: Reviewed, day: date) -> Any:
    """What a record points at that is not there any more; NULL where all is there."""
    if kind is Reviewed.SERVICE:
        used = exists().where(
            Usage.service_id == Service.id,
            Usage.status.in_((UsageStatus.LIVE, UsageStatus.STOPPING)),
            Usage.component_id == Component.id,
            _closed(Component, day),
        )
        body = Service.organisation_id
        return case(
            (body.is_(None), "no_organisation"),
            (_ended(body, day), "organisation_ended"),
            (used, "component_closed"),
        )
    after = aliased(Component)
    succeeded = exists().where(after.id == Component.successor_id, _closed(after, day))
    return case(
        (_ended(Component.provider_id, day), "organisation_ended"),
        (succeeded, "successor_closed"),
    )


def _closed(component: Any, day: date) -> ColumnElement[bool]:
    return or_(
        component.lifecycle == Lifecycle.CLOSED,
        and_(component.lifecycle == Lifecycle.CLOSING, component.closes_on <= day),
    )


def _ended(id_: Any, day: date) -> ColumnElement[bool]:
    return exists().where(Organisation.id == id_, Organisation.end_date <= day)
