"""All SQL about reviews: a record's row follows what it says, and keeps who confirmed it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, exists, select, true, update
from sqlalchemy.orm import Session

from portal.access import Role
from portal.audit import Act, Document, first_at, london_day, record
from portal.catalogue.models.components import Component
from portal.catalogue.models.reviews import Review
from portal.catalogue.models.services import Service
from portal.catalogue.rules import reviews as rules
from portal.catalogue.words import Reviewed, ReviewState
from portal.db import chunks, insert_rows, one_at_a_time
from portal.errors import Missing

CONFIRMED, DISOWNED = "record.confirmed", "record.disowned"
Months = Mapping[int, "int | None"]


class Standing(NamedTuple):
    """What pages and files say of a record's review."""

    since: date
    review_by: date | None
    confirmed_at: datetime | None
    confirmed_as: Role | None
    disowned_at: datetime | None

    def fields(self, day: date) -> Document:
        """As documents have it."""
        state = rules.state(self.review_by, day)
        return {
            "confirmed_on": self.confirmed_at and london_day(self.confirmed_at).isoformat(),
            "review_by": self.review_by and self.review_by.isoformat(),
            "review_state": state and state.value,
        }


SHOWN = (
    Review.since, Review.review_by, Review.confirmed_at, Review.confirmed_as, Review.disowned_at,
)  # fmt: skip


def of(kind: Reviewed, id_: Any) -> ColumnElement[bool]:
    """The condition that a review is of the record whose id stands in a column."""
    return and_(Review.kind == kind, Review.thing_id == id_)


def standing(session: Session, kind: Reviewed, thing_id: int) -> Standing | None:
    """How the review of one record stands."""
    row = session.execute(select(*SHOWN).where(of(kind, thing_id))).first()
    return Standing._make(row) if row else None


def standings(session: Session, kind: Reviewed, ids: Collection[int]) -> dict[int, Standing]:
    """The same of many records."""
    query = select(Review.thing_id, *SHOWN).where(Review.kind == kind, Review.thing_id.in_(ids))
    return {row[0]: Standing._make(row[1:]) for row in session.execute(query)}


def fields_of(found: Standing | None, day: date) -> Document:
    """What documents say of a review, also where there is none yet."""
    return (found or Standing(day, None, None, None, None)).fields(day)


def stale(session: Session, kind: Reviewed, ids: Collection[int], day: date) -> set[int]:
    """Those of some records that are stale."""
    query = select(Review.thing_id).where(Review.kind == kind, Review.thing_id.in_(ids))
    return set(session.scalars(query.where(in_state(ReviewState.STALE, day))))


def in_state(state: ReviewState, day: date) -> ColumnElement[bool]:
    """The condition that a review is in a state on a day."""
    first, last = rules.days_of(state, day)
    after = true() if first is None else Review.review_by >= first
    before = true() if last is None else Review.review_by <= last
    return and_(after, before)


def chosen(kind: Reviewed, id_: Any, choice: str, day: date) -> ColumnElement[bool]:
    """The condition that one choice of a list's filter means the record whose id stands in a
    column. Asked of one record after the other: a page in the order of names then ends early.
    """
    return exists().where(of(kind, id_), meant(choice, day))


def meant(choice: str, day: date) -> ColumnElement[bool]:
    """The condition that one choice of a list's filter means a review."""
    if choice == rules.NEVER:
        # What has ended is not asked about, so nobody missed to confirm it.
        return and_(Review.confirmed_at.is_(None), Review.review_by.is_not(None))
    return in_state(ReviewState(choice), day)


def begin(session: Session, kind: Reviewed, months: Months, day: date) -> None:
    """Give records that came into the catalogue on a day their reviews.

    Args:
        months: how long a confirmation of each holds, by id.
    """
    rows = [
        {"kind": kind, "thing_id": id_, "since": day,
         "review_by": rules.review_by(day, None, many)}
        for id_, many in months.items()
    ]  # fmt: skip
    insert_rows(session, Review, rows)


def follow(session: Session, kind: Reviewed, months: Months, day: date) -> None:
    """Move the days of records that say something else now; one without a review gets it."""
    for ids in chunks(months):
        r = Review
        query = select(r.id, r.thing_id, r.since, r.confirmed_at, r.anew_from)
        rows = session.execute(query.where(Review.kind == kind, Review.thing_id.in_(ids))).all()
        moved = [
            {"id": id_, "review_by": rules.review_by(since, _day(at), months[thing_id], anew)}
            for id_, thing_id, since, at, anew in rows
        ]
        if moved:
            session.execute(update(Review), moved)
        missing = set(ids) - {thing_id for _id, thing_id, *_rest in rows}
        begin(session, kind, {id_: months[id_] for id_ in sorted(missing)}, day)


def _day(at: datetime | None) -> date | None:
    return london_day(at) if at else None


def remove(session: Session, kind: Reviewed, ids: Collection[int]) -> None:
    """Forget the reviews of records that are removed."""
    session.execute(delete(Review).where(Review.kind == kind, Review.thing_id.in_(ids)))


def owned_anew(session: Session, kind: Reviewed, ids: Collection[int]) -> None:
    """Somebody else has these records: what a former owner said of them is over."""
    mine = (Review.kind == kind, Review.thing_id.in_(ids), Review.disowned_at.is_not(None))
    nobody = {"disowned_at": None, "disowned_by": None}
    session.execute(
        update(Review).where(*mine).values(nobody).execution_options(synchronize_session=False)
    )


def ask_anew(session: Session, kind: Reviewed, thing_id: int, day: date) -> None:
    """Ask from a day on whether a record is right, whatever was confirmed before: it says something
    else since.

    Raises:
        Missing: there is no such record.
    """
    review = _locked(session, kind, thing_id)
    if review.review_by is not None:
        review.anew_from, review.review_by = day, min(review.review_by, day)
        session.flush()


def _locked(session: Session, kind: Reviewed, thing_id: int) -> Review:
    one_at_a_time(session)
    found = session.scalar(select(Review).where(of(kind, thing_id)))
    if found is None:
        raise Missing("There is no such review")
    return found


def confirm(session: Session, kind: Reviewed, thing_id: int, role: Role | None, act: Act) -> bool:
    """Note that a record is right; False where that was said on this day already.

    Args:
        role: in which somebody says so.

    Raises:
        Missing: there is no such record.
    """
    review = _locked(session, kind, thing_id)
    many = months_now(session, kind, [thing_id])[thing_id]
    before, after = _day(review.confirmed_at), act.day
    review.confirmed_at, review.confirmed_by, review.confirmed_as = act.at, act.actor, role
    review.review_by, review.anew_from = rules.review_by(review.since, after, many), None
    review.disowned_at = review.disowned_by = None
    session.flush()
    said = ({"confirmed_on": day and day.isoformat()} for day in (before, after))
    return record(session, act, CONFIRMED, kind.value, thing_id, *said)


def came(session: Session, kind: Reviewed, thing_id: int, since: date) -> bool:
    """Reckon the review of a record that nobody has confirmed from an earlier day; False where it
    is reckoned from an earlier one than that of its history already.

    Raises:
        Missing: there is no such record.
    """
    review = _locked(session, kind, thing_id)
    first = first_at(session, kind.value, thing_id)
    if review.confirmed_at is not None or (first and review.since < london_day(first)):
        return False
    review.since = since
    many = months_now(session, kind, [thing_id])[thing_id]
    review.review_by = rules.review_by(since, None, many, review.anew_from)
    session.flush()
    return True


def disown(session: Session, kind: Reviewed, thing_id: int, act: Act) -> bool:
    """Note that somebody who is asked about a record says that it is not theirs; False where that
    waits already.

    Raises:
        Missing: there is no such record.
    """
    review = _locked(session, kind, thing_id)
    if review.disowned_at is not None:
        return False
    review.disowned_at, review.disowned_by = act.at, act.actor
    session.flush()
    return record(
        session, act, DISOWNED, "review", review.id, {"disowned": False}, {"disowned": True}
    )


def months_now(session: Session, kind: Reviewed, ids: Collection[int]) -> dict[int, int | None]:
    """How long a confirmation of records holds, by what they say now."""
    if kind is Reviewed.SERVICE:
        query: Any = select(Service.id, Service.phase, Service.audience_set)
        rows = session.execute(query.where(Service.id.in_(ids)))
        return {id_: rules.service_months(phase, who.split(",")) for id_, phase, who in rows}
    query = select(Component.id, Component.lifecycle).where(Component.id.in_(ids))
    return {id_: rules.component_months(now) for id_, now in session.execute(query)}


def add_missing(session: Session, day: date) -> int:
    """Give each record that lacks one its review, as of a day; how many. A release that does not
    know of reviews may have written records beside this one.
    """
    many = 0
    for kind, model in ((Reviewed.SERVICE, Service), (Reviewed.COMPONENT, Component)):
        known = select(Review.thing_id).where(Review.kind == kind)
        query: Any = select(model.id).where(model.id.not_in(known))
        for ids in chunks(list(session.scalars(query))):
            begin(session, kind, months_now(session, kind, ids), day)
            many += len(ids)
    return many
