"""Apply parsed past reports: assessments with their owners, whom they are of, and what to check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from portal import search
from portal.assessments.actions.suggesting import suggest
from portal.assessments.rules.pinning import Because, Version, fits
from portal.assessments.rules.report_documents import (
    LONG,
    clean,
    digest,
    parted,
    placed,
    positions,
)
from portal.assessments.rules.report_matching import Candidates
from portal.assessments.store import report_matching, report_pins, report_search
from portal.assessments.store.report_documents import THING, Change, Reports
from portal.assessments.words import CheckState, ServiceMatch
from portal.audit import Act, Document
from portal.catalogue.actions.importing import BATCH, Batch, begin
from portal.catalogue.actions.indexing import refresh
from portal.catalogue.actions.matching import Resolver
from portal.catalogue.rules.cleaners import slugify
from portal.catalogue.rules.importing import Desired, Outcome, Parsed, Progress
from portal.catalogue.store import services
from portal.db import chunks
from portal.errors import Invalid

IMPORTED = "imported"
#: What a file says of a report that is no field of its own.
_ASIDE = ("checks", "repeats", "follows")
#: Addresses of other pages at `/reports/...`.
RESERVED = {"statistics"}

#: Which version of a standard a table of so many points is of (None: no complete table), and why.
Pin = Callable[[int | None], tuple[str | None, str | None]]


def apply(session: Session, parsed: Parsed, act: Act, progress: Progress | None = None) -> Outcome:
    """Create and update reports. Names of organisations are matched or wait in the queue; a report
    is of a service only where that is sure, else it waits for somebody who says so.
    """
    batch, done = begin(session, parsed, act), 0
    resolver = Resolver(session, batch.act)
    batch.outcome.settled = resolver.settle()
    batch.changed[services.THING] |= resolver.moved
    for desired in parsed.desired:
        for name in _owners(desired.fields):
            resolver.resolve(name)
    resolver.keep()
    run = _Run(batch, resolver)
    for some in chunks(parsed.desired, BATCH):
        run.take(some)
        done += len(some)
        if progress:
            progress(done, len(parsed.desired))
    run.link(parsed.desired)
    batch.outcome.waiting = resolver.waiting
    refresh(session, batch.changed)
    for ids in chunks(sorted(batch.changed[THING])):
        search.put(session, report_search.documents(session, ids))
    suggest(session, batch.changed[THING])
    return batch.finish()


def _owners(fields: Document) -> list[str]:
    names = (value for name, value in fields.items() if (parted(name) or (0, ""))[1] == "owners")
    return [name for value in names for name in value]


def _compared(fields: Document) -> Document:
    """Fields as they are compared and remembered."""
    return {name: digest(v) if name in LONG else v for name, v in fields.items()}


def _as_later(found: Document, versions: Mapping[str, Version]) -> Document:
    """With an assessment without a table of its own against the version of the reassessment that
    the same page tells of, where it can have been: it looks again at points that were not met.
    """
    places = {(parted(name) or (0,))[0] for name in found} - {0}
    later = None
    for place in sorted(places, reverse=True):
        name = placed(place, "standard")
        held = found.get(placed(place, "held_on"))
        day = date.fromisoformat(held) if held else None
        open_ = name in found and found[name] is None
        if later and open_ and fits(versions[later], day, str(found.get("body", ""))):
            found[name] = later
            found[placed(place, "pinned_because")] = Because.REASSESSMENT.value
        later = found.get(name) or later
    return found


class _Run:
    """Takes reports in, some at a time."""

    def __init__(self, batch: Batch, resolver: Resolver) -> None:
        """Look up once what reports may refer to."""
        session = batch.session
        self._batch, self._resolver = batch, resolver
        self._reports = Reports(session)
        self._known: Candidates = report_matching.candidates(session)
        self._taken = report_matching.taken_slugs(session) | RESERVED
        self._ids = {key: known.thing_id for key, known in batch.memory.items()}
        self._pin: Pin = report_pins.pins(session)
        self._versions = report_pins.versions(session)

    def take(self, some: list[Desired]) -> None:
        """Compare reports with what is known of them, and write what is new."""
        batch = self._batch
        batch.recall(some)
        there = report_matching.ids_by_key(batch.session, [d.ref for d in some])
        self._ids = {**there, **self._ids}
        ids = {self._ids[d.key] for d in some if d.key in self._ids}
        now = self._reports.documents(ids)
        accepted: list[tuple[Desired, Document, Change]] = []
        for desired in some:
            id_ = self._ids.get(desired.key)
            try:
                accepted.append(self._change(desired, id_, now.get(id_ or 0)))
            except Invalid as problem:
                batch.refuse(desired, problem)
        changes = [change for *_, change in accepted if change.before != change.after]
        written = iter(self._reports.write(changes, batch.act, IMPORTED))
        for desired, said, change in accepted:
            differs = change.before != change.after
            id_ = next(written) if differs else change.id
            assert id_ is not None  # noqa: S101  a new one differs from nothing
            self._ids[desired.key] = id_
            batch.remember(desired.key, THING, id_, said)
            batch.outcome.created += change.before is None
            batch.outcome.updated += differs and change.before is not None
            batch.outcome.unchanged += not differs
            if differs:
                batch.changed[THING].add(id_)
        batch.keep()

    def _change(
        self, desired: Desired, id_: int | None, now: Document | None
    ) -> tuple[Desired, Document, Change]:
        """A report, what the file is taken to have said, and what comes of it. Raises Invalid."""
        wanted = self._wanted(desired.fields)
        checks = desired.fields["checks"]
        if now is None:
            slug = self._free_slug(desired.fields["title"])
            draft = {**wanted, "slug": slug, "key": desired.key, "checks": checks}
            return desired, _compared(wanted), Change(None, None, clean(self._matched(draft)))
        row = replace(desired, fields=_compared(wanted))
        merged, said = self._batch.take(row, _compared(now), THING, id_ or 0)
        for name in LONG:
            taken = merged[name] != _compared({name: now[name]})[name]
            merged[name] = wanted[name] if taken else now[name]
        merged["checks"] = _checked(now["checks"], checks)
        return desired, said, Change(id_, now, clean(self._matched(merged)))

    def _wanted(self, fields: Document) -> Document:
        """The fields of the document that a file speaks of, its version of the standard pinned."""
        found: Document = {}
        for name, value in fields.items():
            part = parted(name)
            if part and part[1] == "table":
                version, because = self._pin(value)
                found[placed(part[0], "standard")] = version
                found[placed(part[0], "pinned_because")] = because
            elif name not in _ASIDE:
                found[name] = value
        return _as_later(found, self._versions)

    def _matched(self, draft: Document) -> Document:
        """With the organisations that its owners' names mean, and the service that it surely is
        of, where no person has said.
        """
        found = dict(draft)
        for position in positions(draft):
            names = draft[placed(position, "owners")]
            bodies = [self._resolver.resolve(name) for name in names]
            found[placed(position, "organisations")] = bodies
            if position > 1 and not draft.get(placed(position, "again_of")):
                found[placed(position, "again_of")] = f"{draft['slug']}.{position - 1}"
            state = draft.get(placed(position, "service_match"), ServiceMatch.WAITING.value)
            if state == ServiceMatch.WAITING:
                owners = [self._reports.refs[body] for body in bodies if body]
                name = draft[placed(position, "name")]
                service = self._known.service(name, owners)
                component = None if service else self._known.component(name, owners)
                sure = ServiceMatch.SURE if service or component else ServiceMatch.WAITING
                found[placed(position, "service")] = service
                found[placed(position, "component")] = component
                found[placed(position, "service_match")] = sure.value
        return found

    def _free_slug(self, title: str) -> str:
        plain = slugify(title)
        slug, number = plain, 2
        while slug in self._taken:
            slug, number = f"{plain}-{number}", number + 1
        self._taken.add(slug)
        return slug

    def link(self, every: Iterable[Desired]) -> None:
        """Say which reports repeat or follow others, now that all of them are there."""
        linked = [d for d in every if d.fields["repeats"] or d.fields["follows"]]
        for some in chunks(linked, BATCH):
            keys = {d.fields[name] for d in some for name in ("repeats", "follows")}
            ids = {self._ids[key] for key in (*keys, *(d.key for d in some)) if key in self._ids}
            before = self._reports.documents(ids)
            after = {id_: dict(document) for id_, document in before.items()}
            for desired in some:
                _link(desired, after, self._ids)
            changes = [Change(id_, before[id_], after[id_]) for id_ in sorted(before)]
            changes = [each for each in changes if each.before != each.after]
            written = self._reports.write(changes, self._batch.act, IMPORTED)
            anew = set(written) - self._batch.changed[THING]
            self._batch.outcome.updated += len(anew)
            self._batch.outcome.unchanged -= len(anew)
            self._batch.changed[THING] |= anew


def _link(desired: Desired, after: dict[int, Document], ids: Mapping[str, int]) -> None:
    """Write into documents what a file says of two of them."""
    mine = after.get(ids.get(desired.key, 0))
    first, earlier = (
        after.get(ids.get(desired.fields[name] or "", 0)) for name in ("repeats", "follows")
    )
    if mine is None:
        return
    if first is not None and first is not mine:
        mine["same_as"] = first["slug"]
    if earlier is not None and earlier is not mine:
        earlier["later"] = mine["slug"]
        place = positions(mine)[0]
        if mine[placed(place, "kind")] in ("reassessment", "amber_review"):
            last = positions(earlier)[-1]
            mine[placed(place, "again_of")] = f"{earlier['slug']}.{last}"


def _checked(now: list[Document], wanted: list[Document]) -> list[Document]:
    """What is to be checked: what the file says, and what a person has decided on before."""

    def key(row: Document) -> tuple[str, str]:
        return row["field"], row["reason"]

    said = {key(row): row for row in wanted}
    kept = {
        key(row): row for row in now if key(row) in said or row["state"] != CheckState.OPEN.value
    }
    return [*kept.values(), *(row for each, row in said.items() if each not in kept)]
