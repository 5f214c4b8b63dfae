"""Record how a published service meets its needs: which it has, and each way of meeting one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.audit import Act, Document, record
from portal.catalogue.actions.editing import Changed
from portal.catalogue.component_words import NeedAnswer
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules import measuring
from portal.catalogue.rules import meeting as rules
from portal.catalogue.rules.component_documents import clean_need
from portal.catalogue.rules.editing import Conflict
from portal.catalogue.rules.registering import Several
from portal.catalogue.store import editable, evidence, usage, usage_counts
from portal.catalogue.store import meeting as store
from portal.catalogue.store.editable import Record
from portal.db import Database, one_at_a_time
from portal.errors import Invalid

ANSWERED, DECLARED = "needs answered", "declared"
CHANGED, REMOVED = "usage.changed", "usage.removed"


@dataclass(frozen=True, slots=True)
class Place:
    """The service and the need that something is recorded of."""

    service_id: int
    service: str
    need: str


@dataclass(frozen=True, slots=True)
class Said:
    """How a need is met, as somebody describes it.

    Attributes:
        arrangement: see `component_words.Arrangement`.
        values: see `rules.meeting.usage_said`.
        replaces: the id of the arrangement that it takes the place of.
        base: the id of the last event of the arrangement when the form was made.
    """

    arrangement: str
    values: Mapping[str, Any]
    replaces: int | None = None
    base: int = 0


def choose(
    database: Database, service_id: int, service: str, chosen: Collection[str], no_more: bool,
    act: Act,
) -> int:  # fmt: skip
    """Keep which needs a service has, all in one go; how many answers changed.

    Args:
        database: the portal's.
        service_id: which.
        service: its address.
        chosen: the slugs of the needs that it has.
        no_more: whether the others are not needed; else they stay as they are.
        act: who does it, and when.

    Raises:
        Invalid: there is no such need, or one that is met was not chosen.
    """
    with database.writing() as session:
        one_at_a_time(session)
        changed = rules.needs_said(
            store.leaves(session), chosen, store.answers(session, service_id),
            store.met_now(session, service_id), no_more,
        )  # fmt: skip
        return _say(session, service_id, service, changed, act)


def _say(
    session: Session, service_id: int, service: str, said: Mapping[str, str | None], act: Act
) -> int:
    needs = [_need(service, need, answer) for need, answer in said.items()]
    known = store.ids(session, service, service_id)
    return usage.say_needs(session, service_id, needs, known, act, ANSWERED)


def _need(service: str, need: str, answer: str | None) -> Document:
    if answer is None:
        return {"service": service, "capability": need, "answer": None}
    return clean_need({"service": service, "capability": need, "answer": answer})


def answer(database: Database, place: Place, said: NeedAnswer, act: Act) -> bool:
    """Keep that a need is not needed, or that this is not known; False where it was said before.

    Raises:
        Invalid: it is recorded how it is met.
    """
    with database.writing() as session:
        one_at_a_time(session)
        return _answer(session, place, said, act)


def _answer(session: Session, place: Place, said: NeedAnswer, act: Act) -> bool:
    known = store.answers(session, place.service_id).get(place.need)
    met = store.met_now(session, place.service_id)
    rules.refuse_met(place.need, met)
    if known == said:
        return False
    return _say(session, place.service_id, place.service, {place.need: said.value}, act) > 0


def meet(database: Database, place: Place, said: Said, act: Act) -> int:
    """Record another way in which a service meets a need; the service then has that need.

    Returns:
        Its id.

    Raises:
        Invalid: something is missing, or contradicts itself or what is recorded beside it.
    """
    with database.writing() as session:
        one_at_a_time(session)
        return _meet(session, place, said, act)


def _meet(session: Session, place: Place, said: Said, act: Act) -> int:
    document = rules.usage_said(
        place.service, place.need, said.arrangement, said.values, None, act.day
    )
    _refuse(session, place, None, document, said.replaces)
    row, known = Usage(), store.ids(session, place.service, place.service_id)
    usage.save(session, row, None, document, known, act, DECLARED, said.replaces)
    _needed(session, place, act)
    return row.id


def record_all(
    database: Database, said: Iterable[tuple[Place, Said | NeedAnswer]], act: Act
) -> int:
    """Record what meets several needs of a service, or that it does not have them, in one go; how
    many. All of it or nothing.

    Raises:
        Several: what is wrong with each of those that something is wrong with.
    """
    wrong: list[tuple[str, Invalid]] = []
    done = 0
    with database.writing() as session:
        one_at_a_time(session)
        for place, each in said:
            try:
                if isinstance(each, Said):
                    _meet(session, place, each, act)
                    done += 1
                else:
                    done += _answer(session, place, each, act)
            except Invalid as problem:
                wrong.append((place.need, problem))
        if wrong:
            raise Several(wrong)
    return done


def _refuse(
    session: Session, place: Place, id_: int | None, document: Document, replaces: int | None
) -> None:
    rows = store.arrangements(session, place.service_id, place.need)
    others = store.beside(rows, id_)
    rules.refuse_beside(document, replaces, others, store.offering(session, place.need))
    if id_ is not None:
        rules.refuse_ring(id_, replaces, others)


def _needed(session: Session, place: Place, act: Act) -> None:
    """What is met is needed, whatever was said before."""
    met = place.need in store.met_now(session, place.service_id)
    if met and store.answers(session, place.service_id).get(place.need) != NeedAnswer.NEEDED:
        said = {place.need: NeedAnswer.NEEDED.value}
        _say(session, place.service_id, place.service, said, act)


def change(database: Database, place: Place, usage_id: int, said: Said, act: Act) -> bool:
    """Describe an arrangement again; False where nothing differs.

    Raises:
        Missing: it was removed.
        Invalid: as `meet`.
        Changed: somebody else has changed it since; nothing is saved.
    """
    with database.writing() as session:
        one_at_a_time(session)
        found = loaded(session, place, usage_id)
        before, row = found.document, found.row
        own = {name: value for name, value in before.items() if name != "replaces"}
        after = rules.usage_said(
            place.service, place.need, said.arrangement, said.values, own, act.day
        )
        refuse_late(session, found, {**after, "replaces": said.replaces}, said.base)
        _refuse(session, place, usage_id, after, said.replaces)
        rules.refuse_other(own, after, bool(evidence.of_usage(session, usage_id)))
        measuring.refuse_before_measured(own, after, act.day)
        known = store.ids(session, place.service, place.service_id)
        changed = usage.save(session, row, own, after, known, act, CHANGED, said.replaces)
        _needed(session, place, act)
        return changed


def loaded(session: Session, place: Place, usage_id: int) -> Record:
    """An arrangement with the mark of its last change, and what it replaces in its document.

    Raises:
        Missing: there is no such one of the service and need.
    """
    base = editable.base_of(session, usage.THING, usage_id)
    row = store.arrangement(session, place.service_id, place.need, usage_id)
    document = {**usage.document_of(row), "replaces": row.replaces_id}
    return Record(usage.THING, usage_id, document, base, row)


def refuse_late(session: Session, found: Record, mine: Document, base: int) -> None:
    """Refuse what somebody describes where others have changed it since they opened the page.

    Args:
        session: of the change.
        found: see `loaded`.
        mine: what they say of all its fields.
        base: the id of the last event when their form was made.

    Raises:
        Changed: somebody else has said something else, with what each says.
    """
    later = editable.since(session, found, base)
    if not later:
        return
    now = found.document
    was = {name: editable.at_base(found, later).get(name) for name in now}
    # The organisation behind a supplier's name is worked out, not typed.
    shown = [name for name in now if name != "supplier_organisation"]
    if any(now[name] != was[name] for name in shown) and any(
        now[name] != mine[name] for name in shown
    ):
        three = ({name: each[name] for name in _differing(shown, was, now, mine)}
                 for each in (was, now, mine))  # fmt: skip
        raise Changed(Conflict("", *three), found.base, later[0].actor, later[0].at)


def _differing(names: Collection[str], *documents: Document) -> list[str]:
    return [name for name in names if any(each[name] != documents[0][name] for each in documents)]


def remove(database: Database, place: Place, usage_id: int, act: Act) -> None:
    """Remove an arrangement that was recorded by mistake; the history keeps what it said, and why
    it went. What replaced it stays, and replaces nothing.

    Raises:
        Missing: there is no such one of the service and need.
    """
    with database.writing() as session:
        one_at_a_time(session)
        row = store.arrangement(session, place.service_id, place.need, usage_id)
        known = store.ids(session, place.service, place.service_id)
        after = store.follower(session, usage_id)
        if after is not None:
            said = usage.document_of(after)
            usage.save(session, after, said, said, known, act, CHANGED, None)
        gone = {**usage.document_of(row), "replaces": row.replaces_id}
        record(session, act, REMOVED, usage.THING, usage_id, gone, None)
        session.delete(row)
        session.flush()
        usage_counts.touch_services(session, [place.service_id])
