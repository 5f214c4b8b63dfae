"""Apply parsed organisations: registers and the project's own facts."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from portal.audit import Act, Document
from portal.catalogue.actions.importing import Batch, begin, reindex
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.rules.documents import clean_organisation, slugify
from portal.catalogue.rules.importing import Desired, Outcome, Parsed, Progress
from portal.catalogue.store import hierarchy
from portal.catalogue.store import organisations as store
from portal.errors import Invalid

EMPTY: Document = {
    "kind": "other", "abbreviation": None, "website": None, "start_date": None, "end_date": None,
    "identifiers": [], "names": [], "aliases": [], "parents": [], "successions": [],
}  # fmt: skip


def apply(session: Session, parsed: Parsed, act: Act, progress: Progress | None = None) -> Outcome:
    """Create and update organisations; links may point at rows of the same files."""
    batch = begin(session, parsed, act)
    loaded = {o.id: o for o in store.load(session)}
    befores: dict[int, Document | None] = {k: store.document_of(o) for k, o in loaded.items()}
    refs = store.ids_by_reference(session)
    slugs = store.taken_slugs(session)
    todo: list[tuple[Desired, int, Document]] = []
    for desired in parsed.desired:
        try:
            found = _place(batch, desired, refs, slugs, loaded, befores)
        except Invalid as problem:
            batch.refuse(desired, problem)
            continue
        todo.append((desired, *found))
    for position, (desired, id_, said) in enumerate(todo, start=1):
        _write(batch, desired, loaded[id_], befores[id_], said, refs)
        if progress:
            progress(position, len(todo))
    hierarchy.refuse_rings(session)
    reindex(session)
    return batch.finish()


def _place(
    batch: Batch, desired: Desired, refs: dict[str, int], slugs: set[str],
    loaded: dict[int, Organisation], befores: dict[int, Document | None],
) -> tuple[int, Document]:  # fmt: skip
    """Find the record a row is about, or add it bare, so that others can point at it."""
    if desired.ref in refs:
        return refs[desired.ref], desired.fields
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
    return organisation.id, desired.fields


def _free_slug(desired: Desired, taken: set[str]) -> str:
    plain = str(desired.fields.get("slug") or slugify(str(desired.fields.get("name") or "")))
    if plain not in taken:
        return plain
    return f"{plain}-{slugify(desired.ref.split(':')[-1])}"


def _write(
    batch: Batch, desired: Desired, organisation: Organisation, before: Document | None,
    wanted: Document, refs: dict[str, int],
) -> None:  # fmt: skip
    if before is None:
        current: Document = {
            **EMPTY, "slug": organisation.slug, "name": organisation.name,
        }  # fmt: skip
        after, said = clean_organisation({**current, **wanted, "slug": organisation.slug}), wanted
        store.save(batch.session, organisation, None, after, refs, batch.act, "imported")
        batch.outcome.created += 1
    else:
        wanted = {k: v for k, v in wanted.items() if k != "slug"}  # an import moves no address
        merged, said = batch.take(
            replace(desired, fields=wanted), before, store.THING, organisation.id
        )
        changed = store.save(
            batch.session, organisation, before, clean_organisation(merged), refs, batch.act,
            "imported",
        )  # fmt: skip
        batch.outcome.updated += changed
        batch.outcome.unchanged += not changed
    batch.remember(desired.key, store.THING, organisation.id, said)
