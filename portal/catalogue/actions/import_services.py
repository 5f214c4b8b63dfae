"""Apply parsed services, whatever file they came from."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from sqlalchemy.orm import Session

from portal.audit import Act, Document
from portal.catalogue.actions.importing import BATCH, Batch, begin
from portal.catalogue.actions.indexing import refresh
from portal.catalogue.actions.matching import Resolver
from portal.catalogue.rules.cleaners import slugify, sort_key
from portal.catalogue.rules.documents import clean_service
from portal.catalogue.rules.importing import Desired, Outcome, Parsed, Progress, without_echoes
from portal.catalogue.store import service_batches, service_counts, service_documents
from portal.catalogue.store import services as store
from portal.catalogue.store.batches import Change
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

    def find(self, desired: Desired) -> int | None:
        """The id of the record, or None where it is new to the catalogue."""
        known = self._memory.get(desired.key)
        if known is not None:
            return known.thing_id
        if desired.ref in self._slugs:
            return self._slugs[desired.ref]
        name = sort_key(str(desired.fields.get("name")))
        same = self._named.get((name, _accountable(desired.fields)), [])
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


class _Taken(NamedTuple):
    """A row that is accepted: its record (None for a new one), what the source has said, and what
    is to be written (None where nothing differs).
    """

    desired: Desired
    id: int | None
    said: Document
    change: Change | None


#: A row as it stands in the file, as it reads with its owners resolved, and its record's id.
_Todo = tuple[Desired, Desired, int | None]


def apply(session: Session, parsed: Parsed, act: Act, progress: Progress | None = None) -> Outcome:
    """Create and update services; owners' names are resolved or wait in the queue."""
    batch = begin(session, parsed, act)
    take(batch, parsed, progress)
    return batch.finish()


def take(batch: Batch, parsed: Parsed, progress: Progress | None) -> dict[str, int]:
    """The same in an import under way, which says more of the services.

    Returns:
        The services' ids, by the source's keys; without rows that were refused.
    """
    session = batch.session
    resolver = Resolver(session, batch.act)
    batch.outcome.settled = resolver.settle()
    batch.changed[store.THING] |= resolver.moved
    refs, names = ids_by_reference(session), references(session)
    run = _Run(batch, refs)

    def read(desired: Desired) -> Desired:
        return replace(desired, fields=_with_owners(desired.fields, resolver, refs, names))

    # What rows read as is worked out twice: kept for a whole file, it would need much memory.
    found = [run.places.find(read(desired)) for desired in parsed.desired]
    resolver.keep()
    with service_counts.together(session):
        for first in range(0, len(found), BATCH):
            some = slice(first, first + BATCH)
            rows = zip(parsed.desired[some], found[some], strict=True)
            run.take([(desired, read(desired), id_) for desired, id_ in rows])
            if progress:
                progress(min(first + BATCH, len(found)), len(found))
    ids = store.ids_by_slug(session)
    for service_id, relations in run.relations.items():
        store.save_relations(session, service_id, relations, ids)
    batch.outcome.waiting = resolver.waiting
    refresh(session, batch.changed)
    return run.ids


class _Run:
    """Takes rows into the catalogue, some at a time.

    Attributes:
        relations: of the services taken so far, by id, for when all others are there.
        ids: of the services taken so far, by the source's keys.
    """

    def __init__(self, batch: Batch, refs: dict[str, int]) -> None:
        """`refs` are organisation references to ids."""
        self._batch = batch
        self._refs = refs
        self.places = Places(batch.session, batch)
        self.relations: dict[int, list[Document]] = {}
        self.ids: dict[str, int] = {}
        self._current: dict[int, Document] = {}
        self._taken: list[_Taken] = []

    def take(self, todo: list[_Todo]) -> None:
        """Compare rows with their records, and write what is new."""
        self._batch.recall(desired for desired, _, _ in todo)
        ids = {id_ for _, _, id_ in todo if id_ is not None}
        self._current = service_documents.by_ids(self._batch.session, ids)
        waiting: set[int | None] = set()
        for desired, wanted, id_ in todo:
            if id_ is not None and id_ in waiting:
                self._write()  # two rows about one record: it changes once at a time
            waiting.add(id_)
            try:
                self._taken.append(self._compared(wanted, id_))
            except Invalid as problem:
                self._batch.refuse(desired, problem)
        self._write()

    def _compared(self, wanted: Desired, id_: int | None) -> _Taken:
        """What a row comes to. Raises Invalid where it is refused."""
        act, before = self._batch.act, self._current.get(id_ or 0)
        if before is None or id_ is None:
            after = clean_service({**BLANK, **wanted.fields, "slug": "new"})
            after["slug"] = self.places.free_slug(wanted.fields)
            change = service_batches.change(None, None, after, self._refs, act)
            return _Taken(wanted, None, wanted.fields, change)
        merged, said = _merged(self._batch, wanted, before, id_)
        after = clean_service(merged)
        if after == before:
            return _Taken(wanted, id_, said, None)
        return _Taken(
            wanted, id_, said, service_batches.change(id_, before, after, self._refs, act)
        )

    def _write(self) -> None:
        batch, taken = self._batch, self._taken
        changes = [row.change for row in taken if row.change]
        written = iter(
            service_batches.write(batch.session, changes, self._refs, batch.act, "imported")
        )
        for desired, known, said, change in taken:
            id_ = next(written) if change or known is None else known
            self.ids[desired.key] = id_
            batch.remember(desired.key, store.THING, id_, said)
            if "relations" in desired.fields:
                self.relations[id_] = desired.fields["relations"]
            if change:
                self._current[id_] = change.after
                batch.changed[store.THING].add(id_)
        batch.keep()
        batch.outcome.created += sum(change.before is None for change in changes)
        batch.outcome.updated += sum(change.before is not None for change in changes)
        batch.outcome.unchanged += len(taken) - len(changes)
        taken.clear()


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
    told = batch.said.get(desired.key, {}).get("owners")
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
