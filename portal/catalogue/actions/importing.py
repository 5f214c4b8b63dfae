"""Apply a parsed source in one transaction, preview it, undo it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal import search
from portal.audit import Act, ImportBatch
from portal.catalogue.models.imports import ImportedRecord
from portal.catalogue.rules.documents import Document
from portal.catalogue.rules.importing import Aside, Desired, Outcome, Parsed, Progress, merge
from portal.catalogue.store import (
    capabilities,
    components,
    imports,
    journeys,
    organisations,
    services,
)
from portal.db import Database
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
    """Import in one transaction; a run that changes nothing leaves nothing, not even a batch."""
    outcome: Outcome | None = None
    try:
        with database.writing() as session:
            outcome = apply(session, parsed, act, progress)
            if not (outcome.created or outcome.updated):
                raise _Preview
    except _Preview:
        assert outcome is not None  # noqa: S101
        outcome.batch_id = None
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
        """Keep what the source says of a record now."""
        known = self.memory.get(key)
        if known is None:
            self.session.add(
                ImportedRecord(
                    kind=self.row.kind, key=key, thing=thing, thing_id=thing_id, said=said,
                    batch_id=self.row.id,
                )
            )  # fmt: skip
        elif known.said != said:
            known.said_before, known.said, known.batch_id = known.said, said, self.row.id

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
        merged, conflicts = merge(current, known.said if known else None, desired.fields)
        said = dict(desired.fields)
        for name in conflicts:
            reason = f"The record here says otherwise: {_shown(current.get(name))}"
            value = _shown(desired.fields[name])
            self.outcome.aside.append(
                Aside(desired.file, desired.row, name, value, reason, True, thing, thing_id)
            )
            said.pop(name)
            if known and name in known.said:
                said[name] = known.said[name]
        return merged, said

    def finish(self) -> Outcome:
        """Write the counts and what was set aside; rebuild what is derived."""
        self.row.counts = self.outcome.counts()
        imports.add_set_aside(
            self.session,
            [{"batch_id": self.row.id, **asdict(a)} for a in self.outcome.aside],
        )
        self.session.flush()
        return self.outcome


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def begin(session: Session, parsed: Parsed, act: Act) -> Batch:
    """Start a batch for a parsed source."""
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
    search.rebuild(session, services.THING, services.search_documents(session))
    search.rebuild(session, organisations.THING, organisations.search_documents(session))
    search.rebuild(session, journeys.THING, journeys.search_documents(session))
    search.rebuild(session, components.THING, components.search_documents(session))
    search.rebuild(session, capabilities.THING, capabilities.search_documents(session))
