"""Apply parsed services, whatever file they came from."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from portal.audit import Act, Document
from portal.catalogue.actions.importing import Batch, begin, reindex
from portal.catalogue.actions.matching import Resolver
from portal.catalogue.models.services import Service
from portal.catalogue.rules.cleaners import slugify, sort_key
from portal.catalogue.rules.documents import clean_service
from portal.catalogue.rules.importing import Desired, Outcome, Parsed, Progress, without_echoes
from portal.catalogue.store import services as store
from portal.catalogue.store.organisations import ids_by_reference, references
from portal.errors import Invalid

BLANK: Document = {
    "phases": [], "audiences": [], "keywords": [], "names": [], "links": [], "channels": [],
    "owners": [], "apis": [], "relations": [], "sources": [],
}  # fmt: skip


class Places:
    """Finds the record a row is about: by the source's key, by address, by name and owner."""

    def __init__(self, session: Session, batch: Batch) -> None:
        """Index what is in the catalogue now."""
        self._memory = batch.memory
        self._slugs = store.ids_by_slug(session)
        self._taken = store.taken_slugs(session)
        self._named = store.ids_by_name_and_owner(session)

    def find(self, desired: Desired, fields: Document) -> int | None:
        """The id of the record, or None where it is new to the catalogue."""
        known = self._memory.get(desired.key)
        if known is not None:
            return known.thing_id
        if desired.ref in self._slugs:
            return self._slugs[desired.ref]
        same = self._named.get((sort_key(str(fields.get("name"))), _accountable(fields)), [])
        return same[0] if len(same) == 1 else None

    def free_slug(self, fields: Document) -> str:
        """An address that no service has or had."""
        plain = str(fields.get("slug") or slugify(str(fields["name"])))
        slug, number = plain, 2
        while slug in self._taken:
            slug, number = f"{plain}-{number}", number + 1
        self._taken.add(slug)
        return slug


def _accountable(fields: Document) -> str | None:
    for owner in fields.get("owners", []):
        if owner["role"] == "accountable" and not owner["until"]:
            return str(owner["organisation"] or owner["published_name"])
    return None


def apply(session: Session, parsed: Parsed, act: Act, progress: Progress | None = None) -> Outcome:
    """Create and update services; owners' names are resolved or wait in the queue."""
    batch = begin(session, parsed, act)
    resolver = Resolver(session, batch.act)
    batch.outcome.settled = resolver.settle()
    refs, names = ids_by_reference(session), references(session)
    places = Places(session, batch)
    todo: list[tuple[Desired, Document, int | None]] = []
    for desired in parsed.desired:
        fields = _with_owners(desired.fields, resolver, refs, names)
        todo.append((desired, fields, places.find(desired, fields)))
    loaded = {s.id: s for s in store.load(session, [i for _, _, i in todo if i is not None])}
    relations: list[tuple[int, list[Document]]] = []
    for position, (desired, fields, id_) in enumerate(todo, start=1):
        wanted = replace(desired, fields=fields)
        try:
            service = _write(batch, wanted, loaded.get(id_) if id_ else None, places, refs)
        except Invalid as problem:
            batch.refuse(desired, problem)
            continue
        if "relations" in fields:
            relations.append((service.id, fields["relations"]))
        if progress:
            progress(position, len(todo))
    ids = store.ids_by_slug(session)
    for service_id, rows in relations:
        store.save_relations(session, service_id, rows, ids)
    batch.outcome.waiting = resolver.waiting
    reindex(session)
    return batch.finish()


def _with_owners(
    fields: Document, resolver: Resolver, refs: dict[str, int], names: dict[int, str]
) -> Document:
    """The row's fields with its owners' names resolved; who is accountable does not also
    deliver, and a former owner that is the present one is no change.
    """
    if "owners" not in fields:
        return fields
    owners: list[Document] = []
    for owner in fields["owners"]:
        ref = owner["organisation"]
        if ref in refs:
            ref = names[refs[ref]]
        elif ref is None and owner["published_name"]:
            ref = resolver.resolve(owner["published_name"])
        owners.append({**owner, "organisation": ref})
    return {**fields, "owners": without_echoes(owners)}


def _merged(
    batch: Batch, desired: Desired, before: Document, service_id: int
) -> tuple[Document, Document]:
    """A row merged into a record that is there: (its new document, what the source has said).

    The row moves no address. Its owners are one word, compared by who they are today: where both
    name the same, the longer history stands.
    """
    fields = {k: v for k, v in desired.fields.items() if k != "slug"}
    owners, now = fields.get("owners", []), before["owners"]
    known = batch.memory.get(desired.key)
    told = known.said.get("owners") if known else None
    stays = _today(owners) == _today(now) and len(owners) <= len(now)
    seen = before
    if stays:
        seen = {**before, "owners": owners}
    elif _today(owners) == _all(now) or (told and _today(told) == _today(now)):
        seen = {**before, "owners": told or []}
    merged, said = batch.take(replace(desired, fields=fields), seen, store.THING, service_id)
    if stays or merged["owners"] is seen["owners"]:
        merged["owners"] = now
    elif seen is not before and all(o["until"] is None for o in owners):
        # It tells who owns the service now; who did before is not its word to take away.
        merged["owners"] = [o for o in now if o["until"]] + owners
    return merged, {**said, **{k: v for k, v in desired.fields.items() if k == "slug"}}


def _all(owners: list[Document]) -> set[tuple[str, str]]:
    return {(o["role"], o["organisation"] or o["published_name"]) for o in owners}


def _today(owners: list[Document]) -> set[tuple[str, str]]:
    return _all([o for o in owners if o["until"] is None])


def _write(
    batch: Batch, desired: Desired, service: Service | None, places: Places, refs: dict[str, int]
) -> Service:
    if service is None:
        draft = {**BLANK, **desired.fields}
        after = clean_service({**draft, "slug": "new"})
        after["slug"] = places.free_slug(desired.fields)
        service, said = store.new(), desired.fields
        store.save(batch.session, service, None, after, refs, batch.act, "imported")
        batch.outcome.created += 1
    else:
        before = store.document_of(service)
        merged, said = _merged(batch, desired, before, service.id)
        changed = store.save(
            batch.session, service, before, clean_service(merged), refs, batch.act, "imported"
        )
        batch.outcome.updated += changed
        batch.outcome.unchanged += not changed
    batch.remember(desired.key, store.THING, service.id, said)
    return service
