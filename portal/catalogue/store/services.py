"""All SQL that reads or writes one service: documents in and out."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.audit import Act, Document, record, record_all
from portal.catalogue import words
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service, ServiceLinkage, ServiceOwner, ServiceSlug
from portal.catalogue.rules.reviews import months_of_service
from portal.catalogue.store import reviews, service_counts
from portal.catalogue.store.organisations import ids_by_reference, iso, reference, references
from portal.catalogue.store.service_rows import LISTS, columns_of, rows_of
from portal.catalogue.words import Reviewed
from portal.db import chunks
from portal.errors import Invalid, Missing

THING = "service"
_LONG = (
    selectinload(Service.names),
    selectinload(Service.links),
    selectinload(Service.owners)
    .joinedload(ServiceOwner.organisation)
    .joinedload(Organisation.identifiers),
    selectinload(Service.relations).joinedload(ServiceLinkage.other),
)
_SHORT = (Service.audiences, Service.phases, Service.apis)
_MANY = (*map(selectinload, _SHORT), *_LONG)
# Of one service the short lists ride along: each selectinload is a statement of its own.
_ONE = (*map(joinedload, _SHORT), *_LONG)


def document_of(s: Service) -> Document:
    """The canonical document of a loaded service (see rules/documents.py)."""
    return {
        "slug": s.slug,
        "name": s.name,
        "purpose": s.purpose,
        "user_need": s.user_need,
        "audiences": sorted(a.audience.value for a in s.audiences),
        "transactional": s.transactional,
        "category": s.category,
        "customer_type": s.customer_type,
        "business_model": s.business_model,
        "start_page": s.start_page,
        "service_address": s.service_address,
        "keywords": list(s.keywords),
        "names": [
            {
                "name": n.name,
                "kind": n.kind.value,
                "language": n.language.value,
                "until": iso(n.until),
            }
            for n in s.names
        ],
        "links": [{"kind": x.kind.value, "url": x.url, "title": x.title} for x in s.links],
        "channels": list(s.channels),
        "phases": [
            {"phase": p.phase.value, "since": iso(p.since), "until": iso(p.until)} for p in s.phases
        ],
        "owners": [
            {
                "role": o.role.value,
                "organisation": reference(o.organisation) if o.organisation else None,
                "published_name": o.published_name,
                "since": iso(o.since),
                "until": iso(o.until),
                "source": o.source,
            }
            for o in s.owners
        ],
        "apis_answer": s.apis_answer.value,
        "apis": [
            {"name": a.name, "address": a.address, "documentation": a.documentation} for a in s.apis
        ],
        "relations": [{"relation": r.relation.value, "service": r.other.slug} for r in s.relations],
        "yearly_transactions": s.yearly_transactions,
        "transactions_from": iso(s.transactions_from),
        "transactions_to": iso(s.transactions_to),
        "sources": list(s.sources),
    }


def load(session: Session, ids: Iterable[int] | None = None) -> list[Service]:
    """Services with everything their documents need, by id; all of them without `ids`."""
    query = select(Service).options(*_MANY).order_by(Service.id)
    if ids is not None:
        query = query.where(Service.id.in_(list(ids)))
    return list(session.scalars(query))


def by_slug(session: Session, slug: str) -> Service:
    """The service at an address. Raises Missing."""
    query = select(Service).options(*_ONE).where(Service.slug == slug)
    found = session.scalars(query).unique().one_or_none()
    if found is None:
        raise Missing("There is no service at this address")
    return found


def slug_now(session: Session, old: str) -> str | None:
    """Where a former address leads today."""
    return session.scalar(
        select(Service.slug)
        .join(ServiceSlug, ServiceSlug.service_id == Service.id)
        .where(ServiceSlug.slug == old)
    )


def former(session: Session, slug: str) -> int | None:
    """The id of the service that once had an address."""
    return session.scalar(select(ServiceSlug.service_id).where(ServiceSlug.slug == slug))


def ids_by_slug(session: Session) -> dict[str, int]:
    """Every address in use to its service's id."""
    return {row.slug: row.id for row in session.execute(select(Service.slug, Service.id))}


def ids_by_name_and_owner(session: Session) -> dict[tuple[str, str | None], list[int]]:
    """(sort name, accountable organisation's reference or published name) to services' ids."""
    owners: dict[int, str | None] = {}
    names = references(session)
    for service_id, organisation_id, published in session.execute(
        select(
            ServiceOwner.service_id, ServiceOwner.organisation_id, ServiceOwner.published_name
        ).where(ServiceOwner.role == words.OwnerRole.ACCOUNTABLE, ServiceOwner.until.is_(None))
    ):
        owners[service_id] = names[organisation_id] if organisation_id else published
    found: dict[tuple[str, str | None], list[int]] = {}
    for id_, name in session.execute(select(Service.id, Service.sort_name).order_by(Service.id)):
        found.setdefault((name, owners.get(id_)), []).append(id_)
    return found


def taken_slugs(session: Session) -> set[str]:
    """Addresses in use now or once."""
    return set(session.scalars(select(Service.slug))) | set(
        session.scalars(select(ServiceSlug.slug))
    )


def new() -> Service:
    """A service with nothing in it yet, for `save`."""
    return Service(
        version=0, audiences=[], names=[], links=[], phases=[], owners=[], apis=[], relations=[]
    )


def save(
    session: Session,
    service: Service,
    before: Document | None,
    after: Document,
    refs: dict[str, int],
    act: Act,
    tag: str,
) -> bool:
    """Make a loaded (or new) service say `after`, with its history event.

    Relations are left to `save_relations`, since they may point at services still to come.

    Args:
        before: its document now, None for a new one.
        after: a clean document.
        refs: organisation references to ids.

    Returns:
        False where nothing differs, and nothing was written.

    Raises:
        Invalid: an owner is not in the database, or a phase or owner starts or ends after the
            day of the act. The service stays as it was.
    """
    if before == after:
        return False
    # Everything that may be refused comes first: a refused service stays as it was loaded.
    columns, rows = columns_of(after, refs, act), rows_of(before, after, refs)
    counted = service_counts.place_of(service) if before else None
    if before:
        if before["slug"] != after["slug"]:
            session.merge(ServiceSlug(slug=before["slug"], service_id=service.id))
        for field in rows.keys() & {"phases", "owners"}:
            getattr(service, field).clear()
        session.flush()  # one row of each is unique while open: the old one goes first
    for name, value in columns.items():
        setattr(service, name, value)
    kept = {a.audience: a for a in service.audiences}
    for field, values in rows.items():
        made = [LISTS[field].class_(**value) for value in values]
        if field == "audiences":  # an audience that stays is the same row
            made = [kept.get(a.audience, a) for a in made]
        setattr(service, field, made)
    service.version += 1
    session.add(service)
    session.flush()
    service_counts.moved(session, counted, service_counts.place_of(service))
    record(session, act, tag, THING, service.id, before, after)
    review(session, [(service.id, before, after)], act)
    return True


def review(
    session: Session, changed: Iterable[tuple[int, Document | None, Document]], act: Act
) -> None:
    """Let the reviews of services follow what they say now, (id, before, after) each."""
    new, moved, anew = dict[int, int | None](), dict[int, int | None](), list[int]()
    for id_, before, after in changed:
        months = months_of_service(after)
        if before is None:
            new[id_] = months
            continue
        if months != months_of_service(before):
            moved[id_] = months
        if before["owners"] != after["owners"]:
            anew.append(id_)
    reviews.begin(session, Reviewed.SERVICE, new, act.day)
    reviews.follow(session, Reviewed.SERVICE, moved, act.day)
    for some in chunks(anew):
        reviews.owned_anew(session, Reviewed.SERVICE, some)


def save_relations(
    session: Session, service_id: int, relations: list[Document], ids: dict[str, int]
) -> None:
    """Make a service's relations these; its history event was written by `save`.

    Raises:
        Invalid: a service at the other end is not in the database.
    """
    for row in relations:
        if row["service"] not in ids:
            raise Invalid("relations", f"There is no service {row['service']}")
    session.execute(delete(ServiceLinkage).where(ServiceLinkage.service_id == service_id))
    session.add_all(
        ServiceLinkage(
            service_id=service_id,
            relation=words.ServiceRelation(row["relation"]),
            other_id=ids[row["service"]],
        )
        for row in relations
    )
    session.flush()
    session.expire(session.get_one(Service, service_id), ["relations"])  # the next load reads them


def remove(session: Session, ids: Collection[int], act: Act, tag: str) -> None:
    """Delete services; the history keeps what they said, and that others' relations to them
    went with them.
    """
    for some in chunks(ids):
        _drop_relations_to(session, some, ids, act, tag)
    for some in chunks(ids):
        gone = load(session, some)
        record_all(session, act, tag, THING, [(s.id, document_of(s), None) for s in gone])
        with service_counts.together(session):
            for service in gone:
                service_counts.moved(session, service_counts.place_of(service), None)
                session.expunge(service)
        session.execute(delete(Service).where(Service.id.in_(some)))
        reviews.remove(session, Reviewed.SERVICE, some)


def _drop_relations_to(
    session: Session, ids: Collection[int], going: Collection[int], act: Act, tag: str
) -> None:
    pointing = session.execute(
        select(ServiceLinkage.service_id, Service.slug)
        .join(Service, Service.id == ServiceLinkage.other_id)
        .where(ServiceLinkage.other_id.in_(ids))
    ).all()
    slugs = {slug for _, slug in pointing}
    staying = {id_ for id_, _ in pointing} - set(going)
    if not staying:
        return
    known, refs = ids_by_slug(session), ids_by_reference(session)
    for service in load(session, sorted(staying)):
        before = document_of(service)
        relations = [r for r in before["relations"] if r["service"] not in slugs]
        save(session, service, before, {**before, "relations": relations}, refs, act, tag)
        save_relations(session, service.id, relations, known)
