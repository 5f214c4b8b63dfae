"""Apply a parsed source in one transaction, preview it, undo it."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from portal.audit import Act, ImportBatch
from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.importing import Aside, Desired, Outcome, Parsed, Progress, merge
from portal.catalogue.store import imports
from portal.catalogue.store.imports import Remembered
from portal.db import Database, one_at_a_time
from portal.errors import Invalid

Apply = Callable[[Session, Parsed, Act, Progress | None], Outcome]
SHOWN = 300
#: So many records are read, compared and written at a time.
BATCH = 500


class _Preview(Exception):
    """Rolls the transaction of a preview back."""


def preview(
    database: Database, parsed: Parsed, act: Act, apply: Apply, progress: Progress | None = None
) -> Outcome:
    """What an import would do, found out by doing it and rolling it back."""
    outcome: Outcome | None = None
    try:
        with seldom_collecting(), database.writing() as session:
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
        with seldom_collecting(), database.writing() as session:
            outcome = apply(session, parsed, act, progress)
            if outcome.batch_id is None:
                raise _Preview
    except _Preview:
        assert outcome is not None  # noqa: S101
    return outcome


@contextmanager
def seldom_collecting(each: int = 50_000) -> Iterator[None]:
    """Look for cycles seldom: a batch makes many objects and hardly a cycle, and the usual pace
    takes a sixth of the time.

    Args:
        each: so many new objects are waited for.
    """
    usual = gc.get_threshold()
    gc.set_threshold(each, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@dataclass(slots=True)
class Batch:
    """An import under way: its act, its memory, its outcome.

    Attributes:
        memory: which records the source's keys stand for.
        said: what the source last said, by its key; only of the rows that were last recalled.
        changed: the ids of the records that are to be indexed again, by kind.
    """

    session: Session
    act: Act
    row: ImportBatch
    memory: dict[str, Remembered]
    outcome: Outcome
    said: dict[str, Document] = field(default_factory=dict)
    changed: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _words: list[Document] = field(default_factory=list)

    def recall(self, rows: Iterable[Desired]) -> None:
        """Look up what the source last said of these records, in place of those before."""
        known = {d.key: self.memory[d.key].word_id for d in rows if d.key in self.memory}
        words = imports.words(self.session, known.values())
        self.said = {key: words[word_id] for key, word_id in known.items()}

    def remember(self, key: str, thing: str, thing_id: int, said: Document) -> None:
        """Keep what the source says of a recalled record now, where it is something new; `keep`
        writes it.
        """
        known, last = self.memory.get(key), self.said.get(key)
        if known and (known.thing, known.thing_id, last) == (thing, thing_id, said):
            return
        self._words.append(
            {"kind": self.row.kind, "key": key, "thing": thing, "thing_id": thing_id,
             "said": said, "batch_id": self.row.id}
        )  # fmt: skip
        # What its owners' names mean may change without a new word of the source.
        words = [{**(word or {}), "owners": None} for word in (last, said)]
        self.outcome.heard += words[0] != words[1]

    def keep(self) -> None:
        """Write what is to be remembered."""
        imports.remember(self.session, self._words)
        self._words.clear()

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
        merged = merge(current, self.said.get(desired.key), desired.fields)
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
