"""Keep what was sent to a data set: all of it or nothing, with one event in the history."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from sqlalchemy.orm import Session

from portal.audit import Act, record
from portal.performance.models.data_sets import DataSet
from portal.performance.models.values import DataBatch
from portal.performance.rules import meanings
from portal.performance.rules.entries import (
    Entry,
    Gone,
    Record,
    Sent,
    SteppedBack,
    digest,
    steps_back,
)
from portal.performance.store import data_sets, folding, values
from portal.performance.store import records as records_store
from portal.performance.words import ValueStatus, Way


def keep(
    session: Session,
    data_set_id: int,
    entries: Collection[Entry],
    records: Collection[Record],
    sent: Sent,
    act: Act,
    gone: Gone = Gone(),  # noqa: B008  holds nothing that changes
) -> DataBatch:
    """Keep values, and the records that reads give back, in the caller's transaction.

    Args:
        session: one that writes.
        data_set_id: of the data set; the next one who writes to it waits.
        entries: values that its schema allows; none where the schema is open.
        records: the records, with their ids.
        sent: how they came in.
        act: who sent them.
        gone: the records to delete first, and the cells that have none any more. The values of
            these are not provided; a period of which no record is left has none at all, as though
            nothing had come, but for its revisions.

    Returns:
        The batch. `counts` says how many `records` there are and how many are `removed`, and how
        many values are `new`, `revised` or `same` as before; `withdrawn` are those of periods of
        which nothing is left.

    Raises:
        SteppedBack: a published number would be provisional again.
    """
    data_set = data_sets.locked(session, data_set_id)
    _refuse_steps_back(session, data_set, entries)
    salt = secrets.token_hex(16)
    said = digest(salt, entries, records, gone.ids)
    batch = values.add_batch(session, data_set, sent, salt, said, act)
    removed = records_store.remove(session, data_set.id, gone.ids)
    many = records_store.put(session, data_set.id, records, act.at)
    empty = records_store.without_any(session, data_set.id, {start for start, _ in gone.places})
    emptied = meanings.emptied(gone.places, empty, [m.key for m in data_set.measures])
    kept = values.put_values(session, data_set, [*emptied, *entries], batch.id)
    batch.counts = {
        "records": many, "removed": removed,
        "new": kept.new, "revised": kept.revised, "same": kept.same,
    }  # fmt: skip
    folding.refold(session, data_set, kept.starts)
    if empty:
        batch.counts["withdrawn"] = values.withdraw(session, data_set, empty, batch.id)
        folding.unfold(session, data_set, empty)
    _extend(session, data_set, entries, records, act, bool(empty))
    after = {"salted_digest": batch.digest, "way": sent.way.value, **batch.counts}
    if sent.way is Way.COLLECTED:
        after["collected_from"] = sent.source
    record(session, act, "data_set.received", data_sets.THING, data_set.id, None, after)
    return batch


def _refuse_steps_back(session: Session, data_set: DataSet, entries: Collection[Entry]) -> None:
    asked = {each.key: each for each in entries if each.status is ValueStatus.PROVISIONAL}
    if not asked:
        return
    keys = {measure.id: measure.key for measure in data_set.measures}
    back = {
        key
        for row in values.current(session, data_set.id, {start for start, _, _ in asked})
        if (key := (row.start, row.cell, keys[row.measure_id])) in asked
        and steps_back(asked[key].status, row)
    }
    if back:
        raise SteppedBack(back)


def _extend(
    session: Session, data_set: DataSet, entries: Collection[Entry], records: Collection[Record],
    act: Act, emptied: bool,
) -> None:  # fmt: skip
    """Say of which periods there are values, when something came last, and what is due next."""
    starts = [entry.start for entry in entries]
    if emptied:
        data_set.first_start, data_set.last_start = values.span(session, data_set.id)
    elif starts:
        first, last = min(starts), max(starts)
        data_set.first_start = min(first, data_set.first_start or first)
        data_set.last_start = max(last, data_set.last_start or last)
    if entries or records:
        data_set.received_at = act.at
    else:
        data_set.received_at = records_store.last_put(session, data_set.id)
    data_sets.set_due(data_set, act.day)
