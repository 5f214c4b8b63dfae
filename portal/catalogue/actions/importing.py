"""Apply a parsed source in one transaction, preview it, undo it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal import search
from portal.audit import Act, ImportBatch
from portal.catalogue.models.imports import ImportedRecord
from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.importing import Aside, Desired, Outcome, Parsed, Progress, merge
from portal.catalogue.store import (
    capabilities,
    components,
    imports,
    journeys,
    organisations,
    service_search,
    services,
)
from portal.db import Database, one_at_a_time
from portal.errors import Invalid

Apply = Callable[[Session, Parsed, Act, Progress | None], Outcome]
SHOWN = 300


class _Preview(Exception):
    """Rolls the transaction of a preview back."""


def preview(
    database: Database, parsed: Parsed, act: Act, apply: Apply, progress: Progress | None = None
) -> Outcome:
    """What an import would do, found out by doing it and rolling it back."""
    outcome: Outcome | None = None
    try:
        with database.writing() as session:
            outcome = apply(session, parsed, act, progress)
            raise _Preview
    except _Preview:
        assert outcome is not None  # noqa: S101
        outcome.batch_id = None
        return outcome


def run(
    database: Database, parsed: Parsed, act: Act, apply: Apply, progress: Progress | None = None
) -> Outcome:
    """Import in one transaction. A run that changes nothing and sets nothing aside that was not
    set aside before leaves nothing, not even a batch.
    """
    outcome: Outcome | None = None
    try:
        with database.writing() as session:
            outcome = apply(session, parsed, act, progress)
            if outcome.batch_id is None:
                raise _Preview
    except _Preview:
        assert outcome is not None  # noqa: S101
    return outcome


@dataclass(slots=True)
class Batch:
    """An import under way: its act, its memory, its outcome."""

    session: Session
    act: Act
    row: ImportBatch
    memory: dict[str, ImportedRecord]
    outcome: Outcome

    def remember(self, key: str, thing: str, thing_id: int, said: Document) -> None:
        """Keep what the source says of a record now, where it is something new."""
        known = self.memory.get(key)
        if known and (known.thing, known.thing_id, known.said) == (thing, thing_id, said):
            return
        self.memory[key] = ImportedRecord(
            kind=self.row.kind, key=key, thing=thing, thing_id=thing_id, said=said,
            batch_id=self.row.id,
        )  # fmt: skip
        self.session.add(self.memory[key])
        # What its owners' names mean may change without a new word of the source.
        words = [{**(row.said if row else {}), "owners": None} for row in (known, self.memory[key])]
        self.outcome.heard += words[0] != words[1]

    def refuse(self, desired: Desired, problem: Invalid) -> None:
        """Set a row aside because its document is not valid."""
        value = desired.fields.get(problem.field.split(".")[0])
        self.outcome.aside.append(
            Aside(desired.file, desired.row, problem.field, _shown(value), problem.message)
        )

    def take(
        self, desired: Desired, current: Document, thing: str, thing_id: int
    ) -> tuple[Document, Document]:
        """Merge a row into a record: (its new document, what the source is taken to have said).

        A field in conflict is reported, and keeps its old memory so that it is reported again.
        """
        known = self.memory.get(desired.key)
        merged = merge(current, known.said if known else None, desired.fields)
        for conflict in merged.conflicts:
            reason = f"The record here says otherwise: {_shown(conflict.here)}"
            if conflict.here in (None, "", []):
                reason = "The record here has nothing"
            self.outcome.aside.append(
                Aside(desired.file, desired.row, conflict.field, _shown(conflict.wanted), reason,
                      True, thing, thing_id)
            )  # fmt: skip
        return merged.document, merged.said

    def finish(self) -> Outcome:
        """Write the counts and what was set aside. Where nothing changed and nothing was set
        aside that the last import of these files did not, the outcome has no batch: it is to be
        rolled back.
        """
        found = self.outcome
        last = imports.last_of(self.session, self.row.kind, self.row.files, self.row.id)
        known = imports.reasons(self.session, last.id) if last else set()
        rows = [asdict(a) for a in found.aside]
        if not found.changed and {imports.reason_of(row) for row in rows} <= known:
            found.batch_id, found.waiting = None, 0
        self.row.counts = found.counts()
        imports.add_set_aside(self.session, [{"batch_id": self.row.id, **row} for row in rows])
        self.session.flush()
        return found


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def begin(session: Session, parsed: Parsed, act: Act) -> Batch:
    """Start a batch for a parsed source, once no other import is under way."""
    one_at_a_time(session)
    row = ImportBatch(
        kind=parsed.kind, files=parsed.files, actor=act.actor, applied_at=act.at, counts={}
    )
    session.add(row)
    session.flush()
    outcome = Outcome(parsed.kind, parsed.read, aside=list(parsed.aside), batch_id=row.id)
    memory = imports.remembered(session, parsed.kind)
    return Batch(session, act.in_batch(row.id), row, memory, outcome)


def reindex(session: Session) -> None:
    """Rebuild the search of every kind of record from the tables."""
    search.rebuild(session, services.THING, service_search.search_documents(session))
    search.rebuild(session, organisations.THING, organisations.search_documents(session))
    search.rebuild(session, journeys.THING, journeys.search_documents(session))
    search.rebuild(session, components.THING, components.search_documents(session))
    search.rebuild(session, capabilities.THING, capabilities.search_documents(session))
