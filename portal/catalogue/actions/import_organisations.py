"""Apply parsed organisations: registers and the project's own facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy.orm import Session

from portal.audit import Act, Document
from portal.catalogue.actions.importing import BATCH, Batch, begin
from portal.catalogue.actions.indexing import refresh
from portal.catalogue.actions.matching import Resolver
from portal.catalogue.rules.cleaners import slugify
from portal.catalogue.rules.documents import clean_organisation
from portal.catalogue.rules.importing import Desired, Outcome, Parsed, Progress
from portal.catalogue.store import hierarchy, organisation_batches, organisation_documents, services
from portal.catalogue.store import organisations as store
from portal.catalogue.store.batches import Change
from portal.db import chunks
from portal.errors import Invalid

EMPTY: Document = {
    "kind": "other", "abbreviation": None, "website": None, "start_date": None, "end_date": None,
    "identifiers": [], "names": [], "aliases": [], "parents": [], "successions": [],
}  # fmt: skip


class _Taken(NamedTuple):
    """A row that is accepted: its record, what the source has said, and what is to be written
    (None where nothing differs).
    """

    key: str
    id: int
    said: Document
    change: Change | None


def apply(session: Session, parsed: Parsed, act: Act, progress: Progress | None = None) -> Outcome:
    """Create and update organisations; links may point at rows of the same files. Names that
    waited for one of them are matched.
    """
    batch = begin(session, parsed, act)
    run = _Run(batch)
    todo = run.place(parsed.desired)
    for first in range(0, len(todo), BATCH):
        run.take(todo[first : first + BATCH])
        if progress:
            progress(min(first + BATCH, len(todo)), len(todo))
    resolver = Resolver(session, batch.act)
    batch.outcome.settled = resolver.settle()
    batch.changed[services.THING] |= resolver.moved
    refresh(session, batch.changed)
    return batch.finish()


class _Run:
    """Takes rows into the catalogue: first a place for each, then what they say."""

    def __init__(self, batch: Batch) -> None:
        """Look up who is there, and what is above whom."""
        self._batch = batch
        self._refs = store.ids_by_reference(batch.session)
        self._slugs = store.taken_slugs(batch.session)
        self._links = hierarchy.links_above(batch.session)
        self._current: dict[int, Document] = {}
        self._bare: dict[int, Document] = {}
        self._taken: list[_Taken] = []

    def place(self, rows: Iterable[Desired]) -> list[tuple[Desired, int]]:
        """The record that each row is about. New ones are added bare, so that others can point at
        them, and what the others say now is read.
        """
        placed: list[tuple[Desired, int]] = []
        new: list[Document] = []
        for desired in rows:
            try:
                placed.append((desired, self._place(desired, new)))
            except Invalid as problem:
                self._batch.refuse(desired, problem)
        session = self._batch.session
        for some in chunks(sorted({id_ for _, id_ in placed if id_ > 0})):
            self._current |= organisation_documents.by_ids(session, some)
        added = store.add_bare(session, new, self._batch.act)
        self._bare = dict(zip(added, new, strict=True))
        # Until here those that are new had the numbers -1, -2...
        self._refs = {ref: id_ if id_ > 0 else added[-id_ - 1] for ref, id_ in self._refs.items()}
        return [(desired, id_ if id_ > 0 else added[-id_ - 1]) for desired, id_ in placed]

    def _place(self, desired: Desired, new: list[Document]) -> int:
        """The id of the record a row is about; below 0 for the new ones, in their order.

        Raises:
            Invalid: what it says of itself is wrong, or it has the identifiers of several records.
        """
        said = [desired.ref, *desired.fields.get("identifiers", [])]
        found = {self._refs[ref] for ref in said if ref in self._refs}
        if len(found) > 1:
            raise Invalid("identifiers", "These identifiers belong to several organisations")
        if found:
            return found.pop()
        document = clean_organisation(
            {**EMPTY, **desired.fields, "slug": _free_slug(desired, self._slugs), "parents": [],
             "successions": []}
        )  # fmt: skip
        new.append(document)
        self._slugs.add(document["slug"])
        for ref in (f"slug:{document['slug']}", *document["identifiers"]):
            self._refs[ref] = -len(new)
        return -len(new)

    def take(self, todo: list[tuple[Desired, int]]) -> None:
        """Compare rows with their records, and write what is new."""
        self._batch.recall(desired for desired, _ in todo)
        waiting: set[int] = set()
        for desired, id_ in todo:
            if id_ in waiting:
                self._write()  # two rows about one record: it changes once at a time
            waiting.add(id_)
            row = replace(desired, fields=_with_known_links(desired.fields, self._refs))
            try:
                self._taken.append(self._compared(row, id_))
            except Invalid as problem:
                self._batch.refuse(desired, problem)
                if id_ not in self._current:  # it is there already, for others to point at
                    bare = {**row.fields, "parents": [], "successions": []}
                    self._taken.append(self._compared(replace(row, fields=bare), id_))
        self._write()

    def _compared(self, row: Desired, id_: int) -> _Taken:
        """What a row comes to. Raises Invalid where it is refused."""
        before = self._current.get(id_)
        if before is None:
            own = {name: self._bare[id_][name] for name in ("slug", "name")}
            after = clean_organisation({**EMPTY, **own, **row.fields, "slug": own["slug"]})
            return _Taken(row.key, id_, row.fields, self._change(id_, None, after))
        wanted = {k: v for k, v in row.fields.items() if k != "slug"}  # an import moves no address
        merged, told = self._batch.take(replace(row, fields=wanted), before, store.THING, id_)
        said = {**told, **{k: v for k, v in row.fields.items() if k == "slug"}}
        after = clean_organisation(merged)
        change = self._change(id_, before, after) if after != before else None
        return _Taken(row.key, id_, said, change)

    def _change(self, id_: int, before: Document | None, after: Document) -> Change:
        act = self._batch.act
        return organisation_batches.change(id_, before, after, self._refs, self._links, act)

    def _write(self) -> None:
        batch, taken = self._batch, self._taken
        changes = [row.change for row in taken if row.change]
        organisation_batches.write(batch.session, changes, batch.act, "imported")
        for key, id_, said, change in taken:
            batch.remember(key, store.THING, id_, said)
            if change:
                self._current[id_] = change.after
                batch.changed[store.THING].add(id_)
        batch.keep()
        batch.outcome.created += sum(change.before is None for change in changes)
        batch.outcome.updated += sum(change.before is not None for change in changes)
        batch.outcome.unchanged += len(taken) - len(changes)
        taken.clear()


def _with_known_links(fields: Document, refs: dict[str, int]) -> Document:
    """The row without links to bodies that are neither in the catalogue nor in the files. They
    are not remembered either, so that they are made once the other body comes.
    """
    known = dict(fields)
    if "parents" in fields:
        known["parents"] = [p for p in fields["parents"] if p["organisation"] in refs]
    if "successions" in fields:
        known["successions"] = [
            s for s in fields["successions"] if s["successor"] is None or s["successor"] in refs
        ]
    return known


def _free_slug(desired: Desired, taken: set[str]) -> str:
    plain = str(desired.fields.get("slug") or slugify(str(desired.fields.get("name") or "")))
    slug, number = plain, 1
    while slug in taken:
        slug = "-".join([plain, slugify(desired.ref.split(":")[-1]), *[str(number)][: number - 1]])
        number += 1
    return slug
