"""Apply what providers publish of the use of their components: figures by day, lists of users."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from portal.audit import Act, Document
from portal.catalogue.actions.importing import BATCH, Batch, begin
from portal.catalogue.actions.indexing import refresh
from portal.catalogue.actions.matching import Resolver
from portal.catalogue.component_words import RosterSort
from portal.catalogue.rules.importing import Desired, Outcome, Parsed, Progress
from portal.catalogue.rules.rosters import Services
from portal.catalogue.store import (
    adoption,
    components,
    organisations,
    roster_services,
    rosters,
    services,
)
from portal.catalogue.words import MatchAbout
from portal.db import chunks
from portal.errors import Missing

IMPORTED = "imported"


def _component(session: Session, slug: str) -> int:
    """The id of the component that a file is about. Raises Missing."""
    ids = components.ids_by_slug(session)
    if slug not in ids:
        raise Missing(f"There is no component {slug}; give its address part, like govuk-pay")
    return ids[slug]


def apply_adoption(
    session: Session, parsed: Parsed, act: Act, progress: Progress | None = None
) -> Outcome:
    """Take in figures by day. What a file does not say of a day stays as it is."""
    batch, done = begin(session, parsed, act), 0
    for slug in dict.fromkeys(each.fields["component"] for each in parsed.desired):
        id_ = _component(session, slug)
        mine = [each for each in parsed.desired if each.fields["component"] == slug]
        for some in chunks(mine, BATCH):
            _adopt(batch, id_, some)
            done += len(some)
            if progress:
                progress(done, len(parsed.desired))
    return batch.finish()


def _adopt(batch: Batch, component_id: int, some: list[Desired]) -> None:
    there = adoption.documents(batch.session, component_id, [d.fields["day"] for d in some])
    changed: list[adoption.Change] = []
    for desired in some:
        wanted = desired.fields
        id_, before = there.get(wanted["day"], (None, None))
        known = before or {"source": None, "figures": {}}
        figures = {**known["figures"], **wanted["figures"]}
        after = {
            **wanted,
            "source": wanted["source"] or known["source"],
            "figures": dict(sorted(figures.items())),
        }
        if after == before:
            batch.outcome.unchanged += 1
            continue
        changed.append((id_, before, after))
        batch.outcome.created += before is None
        batch.outcome.updated += before is not None
    adoption.save(batch.session, component_id, changed, batch.act, IMPORTED)


def apply_rosters(
    session: Session, parsed: Parsed, act: Act, progress: Progress | None = None
) -> Outcome:
    """Take in lists of users: each is the whole list of its day. Names of organisations are
    matched or wait in the queue; a row means a service only where that is sure.
    """
    batch = begin(session, parsed, act)
    resolver = Resolver(session, batch.act, MatchAbout.ROSTER)
    batch.outcome.settled = resolver.settle()
    batch.changed[services.THING] |= resolver.moved
    meant = _Meaning(session, resolver, parsed)
    for done, desired in enumerate(parsed.desired, start=1):
        _take(batch, desired, meant)
        if progress:
            progress(done, len(parsed.desired))
    batch.outcome.waiting = resolver.waiting
    refresh(session, batch.changed)
    return batch.finish()


@dataclass(slots=True)
class _Meaning:
    """What the names on lists mean, looked up once."""

    session: Session
    resolver: Resolver
    parsed: Parsed
    ids: dict[str, int] = field(init=False)
    _refs: dict[str, int] = field(init=False)
    _known: Services | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        rows: Iterable[Document] = (row for d in self.parsed.desired for row in d.fields["rows"])
        for name in dict.fromkeys(row["organisation"] for row in rows):
            if name:
                self.resolver.resolve(name)
        self.resolver.keep()
        self.ids = services.ids_by_slug(self.session)
        self._refs = organisations.ids_by_reference(self.session)
        if any("service" in row for d in self.parsed.desired for row in d.fields["rows"]):
            self._known = roster_services.known(self.session)

    def service(self, row: Document) -> str | None:
        """The slug of the service that a row means, if that is sure."""
        assert self._known is not None  # noqa: S101
        name = row["organisation"]
        reference = self.resolver.resolve(name) if name else None
        body = self._refs[reference] if reference else None
        return self._known.meant(row["service"], bool(name), body)


def _take(batch: Batch, desired: Desired, meaning: _Meaning) -> None:
    wanted, session = desired.fields, batch.session
    component_id = _component(session, wanted["component"])
    there = rosters.documents(session, component_id, [wanted["taken_on"]])
    id_, before = there.get((wanted["taken_on"], wanted["sort"]), (None, None))
    rows = wanted["rows"]
    if wanted["sort"] == RosterSort.PER_SERVICE:
        # A row that was once matched stays so: nobody said that it means something else.
        known = before["rows"] if before else []
        old = {(row["organisation"], row["service"]): row["means"] for row in known}
        rows = [
            {**row, "means": meaning.service(row) or old.get((row["organisation"], row["service"]))}
            for row in rows
        ]
    source = wanted["source"] or (before or {}).get("source")
    after = {**wanted, "source": source, "rows": rows}
    if after == before:
        batch.outcome.unchanged += 1
        return
    rosters.save(session, id_, component_id, before, after, meaning.ids, batch.act, IMPORTED)
    batch.outcome.created += before is None
    batch.outcome.updated += before is not None
