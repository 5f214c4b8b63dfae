"""Bring published volumes in: as two data sets of each service, by quarter and by 12 months.

Neither is worked out from the other. What somebody changed since an import stays, as in records.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Row as Stored
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.audit import Act, record_all
from portal.catalogue.actions import import_services
from portal.catalogue.actions.importing import BATCH, Batch, begin
from portal.catalogue.rules.importing import Aside, Outcome, Parsed, Progress
from portal.catalogue.store.services import THING as SERVICE
from portal.performance.models.data_sets import DataMeasure, DataSet
from portal.performance.models.values import DataBatch
from portal.performance.rules import kinds, small_figures
from portal.performance.rules.entries import Entry, Part, Record, Sent, digest
from portal.performance.rules.published import (
    DEMO,
    Published,
    Row,
    doubted,
    group_of,
    marked,
    records_of,
)
from portal.performance.store import bringing as store
from portal.performance.store import data_sets, figures, hiding, values
from portal.performance.store.bringing import Key
from portal.performance.words import Period, SetKind, Unit, Way

#: Of each period, the end of the address and the title of its data set.
SETS = {
    Period.QUARTER: ("volumes-by-quarter", "Transactions by quarter"),
    Period.YEAR: ("volumes-by-12-months", "Transactions by 12 months"),
}
TYPES = tuple(type_ for type_, _ in SETS.values())
#: Published beside what all volumes have; an average, and in no figure.
DIGITAL_COST = kinds.Measure(
    "digital_unit_cost", "Cost per digital transaction", Unit.POUNDS, summable=False
)


def apply(session: Session, parsed: Parsed, act: Act, progress: Progress | None = None) -> Outcome:
    """Take in services as `import_services` does, and their volumes."""
    batch = begin(session, parsed, act)
    ids = import_services.take(batch, parsed, progress)
    if isinstance(parsed, Published):
        run = _Run(batch, parsed)
        rows = parsed.rows(batch.outcome.aside)
        while some := list(islice(rows, BATCH)):
            run.take((ids[row.desired.key], row) for row in some if row.desired.key in ids)
        batch.outcome.further = {name: run.counts[name] for name in _COUNTED}
        batch.outcome.wrote = any(run.counts[name] for name in _COUNTED[:3])
        batch.outcome.notes += _counted_twice(session, parsed)
    return batch.finish()


_COUNTED = ("data_sets_created", "values_created", "values_revised", "values_unchanged",
            "values_doubted")  # fmt: skip


def _counted_twice(session: Session, parsed: Published) -> list[str]:
    """That the demo's services have volumes of the same source, under names of their own: no rule
    says that a service is another one's by a name that differs, so both count.
    """
    if parsed.kind == DEMO:
        return []
    return [
        f"Import {id_} brought volumes of the demo’s services into {many}"
        f" data set{'' if many == 1 else 's'}. The published files have the same services under"
        f" other names, so totals would count these volumes twice. Take the"
        f" demo’s out, before or after: flask import undo {id_}"
        for id_, many in store.standing(session, DEMO).items()
    ]


class _Place(NamedTuple):
    """A data set that a row speaks of."""

    service_id: int
    period: Period


@dataclass(slots=True)
class _Written:
    """What is to be written to a data set: values, each with the one before it."""

    data_set: DataSet
    rows: list[tuple[Entry, Stored[Any] | None]] = field(default_factory=list)
    now: dict[Key, Entry] = field(default_factory=dict)


class _Run:
    """Takes rows of volumes in, some at a time."""

    def __init__(self, batch: Batch, parsed: Published) -> None:
        self.counts: Counter[str] = Counter()
        self._batch = batch
        self._session = batch.session
        self._act = batch.act
        self._kind = parsed.kind
        self._source = parsed.source or parsed.files[0]
        self._lines: dict[int, int] = {}

    def take(self, rows: Iterable[tuple[int, Row]]) -> None:
        """Compare values with those there, and write what is new."""
        told = {id_: row for id_, row in rows if self._first(id_, row)}
        sets = self._sets(told)
        keys = {m.id: m.key for each in sets.values() for m in each.measures}
        ids = [each.id for each in sets.values()]
        there = store.last_known(self._session, ids, keys)
        others = {
            set_id
            for set_id, cells in there.items()
            if any(row.kind != self._kind for row in cells.values())
        }
        words = store.last_words(self._session, others, self._kind, keys)
        written = []
        for id_, row in told.items():
            mine = {p: sets[_Place(id_, p)] for p in SETS if _Place(id_, p) in sets}
            written += _Compared(self, id_, row, mine, there, words).written()
        self._write([each for each in written if each.rows])
        for each in sets.values():
            self._session.expunge(each)

    def _first(self, id_: int, row: Row) -> bool:
        """Whether no other row of the file was about the service; which one would count?"""
        line = self._lines.setdefault(id_, row.desired.row)
        if line != row.desired.row and row.entries:
            why = f"Line {line} has volumes of the same service already"
            self.aside(row, None, None, why)
        return line == row.desired.row

    def aside(self, row: Row, column: str | None, value: str | None, why: str,
              service_id: int | None = None) -> None:  # fmt: skip
        """Set something aside; as a conflict, where it is about a service."""
        about = (True, SERVICE, service_id) if service_id else (False, None, None)
        file, line = row.desired.file, row.desired.row
        self._batch.outcome.aside.append(Aside(file, line, column, value, why, *about))

    def _sets(self, told: Mapping[int, Row]) -> dict[_Place, DataSet]:
        """The data sets of services that have volumes, those that are new among them."""
        period_of = {type_: period for period, (type_, _) in SETS.items()}
        there = store.volumes_of(self._session, told, TYPES)
        sets = {_Place(each.service_id or 0, period_of[each.type]): each for each in there}
        needed = [_Place(id_, p) for id_, row in told.items() for p in row.entries]
        made = self._made([each for each in needed if each not in sets])
        self.counts["data_sets_created"] += len(made)
        return {**sets, **made}

    def _made(self, places: list[_Place]) -> dict[_Place, DataSet]:
        slugs = store.slugs(self._session, {each.service_id for each in places})
        groups = {each: group_of(slugs[each.service_id]) for each in places}
        made, attempt = dict[_Place, DataSet](), 0
        while groups:
            taken = store.taken(self._session, groups.values(), TYPES)
            taken |= {(each.group, each.type) for each in made.values()}
            for place, group in groups.items():
                if (group, SETS[place.period][0]) not in taken:
                    made[place] = _new(place, group, self._act)
                    taken.add((group, SETS[place.period][0]))
            attempt += 1
            groups = {p: group_of(slugs[p.service_id], attempt) for p in groups if p not in made}
        store.add(self._session, list(made.values()))
        documents = [(each.id, None, data_sets.document(each)) for each in made.values()]
        record_all(self._session, self._act, "data_set.added", data_sets.THING, documents)
        return made

    def _write(self, written: list[_Written]) -> None:
        session, act = self._session, self._act
        batches = [self._sent(each) for each in written]
        store.add_batches(session, batches)
        over, rows = list[int](), list[dict[str, Any]]()
        for each, batch in zip(written, batches, strict=True):
            measures = {m.key: m.id for m in each.data_set.measures}
            over += [before.id for _, before in each.rows if before is not None]
            rows += [
                values.revision(each.data_set, measures[entry.measure], entry, before, batch.id)
                for entry, before in each.rows
            ]
        found = {each.data_set.id: _records(each) for each in written}
        store.write(session, over, rows, found, act.at)
        self._fold(written)
        told = [
            (b.data_set_id, None, {"salted_digest": b.digest, "way": b.way.value, **b.counts})
            for b in batches
        ]
        record_all(session, act, "data_set.received", data_sets.THING, told)
        for batch in batches:
            session.expunge(batch)

    def _sent(self, each: _Written) -> DataBatch:
        entries = [entry for entry, _ in each.rows]
        starts = [entry.start for entry in entries]
        set_, sent = each.data_set, Sent(Way.IMPORT, self._source, None,
                                         self._batch.row.id)  # fmt: skip
        set_.received_at = self._act.at
        set_.first_start = min(starts + ([set_.first_start] if set_.first_start else []))
        set_.last_start = max(starts + ([set_.last_start] if set_.last_start else []))
        revised = sum(before is not None for _, before in each.rows)
        counts = {
            "records": len(set(starts)), "new": len(entries) - revised, "revised": revised,
            "same": len(each.now) - len(entries),
        }  # fmt: skip
        salt = secrets.token_hex(16)
        return DataBatch(
            data_set_id=set_.id, import_id=sent.import_id, way=sent.way, source=sent.source,
            actor=self._act.actor, at=self._act.at, salt=salt, digest=digest(salt, entries, []),
            counts=counts,
        )  # fmt: skip

    def _fold(self, written: list[_Written]) -> None:
        for period in SETS:
            folded = {
                (each.data_set.service_id or 0, each.data_set.id): small_figures.fold(
                    _parts(each), each.data_set.threshold, self._hidden(each)
                )
                for each in written
                if each.data_set.period is period and each.data_set.published
            }
            figures.put_many(self._session, Kind.SERVICE, period, folded)

    def _hidden(self, each: _Written) -> set[Key]:
        return hiding.hidden_now(self._session, each.data_set, {e.start for e in _changed(each)})


def _new(place: _Place, group: str, act: Act) -> DataSet:
    type_, title = SETS[place.period]
    measures = (*kinds.SORTS[SetKind.VOLUMES].measures, *_further(place.period))
    return DataSet(
        group=group, type=type_, title=title, service_id=place.service_id, kind=SetKind.VOLUMES,
        period=place.period, open_schema=False, published=True, raw_queries=True, realtime=False,
        queryable=True, auto_ids=[], threshold=0, definition=1, version=1, edited_at=act.at,
        dimensions=[],
        measures=[
            DataMeasure(position=position, key=each.key, title=each.title, unit=each.unit,
                        summable=each.summable)
            for position, each in enumerate(measures)
        ],
    )  # fmt: skip


def _further(period: Period) -> tuple[kinds.Measure, ...]:
    return (DIGITAL_COST,) if period is Period.YEAR else ()


def _changed(each: _Written) -> Iterator[Entry]:
    """What is known now of the periods that something is written of."""
    starts = {entry.start for entry, _ in each.rows}
    return (entry for entry in each.now.values() if entry.start in starts)


def _records(each: _Written) -> list[Record]:
    assert each.data_set.period is not None  # noqa: S101
    return records_of(each.data_set.period, _changed(each))


def _parts(each: _Written) -> list[Part]:
    return [
        (figure, weight, entry, each.data_set.definition)
        for entry in _changed(each)
        for figure, weight in kinds.figures_of(SetKind.VOLUMES, entry.cell, entry.measure)
    ]


class _Compared:
    """A row beside what is known of its service."""

    def __init__(
        self, run: _Run, id_: int, row: Row, sets: Mapping[Period, DataSet],
        there: Mapping[int, Mapping[Key, Stored[Any]]],
        words: Mapping[tuple[int, Key], store.Word],
    ) -> None:  # fmt: skip
        self._run, self._id, self._row, self._sets = run, id_, row, sets
        self._there = {period: there.get(each.id, {}) for period, each in sets.items()}
        self._words = words

    def written(self) -> list[_Written]:
        """What is to be written to the data sets of the service."""
        now = {
            period: {key: _entry(key, known) for key, known in cells.items() if known.current}
            for period, cells in self._there.items()
        }
        for period, entries in self._row.entries.items():
            for entry in entries:
                if self._counts(period, entry):
                    now[period][entry.key] = entry
        return self._marked(now)

    def _marked(self, now: dict[Period, dict[Key, Entry]]) -> list[_Written]:
        """The values that are new, or of which something else is strange now. Those that came in
        another way are as they were sent.
        """
        doubts, made = doubted(now), []
        for period, cells in now.items():
            each = _Written(self._sets[period])
            for key, entry in cells.items():
                known = self._there[period].get(key)
                if known is None or known.kind is not None or self._differs(known, entry):
                    each.now[key] = marked(entry, doubts.get((period, *key)))
                else:
                    each.now[key] = entry
                self._add(each, each.now[key], known)
            made.append(each)
        return made

    def _add(self, each: _Written, entry: Entry, known: Stored[Any] | None) -> None:
        counts = self._run.counts
        if known is not None and not self._differs(known, entry) and known.doubt is entry.doubt:
            counts["values_unchanged"] += entry.key in self._said(each.data_set.period)
        else:
            each.rows.append((entry, known))
            counts["values_created" if known is None else "values_revised"] += 1
        counts["values_doubted"] += entry.doubt is not None

    def _said(self, period: Period | None) -> set[Key]:
        return {entry.key for entry in self._row.entries.get(period or Period.DAY, [])}

    @staticmethod
    def _differs(known: Stored[Any], entry: Entry) -> bool:
        return (known.state, known.number) != (entry.state, entry.number)

    def _counts(self, period: Period, entry: Entry) -> bool:
        """Whether the file's word takes its place; where somebody else has said something since,
        it does not, and a new word is a conflict.
        """
        known = self._there[period].get(entry.key)
        if known is None or known.kind == self._run._kind:
            return True
        if not self._differs(known, entry):
            return False
        last = self._words.get((self._sets[period].id, entry.key))
        if last is None or last != (entry.state, entry.number):
            here = known.state.value if known.number is None else f"{known.number:,.10g}"
            value = entry.state.value if entry.number is None else f"{entry.number:,.10g}"
            column = f"{entry.measure}, {period.value} from {entry.start}"
            why = f"The record here says otherwise: {here}"
            self._run.aside(self._row, column, value, why, self._id)
        return False


def _entry(key: Key, known: Stored[Any]) -> Entry:
    start, cell, measure = key
    made = Entry(start, cell, measure, known.state, known.number, known.status, known.doubt)
    return replace(made, note=known.note)
