"""Every table that points at a service or an organisation says what happens to it in a merge."""

from __future__ import annotations

import pytest

import portal.accounts.models
import portal.assessments.models
import portal.catalogue.models
import portal.performance.models  # noqa: F401  (loads every table)
from portal.assessments.actions import moving
from portal.catalogue.actions import mentions, merging
from portal.catalogue.store import movers, organisations, services
from portal.catalogue.words import RecordKind
from portal.db import Base, table_of
from portal.performance.store import moves as performance_moves

moving.install()
performance_moves.install()
assert mentions.CHECK, "its mover is registered"
#: Part of the record's own document, which a merge unites.
OWN = {
    RecordKind.SERVICE: {table_of(column.class_).name for column in services.LISTS.values()}
    | {"service_relation"},
    RecordKind.ORGANISATION: {
        table_of(column.class_).name for column in organisations.LISTS.values()
    },
}


#: Tells of what was, and so still of the record that went.
PAST = {"history_event", "import_set_aside", "merged_record", "transfer_item"}


def pointing(kind: RecordKind) -> set[str]:
    """The tables with a foreign key to the records of a kind, or with the id of any thing."""
    of_any = {table.name for table in Base.metadata.sorted_tables if "thing_id" in table.c}
    return (of_any - PAST) | {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == kind.value
    }


@pytest.mark.parametrize("kind", list(RecordKind))
def test_each_table_has_a_mover(kind: RecordKind) -> None:
    assert merging.TAGS[kind], "the movers of the catalogue are registered"
    assert pointing(kind) - OWN[kind] - movers.tables(kind) == set()
    assert movers.tables(kind) <= pointing(kind), "a mover names a table that is not there"


def test_a_table_without_a_mover_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = RecordKind.SERVICE
    fewer = {name: each for name, each in movers._MOVERS[kind].items() if name != "usages"}
    monkeypatch.setitem(movers._MOVERS, kind, fewer)
    assert pointing(kind) - OWN[kind] - movers.tables(kind) == {"usage"}
