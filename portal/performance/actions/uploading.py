"""Figures from a file: what they would change, and then all of them at once or none."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.audit import Act
from portal.db import Database
from portal.errors import N_, Invalid, Stale
from portal.performance.actions import answering
from portal.performance.models.data_sets import DataSet
from portal.performance.models.values import DataBatch
from portal.performance.rules import answers
from portal.performance.rules.entries import Entry, Sent, steps_back
from portal.performance.store import data_sets, values
from portal.performance.words import ValueStatus


@dataclass(frozen=True, slots=True)
class Change:
    """A value that a file says, with what stands now: None where nothing does."""

    entry: Entry
    was: Entry | None

    @property
    def same(self) -> bool:
        """Whether it says what stands already."""
        was = self.was
        return was is not None and (was.state, was.number) == (self.entry.state, self.entry.number)

    @property
    def revises(self) -> bool:
        """Whether it changes what is published."""
        return (
            self.was is not None
            and not self.same
            and self.was.status is not ValueStatus.PROVISIONAL
        )

    @property
    def steps_back(self) -> bool:
        """Whether a published number would be provisional again; the same number stays as it is."""
        return not self.same and self.was is not None and steps_back(self.entry.status, self.was)


Known = dict[tuple[date, str, str], Entry]


def plan(session: Session, data_set: DataSet, entries: Collection[Entry]) -> list[Change]:
    """What the values of a file would change."""
    known = _known(session, data_set, {entry.start for entry in entries})
    return [Change(entry, known.get(entry.key)) for entry in entries]


def _known(session: Session, data_set: DataSet, starts: Collection[date]) -> Known:
    keys = {measure.id: measure.key for measure in data_set.measures}
    return {
        (row.start, row.cell, keys[row.measure_id]): Entry(
            row.start, row.cell, keys[row.measure_id], row.state, row.number, row.status
        )
        for row in values.current(session, data_set.id, starts)
    }


def above_whole(
    session: Session, data_set: DataSet, changes: Collection[Change]
) -> list[tuple[date, Invalid]]:
    """Where a part would be above its whole, with the first day of the period."""
    titles = {measure.key: measure.title for measure in data_set.measures}
    said = _known(session, data_set, {change.entry.start for change in changes})
    said |= {change.entry.key: change.entry for change in changes}
    of: dict[date, dict[tuple[str, str], float]] = {}
    for (start, cell, measure), entry in said.items():
        if entry.number is not None:
            of.setdefault(start, {})[cell, measure] = entry.number
    return [
        (start, problem)
        for start in sorted(of)
        for _measure, problem in answers.above_whole(data_set.kind, of[start], titles)
    ]


def mark(changes: Collection[Change]) -> str:
    """Tells whether a file would still change what its preview said."""
    return hashlib.sha256(repr(list(changes)).encode()).hexdigest()[:32]


def keep(
    database: Database, data_set_id: int, entries: Collection[Entry], base: str, sent: Sent,
    act: Act,
) -> DataBatch:  # fmt: skip
    """Keep the values of a file, all of them.

    Args:
        base: `mark` of the preview.
        act: with the reason, where published values change.

    Raises:
        Stale: the file would change something else now.
        Invalid: published values change without a reason or would be provisional again, or a part
            is above its whole.
    """
    with database.writing() as session:
        row = answering.open_set(session, data_set_id)
        changes = plan(session, row, entries)
        if mark(changes) != base:
            raise Stale
        for _start, problem in above_whole(session, row, changes):
            raise problem
        if any(each.revises for each in changes) and not act.reason:
            raise Invalid("why", N_("Enter why published figures change"))
        final = changing(changes)
        return answering.keep_entries(session, data_sets.get(session, row.id), final, sent, act)


def changing(changes: Collection[Change]) -> list[Entry]:
    """The values that are not kept already as the file says them."""
    return [each.entry for each in changes if not each.same or each.was is None or _firmer(each)]


def _firmer(change: Change) -> bool:
    """A value that was provisional, and is said to be final now."""
    was = change.was
    return was is not None and was.status is ValueStatus.PROVISIONAL
