"""Apply parsed organisations: registers and the project's own facts."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from portal.audit import Act, Document
from portal.catalogue.actions.importing import Batch, begin
from portal.catalogue.actions.indexing import refresh
from portal.catalogue.actions.matching import Resolver
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.rules.cleaners import slugify
from portal.catalogue.rules.documents import clean_organisation
from portal.catalogue.rules.importing import Desired, Outcome, Parsed, Progress
from portal.catalogue.store import organisations as store
from portal.catalogue.store import services
from portal.errors import Invalid

EMPTY: Document = {
    "kind": "other", "abbreviation": None, "website": None, "start_date": None, "end_date": None,
    "identifiers": [], "names": [], "aliases": [], "parents": [], "successions": [],
}  # fmt: skip


def apply(session: Session, parsed: Parsed, act: Act, progress: Progress | None = None) -> Outcome:
    """Create and update organisations; links may point at rows of the same files. Names that
    waited for one of them are matched.
    """
    batch = begin(session, parsed, act)
    batch.recall(parsed.desired)
    loaded = {o.id: o for o in store.load(session)}
    befores: dict[int, Document | None] = {k: store.document_of(o) for k, o in loaded.items()}
    refs = store.ids_by_reference(session)
    slugs = store.taken_slugs(session)
    todo: list[tuple[Desired, int]] = []
    for desired in parsed.desired:
        try:
            todo.append((desired, _place(batch, desired, refs, slugs, loaded, befores)))
        except Invalid as problem:
            batch.refuse(desired, problem)
    for position, (desired, id_) in enumerate(todo, start=1):
        row = replace(desired, fields=_with_known_links(desired.fields, refs))
        try:
            _write(batch, row, loaded[id_], befores[id_], refs)
        except Invalid as problem:
            batch.refuse(desired, problem)
            if befores[id_] is None:  # it is there already, for others to point at
                bare = {**row.fields, "parents": [], "successions": []}
                _write(batch, replace(row, fields=bare), loaded[id_], None, refs)
        if progress:
            progress(position, len(todo))
    batch.keep()
    resolver = Resolver(session, batch.act)
    batch.outcome.settled = resolver.settle()
    batch.changed[services.THING] |= resolver.moved
    refresh(session, batch.changed)
    return batch.finish()


def _place(
    batch: Batch, desired: Desired, refs: dict[str, int], slugs: set[str],
    loaded: dict[int, Organisation], befores: dict[int, Document | None],
) -> int:  # fmt: skip
    """Find the record a row is about, or add it bare, so that others can point at it.

    Raises:
        Invalid: what it says of itself is wrong, or it has the identifiers of several records.
    """
    said = [desired.ref, *desired.fields.get("identifiers", [])]
    found = {refs[ref] for ref in said if ref in refs}
    if len(found) > 1:
        raise Invalid("identifiers", "These identifiers belong to several organisations")
    if found:
        return found.pop()
    document = clean_organisation(
        {**EMPTY, **desired.fields, "slug": _free_slug(desired, slugs), "parents": [],
         "successions": []}
    )  # fmt: skip
    organisation = store.add_bare(batch.session, document, batch.act)
    slugs.add(document["slug"])
    refs[f"slug:{organisation.slug}"] = organisation.id
    for identifier in document["identifiers"]:
        refs[identifier] = organisation.id
    loaded[organisation.id], befores[organisation.id] = organisation, None
    return organisation.id


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


def _write(
    batch: Batch, desired: Desired, organisation: Organisation, before: Document | None,
    refs: dict[str, int],
) -> None:  # fmt: skip
    said = desired.fields
    if before is None:
        own = {"slug": organisation.slug, "name": organisation.name}
        after = clean_organisation({**EMPTY, **own, **said, "slug": organisation.slug})
        store.save(batch.session, organisation, None, after, refs, batch.act, "imported")
        changed = True
        batch.outcome.created += 1
    else:
        wanted = {k: v for k, v in said.items() if k != "slug"}  # an import moves no address
        row = replace(desired, fields=wanted)
        merged, told = batch.take(row, before, store.THING, organisation.id)
        said = {**told, **{k: v for k, v in said.items() if k == "slug"}}
        after = clean_organisation(merged)
        changed = store.save(
            batch.session, organisation, before, after, refs, batch.act, "imported"
        )
        batch.outcome.updated += changed
        batch.outcome.unchanged += not changed
    if changed:
        batch.changed[store.THING].add(organisation.id)
    batch.remember(desired.key, store.THING, organisation.id, said)
