"""What stands at an address, what is wrong with it, and when it is asked again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Invalid
from portal.fetching import Why
from portal.performance.rules import collecting, kinds
from portal.performance.rules.collected_bodies import Rows, Unreadable, rows_of
from portal.performance.rules.collected_faults import faults, without_ids
from portal.performance.rules.collected_words import FAULTS, TROUBLES
from portal.performance.rules.collecting import Standing, again_at, next_at, standing
from portal.performance.rules.records import Asked
from portal.performance.words import (
    CollectedFormat,
    CollectedTrouble,
    Fault,
    HostState,
    Period,
    SetKind,
)

JSON, CSV = CollectedFormat.JSON, CollectedFormat.CSV
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
JULY = "2026-07-01T00:00:00+00:00"


def asked(kind: SetKind = SetKind.VOLUMES, *ids: str, open_schema: bool = False) -> Asked:
    sort = kinds.SORTS[kind]
    period = None if open_schema else Period.MONTH
    return Asked(open_schema, kind, period, ids, sort.dimensions, sort.measures)


@dataclass
class Row:
    paused: bool = False
    failures: int = 0


@given(MOMENTS, st.sampled_from(collecting.EVERY))
def test_the_next_time_is_the_same_time_of_a_later_day(at: datetime, every: Period) -> None:
    after = next_at(every, at)
    days = {Period.DAY: (1, 1), Period.WEEK: (7, 7), Period.MONTH: (28, 31)}[every]
    assert timedelta(days=days[0]) <= after - at <= timedelta(days=days[1])
    assert after.timetz() == at.timetz()
    assert every is not Period.MONTH or (after.month - at.month) % 12 == 1


@given(MOMENTS, st.integers(1, 5000))
def test_waits_grow_up_to_a_day(at: datetime, failures: int) -> None:
    wait, longer = (again_at(many, at) - at for many in (failures, failures + 1))
    assert timedelta(hours=1) <= wait <= longer <= timedelta(days=1)
    assert longer == min(2 * wait, timedelta(days=1))


@pytest.mark.parametrize(
    ("on", "closed", "row", "host", "said"),
    [(False, True, Row(True, 9), HostState.REFUSED, Standing.OFF),
     (True, True, Row(True, 9), HostState.REFUSED, Standing.CLOSED),
     (True, False, Row(True, 9), HostState.REFUSED, Standing.PAUSED),
     (True, False, Row(False, 9), HostState.REFUSED, Standing.REFUSED),
     (True, False, Row(False, 9), HostState.WAITING, Standing.WAITING),
     (True, False, Row(False, 1), HostState.ALLOWED, Standing.FAILING),
     (True, False, Row(False, 0), HostState.ALLOWED, Standing.ON)],
)  # fmt: skip
def test_where_a_collection_stands(
    on: bool, closed: bool, row: Row, host: HostState, said: Standing
) -> None:
    assert standing(on, closed, row, host) is said
    assert said.runs is (said in (Standing.ON, Standing.FAILING))


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("me:x@a.example/", "user name"), ("me@a.example", "user name"),
        ("a.example/?by=jo.b%40c.example", "email"), ("a.example/jo@c.example/x.csv", "email"),
        ("a.example/?a=1&api_key=5", "key"), ("a.example/?X-Amz-Signature=5", "key"),
        ("a.example/x;jsessionid=5", "key"), ("a.example/?subscription-key=5", "key"),
        ("a.example/?pw=x", "key"), ("a.example/eyJhbGciOiJ.eyJzdWIiOiIx.c2ln/x", "as a part"),
        ("a.example/?x=ghp_abcdefghij1234", "as a part"),
        ("a.example/?x=aZ3kQ9mW2xR7tY5uV1nB8cL4dF6gH0jS", "as a part"),
        ("a.example/5d41402abc4b2a76b9719d911017c592/x.csv", "as a part"),
        ("a.example/?code=abcdefghijklmnop", "as a part"), ("a.example/?code=E92000001", None),
        ("a.example/?ni=QQ123456C", "a National Insurance number"),
        ("a.example/?at=SW1A+1AA", "a postcode"), ("a.example/07700%20900123/x", "a phone number"),
        ("a.example/176ae264-2484-4afe-a297-d51798eb8228/Totals_2017q4_2018q1_by_sort.csv", None),
        ("a.example/TransactionsByChannelInEnglandOct2016ToSep2017.csv?from=2016-10-01", None),
        ("a.example/?%74oken=5", "key"), ("a.example/?accessToken=5", "key"),
        ("a.example/?sort_key=day&monkey=1&keys=2", None), ("a.example/@team/x?token", None),
        ("a.example/npm/data@1.2.3/x.csv?of=tokens&author=1", None),
    ],
)  # fmt: skip
def test_an_address_lets_nobody_in(rest: str, why: str | None) -> None:
    if why is None:
        return collecting.check_address(f"https://{rest}")
    with pytest.raises(Invalid, match=why) as found:
        collecting.check_address(f"https://{rest}")
    assert found.value.field == "url"


def test_each_trouble_and_fault_has_words() -> None:
    assert set(TROUBLES) == set(CollectedTrouble) and set(FAULTS) == set(Fault)
    assert {each.value for each in Why} < {each.value for each in CollectedTrouble}


def test_json_is_an_object_or_a_list() -> None:
    assert rows_of(b'{"a": 1}', JSON, asked()) == Rows([{"a": 1}], [1])
    assert rows_of(b'\xef\xbb\xbf[{"a": 1}, 2]', JSON, asked()) == Rows([{"a": 1}, 2], [1, 2])
    assert rows_of(b"[]", JSON, asked()) == Rows([], [])
    for body in (b"", b"<html>", b"{", b"[NaN]", b"\xff", b"[" * 5000):
        with pytest.raises(Unreadable) as said:
            rows_of(body, JSON, asked())
        assert said.value.trouble is CollectedTrouble.NO_JSON


def test_there_is_an_end_to_records() -> None:
    with pytest.raises(Unreadable) as said:
        rows_of(b"[" + b"1," * 50_000 + b"1]", JSON, asked())
    assert said.value.trouble is CollectedTrouble.TOO_MANY


def test_csv_has_numbers_where_the_data_set_has_measures() -> None:
    body = "\ufeffStart, Transactions,digital\r\n2026-07-01,10,4\r\n\r\n01/08/2026,11.5,\r\n"
    found = rows_of(body.encode(), CSV, asked())
    assert found.records == [
        {"_timestamp": JULY, "transactions": 10, "digital": 4},
        {"_timestamp": "2026-08-01T00:00:00+00:00", "transactions": 11.5},
    ]
    assert found.places == [2, 4]
    body = f"_timestamp,channel,count\n{JULY},007,007\n"
    assert rows_of(body.encode(), CSV, asked(SetKind.TRANSACTIONS)).records == [
        {"_timestamp": JULY, "channel": "007", "count": 7}
    ]
    opened = rows_of(b"_id,_timestamp,a,b\n7,2026-07-01,7,x\n", CSV, asked(open_schema=True))
    assert opened.records == [{"_id": "7", "_timestamp": JULY, "a": 7, "b": "x"}]


@pytest.mark.parametrize(
    "body",
    [b"", b"a,b\n1,2\n", b'start,a\n"', b"start,start\n", b"start,a,a\n", b"\xff\xfes\0t\0"],
)
def test_what_is_no_csv_of_a_data_set(body: bytes) -> None:
    with pytest.raises(Unreadable) as said:
        rows_of(body, CSV, asked())
    assert said.value.trouble is CollectedTrouble.NO_CSV


def test_lines_with_other_cells_are_named() -> None:
    with pytest.raises(Unreadable) as said:
        rows_of(b"start,transactions\n2026-07-01,1\n2026-08-01\n2026-09-01,1,2\n", CSV, asked())
    assert said.value.faults == [(3, "", Fault.CELLS), (4, "", Fault.CELLS)]


def of(*records: Any, asked_: Asked | None = None) -> list[tuple[int, str, Fault]]:
    return faults(Rows(list(records), list(range(2, 2 + len(records)))), asked_ or asked())


def test_faults_name_the_place_and_the_field_and_never_the_value() -> None:
    good = {"_timestamp": JULY, "transactions": 5}
    found = of(
        good,
        {**good, "transactions": "person@example.gov.uk"},
        {**good, "transactions": "secret value"},
        {**good, "digital": 9},
        {**good, "_timestamp": "2026-07-02T00:00:00+00:00"},
        {"transactions": 5},
        {**good, "surprise": 1, "QQ123456C": 1, "a secret": 1},
        ["secret"],
        {"_timestamp": "secret"},
    )
    assert found == [
        (3, "transactions", Fault.PERSONAL),
        (3, "transactions", Fault.NOT_TAKEN),
        (4, "transactions", Fault.NOT_TAKEN),
        (5, "digital", Fault.NOT_TAKEN),
        (6, "_timestamp", Fault.NOT_TAKEN),
        (7, "_timestamp", Fault.MISSING),
        (8, "", Fault.PERSONAL),
        (8, "", Fault.NOT_TAKEN),
        (8, "surprise", Fault.UNKNOWN),
        (8, "", Fault.UNKNOWN),
        (9, "", Fault.NO_RECORD),
        (10, "_timestamp", Fault.NOT_TAKEN),
        (10, "transactions", Fault.MISSING),
    ]
    assert "secret" not in json.dumps(found)


def test_nothing_wrong_with_each_means_two_for_the_same() -> None:
    assert of({"_timestamp": JULY, "transactions": 5}) == [(0, "", Fault.TWICE)]


def test_dimensions_and_the_fields_of_ids_are_asked_for() -> None:
    found = of({"_timestamp": JULY, "count": 1}, {"_timestamp": JULY, "count": 1, "channel": "x"},
               asked_=asked(SetKind.TRANSACTIONS, "service"))  # fmt: skip
    assert found == [
        (2, "channel", Fault.MISSING),
        (2, "service", Fault.MISSING),
        (3, "channel", Fault.NOT_TAKEN),
        (3, "service", Fault.MISSING),
    ]


def test_records_of_an_open_schema_need_ids_or_they_would_come_again() -> None:
    rows = Rows([{"_id": "a"}, {}, 1], [1, 2, 3])
    assert without_ids(rows, asked(open_schema=True)) == [(2, "_id", Fault.MISSING)]
    assert without_ids(rows, asked()) == []
    assert without_ids(rows, asked(SetKind.VOLUMES, "a", open_schema=True)) == []
