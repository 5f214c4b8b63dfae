"""What is wrong with a question, in the words and the order that clients know; and answers that add
up.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.performance.rules import grouping, moments, queries
from portal.performance.rules.grouping import Part
from portal.performance.rules.queries import Query, WrongQuery

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
DAY = "T00:00:00Z"
IN_MAY = f"start_at=2016-05-02{DAY}&end_at=2016-05-30{DAY}"
NEEDS = "can be used only with either"
NOT_A_MOMENT = "start_at is not a valid datetime"
RELATIVE = "If 'duration' is requested (for relative time), 'period' is required"
SERIES = "Either 'duration' or both 'start_at' and 'end_at' are required for a period query"
LIMITED = "A period query can only be limited if it is grouped"


def read(asked: str, raw_allowed: bool = True) -> Query:
    return queries.read(parse_qs(asked, keep_blank_values=True), raw_allowed, NOW)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        # Alone, and before what is missing beside it.
        ("start_at=not+a+date", NOT_A_MOMENT),
        ("start_at=", NOT_A_MOMENT),
        (f"start_at=2016-05-02T00:00:00.000Z&end_at=2016-05-30{DAY}", NOT_A_MOMENT),
        ("start_at=x&end_at=y&duration=0", NOT_A_MOMENT),
        (f"start_at=2016-05-02{DAY}", "Use of 'start_at' requires 'end_at' or 'duration'"),
        (f"end_at=2016-05-02{DAY}", "Use of 'end_at' requires 'start_at' or 'duration'"),
        (f"end_at=2016-05-02{DAY}&collect=ab", f"collect {NEEDS} ['group_by', 'period']"),
        ("inclusive=true", f"inclusive {NEEDS} ['start_at', 'end_at']"),
        # Of two that are wrong, one is told first.
        ("period=fortnight", SERIES),
        ("period=week&limit=1", SERIES),
        (f"period=week&limit=x&{IN_MAY}", LIMITED),
        (f"period=week&limit=1&sort_by=ab:up&{IN_MAY}", LIMITED),
        (f"period=Week&{IN_MAY}", "'period' must be one of ['hour', 'day', 'week', "),
        ("duration=x", "duration must be a positive integer"),
        ("duration=0", "'duration' must not be zero"),
        ("duration=2", RELATIVE),
        ("duration=2&limit=-1", "limit must be a positive integer"),
        ("duration=2&group_by=_ab", "Cannot group by internal fields"),
        ("duration=2&flatten=yes", RELATIVE),
        (f"duration=x&period=week&{IN_MAY}", "duration must be a positive integer"),
        (f"duration=2&period=week&{IN_MAY}", "Absolute and relative time cannot be requested"),
        ("sort_by=:ascending", "Unrecognised sort direction"),
        ("sort_by=ab:up&group_by=_x", "Unrecognised sort direction"),
        ("sort_by=a-b:ascending", "Cannot sort by an invalid field name"),
        ("group_by=channel&group_by=Bad-Key", "Cannot group by an invalid field name"),
        ("group_by=ab&collect=count:median&flatten=1", "Unknown collection method"),
        ("group_by=ab&collect=count:sum:mean", "Unknown collection method"),
        ("flatten=True", "flatten must be either 'true' or 'false'"),
        (f"inclusive=1&{IN_MAY}", "inclusive must be either 'true' or 'false'"),
        ("Period=week", "An unrecognised parameter was provided"),
        ("filter_by=ab:c&filter_by_prefix=ab:c", "Cannot use both filter_by and filter_by_prefix"),
    ],
)
def test_the_first_thing_that_is_wrong(asked: str, says: str) -> None:
    with pytest.raises(WrongQuery) as problem:
        read(asked)
    assert str(problem.value).startswith(says)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("filter_by=ab:c", "querying for raw data is not allowed"),
        (f"period=day&start_at=2016-05-02{DAY}&end_at=2016-05-05{DAY}", "The minimum time span"),
        (
            f"period=week&start_at=2016-05-03{DAY}&end_at=2016-05-30T01:00:00Z",
            "end_at must be midnight",
        ),
        (f"period=week&start_at=2016-05-03{DAY}&end_at=2016-05-30{DAY}", "start_at must be a mon"),
        (f"period=week&start_at=2016-05-02{DAY}&end_at=2016-05-31{DAY}", "end_at must be a mon"),
        (f"period=month&start_at=2016-05-02{DAY}&end_at=2016-06-01{DAY}", "'start_at' must be the"),
        (
            f"period=week&start_at=2016-05-01T19:00:00-05:00&end_at=2016-05-30{DAY}",
            "start_at must be a monday",
        ),
        ("period=hour&start_at=2016-05-02T01:00:00Z&end_at=2016-05-02T09:00:00Z", None),
        ("group_by=channel", None),
        ("period=week&duration=3", None),
    ],
)
def test_where_nobody_may_see_single_records(asked: str, says: str | None) -> None:
    if says is None:
        assert read(asked, raw_allowed=False).grouped
        return
    with pytest.raises(WrongQuery) as problem:
        read(asked, raw_allowed=False)
    assert str(problem.value).startswith(says)


PERIODS = st.sampled_from(moments.STARTS)
FIRST = datetime(2016, 2, 20, 7, tzinfo=UTC)
MOMENTS = st.integers(0, 60 * 24 * 45).map(lambda minutes: FIRST + timedelta(minutes=minutes))
ROWS = st.lists(
    st.fixed_dictionaries(
        {"at": MOMENTS, "channel": st.sampled_from(["phone", "online", None, True, 3])},
        optional={"count": st.none() | st.integers(-(10**9), 10**9) | st.booleans()},
    ),
    max_size=30,
)
Rows = list[dict[str, Any]]


def parts_of(rows: Rows, period: str | None, grouped: bool = True) -> grouping.Parts:
    """Each record by itself, put together."""

    def each() -> Any:
        for row in rows:
            value = row.get("count")
            one = Part(1, {"count": (value or 0, int(value is not None))}, {"count": {value}})
            yield (row["channel"],) if grouped else (), row["at"], one

    return grouping.fold(each(), period)


def asked(period: str | None, rows: Rows, **more: Any) -> Query:
    days = [row["at"] for row in rows] or [NOW]
    if period:
        more |= {"start": min(days), "end": max(days) + timedelta(seconds=1)}
    return Query(period=period, collect=(("count", "sum"), ("count", "count")), **more)


def plain_sum(rows: Rows) -> int | None:
    numbers = [row["count"] for row in rows if row.get("count") is not None]
    return sum(numbers) if numbers else None


@given(ROWS, PERIODS)
def test_periods_add_up_and_leave_no_gap(rows: Rows, period: str) -> None:
    query = asked(period, rows)
    told = grouping.rows(query, parts_of(rows, period, grouped=False))
    assert sum(row["_count"] for row in told) == len(rows)
    assert sum(row["count:sum"] or 0 for row in told) == (plain_sum(rows) or 0)
    for row, after in itertools.pairwise(told):
        assert row["_end_at"] == after["_start_at"]
    for row in told:
        start = datetime.fromisoformat(row["_start_at"])
        assert moments.start_of(period, start) == start
        assert moments.later(period, start).isoformat() == row["_end_at"]
        among = [each for each in rows if moments.start_of(period, each["at"]) == start]
        assert (row["_count"], row["count:sum"]) == (len(among), plain_sum(among))
        assert row["count:count"] == (len(among) or None)


@given(ROWS)
def test_groups_add_up(rows: Rows) -> None:
    told = grouping.rows(asked(None, rows, group_by=("channel",)), parts_of(rows, None))
    # As there, true is 1 and no two groups are equal.
    assert len({row["channel"] for row in told}) == len(told)
    for row in told:
        among = [each for each in rows if each["channel"] == row["channel"]]
        assert (row["_count"], row["count:sum"]) == (len(among), plain_sum(among))


@given(ROWS, PERIODS)
def test_nested_and_flat_rows_say_the_same(rows: Rows, period: str) -> None:
    query = asked(period, rows, group_by=("channel",))
    nested = grouping.rows(query, parts_of(rows, period))
    flat = grouping.rows(
        asked(period, rows, group_by=("channel",), flatten=True), parts_of(rows, period)
    )
    unfolded = [{"channel": row["channel"], **each} for row in nested for each in row["values"]]
    assert sorted(map(repr, map(sorted_items, unfolded))) == sorted(
        map(repr, map(sorted_items, flat))
    )
    for row in nested:
        among = [each for each in rows if each["channel"] == row["channel"]]
        assert row["_count"] == len(among) == sum(each["_count"] for each in row["values"])
        assert row["count:sum"] == plain_sum(among)
        assert row["_group_count"] == sum(each["_count"] > 0 for each in row["values"])


def sorted_items(row: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(row.items())


def test_flat_rows_have_every_way_in_which_values_go_together() -> None:
    at = datetime(2016, 5, 2, tzinfo=UTC)
    parts = {((a, b), at): Part(1) for a, b in (("digital", "dvla"), ("phone", "hmrc"))}
    query = Query(
        at, at + timedelta(days=7), period="week", group_by=("channel", "department"), flatten=True
    )
    told = grouping.rows(query, parts)
    assert [(row["department"], row["channel"], row["_count"]) for row in told] == [
        ("hmrc", "phone", 1), ("hmrc", "digital", 0), ("dvla", "phone", 0), ("dvla", "digital", 1),
    ]  # fmt: skip


def test_a_range_moves_to_where_the_groups_that_are_told_have_something() -> None:
    start = datetime(2016, 5, 2, tzinfo=UTC)
    weeks = [start + timedelta(days=7 * n) for n in range(3)]
    parts = {(("a",), weeks[1]): Part(1), (("b",), weeks[0]): Part(1)}
    query = Query(start, weeks[2], 2, "week", group_by=("channel",))
    assert grouping.moved(query, parts) is None
    shorter = Query(start, weeks[2], 2, "week", group_by=("channel",), limit=1)
    found = grouping.moved(shorter, parts)
    assert found is not None and (found.start, found.delta) == (weeks[1], 0)


def test_groups_can_be_sorted_by_lists_and_by_nothing_unknown() -> None:
    rows = [{"ab": ["b"], "_count": 1}, {"ab": [None, "a"], "_count": 2}]
    assert grouping.in_order(rows, "ab", descending=False) == rows[::-1]
    for key in ("nosuch", "values"):
        with pytest.raises(WrongQuery, match=f"Invalid sort key {key}"):
            grouping.in_order(rows, key, descending=True)
