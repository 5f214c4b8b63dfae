"""Take a transfer of functions back by a transfer of its own, where nothing changed since."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from portal.audit import Act
from portal.catalogue.actions.telling import told
from portal.catalogue.actions.transfers import (
    Checked,
    bodies_of,
    called,
    ids_of,
    index,
    keys_of,
    letter_of,
    moves_of,
    under_of,
)
from portal.catalogue.models.transfers import Transfer, TransferBody, TransferItem
from portal.catalogue.store import organisations, transfer_sorts, transferring, transfers
from portal.catalogue.store.transferring import Owned, Under
from portal.catalogue.words import TransferAction, TransferSide, TransferState
from portal.db import Database, one_at_a_time
from portal.errors import N_, Clash, Stale


def check_back(session: Session, transfer: Transfer, act: Act) -> Checked:
    """Whether an applied transfer can be taken back: what changed since, and how."""
    items, found = transfers.every_item(session, transfer.id), Checked()
    under, moves, names = under_of(session, transfer), moves_of(items), called(items)
    for kind, sort in transferring.sorts().items():
        problems = sort.back(session, moves[kind], under, None)
        found.problems += [(names[each.item], each.why) for each in problems]
    for body in bodies_of(transfer, TransferSide.LOSES):
        [loser] = organisations.load(session, [body.organisation_id])
        document = organisations.document_of(loser)
        if any(row not in document["successions"] for row in body.succeeded):
            found.problems.append((loser.name, N_("What became of it was changed")))
        if body.ended and document["end_date"] != transfer.happened_on.isoformat():
            found.problems.append((loser.name, N_("Its end was changed")))
    return found


def reverse(database: Database, transfer_id: int, act: Act, url: str = "") -> int:
    """Take a transfer back by one of its own: every record says again what it said before; and
    tell those who answer for it, see `apply`.

    Returns:
        The id of the transfer that takes it back.

    Raises:
        Stale: it was taken back already, or is itself one that takes another back.
        Clash: something changed since, see `check_back`.
    """
    with database.writing() as session:
        one_at_a_time(session)
        transfer = transfers.get(session, transfer_id)
        if transfer.state is not TransferState.APPLIED or transfer.reverses_id is not None:
            raise Stale(N_("This transfer cannot be taken back"))
        if not check_back(session, transfer, act).fine:
            raise Clash("transfer", N_("Something changed since this transfer"))
        session.expire_all()
        items = transfers.every_item(session, transfer_id)
        transfer = transfers.get(session, transfer_id)
        under, moves = under_of(session, transfer), moves_of(items)
        with told(session, keys_of(moves), letter_of(under, url, back=True), act):
            for kind, sort in reversed(transferring.sorts().items()):
                sort.back(session, moves[kind], under, act)
            session.expire_all()
        transfer = transfers.get(session, transfer_id)
        for body in bodies_of(transfer, TransferSide.LOSES):
            _succeed_back(session, body, under, act)
        made = _compensating(session, transfer, transfers.every_item(session, transfer_id), act)
        index(session, transfer, moves)
        return made.id


def _succeed_back(session: Session, body: TransferBody, under: Under, act: Act) -> None:
    [loser] = organisations.load(session, [body.organisation_id])
    before = organisations.document_of(loser)
    rows = [row for row in before["successions"] if row not in body.succeeded]
    after = {**before, "successions": rows, "transfer": under.told}
    if body.ended:
        after["end_date"] = None
    refs = organisations.ids_by_reference(session)
    organisations.save(session, loser, before, after, refs, act, transfer_sorts.REVERSED)


def _compensating(
    session: Session, transfer: Transfer, items: Sequence[TransferItem], act: Act
) -> Transfer:
    losing, gaining = (ids_of(transfer, side) for side in TransferSide)
    # Histories tell of it by its title: the same one would read as the transfer, made again.
    title = f"Reversal of: {transfer.title}"[:300]
    made = transfers.add(
        session, title, transfer.kind, transfer.happened_on, transfer.source, gaining,
        losing, act,
    )  # fmt: skip
    for kind in transferring.sorts():
        back = [
            (
                Owned(item.thing_id, item.role, item.name, item.slug, item.to_id or item.from_id),
                TransferAction.MOVE,
                item.from_id,
            )
            for item in items
            if item.kind is kind and item.action in (TransferAction.MOVE, TransferAction.END)
        ]
        transfers.add_items(session, made.id, kind, back)
    made.state, made.applied_at, made.reason = TransferState.APPLIED, act.at, act.reason
    made.reverses_id, transfer.state = transfer.id, TransferState.REVERSED
    session.flush()
    return made
