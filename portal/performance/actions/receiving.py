"""What programs send to a data set: records to keep, to change and to delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from portal.audit import Act
from portal.errors import N_, Missing
from portal.performance.actions import keeping
from portal.performance.models.data_sets import DataSet
from portal.performance.models.values import DataBatch
from portal.performance.rules import meanings, personal_records, schema_checks
from portal.performance.rules import records as rules
from portal.performance.rules.entries import Gone, Record, Sent, SteppedBack
from portal.performance.rules.records import Asked, Together, WrongRecords, said_of
from portal.performance.store import data_sets, records


class Reopened(WrongRecords):
    """Records say that published figures are provisional: `numbers` are their places, from 0."""

    def __init__(self, numbers: Sequence[int], many: int) -> None:
        """Name each of them among `many`."""
        message = "status cannot be provisional again: the figures are published"
        super().__init__([said_of(number, many, message) for number in numbers])
        self.numbers = numbers


def receive(
    session: Session, data_set: DataSet, rows: Sequence[object], sent: Sent, act: Act
) -> DataBatch | None:
    """Keep a batch of records, all or none, in the caller's transaction; None for an empty one.

    Args:
        session: one that writes.
        data_set: with its schema.
        rows: as they were sent; each in the place of one with its id.
        sent: how they came in.
        act: who sent them.

    Raises:
        WrongRecords: with everything that is wrong with them.
    """
    if not rows:
        return None
    together = Together(rows)
    wrong = personal_records.wrong(rows, together)
    if wrong:
        raise WrongRecords(wrong)
    return _keep(session, data_set, rows, records.asked_of(data_set), sent, act, together)


def _keep(
    session: Session, data_set: DataSet, rows: Sequence[object], asked: Asked, sent: Sent, act: Act,
    together: Together | None = None,
) -> DataBatch:  # fmt: skip
    says = schema_checks.says(rows, asked, together)
    if not asked.means_values:
        kept = rules.kept(rows, asked, says, together)
        return keeping.keep(session, data_set.id, [], kept, sent, act)
    reads = rules.read(rows, asked, says, together)
    wrong = meanings.untimely(reads, act.day)
    if wrong:
        raise WrongRecords(wrong)
    data_sets.locked(session, data_set.id)
    there = records.ids_at(session, data_set.id, {each.day for each in reads})
    made = {each.record_id: each for each in meanings.records(reads, asked, there)}
    left = _left(session, data_set.id, made)
    entries = [
        meanings.on_day(entry, asked, act.day)
        for each in made.values()
        for entry in meanings.entries(each, asked)
    ]
    try:
        return keeping.keep(session, data_set.id, entries, list(made.values()), sent, act, left)
    except SteppedBack as problem:
        places = {(start, cell) for start, cell, _ in problem.keys}
        raise Reopened(
            [n for n, each in enumerate(reads) if meanings.place(each, asked) in places], len(reads)
        ) from None


def _left(session: Session, data_set_id: int, made: dict[str, Record]) -> Gone:
    """The cells that a record was for before, and that have none any more."""
    before = records.places_of(session, data_set_id, list(made))
    now = {(each.at.date(), each.cell) for each in made.values() if each.at}
    return Gone(places=[place for place in before.values() if place not in now])


def change(
    session: Session, data_set: DataSet, record_id: str, fields: object, sent: Sent, act: Act
) -> DataBatch:
    """Change the fields of a record that are named; the others stay.

    Raises:
        Missing: there is no record with the id.
        WrongRecords: with everything that is wrong with the fields, or with the record they make.
    """
    data_sets.locked(session, data_set.id)
    before = records.get(session, data_set.id, record_id)
    if before is None:
        raise Missing(N_("There is no such record"))
    (new,) = rules.objects([fields])
    wrong = personal_records.wrong([new])
    if rules.ID in new and new[rules.ID] != record_id:
        wrong.append("_id cannot be changed")
    if wrong:
        raise WrongRecords(wrong)
    # The id stays, whatever it was made from.
    asked = replace(records.asked_of(data_set), auto_ids=())
    row = {**before.body, **new}
    return _keep(session, data_set, [row], asked, sent, act)


def delete(session: Session, data_set: DataSet, record_id: str, sent: Sent, act: Act) -> DataBatch:
    """Delete a record; the values that it meant are not provided any more. Where it was the only
    one of its period, the period is as though it had never come.

    Raises:
        Missing: there is no record with the id.
    """
    data_sets.locked(session, data_set.id)
    if records.get(session, data_set.id, record_id) is None:
        raise Missing(N_("There is no such record"))
    return _forget(session, data_set, [record_id], sent, act)


def empty(session: Session, data_set: DataSet, sent: Sent, act: Act) -> DataBatch:
    """Delete all records of a data set; their values stay as revisions."""
    data_sets.locked(session, data_set.id)
    return _forget(session, data_set, records.ids_of(session, data_set.id), sent, act)


def _forget(session: Session, data_set: DataSet, ids: list[str], sent: Sent, act: Act) -> DataBatch:
    asked = records.asked_of(data_set)
    places = records.places_of(session, data_set.id, ids) if asked.means_values else {}
    return keeping.keep(session, data_set.id, [], [], sent, act, Gone(ids, list(places.values())))
