"""Records that wait for somebody to confirm them, or for somebody who owns them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from portal.access import Kind, Person, Role
from portal.accounts.models.people import Person as PersonRow
from portal.accounts.models.roles import RoleGrant
from portal.accounts.store import things
from portal.accounts.store.grants import holds_on
from portal.accounts.store.nearest import OWNERS, nearest
from portal.accounts.store.people import actor
from portal.accounts.work import Item
from portal.audit import london_day
from portal.catalogue.models.components import Component
from portal.catalogue.models.reviews import Review
from portal.catalogue.models.services import Service, ServiceOwner
from portal.catalogue.rules.reviews import ASKED
from portal.catalogue.store import reviews
from portal.catalogue.store.things import OWN
from portal.catalogue.words import Reviewed
from portal.db import chunks
from portal.errors import N_

LABELS = {
    "review": N_("Check that these records are still right"),
    "unowned": N_("No person is named for these records: check them, or invite whoever owns them"),
    "unreachable": N_("The owners of these records cannot be reached: find others"),
    "disowned": N_("Somebody said that these are not theirs: find out whose they are"),
}
#: Whose a record is should be found out within this time.
FOUND_OUT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one kind, with whoever owns them.

    Attributes:
        model: their table.
        folder: where their pages are.
        role: of their owners.
        owned: selects their ids, by the column with the owning organisation.
        body: that column.
    """

    kind: Kind
    model: Any
    folder: str
    role: Role
    owned: Select[int]
    body: Any

    def owned_by(self, bodies: Collection[int]) -> ColumnElement[bool]:
        """The condition that one of these organisations owns a record."""
        return self.model.id.in_(self.owned.where(self.body.in_(bodies)))  # type: ignore[no-any-return]

    def has_owner(self, day: date, also: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
        """The condition that somebody with an open account owns a record on a day.

        Args:
            also: what else must be so of that person.
        """
        # Said out loud: by itself a statement in a statement in another knows nothing of the first.
        its = self.owned.with_only_columns(self.body).where(self._same(self.model.id))
        its = its.correlate(self.model)
        held = [
            RoleGrant.role == self.role, holds_on(day), RoleGrant.person_id == PersonRow.id,
            PersonRow.deactivated_at.is_(None), *([] if also is None else [also]),
        ]  # fmt: skip
        # Two questions: with an "or" inside one, neither database uses the index.
        return or_(
            exists().where(RoleGrant.kind == self.kind, RoleGrant.thing_id == self.model.id, *held),
            exists().where(RoleGrant.kind == Kind.ORGANISATION, RoleGrant.thing_id.in_(its), *held),
        )

    def _same(self, id_: Any) -> ColumnElement[bool]:
        column: Any = self.owned.selected_columns[0]
        return column == id_  # type: ignore[no-any-return]


_provided = Component.__table__.alias("provided")
RECORDS = {
    Reviewed.SERVICE: Records(
        Kind.SERVICE, Service, "services", OWNERS[Kind.SERVICE],
        select(ServiceOwner.service_id).where(
            ServiceOwner.until.is_(None), ServiceOwner.role.in_(OWN)
        ),
        ServiceOwner.organisation_id,
    ),
    Reviewed.COMPONENT: Records(
        Kind.COMPONENT, Component, "components", OWNERS[Kind.COMPONENT],
        select(_provided.c.id), _provided.c.provider_id,
    ),
}  # fmt: skip


def to_confirm(session: Session, person: Person, day: date) -> Iterator[Item]:
    """The records that somebody owns, and those without an owner that they administer, which are
    due, overdue or stale.
    """
    for kind, records in RECORDS.items():
        own, all_of, administers = whose(person, records)
        mine = or_(records.model.id.in_(own), records.owned_by(all_of))
        if own or all_of:
            yield from _due(session, kind, day, "review", mine, actor(person.id))
        if administers:
            lacks = and_(~mine, records.owned_by(administers), ~records.has_owner(day))
            yield from _due(session, kind, day, "unowned", lacks, actor(person.id))


def whose(person: Person, records: Records) -> tuple[set[int], set[int], set[int]]:
    """Ids: of records of somebody's own, of organisations all of whose records they own, and of
    those that they administer.
    """
    on_it = (records.role, Role.TEAM_MEMBER)
    above = [grant for grant in person.grants if grant.kind is Kind.ORGANISATION]
    return (
        {g.id for g in person.grants if g.kind is records.kind and g.role in on_it},
        {g.id for g in above if g.role is records.role},
        {g.id for g in above if g.role is Role.ORGANISATION_ADMINISTRATOR},
    )


def _due(
    session: Session, kind: Reviewed, day: date, task: str, which: ColumnElement[bool], who: str
) -> Iterator[Item]:
    records = RECORDS[kind]
    model = records.model
    query = (
        select(model.id, model.slug, model.name, Review.review_by)
        .join(Review, reviews.of(kind, model.id))
        # Whoever said that it is not theirs is not asked again.
        .where(Review.review_by <= day + ASKED, Review.disowned_by.is_distinct_from(who), which)
        .order_by(Review.review_by, model.id)
    )
    for id_, slug, name, by in session.execute(query):
        href = f"/{records.folder}/{slug}/confirm"
        yield Item(task, name, href, by, "", kind.value, id_, signed=True)


def unreachable(session: Session, person: Person, day: date) -> Iterator[Item]:
    """The records that somebody administers and whose owners cannot be reached, none of them."""
    for kind, records in RECORDS.items():
        _own, _all_of, administers = whose(person, records)
        if not administers:
            continue
        model = records.model
        reached = records.has_owner(day, PersonRow.unreachable_at.is_(None))
        query = (
            select(model.id, model.slug, model.name)
            .join(Review, reviews.of(kind, model.id))
            .where(Review.review_by.is_not(None), records.owned_by(administers))
            .where(records.has_owner(day), ~reached)
            .order_by(model.sort_name, model.id)
        )
        for id_, slug, name in session.execute(query):
            href = f"/{records.folder}/{slug}/people"
            yield Item("unreachable", name, href, None, "", kind.value, id_)


def disowned(session: Session, person: Person, day: date) -> Iterator[Item]:
    """The records of which an owner said that they are not theirs, for those who say whose they
    are, until somebody is given the role.
    """
    if not person.grants:
        return
    given = exists().where(
        RoleGrant.thing_id == Review.thing_id,
        or_(*(and_(Review.kind == kind, RoleGrant.kind == r.kind, RoleGrant.role == r.role)
              for kind, r in RECORDS.items())),
        RoleGrant.granted_at > Review.disowned_at,
    )  # fmt: skip
    query = select(Review.kind, Review.thing_id, Review.disowned_at).where(
        Review.disowned_at.is_not(None), ~given
    )
    rows = session.execute(query)
    found = [(RECORDS[kind].kind, id_, at) for kind, id_, at in rows if at is not None]
    known = things.by_ids(session, {(kind, id_) for kind, id_, _at in found})
    answer = nearest(session, known.values(), day, owners=False)
    mine = [each for each in found if person.id in answer.get(each[:2], ())]
    names = things.names(session, {each[:2] for each in mine})
    for kind, id_, at in mine:
        called = names[kind, id_]
        href = f"/{RECORDS[Reviewed(kind)].folder}/{called.slug}/people"
        due = london_day(at) + FOUND_OUT
        yield Item("disowned", called.name, href, due, "", kind.value, id_)


def asked(session: Session, items: Collection[Item], at: datetime) -> None:
    """Note that somebody was asked by mail to confirm records."""
    for kind in Reviewed:
        ids = [item.thing_id for item in items if item.signed and item.kind == kind]
        for some in chunks(ids):
            mine = (Review.kind == kind, Review.thing_id.in_(some))
            statement = update(Review).where(*mine).values(asked_at=at)
            session.execute(statement.execution_options(synchronize_session=False))
