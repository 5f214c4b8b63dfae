"""Take back what an import brought to data sets. What somebody revised since stays."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.audit import Act, record_all
from portal.catalogue.store import taken_back
from portal.db import chunks
from portal.errors import Clash
from portal.performance.models.data_sets import DataSet
from portal.performance.rules.entries import Entry
from portal.performance.rules.published import records_of
from portal.performance.store import bringing, data_sets, figures, folding
from portal.performance.store import taking_back as store

SHOWN = 20
GO_ON = (
    "Notes can be removed on their page. Where a service has data sets or targets of its own it "
    "stays: bring a corrected file in, which changes what this one said"
)
SOME = 200


def take_back(
    session: Session, import_id: int, service_ids: Collection[int], act: Act, tag: str
) -> dict[str, int]:
    """Take back the values of an import that are as it brought them, and the data sets that it made
    and nobody else uses.

    Args:
        service_ids: of the services that the import made, and that go as well.

    Raises:
        Clash: one of these services has other data.
    """
    taken, gone = 0, 0
    stays = sum(many for _, many in store.changed_since(session, import_id))
    for some in chunks(store.written(session, import_id), SOME):
        many, starts = store.take_values(session, import_id, some)
        taken += many
        gone += _settle(session, import_id, some, starts, act, tag)
    left = store.left_of(session, service_ids)
    if left:
        more = f"; and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
        raise Clash("batch", f"These use what it brought: {'; '.join(left[:SHOWN])}{more}. {GO_ON}")
    if not taken and not gone and not stays:
        return {}
    return {"values_taken_back": taken, "values_that_stay": stays, "data_sets_removed": gone}


def _settle(
    session: Session, import_id: int, ids: list[int], starts: dict[int, set[date]], act: Act,
    tag: str,
) -> int:  # fmt: skip
    """Have records and figures follow the values that are left; how many data sets go."""
    sets = {each.id: each for each in store.load(session, ids)}
    keys = {m.id: m.key for each in sets.values() for m in each.measures}
    left = bringing.last_known(session, ids, keys)
    store.drop_records(session, starts)
    bringing.put_records(session, {
        id_: records_of(period, _entries(left.get(id_, {}), days))
        for id_, days in starts.items() if (period := sets[id_].period)
    }, act.at)  # fmt: skip
    spans = store.spans(session, ids)
    for id_, each in sets.items():
        each.first_start, each.last_start = spans.get(id_, (None, None))
    figures.drop(session, starts)
    unused = store.unused(session, import_id, ids)
    documents = [(id_, data_sets.document(sets[id_]), None) for id_ in sorted(unused)]
    counts: list[Any] = [
        (id_, None, {"import": import_id, "periods": len(starts[id_])})
        for id_ in starts if id_ not in unused
    ]  # fmt: skip
    record_all(session, act, tag, data_sets.THING, [*documents, *counts])
    session.flush()
    for each in sets.values():
        session.expunge(each)
    store.remove(session, unused)
    _fold(session, sets, unused, starts)
    return len(unused)


def _fold(
    session: Session, sets: dict[int, DataSet], gone: Collection[int],
    starts: dict[int, set[date]],
) -> None:  # fmt: skip
    """What is left counts, and so does what other data sets of the services have."""
    days: dict[int, set[date]] = {}
    for id_, each in sets.items():
        days.setdefault(each.service_id or 0, set()).update(starts.get(id_, ()))
        if id_ not in gone:
            folding.refold(session, each, starts.get(id_, ()))
    for each in bringing.beside(session, list(days), list(sets)):
        folding.refold(session, each, days[each.service_id or 0])


def _entries(left: dict[bringing.Key, Any], starts: set[date]) -> Iterator[Entry]:
    for (start, cell, measure), row in left.items():
        if start in starts and row.current:
            yield Entry(start, cell, measure, row.state, row.number)


def _stays(session: Session, import_id: int) -> Iterator[str]:
    found = store.changed_since(session, import_id)
    if found:
        many = sum(number for _, number in found)
        names = ", ".join(name for name, _ in found[:SHOWN])
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        yield f"Values that were changed since stay: {many} (data sets: {names}{more})."


def install() -> None:
    """Register what the undo of an import does with data sets."""
    taken_back.register(taken_back.Kept(data_sets.THING, take_back, _stays))
