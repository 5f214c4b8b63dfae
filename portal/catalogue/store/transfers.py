"""All SQL about transfers of functions: drafts, what they move, the public list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, exists, func, select, tuple_, update
from sqlalchemy.orm import Session, selectinload

from portal.accounts.models.people import Person
from portal.accounts.models.roles import RoleGrant
from portal.audit import Act
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.transfers import Transfer, TransferBody, TransferItem
from portal.catalogue.store.movers import Merge, Mover, register
from portal.catalogue.store.transferring import Owned
from portal.catalogue.words import (
    RecordKind,
    SuccessionKind,
    TransferAction,
    TransferKind,
    TransferSide,
    TransferState,
)
from portal.db import insert_rows
from portal.errors import N_, Missing

#: Roles of people are for those who make the transfer, and in no list.
PUBLIC = (TransferKind.SERVICE, TransferKind.COMPONENT, TransferKind.ORGANISATION)


@dataclass(frozen=True, slots=True)
class TransferQuery:
    """What the list of transfers is asked for; None means "any".

    Attributes:
        organisation: the slug of one that loses or gains.
        after: the id of the last transfer of the page before.
    """

    kind: SuccessionKind | None = None
    state: TransferState | None = None
    organisation: str | None = None
    after: int | None = None


class Count(NamedTuple):
    """How many things of a kind go from one organisation to another (None: they stay or end)."""

    kind: TransferKind
    action: TransferAction
    to: str | None
    many: int


class ItemRow(NamedTuple):
    """Something in a transfer as pages show it; `person` is whose role it is."""

    item: TransferItem
    from_name: str
    to_name: str | None
    person: str | None


def _bodies(query: Select[Any]) -> Select[Any]:
    return query.options(selectinload(Transfer.bodies).joinedload(TransferBody.organisation))


def get(session: Session, transfer_id: int) -> Transfer:
    """One transfer with its organisations. Raises Missing."""
    query = _bodies(select(Transfer)).where(Transfer.id == transfer_id)
    found: Transfer | None = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise Missing(N_("There is no such transfer"))
    return found


def listing(session: Session, query: TransferQuery, limit: int | None = None) -> list[Transfer]:
    """Transfers that were applied, the newest first; without those that take another one back."""
    t, b = Transfer, TransferBody
    statement = _bodies(select(t)).where(t.state != TransferState.DRAFT, t.reverses_id.is_(None))
    if query.kind is not None:
        statement = statement.where(t.kind == query.kind)
    if query.state is not None:
        statement = statement.where(t.state == query.state)
    if query.organisation is not None:
        mine = exists().where(b.transfer_id == t.id, b.organisation_id == Organisation.id)
        statement = statement.where(exists().where(Organisation.slug == query.organisation, mine))
    if query.after is not None:
        last = session.execute(select(t.happened_on, t.id).where(t.id == query.after)).first()
        if last is not None:
            statement = statement.where(tuple_(t.happened_on, t.id) < tuple_(*last))
    order = statement.order_by(t.happened_on.desc(), t.id.desc()).limit(limit)
    return list(session.scalars(order))


def is_there(session: Session, title: str) -> bool:
    """Whether there is a transfer of this name."""
    return session.scalar(select(Transfer.id).where(Transfer.title == title).limit(1)) is not None


def drafts(session: Session) -> list[Transfer]:
    """Those that are being prepared, the newest first."""
    query = _bodies(select(Transfer)).where(Transfer.state == TransferState.DRAFT)
    return list(session.scalars(query.order_by(Transfer.id.desc()).limit(100)))


def reversal_of(session: Session, transfer_id: int) -> Transfer | None:
    """The transfer that takes one back, if there is one."""
    return session.scalar(select(Transfer).where(Transfer.reverses_id == transfer_id))


def counts(session: Session, ids: Collection[int]) -> dict[int, list[Count]]:
    """How much of each kind goes where, of each of these transfers."""
    i, o = TransferItem, Organisation
    found: dict[int, list[Count]] = {id_: [] for id_ in ids}
    rows: Any = session.execute(
        select(i.transfer_id, i.kind, i.action, o.name, func.count())
        .outerjoin(o, o.id == i.to_id)
        .where(i.transfer_id.in_(ids))
        .group_by(i.transfer_id, i.kind, i.action, o.name)
    )
    for id_, *count in rows:
        found[id_].append(Count(*count))
    order = list(TransferKind)
    for each in found.values():
        each.sort(key=lambda count: (order.index(count.kind), count.to or "", count.action))
    return found


def items(
    session: Session,
    transfer_id: int,
    kinds: Collection[TransferKind],
    after: int = 0,
    limit: int | None = None,
) -> list[ItemRow]:
    """What is in a transfer, in the order of kinds and names, from after an item on."""
    i = TransferItem
    old, new = (Organisation.__table__.alias(name) for name in ("old", "new"))
    query = (
        select(i, old.c.name, new.c.name, Person.name)
        .join(old, old.c.id == i.from_id)
        .outerjoin(new, new.c.id == i.to_id)
        .outerjoin(RoleGrant, (i.kind == TransferKind.ROLE) & (RoleGrant.id == i.thing_id))
        .outerjoin(Person, Person.id == RoleGrant.person_id)
        .where(i.transfer_id == transfer_id, i.kind.in_(kinds), i.id > after)
    )
    rows: Any = session.execute(query.order_by(i.id).limit(limit))
    return [ItemRow(*row) for row in rows]


def every_item(session: Session, transfer_id: int) -> list[TransferItem]:
    """What is in a transfer, in its order."""
    query = select(TransferItem).where(TransferItem.transfer_id == transfer_id)
    return list(session.scalars(query.order_by(TransferItem.id)))


def add(
    session: Session, title: str, kind: SuccessionKind, day: date, source: str,
    losing: Iterable[int], gaining: Iterable[int], act: Act,
) -> Transfer:  # fmt: skip
    """Write a draft without items."""
    made = Transfer(
        title=title, kind=kind, happened_on=day, source=source, state=TransferState.DRAFT,
        made_by=act.actor, made_at=act.at, bodies=[],
    )  # fmt: skip
    for side, bodies in ((TransferSide.LOSES, losing), (TransferSide.GAINS, gaining)):
        made.bodies += [TransferBody(organisation_id=id_, side=side) for id_ in bodies]
    session.add(made)
    session.flush()
    return made


def add_items(
    session: Session, transfer_id: int, kind: TransferKind,
    owned: Sequence[tuple[Owned, TransferAction, int | None]],
) -> None:  # fmt: skip
    """Write what organisations own of one kind, with what is proposed for each."""
    rows = [
        {
            "transfer_id": transfer_id, "kind": kind, "thing_id": each.thing_id,
            "role": each.role, "name": each.name, "slug": each.slug, "from_id": each.from_id,
            "to_id": to, "action": action, "kept": None,
        }
        for each, action, to in owned
    ]  # fmt: skip
    insert_rows(session, TransferItem, rows)


def choose(
    session: Session, transfer_id: int, chosen: dict[int, tuple[TransferAction, int | None]]
) -> None:
    """Say what happens to some items of a draft."""
    by_choice: dict[tuple[TransferAction, int | None], list[int]] = {}
    for item, choice in chosen.items():
        by_choice.setdefault(choice, []).append(item)
    i = TransferItem
    for (action, to), ids in by_choice.items():
        mine = (i.transfer_id == transfer_id, i.id.in_(ids))
        changing = update(i).where(*mine).values(action=action, to_id=to)
        session.execute(changing.execution_options(synchronize_session=False))


def choose_open(session: Session, transfer_id: int, action: TransferAction, to: int | None) -> None:
    """Say what happens to everything of which nobody has said so yet; roles are left to people."""
    i = TransferItem
    mine = (
        i.transfer_id == transfer_id, i.action == TransferAction.OPEN, i.kind != TransferKind.ROLE
    )  # fmt: skip
    changing = update(i).where(*mine).values(action=action, to_id=to)
    session.execute(changing.execution_options(synchronize_session=False))


def discard(session: Session, transfer: Transfer) -> None:
    """Throw a draft away."""
    for table in (TransferItem, TransferBody):
        session.execute(delete(table).where(table.transfer_id == transfer.id))
    session.expunge(transfer)
    session.execute(delete(Transfer).where(Transfer.id == transfer.id))


def _count(session: Session, merge: Merge) -> int:
    mine = TransferBody.organisation_id == merge.goes
    return session.scalar(select(func.count()).select_from(TransferBody).where(mine)) or 0


def _move(session: Session, merge: Merge) -> None:
    for column in (TransferBody.organisation_id, TransferItem.from_id, TransferItem.to_id):
        moving = update(column.class_).where(column == merge.goes)
        moving = moving.values({column.key: merge.stays})
        session.execute(moving.execution_options(synchronize_session=False))


def install() -> None:
    """Say what happens to transfers where one of their organisations becomes part of another."""
    tables = frozenset({"transfer_body", "transfer_item"})
    mover = Mover(N_("Transfers of functions"), tables, _count, _move)
    register(RecordKind.ORGANISATION, "transfers", mover)
