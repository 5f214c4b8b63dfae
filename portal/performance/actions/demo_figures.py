"""Data sets of a set of documents, with figures of the periods that ended last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from portal.access import Kind
from portal.accounts.store import things
from portal.audit import Act, Document
from portal.db import Database
from portal.fetching import read
from portal.performance.actions import answering, collected_hosts, collections, data_sets, tokens
from portal.performance.actions.data_sets import Kept, Wanted
from portal.performance.rules import kinds, periods, schemas
from portal.performance.rules.entries import Entry, Sent
from portal.performance.store import data_sets as store
from portal.performance.words import (
    CollectedFormat,
    Period,
    SetKind,
    ValueState,
    ValueStatus,
    Way,
)

#: Made for each data set and told to nobody: to be seen, replaced and revoked.
LABEL = "Monthly export"


def add_missing(database: Database, rows: Iterable[Document], act: Act) -> int:
    """Add the data sets that are not there yet; how many came.

    Args:
        database: the portal's.
        rows: documents with the service, the sort and period, and the figures by measure and, after
            a colon, cell: of the periods up to `ago` before the one that goes on, the newest last.
            What is no number is a state. `revised` has what some of them were first: by
            measure, how many periods back, and the number. `collection` is where they come from.
        act: who loads the set.
    """
    added = 0
    for row in rows:
        kind, period = SetKind(row["kind"]), Period(row["period"])
        type_ = kinds.SORTS[kind].type
        with database.reading() as session:
            if store.find(session, row["service"], type_) is not None:
                continue
            of = things.by_slug(session, Kind.SERVICE, row["service"])
        kept = Kept(
            row["title"], period, row["due_days"], None, row.get("threshold", 0), True,
            schemas.newest_definition(kind),
        )  # fmt: skip
        schema = schemas.of_sort(kind, period)
        wanted = Wanted(Kind.SERVICE, of.id, row["service"], type_, schema, kept)
        made = data_sets.add(database, wanted, None, act)
        with database.writing() as session:
            data_set = store.locked(session, made)
            tokens.make(session, data_set.id, LABEL, act)
            entries, sent = list(_entries(row, act)), Sent(Way.IMPORT, row["source"])
            # As though each figure had come in its time: what is late since then is overdue.
            data_set.added_on = min(each.start for each in entries)
            before = _as_first(entries, row.get("revised", {}))
            for each in [before, entries] if before != entries else [entries]:
                answering.keep_entries(session, data_set, each, sent, act)
        if "collection" in row:
            _register(database, made, row["collection"], act)
        added += 1
    return added


def _as_first(entries: Sequence[Entry], revised: Mapping[str, Mapping[str, float]]) -> list[Entry]:
    """The same with the numbers that some of them had first."""
    made = list(entries)
    for measure, of in revised.items():
        places = [n for n, each in enumerate(entries) if each.measure == measure]
        for back, number in of.items():
            at = places[int(back)]
            made[at] = replace(made[at], number=float(number))
    return made


def _register(database: Database, data_set_id: int, said: Document, act: Act) -> None:
    """The address that a data set is collected from. Its host waits, unless there is a reason."""
    wanted = collections.Wanted(said["url"], CollectedFormat(said["format"]), Period(said["every"]))
    collections.put(database, data_set_id, 0, wanted, act)
    if "allowed" in said:
        why = replace(act, reason=said["allowed"])
        collected_hosts.decide(database, read(wanted.url).host, True, why)


def _entries(row: Document, act: Act) -> Iterable[Entry]:
    period = Period(row["period"])
    newest = periods.later(period, periods.start_of(period, act.day), -row["ago"])
    for name, figures in row["figures"].items():
        measure, _colon, cell = name.partition(":")
        for back, figure in enumerate(reversed(figures)):
            start = periods.later(period, newest, -back)
            provisional = back == 0 and row.get("provisional", False)
            status = ValueStatus.PROVISIONAL if provisional else ValueStatus.PUBLISHED
            if isinstance(figure, str):
                yield Entry(start, cell, measure, ValueState(figure), None, status)
            else:
                yield Entry(start, cell, measure, ValueState.NUMBER, float(figure), status)
