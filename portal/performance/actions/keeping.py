"""Keep what was sent to a data set: all of it or nothing, with one event in the history."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from portal.audit import Act, record
from portal.performance.models.data_sets import DataSet
from portal.performance.models.values import DataBatch
from portal.performance.rules.entries import Entry, Record, Sent, digest
from portal.performance.store import data_sets, folding, values
from portal.performance.store import records as records_store
from portal.performance.words import Way


def keep(
    session: Session,
    data_set_id: int,
    entries: Collection[Entry],
    records: Collection[Record],
    sent: Sent,
    act: Act,
    gone: Collection[str] = (),
) -> DataBatch:
    """Keep values, and the records that reads give back, in the caller's transaction.

    Args:
        session: one that writes.
        data_set_id: of the data set; the next one who writes to it waits.
        entries: values that its schema allows; none where the schema is open.
        records: the records, with their ids.
        sent: how they came in.
        act: who sent them.
        gone: the ids of records to delete first; `entries` say what becomes of their values.

    Returns:
        The batch. `counts` says how many `records` there are and how many are `removed`, and how
        many values are `new`, `revised` or `same` as before.
    """
    data_set = data_sets.locked(session, data_set_id)
    batch = values.add_batch(session, data_set, sent, digest(entries, records, gone), act)
    removed = records_store.remove(session, data_set.id, gone)
    many = records_store.put(session, data_set.id, records, act.at)
    kept = values.put_values(session, data_set, entries, batch.id)
    batch.counts = {
        "records": many, "removed": removed,
        "new": kept.new, "revised": kept.revised, "same": kept.same,
    }  # fmt: skip
    folding.refold(session, data_set, kept.starts)
    _extend(data_set, [entry.start for entry in entries], act)
    after = {"digest": batch.digest, "way": sent.way.value, **batch.counts}
    if sent.way is Way.COLLECTED:
        after["collected_from"] = sent.source
    record(session, act, "data_set.received", data_sets.THING, data_set.id, None, after)
    return batch


def _extend(data_set: DataSet, starts: list[date], act: Act) -> None:
    data_set.received_at = act.at
    if starts:
        first, last = min(starts), max(starts)
        data_set.first_start = min(first, data_set.first_start or first)
        data_set.last_start = max(last, data_set.last_start or last)
    data_sets.set_due(data_set, act.day)
