"""How services, components, organisations below and roles of people are transferred."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind
from portal.accounts.store import grants, passing
from portal.audit import Act, Document
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import Organisation, OrganisationParent
from portal.catalogue.models.services import Service, ServiceOwner
from portal.catalogue.rules.documents import clean_organisation, clean_service
from portal.catalogue.rules.transfers import moved, moved_back
from portal.catalogue.store import (
    capabilities,
    components,
    hierarchy,
    organisation_batches,
    organisations,
    service_batches,
    service_documents,
)
from portal.catalogue.store.batches import Change
from portal.catalogue.store.organisations import day as day_of
from portal.catalogue.store.organisations import iso
from portal.catalogue.store.transferring import Move, Owned, Problem, Sort, Under, register
from portal.catalogue.words import TransferKind
from portal.db import chunks
from portal.errors import N_, Clash, Invalid

APPLIED = "transfer.applied"
REVERSED = "transfer.reversed"
#: Takes rows, what else a row says, the old and the new reference, the day and the source.
Rows = Callable[..., list[Document]]


def _each(moves: Sequence[Move]) -> dict[int, list[Move]]:
    """The moves of each thing: one may move in two roles."""
    found: dict[int, list[Move]] = {}
    for move in moves:
        found.setdefault(move.thing_id, []).append(move)
    return found


def _after(
    document: Document, field: str, name: str, moves: Sequence[Move], under: Under, change: Rows
) -> tuple[Document, list[Problem]]:
    """A document with its rows moved; and what could not be, with why."""
    problems: list[Problem] = []
    for move in moves:
        old, new = under.names[move.from_id], under.names[move.to_id or 0]
        try:
            rows = change(document[field], {name: move.role}, old, new, under.day, under.source)
            document = {**document, field: rows}
        except Invalid as problem:
            problems.append(Problem(move.item, str(problem)))
    return document, problems


def _gone(moves: Sequence[Move]) -> list[Problem]:
    return [Problem(move.item, N_("It is not there any more")) for move in moves]


# Services


def _services_owned(session: Session, bodies: Collection[int], act: Act) -> Iterator[Owned]:
    o = ServiceOwner
    rows = session.execute(
        select(o.service_id, o.role, Service.name, Service.slug, o.organisation_id)
        .join(Service, Service.id == o.service_id)
        .where(o.organisation_id.in_(bodies), o.until.is_(None))
        .order_by(Service.sort_name, Service.id, o.role)
    )
    owned = (Owned(id_, role.value, name, slug, body or 0) for id_, role, name, slug, body in rows)
    yield from dict.fromkeys(owned)


def _services(tag: str, rows: Rows) -> Any:
    def write(
        session: Session, moves: Sequence[Move], under: Under, act: Act | None
    ) -> list[Problem]:
        each, problems = _each(moves), list[Problem]()
        refs = organisations.ids_by_reference(session)
        for some in chunks(sorted(each)):
            changes: list[Change] = []
            found = service_documents.by_ids(session, some)
            for id_ in some:
                if id_ not in found:
                    problems += _gone(each[id_])
                    continue
                after, wrong = _after(found[id_], "owners", "role", each[id_], under, rows)
                wrong = wrong or _checked(clean_service, after, each[id_])
                problems += wrong
                if act is not None and not wrong:
                    told = {**clean_service(after), "transfer": under.told}
                    changes.append(service_batches.change(id_, found[id_], told, refs, act))
            if act is not None and not problems:
                service_batches.write(session, changes, refs, act, tag)
        return problems

    return write


def _checked(
    clean: Callable[[Document], Document], document: Document, moves: Sequence[Move]
) -> list[Problem]:
    try:
        clean(document)
    except Invalid as problem:
        return [Problem(move.item, str(problem)) for move in moves]
    return []


# Organisations below


def _bodies_below(session: Session, bodies: Collection[int], act: Act) -> Iterator[Owned]:
    p = OrganisationParent
    rows = session.execute(
        select(p.child_id, p.relation, Organisation.name, Organisation.slug, p.parent_id)
        .join(Organisation, Organisation.id == p.child_id)
        .where(p.parent_id.in_(bodies), p.until.is_(None), Organisation.end_date.is_(None))
        .order_by(Organisation.sort_name, Organisation.id, p.relation)
    )
    for id_, relation, name, slug, body in rows:
        yield Owned(id_, relation.value, name, slug, body)


def _bodies(tag: str, rows: Rows) -> Any:
    def write(
        session: Session, moves: Sequence[Move], under: Under, act: Act | None
    ) -> list[Problem]:
        each, problems = _each(moves), list[Problem]()
        refs, links = organisations.ids_by_reference(session), hierarchy.links_above(session)
        found = {o.id: organisations.document_of(o) for o in organisations.load(session, each)}
        changes: list[Change] = []
        for id_, mine in each.items():
            if id_ not in found:
                problems += _gone(mine)
                continue
            after, wrong = _after(found[id_], "parents", "relation", mine, under, rows)
            wrong = wrong or _checked(clean_organisation, after, mine)
            if not wrong and act is not None:
                told = {**clean_organisation(after), "transfer": under.told}
                try:
                    change = organisation_batches.change(id_, found[id_], told, refs, links, act)
                    changes.append(change)
                except Clash as problem:
                    wrong = [Problem(move.item, str(problem)) for move in mine]
            problems += wrong
        if act is not None and not problems:
            organisation_batches.write(session, changes, act, tag)
            session.expire_all()
        return problems

    return write


# Components


def _provided(session: Session, bodies: Collection[int], act: Act) -> Iterator[Owned]:
    c = Component
    rows = session.execute(
        select(c.id, c.name, c.slug, c.provider_id)
        .where(c.provider_id.in_(bodies))
        .order_by(c.sort_name, c.id)
    )
    for id_, name, slug, body in rows:
        yield Owned(id_, "provides", name, slug, body)


def _components(tag: str, back: bool) -> Any:
    def write(
        session: Session, moves: Sequence[Move], under: Under, act: Act | None
    ) -> list[Problem]:
        refs, needs = organisations.ids_by_reference(session), capabilities.ids_by_slug(session)
        found = {c.id: c for c in components.load(session, [move.thing_id for move in moves])}
        problems: list[Problem] = []
        for move in moves:
            old, new = move.from_id, move.to_id
            now, then = (new, old) if back else (old, new)
            component = found.get(move.thing_id)
            if component is None:
                problems += _gone([move])
            elif component.provider_id != now:
                problems.append(Problem(move.item, N_("Another organisation provides it now")))
            elif act is not None:
                before = components.document_of(component)
                after = {**before, "provider": under.names[then or 0], "transfer": under.told}
                components.save(session, component, before, after, refs, needs, act, tag)
        return problems

    return write


# Roles of people


def _roles(session: Session, bodies: Collection[int], act: Act) -> Iterator[Owned]:
    for body in bodies:
        for grant in grants.holders(session, Kind.ORGANISATION, body, act.day):
            yield Owned(grant.id, grant.role.value, "", "", body)


def _move_roles(
    session: Session, moves: Sequence[Move], under: Under, act: Act | None
) -> list[Problem]:
    if act is None:
        return []
    for move in moves:
        grant = grants.get(session, move.thing_id)
        if move.to_id is None:
            grants.end(session, grant, act)
        else:
            passing.carry(session, grant, move.to_id, act)
    return []


def _ends(session: Session, ids: Collection[int]) -> dict[int, Document]:
    """The day when each role ends, so that it can be given back until then."""
    return {id_: {"until": iso(grants.get(session, id_).until)} for id_ in ids}


def _roles_back(
    session: Session, moves: Sequence[Move], under: Under, act: Act | None
) -> list[Problem]:
    """Give roles back until the day that they would have ended; one that was carried over ends
    where it is still held.
    """
    if act is None:
        return []
    for move in moves:
        was = grants.get(session, move.thing_id)
        if move.to_id is not None:
            for grant in grants.of_person(session, was.person_id, act.day):
                there = (grant.kind, grant.thing_id) == (Kind.ORGANISATION, move.to_id)
                if there and grant.role is was.role and grant.granted_at == under.applied_at:
                    grants.end(session, grant, act)
        until = day_of((move.kept or {}).get("until"))
        if until is None or until > act.day:
            again = Grant(was.role, Kind.ORGANISATION, move.from_id)
            with suppress(Clash):  # they have it again
                grants.add(session, was.person_id, again, act, until=until)
    return []


def install() -> None:
    """Register them."""
    register(
        TransferKind.SERVICE,
        Sort(_services_owned, _services(APPLIED, moved), _services(REVERSED, moved_back)),
    )
    register(
        TransferKind.COMPONENT,
        Sort(_provided, _components(APPLIED, False), _components(REVERSED, True)),
    )
    register(
        TransferKind.ORGANISATION,
        Sort(_bodies_below, _bodies(APPLIED, moved), _bodies(REVERSED, moved_back)),
    )
    register(TransferKind.ROLE, Sort(_roles, _move_roles, _roles_back, _ends))
