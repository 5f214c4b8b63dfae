"""Propose a change to a record of somebody else, decide about one, and take one back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal import mail
from portal.access import Thing
from portal.accounts.actions.roles import deciders
from portal.accounts.store import people
from portal.audit import Act
from portal.catalogue.actions import editing
from portal.catalogue.actions.editing import Answer
from portal.catalogue.models.proposals import Proposal
from portal.catalogue.rules.books import BOOKS
from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.editing import Rebased, Values
from portal.catalogue.store import editable, proposals
from portal.catalogue.store.editable import Record
from portal.catalogue.words import EditedKind, ProposalState
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid

#: How many somebody may make in an hour: nobody reads more than that with care.
PER_HOUR = 30


@dataclass(frozen=True, slots=True)
class Told:
    """What mails about a proposal say in the words of pages.

    Attributes:
        link: where proposals are, without the number.
        question: what the question is called.
    """

    link: str
    question: str


def propose(
    database: Database, record_id: tuple[EditedKind, int], answer: Answer, why: str, person_id: int,
    act: Act, told: Told,
) -> int:  # fmt: skip
    """Propose another answer to a question, and tell those who decide; the proposal's id. The
    same sent twice is one proposal.

    Raises:
        Missing: there is no such record.
        Invalid: a value is wrong, nothing would change, or somebody has made too many.
    """
    kind, id_ = record_id
    with database.writing() as session:
        one_at_a_time(session)
        record = editable.load(session, kind.value, id_)
        made = Proposal(
            kind=kind, thing_id=id_, question=answer.question, base=min(answer.base, record.base),
            why=why, person_id=person_id, made_at=act.at, state=ProposalState.WAITING,
        )  # fmt: skip
        made.before, made.patch = _fields(session, record, answer, act)
        twin = proposals.same(session, made)
        if twin is not None:
            return twin.id
        if proposals.made_since(session, person_id, act.at - timedelta(hours=1)) >= PER_HOUR:
            raise Invalid("why", N_("You have proposed many changes. Try again in an hour"))
        proposals.add(session, made, act)
        _ask(session, made, record.name, act, told)
        return made.id


def _fields(
    session: Session, record: Record, answer: Answer, act: Act
) -> tuple[Document, Document]:
    """The fields of a question as they were when the form was made, and as they should be."""
    book, clean = BOOKS[record.thing], editable.CLEAN[record.thing]
    was = editable.at_base(record, editable.since(session, record, answer.base))
    patch = book.patch(answer.question, was, answer.values, act.day)
    after = clean({**record.document, **was, **patch})
    fields = book.fields(answer.question)
    before, wanted = ({name: each[name] for name in fields} for each in (was, after))
    shown = book.values_of(answer.question, was)
    if before == wanted or book.values_of(answer.question, after) == shown:
        raise Invalid("", N_("This is what it says already: change something"))
    return before, wanted


def _ask(session: Session, made: Proposal, name: str, act: Act, told: Told) -> None:
    thing = proposals.thing_of(session, made).parts[0]
    values = {
        "person": people.get(session, made.person_id).name,
        "thing": name,
        "question": told.question,
        "link": f"{told.link}{made.id}",
    }
    for decider in who_decides(session, thing, act.day):
        if decider != made.person_id:
            to, key = people.get(session, decider).email, f"proposal_made:{made.id}:{decider}"
            mail.queue(session, to, "proposal_made", values, key, act.at)


def who_decides(session: Session, thing: Thing, day: date) -> list[int]:
    """Who is asked about a record: those nearest to it; of a journey, to one of its services."""
    if thing.kind != EditedKind.JOURNEY.value:
        return deciders(session, thing, day)
    return sorted({each for part in thing.parts for each in deciders(session, part, day)})


@dataclass(frozen=True, slots=True)
class Standing:
    """A proposal beside its record as it is now.

    Attributes:
        question: the question it is about, as the record is now.
        changed: whether the record has another answer to it since.
        now: what the record says on it.
        before: what it said when the change was proposed.
        wanted: what it should say.
        values: what the form of the question holds for that.
    """

    question: str
    changed: bool
    now: Document
    before: Document
    wanted: Document
    values: Values


def standing(proposal: Proposal, document: Document) -> Standing:
    """A proposal beside the document of its record now."""
    book, asked = BOOKS[proposal.kind.value], proposal.question
    was = {**document, **proposal.before}
    wanted = {**document, **proposal.before, **proposal.patch}
    stands: Rebased = book.rebased(asked, was, document)
    return Standing(
        stands.question, not stands.same, book.part(stands.question, document),
        book.part(asked, was), book.part(asked, wanted), book.values_of(asked, wanted),
    )  # fmt: skip


def accept(
    database: Database, proposal_id: int, base: int, answer: str | None, act: Act, told: Told,
    values: Values | None = None,
) -> None:  # fmt: skip
    """Let a record say what was proposed, or what the decider made of it; the author gets a mail.

    Args:
        base: the record's last event when the decider saw it.
        values: what the decider made of it; None for the proposal as it is.

    Raises:
        Stale: somebody else has decided.
        Changed: the record has another answer since `base`; nothing is saved.
        Invalid: a value is wrong.
    """
    with database.writing() as session:
        one_at_a_time(session)
        proposal = proposals.get(session, proposal_id)
        proposals.decide(session, proposal, ProposalState.ACCEPTED, answer, act)
        record = editable.load(session, proposal.kind.value, proposal.thing_id)
        was = editable.at_base(record, editable.since(session, record, base))
        stands = standing(proposal, was)
        chosen = stands.values if values is None else values
        by = replace(act, reason=f"Proposed change {proposal.id}")
        given = Answer(stands.question, chosen, base)
        after = editing.answered(session, record, given, by)
        editing.save(session, record, after, by, "proposal.accepted")
        saved = BOOKS[record.thing].part(stands.question, after)
        proposal.saved = saved if saved != stands.wanted else None
        _answer(session, proposal, record.name, act, told)


def refuse(database: Database, proposal_id: int, answer: str, act: Act, told: Told) -> None:
    """Leave a record as it is, and say why; raises Stale where somebody else has decided."""
    with database.writing() as session:
        one_at_a_time(session)
        proposal = proposals.get(session, proposal_id)
        proposals.decide(session, proposal, ProposalState.REFUSED, answer, act)
        pair = (proposal.kind, proposal.thing_id)
        named = proposals.names(session, [pair]).get(pair)
        _answer(session, proposal, named.name if named else "", act, told)


def withdraw(database: Database, proposal_id: int, act: Act) -> None:
    """Take a proposal back; raises Stale where it is decided."""
    with database.writing() as session:
        one_at_a_time(session)
        proposal = proposals.get(session, proposal_id)
        proposals.decide(session, proposal, ProposalState.WITHDRAWN, None, act)


def _answer(session: Session, proposal: Proposal, name: str, act: Act, told: Told) -> None:
    if proposal.person.deactivated_at is not None:
        return
    values: Document = {
        "thing": name,
        "question": told.question,
        "answer": proposal.answer or "",
        "link": f"{told.link}{proposal.id}",
    }
    if proposal.state is ProposalState.ACCEPTED:
        values["changed"] = proposal.saved is not None
    kind = f"proposal_{proposal.state.value}"
    mail.queue(session, proposal.person.email, kind, values, f"proposal:{proposal.id}", act.at)


def add_missing(database: Database, documents: Iterable[Document], act: Act) -> int:
    """Add proposals of people who have none about the same question yet, without mails.

    Returns:
        How many were added.

    Raises:
        Missing: a record is not in the catalogue.
        Invalid: somebody is not here, or a value is wrong.
    """
    added = 0
    with database.writing() as session:
        one_at_a_time(session)
        for document in documents:
            person = _person(session, document["email"])
            kind, question = EditedKind(document["kind"]), document["question"]
            id_ = editable.id_at(session, kind.value, document["slug"])
            record = editable.load(session, kind.value, id_)
            if proposals.asked(session, person, (kind, id_), question):
                continue
            made = Proposal(
                kind=kind, thing_id=id_, question=question, base=record.base, person_id=person,
                why=document["why"], made_at=act.at, state=ProposalState.WAITING,
            )  # fmt: skip
            answer = Answer(question, document["values"], record.base)
            made.before, made.patch = _fields(session, record, answer, act)
            proposals.add(session, made, act)
            if document["state"] != ProposalState.WAITING:
                by = replace(act, actor=people.actor(_person(session, document["decided_by"])))
                state = ProposalState(document["state"])
                proposals.decide(session, made, state, document["answer"], by)
            added += 1
    return added


def _person(session: Session, email: str) -> int:
    found = people.by_email(session, email)
    if found is None:
        raise Invalid("email", N_("Nobody with this address is here"))
    return found.id
