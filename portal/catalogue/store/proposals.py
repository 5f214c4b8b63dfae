"""All SQL about proposed changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.access import PROPOSAL, Kind, Permission, Person, Thing, may
from portal.accounts.store import things as owned
from portal.audit import Act, Document, record
from portal.catalogue.models.journeys import Journey
from portal.catalogue.models.proposals import Proposal
from portal.catalogue.store import things
from portal.catalogue.words import EditedKind, ProposalState
from portal.errors import N_, Missing, Stale

THING = PROPOSAL
#: A record: its kind and id.
Pair = tuple[EditedKind, int]
EDITS: dict[EditedKind, Permission] = {
    EditedKind.SERVICE: Permission.EDIT_SERVICE,
    EditedKind.JOURNEY: Permission.EDIT_JOURNEY,
    EditedKind.ORGANISATION: Permission.EDIT_ORGANISATION,
    EditedKind.COMPONENT: Permission.EDIT_COMPONENT,
}


@dataclass(frozen=True, slots=True)
class ProposalQuery:
    """What a list of proposals is asked for; None means "any".

    Attributes:
        state: what became of them.
        kind: of the record.
        mine: only those of the reader, or only those that they decide about.
        of: only those of one record.
        after: the last of the page before.
    """

    state: ProposalState | None = None
    kind: EditedKind | None = None
    mine: bool | None = None
    of: Pair | None = None
    after: int | None = None


def get(session: Session, proposal_id: int) -> Proposal:
    """One proposal with who made it. Raises Missing."""
    query = select(Proposal).options(joinedload(Proposal.person))
    found = session.scalar(query.where(Proposal.id == proposal_id))
    if found is None:
        raise Missing("There is no such proposal")
    return found


def document_of(proposal: Proposal) -> Document:
    """What the history says of a proposal: what people wrote stays out of it."""
    return {
        "person": proposal.person_id,
        "kind": proposal.kind.value,
        "thing": proposal.thing_id,
        "question": proposal.question,
        "state": proposal.state.value,
    }


def add(session: Session, proposal: Proposal, act: Act) -> None:
    """Write a new proposal, with its history event."""
    session.add(proposal)
    session.flush()
    record(session, act, "proposal.made", THING, proposal.id, None, document_of(proposal))


def same(session: Session, proposal: Proposal) -> Proposal | None:
    """The proposal of the same person that says the same and waits, if there is one."""
    query = select(Proposal).where(
        Proposal.person_id == proposal.person_id,
        Proposal.kind == proposal.kind,
        Proposal.thing_id == proposal.thing_id,
        Proposal.question == proposal.question,
        Proposal.state == ProposalState.WAITING,
    )
    found = session.scalars(query.order_by(Proposal.id))
    return next((each for each in found if each.patch == proposal.patch), None)


def asked(session: Session, person_id: int, of: Pair, question: str) -> bool:
    """Whether somebody has proposed a change to this question of a record, ever."""
    query = select(Proposal.id).where(
        Proposal.person_id == person_id, _about([of]), Proposal.question == question
    )
    return session.scalar(query.limit(1)) is not None


def made_since(session: Session, person_id: int, at: datetime) -> int:
    """How many somebody has made since a moment."""
    query = select(func.count()).select_from(Proposal)
    return session.scalar(query.where(Proposal.person_id == person_id, Proposal.made_at > at)) or 0


def decide(
    session: Session, proposal: Proposal, state: ProposalState, answer: str | None, act: Act
) -> None:
    """Say what became of a proposal. Raises Stale where that is known."""
    if proposal.state is not ProposalState.WAITING:
        raise Stale(N_("Somebody has decided this already"))
    before = document_of(proposal)
    proposal.state, proposal.answer = state, answer
    proposal.decided_at, proposal.decided_by = act.at, act.actor
    session.flush()
    tag = f"proposal.{state.value}"
    record(session, act, tag, THING, proposal.id, before, document_of(proposal))


def about(session: Session, pairs: Iterable[Pair]) -> dict[Pair, Thing]:
    """Records as the policy sees them; one that was removed is nobody's."""
    wanted = list(dict.fromkeys(pairs))
    found = {pair: Thing(pair[0].value, pair[1]) for pair in wanted}
    walked = [id_ for kind, id_ in wanted if kind is EditedKind.JOURNEY]
    if walked:
        known = things.journeys(session, walked)
        found |= {(EditedKind.JOURNEY, id_): thing for id_, thing in known.items()}
    rest = [(Kind(kind.value), id_) for kind, id_ in wanted if kind is not EditedKind.JOURNEY]
    by_ids = owned.by_ids(session, rest)
    return found | {(EditedKind(kind.value), id_): thing for (kind, id_), thing in by_ids.items()}


def thing_of(session: Session, proposal: Proposal) -> Thing:
    """A proposal as the policy sees it."""
    pair = (proposal.kind, proposal.thing_id)
    part = about(session, [pair])[pair]
    return Thing(PROPOSAL, proposal.id, people=frozenset({proposal.person_id}), parts=(part,))


def names(session: Session, pairs: Iterable[Pair]) -> dict[Pair, owned.Named]:
    """What records are called, and their part of the address; one that was removed is left out."""
    wanted = list(dict.fromkeys(pairs))
    walked = [id_ for kind, id_ in wanted if kind is EditedKind.JOURNEY]
    rest = [(Kind(kind.value), id_) for kind, id_ in wanted if kind is not EditedKind.JOURNEY]
    found = {
        (EditedKind(kind.value), id_): named
        for (kind, id_), named in owned.names(session, rest).items()
    }
    if walked:
        query = select(Journey.id, Journey.slug, Journey.name).where(Journey.id.in_(walked))
        for id_, slug, name in session.execute(query):
            found[EditedKind.JOURNEY, id_] = owned.Named(slug, name)
    return found


def decided_by(session: Session, person: Person, waiting: bool = False) -> dict[Pair, Thing]:
    """The records with proposals that somebody may edit.

    Args:
        session: where to look.
        person: who asks.
        waiting: only those with proposals that wait.
    """
    query = select(Proposal.kind, Proposal.thing_id).distinct()
    if waiting:
        query = query.where(Proposal.state == ProposalState.WAITING)
    if not person.grants:
        return {}
    found = about(session, [(kind, id_) for kind, id_ in session.execute(query)])
    return {pair: thing for pair, thing in found.items() if may(person, EDITS[pair[0]], thing)}


def waiting(session: Session, pairs: Collection[Pair], most: int) -> list[Proposal]:
    """The proposals about these records that wait, oldest first."""
    if not pairs:
        return []
    query = select(Proposal).options(joinedload(Proposal.person)).where(_about(pairs))
    query = query.where(Proposal.state == ProposalState.WAITING)
    return list(session.scalars(query.order_by(Proposal.id).limit(most)))


def listing(
    session: Session,
    person_id: int,
    decides: Collection[Pair],
    query: ProposalQuery,
    limit: int | None = None,
) -> list[Proposal]:
    """Proposals that somebody made or decides about, newest first."""
    mine = Proposal.person_id == person_id
    seen = {None: or_(mine, _about(decides)), True: mine, False: _about(decides)}[query.mine]
    statement = select(Proposal).where(seen)
    if query.state is not None:
        statement = statement.where(Proposal.state == query.state)
    if query.kind is not None:
        statement = statement.where(Proposal.kind == query.kind)
    if query.of is not None:
        statement = statement.where(_about([query.of]))
    if query.after is not None:
        statement = statement.where(Proposal.id < query.after)
    return list(session.scalars(statement.order_by(Proposal.id.desc()).limit(limit)))


def _about(pairs: Collection[Pair]) -> ColumnElement[bool]:
    ids: dict[EditedKind, list[int]] = {}
    for kind, id_ in pairs:
        ids.setdefault(kind, []).append(id_)
    return or_(
        Proposal.id.is_(None),
        *(and_(Proposal.kind == kind, Proposal.thing_id.in_(some)) for kind, some in ids.items()),
    )
