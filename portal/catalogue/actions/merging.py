"""Merge two services, or two organisations: one transaction, nothing lost, every address kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from portal import search
from portal.access import Kind
from portal.audit import Act, Document
from portal.catalogue.actions.indexing import refresh
from portal.catalogue.actions.telling import Letter, told
from portal.catalogue.rules import merging_usage
from portal.catalogue.rules.merging import Side, merged, to_choose
from portal.catalogue.store import (
    closing_moves,
    decision_moves,
    keeping_moves,
    merging,
    merging_organisations,
    merging_services,
    movers,
    organisations,
    proposals_elsewhere,
    rosters,
    services,
    suppliers,
    transfers,
    unmet,
    usage,
)
from portal.catalogue.store.movers import TAGS, Merge
from portal.catalogue.words import RecordKind
from portal.db import Database, one_at_a_time
from portal.errors import N_, Missing, Stale

for _each in (
    merging_services, merging_organisations, merging, transfers, suppliers, keeping_moves,
    proposals_elsewhere,
    rosters, unmet, closing_moves, decision_moves,
):  # fmt: skip
    _each.install()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records are to be one, and how.

    Attributes:
        kind: of the records.
        stays: the id of the one that keeps its address.
        goes: the id of the other one.
        choices: whose value each field has that both have another value of.
        versions: of the one that stays and the one that goes, as they were read.
    """

    kind: RecordKind
    stays: int
    goes: int
    choices: Mapping[str, Side] = field(default_factory=dict)
    versions: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would do.

    Attributes:
        stays: the document of the one that stays, as it is.
        goes: that of the other one.
        choose: the fields that somebody has to choose.
        after: what the one that stays would say.
        left_out: rows of phases and owners that cannot hold beside its own, by field.
        moves: what would move, and how many of it.
        united: usages of one thing that would become one: (what stays, what goes).
        answers: the needs of which both say something else; there the one that stays is kept.
        versions: of both.
    """

    stays: Document
    goes: Document
    choose: list[str]
    after: Document
    left_out: dict[str, list[Document]]
    moves: list[tuple[str, int]]
    united: list[tuple[Document, Document]]
    answers: list[str]
    versions: tuple[int, int]


def preview(session: Session, wanted: Wanted, act: Act) -> Preview:
    """What a merge would do, without doing it.

    Raises:
        Missing: one of the records is not there any more.
        Invalid: the records cannot be one as chosen.
    """
    stays, goes = _both(session, wanted)
    one, other = _document(wanted.kind, stays), _document(wanted.kind, goes)
    merge = _merge(wanted, stays, goes, act)
    result = merged(wanted.kind, one, other, wanted.choices)
    united: list[tuple[Document, Document]] = []
    answers: list[str] = []
    if wanted.kind is RecordKind.SERVICE:
        plan = merging_services.usage_plan(session, merge)
        rows = merging_services.usages_of(session, stays.id)
        rows |= merging_services.usages_of(session, goes.id)
        united = [(each.document, usage.document_of(rows[each.goes])) for each in plan.united]
        answers = _needs(session, merge)[1]
    return Preview(
        one, other, to_choose(wanted.kind, one, other), result.document, result.left_out,
        movers.counts(session, merge), united, answers, (stays.version, goes.version),
    )  # fmt: skip


def merge(database: Database, wanted: Wanted, act: Act, url: str = "") -> str:
    """Make two records one, and tell those who answer for them.

    Args:
        database: the portal's.
        wanted: which, and how.
        act: who does it, when, and why.
        url: where the portal is, for the mails; nobody is told without it.

    Returns:
        The address of the one that stays.

    Raises:
        Missing: one of the records is not there any more.
        Stale: one of them changed since it was read.
        Invalid: the records cannot be one as chosen.
    """
    with database.writing() as session:
        one_at_a_time(session)
        stays, goes = _both(session, wanted)
        if wanted.versions not in (None, (stays.version, goes.version)):
            raise Stale(N_("One of the records changed meanwhile"))
        one, other = _document(wanted.kind, stays), _document(wanted.kind, goes)
        this = _merge(wanted, stays, goes, act)
        after = merged(wanted.kind, one, other, wanted.choices).document
        both = [(Kind(wanted.kind.value), id_) for id_ in (stays.id, goes.id)]
        letter = _letter(this, one, other, url) if url else None
        with told(session, both, letter, act):
            movers.move(session, this)
            session.flush()
            join = _join_services if wanted.kind is RecordKind.SERVICE else _join_organisations
            join(session, this, one, other, after)
            merging.remember(session, this, other["slug"], other["name"])
        search.remove(session, wanted.kind.value, [goes.id])
        refresh(session, {wanted.kind.value: [stays.id]})
        return str(one["slug"])


def _letter(this: Merge, one: Document, other: Document, url: str) -> Letter:
    values = {
        "thing": one["name"],
        "gone": other["name"],
        "why": this.act.reason or "",
        "link": f"{url}/{this.kind.value}s/{one['slug']}",
    }
    return Letter("records_merged", values, f"{this.kind.value}:{this.goes}")


def _both(session: Session, wanted: Wanted) -> tuple[Any, Any]:
    store: Any = services if wanted.kind is RecordKind.SERVICE else organisations
    found = {each.id: each for each in store.load(session, [wanted.stays, wanted.goes])}
    if wanted.stays == wanted.goes or len(found) != 2:
        raise Missing(N_("One of the records is not there any more"))
    return found[wanted.stays], found[wanted.goes]


def _document(kind: RecordKind, record: Any) -> Document:
    if kind is RecordKind.SERVICE:
        return services.document_of(record)
    return organisations.document_of(record)


def _merge(wanted: Wanted, stays: Any, goes: Any, act: Act) -> Merge:
    named = (stays.slug, goes.slug)
    if wanted.kind is RecordKind.ORGANISATION:
        named = organisations.reference(stays), organisations.reference(goes)
    return Merge(wanted.kind, stays.id, goes.id, *named, act)


def _needs(session: Session, merge: Merge) -> tuple[dict[str, Document], list[str]]:
    own, others = (merging_services.needs_of(session, id_) for id_ in (merge.stays, merge.goes))
    return merging_usage.needs(own, others)


def _told(merge: Merge, one: Document, other: Document) -> tuple[Document, Document]:
    """What the events of both say of the merge itself."""
    came = {"merged_from": [{"name": other["name"], "slug": other["slug"]}]}
    went = {"merged_into": [{"name": one["name"], "slug": one["slug"]}]}
    return came, went


def _join_services(
    session: Session, this: Merge, one: Document, other: Document, after: Document
) -> None:
    came, went = _told(this, one, other)
    taken, _different = _needs(session, this)
    own, gone = (merging_services.needs_of(session, id_) for id_ in (this.stays, this.goes))
    merging_services.take_needs(session, this, taken)
    session.expire_all()
    stays, goes = (services.load(session, [id_])[0] for id_ in (this.stays, this.goes))
    before = one
    if taken:
        before = {**one, "needs": {need: own.get(need) for need in taken}}
        came |= {"needs": taken}
    refs, tag = organisations.ids_by_reference(session), TAGS[this.kind]
    services.save(session, stays, before, {**after, **came}, refs, this.act, tag)
    slugs = services.ids_by_slug(session)
    services.save_relations(session, stays.id, after["relations"], slugs)
    if gone:
        went |= {"needs": dict.fromkeys(gone)}
        other = {**other, "needs": gone}
    merging_services.remove(session, goes, other, went, this.act)


def _join_organisations(
    session: Session, this: Merge, one: Document, other: Document, after: Document
) -> None:
    came, went = _told(this, one, other)
    merging_organisations.give_up_identifiers(session, this.goes)
    session.expire_all()
    stays, goes = (organisations.load(session, [id_])[0] for id_ in (this.stays, this.goes))
    refs = organisations.ids_by_reference(session) | {this.goes_ref: this.goes}
    after = {**after, **came}
    organisations.save(session, stays, one, after, refs, this.act, TAGS[this.kind])
    merging_organisations.remove(session, goes, other, went, this.act)
