"""Transfer functions between organisations: prepare, check, apply in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from portal import search
from portal.access import Kind
from portal.audit import Act, Document
from portal.catalogue.actions.indexing import refresh as reindex
from portal.catalogue.actions.telling import Key, Letter, told
from portal.catalogue.models.transfers import Transfer, TransferBody, TransferItem
from portal.catalogue.rules import transfers as rules
from portal.catalogue.rules.documents import clean_organisation
from portal.catalogue.store import (
    components,
    organisations,
    transfer_sorts,
    transferring,
    transfers,
)
from portal.catalogue.store.transferring import Move, Owned, Under
from portal.catalogue.words import (
    SuccessionKind,
    TransferAction,
    TransferKind,
    TransferSide,
    TransferState,
)
from portal.db import Database, one_at_a_time
from portal.errors import N_, Clash, Invalid, Stale

transfer_sorts.install()
Choice = tuple[TransferAction, int | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A transfer as it is written down: ids of the organisations, the day and who says so."""

    title: str
    kind: SuccessionKind
    day: date
    source: str
    losing: Sequence[int]
    gaining: Sequence[int]


@dataclass(slots=True)
class Checked:
    """Whether a transfer can be applied or reversed.

    Attributes:
        undecided: of how many things nobody has said what happens.
        new: how many things the organisations own that the draft does not have.
        problems: what cannot move, by name, with why.
        staying: how many things stay with an organisation that ends.
    """

    undecided: int = 0
    new: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    staying: int = 0

    @property
    def fine(self) -> bool:
        """Whether nothing stands in the way."""
        return not (self.undecided or self.new or self.problems)


def draft(database: Database, wanted: Wanted, act: Act) -> int:
    """Prepare a transfer: all that the organisations own, each with its proposed new home.

    Returns:
        The id of the draft.

    Raises:
        Invalid: the day is still to come, or nobody loses or gains.
    """
    losing, gaining = dict.fromkeys(wanted.losing), dict.fromkeys(wanted.gaining)
    rules.refuse_wrong(wanted.day, act.day, {*losing}, {*gaining})
    with database.writing() as session:
        made = transfers.add(
            session, wanted.title, wanted.kind, wanted.day, wanted.source, losing, gaining, act
        )
        _look_again(session, transfers.get(session, made.id), act)
        return made.id


def look_again(database: Database, transfer_id: int, act: Act) -> None:
    """Bring a draft in step with what the organisations own now; what was chosen stays.

    Raises:
        Stale: it is no draft any more.
    """
    with database.writing() as session:
        _look_again(session, _draft(session, transfer_id), act)


def _draft(session: Session, transfer_id: int) -> Transfer:
    one_at_a_time(session)
    found = transfers.get(session, transfer_id)
    if found.state is not TransferState.DRAFT:
        raise Stale(N_("This transfer is no draft any more"))
    return found


def bodies_of(transfer: Transfer, side: TransferSide) -> list[TransferBody]:
    """The organisations of one side of a transfer, with what is noted of them."""
    return [body for body in transfer.bodies if body.side is side]


def ids_of(transfer: Transfer, side: TransferSide) -> list[int]:
    """The ids of the organisations of one side."""
    return [body.organisation_id for body in bodies_of(transfer, side)]


def _owned(session: Session, transfer: Transfer, act: Act) -> dict[TransferKind, list[Owned]]:
    losing = ids_of(transfer, TransferSide.LOSES)
    own = {*losing, *ids_of(transfer, TransferSide.GAINS)}
    return {
        kind: [
            each
            for each in sort.owned(session, losing, act)
            # A body of the transfer is not moved by it.
            if kind is not TransferKind.ORGANISATION or each.thing_id not in own
        ]
        for kind, sort in transferring.sorts().items()
    }


def _key(kind: TransferKind, row: Owned | TransferItem) -> tuple[TransferKind, int, str, int]:
    return kind, row.thing_id, row.role, row.from_id


def _look_again(session: Session, transfer: Transfer, act: Act) -> None:
    known = {_key(item.kind, item): item for item in transfers.every_item(session, transfer.id)}
    gaining, ends = ids_of(transfer, TransferSide.GAINS), transfer.kind in rules.ENDING
    there = set()
    for kind, owned in _owned(session, transfer, act).items():
        there |= {_key(kind, each) for each in owned}
        new = [each for each in owned if _key(kind, each) not in known]
        proposed = rules.proposed(kind.value, gaining, ends)
        transfers.add_items(session, transfer.id, kind, [(each, *proposed) for each in new])
    for key, item in known.items():
        if key not in there:
            session.delete(item)
    session.flush()


def choose(
    database: Database, transfer_id: int, chosen: Mapping[int, Choice], rest: Choice | None
) -> None:
    """Say what happens to some things of a draft, and to all of which nobody has said so yet.

    Raises:
        Stale: it is no draft any more.
        Invalid: something goes to an organisation that does not gain.
    """
    with database.writing() as session:
        gaining = ids_of(_draft(session, transfer_id), TransferSide.GAINS)
        for _action, to in [*chosen.values(), *([rest] if rest else [])]:
            if to is not None and to not in gaining:
                raise Invalid("rest", N_("Choose an organisation that gains"))
        transfers.choose(session, transfer_id, dict(chosen))
        if rest is not None:
            transfers.choose_open(session, transfer_id, *rest)


def discard(database: Database, transfer_id: int) -> None:
    """Throw a draft away. Raises Stale where it is none any more."""
    with database.writing() as session:
        transfers.discard(session, _draft(session, transfer_id))


def under_of(session: Session, transfer: Transfer) -> Under:
    """What moves under a transfer is told of it."""
    names = organisations.references(session)
    return Under(
        transfer.id, transfer.title, transfer.happened_on, transfer.source, transfer.applied_at,
        names,
    )  # fmt: skip


def moves_of(items: Iterable[TransferItem]) -> dict[TransferKind, list[Move]]:
    """What moves or ends, by kind."""
    found: dict[TransferKind, list[Move]] = {kind: [] for kind in transferring.sorts()}
    for item in items:
        if item.action in (TransferAction.MOVE, TransferAction.END):
            move = Move(item.id, item.thing_id, item.role, item.from_id, item.to_id, item.kept)
            found[item.kind].append(move)
    return found


def check(session: Session, transfer: Transfer, act: Act) -> Checked:
    """Whether a draft can be applied as it is."""
    items = transfers.every_item(session, transfer.id)
    known = {_key(item.kind, item) for item in items}
    owned = _owned(session, transfer, act)
    found = Checked(
        undecided=sum(item.action is TransferAction.OPEN for item in items),
        new=sum(_key(kind, each) not in known for kind in owned for each in owned[kind]),
    )
    if transfer.kind in rules.ENDING:
        stays = [item for item in items if item.action is TransferAction.STAY]
        found.staying = sum(item.kind is not TransferKind.ROLE for item in stays)
    under, moves, names = under_of(session, transfer), moves_of(items), called(items)
    for kind, sort in transferring.sorts().items():
        problems = sort.move(session, moves[kind], under, None)
        found.problems += [(names[each.item], each.why) for each in problems]
    return found


def called(items: Iterable[TransferItem]) -> dict[int, str]:
    """What pages call the items of a transfer, by id."""
    return {item.id: item.name or item.role for item in items}


def apply(database: Database, transfer_id: int, act: Act, url: str = "") -> None:
    """Let a transfer happen: everything in it, or nothing; and tell those who answer for it.

    Args:
        url: where the portal is, for the mails; nobody is told without it.

    Raises:
        Stale: it is no draft any more.
        Clash: something stands in its way, see `check`.
    """
    with database.writing() as session:
        transfer = _draft(session, transfer_id)
        if not check(session, transfer, act).fine:
            raise Clash("transfer", N_("Something stands in the way of this transfer"))
        session.expire_all()
        items = transfers.every_item(session, transfer_id)
        transfer = transfers.get(session, transfer_id)
        under, moves = under_of(session, transfer), moves_of(items)
        _keep(session, items)
        with told(session, keys_of(moves), letter_of(under, url), act):
            for kind, sort in transferring.sorts().items():
                sort.move(session, moves[kind], under, act)
            session.expire_all()
        transfer = transfers.get(session, transfer_id)
        for body in bodies_of(transfer, TransferSide.LOSES):
            _succeed(session, transfer, body, under, act)
        transfer.state, transfer.applied_at = TransferState.APPLIED, act.at
        session.flush()
        index(session, transfer, moves)


def keys_of(moves: Mapping[TransferKind, Sequence[Move]]) -> list[Key]:
    """The things that move, without roles."""
    return [
        (Kind(kind.value), move.thing_id)
        for kind, some in moves.items()
        if kind is not TransferKind.ROLE
        for move in some
    ]


def letter_of(under: Under, url: str, back: bool = False) -> Letter | None:
    """What those who answer for the things are told; None where no address is known."""
    if not url:
        return None
    values = {
        "title": under.title,
        "day": f"{under.day.day} {under.day:%B %Y}",
        "back": back,
        "link": f"{url}/transfers/{under.id}",
    }
    return Letter("functions_transferred", values, f"{under.id}:{'back' if back else 'there'}")


def _keep(session: Session, items: Sequence[TransferItem]) -> None:
    for kind, sort in transferring.sorts().items():
        if sort.keep is not None:
            mine = [item for item in items if item.kind is kind]
            kept = sort.keep(session, [item.thing_id for item in mine])
            for item in mine:
                item.kept = dict(kept[item.thing_id])
    session.flush()


def _succeed(
    session: Session, transfer: Transfer, body: TransferBody, under: Under, act: Act
) -> None:
    """Write into the record of a body that loses what became of it."""
    gaining = [under.names[id_] for id_ in ids_of(transfer, TransferSide.GAINS)]
    [loser] = organisations.load(session, [body.organisation_id])
    before = organisations.document_of(loser)
    rows = rules.successions(
        before["successions"], transfer.kind, gaining, transfer.happened_on, transfer.source
    )
    after = {**before, "successions": [*before["successions"], *rows]}
    body.succeeded, body.ended = rows, False
    if transfer.kind in rules.ENDING and before["end_date"] is None:
        after["end_date"], body.ended = transfer.happened_on.isoformat(), True
    after = {**clean_organisation(after), "transfer": under.told}
    refs = organisations.ids_by_reference(session)
    organisations.save(session, loser, before, after, refs, act, transfer_sorts.APPLIED)


def index(
    session: Session, transfer: Transfer, moves: Mapping[TransferKind, Sequence[Move]]
) -> None:
    """Keep the search in step with what moved."""
    services = [move.thing_id for move in moves[TransferKind.SERVICE]]
    bodies = [move.thing_id for move in moves[TransferKind.ORGANISATION]]
    losing = ids_of(transfer, TransferSide.LOSES)
    reindex(session, {"service": services, organisations.THING: [*bodies, *losing]})
    provided = [move.thing_id for move in moves[TransferKind.COMPONENT]]
    search.put(session, components.search_documents(session, provided))


def add_missing(database: Database, rows: Iterable[Document], act: Act) -> int:
    """Make and apply the transfers of the demo set that are not there yet; how many.

    Args:
        database: the portal's.
        rows: of each transfer the `title`, `kind`, day (`on`), `source`, the references of those
            that it `loses` and `gains`, and where all things go that are left open (`rest`).
        act: who makes them.
    """
    made = 0
    for row in rows:
        with database.reading(fresh=True) as session:
            refs = organisations.ids_by_reference(session)
            if transfers.is_there(session, row["title"]):
                continue
        losing, gaining = ([refs[ref] for ref in row[side]] for side in TransferSide)
        day, kind = date.fromisoformat(row["on"]), SuccessionKind(row["kind"])
        wanted = Wanted(row["title"], kind, day, row["source"], losing, gaining)
        id_ = draft(database, wanted, act)
        choose(database, id_, {}, (TransferAction.MOVE, refs[row["rest"]]))
        apply(database, id_, act)
        made += 1
    return made
