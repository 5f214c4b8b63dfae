"""A batch looked at together is refused for what each of its records is refused for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.performance.rules import kinds, personal_records, records, schema_checks
from portal.performance.rules.records import Asked, WrongRecords
from portal.performance.words import Period, SetKind

TEXTS = st.one_of(
    st.sampled_from([
        "online", "2016-05-02T00:00:00Z", "a@b.example", "QQ 12 34 56 C", "SW1A 1AA",
        "0161 496 0000", "401 023 2137", "4010232137", "bm90IGEgc2VjcmV0", "YUBiLmV4YW1wbGU=",
        "1", "12", "0", "\u00e9 0161 496 0000", "x" * 101, "a b", "tab\there", "nul\x00", "",
    ]),
    st.text(max_size=12),
)  # fmt: skip
VALUES = st.one_of(TEXTS, st.integers(0, 10**12), st.booleans(), st.none(), st.floats(),
                   st.lists(TEXTS, max_size=2),
                   st.dictionaries(TEXTS, TEXTS, max_size=1))  # fmt: skip
KEYS = st.sampled_from(
    ["_id", "_timestamp", "_start_at", "count", "channel", "phone", "a@b.example", "Bad key", "_x"]
)
ROWS: Any = st.lists(st.dictionaries(KEYS, VALUES, max_size=4), max_size=6)


@given(ROWS)
def test_together_is_as_one_by_one(rows: list[dict[str, Any]]) -> None:
    known: dict[Any, Any] = {}
    personal = [said for row in rows for said in personal_records.of_record(row, known)]
    assert not personal or records.Together(rows).may_be_personal()
    assert len(personal_records.wrong(rows)) == len(personal)
    wrong = [
        key
        for row in rows
        for key, value in row.items()
        if records._wrong_key(key) or records._wrong_value(key, value)
    ]
    assert not (wrong and records.Together(rows).all_right())


FIELDS: Any = st.fixed_dictionaries({
    "_timestamp": st.sampled_from(["2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z", "soon", 5]),
    "transactions": st.sampled_from([5, 7, 5.0, True, -1, None, 10**15, "5"]),
    "digital": st.sampled_from([5, 6, 7.5]), "other": st.just("online"),
    "channel": st.sampled_from(["online", "digital", "pigeon"]), "status": st.just("published"),
})  # fmt: skip


@given(
    st.lists(FIELDS, min_size=1, max_size=4),
    st.sets(st.sampled_from(["_timestamp", "transactions", "digital", "channel", "other"])),
    st.sampled_from([SetKind.TRANSACTIONS, SetKind.VOLUMES]),
)
def test_a_schema_says_of_a_batch_what_it_says_of_each(
    rows: list[dict[str, Any]], left_out: set[str], kind: SetKind
) -> None:
    some = [{key: v for key, v in row.items() if key not in left_out} for row in rows]
    sort = kinds.SORTS[kind]
    asked = Asked(False, kind, Period.MONTH, (), sort.dimensions, sort.measures)
    assert schema_checks.says(some, asked, records.Together(some)) == schema_checks.says(
        some, asked
    )


def test_a_batch_in_order_is_looked_at_together() -> None:
    sort = kinds.SORTS[SetKind.VOLUMES]
    asked = Asked(False, SetKind.VOLUMES, Period.MONTH, (), sort.dimensions, sort.measures)
    rows = [
        {"_timestamp": f"2026-0{n}-01T00:00:00Z", "transactions": n, "digital": 1} for n in (1, 2)
    ]
    assert schema_checks.has_nothing_to_say(records.Together(rows), asked)
    rows[1]["digital"] = 3
    assert not schema_checks.has_nothing_to_say(records.Together(rows), asked)


@pytest.mark.parametrize(
    ("field", "value"),
    [("_timestamp", "soon"), ("_timestamp", None), ("_timestamp", "2026-07-01T00:00:00+99:99"),
     ("_timestamp", 5), ("_start_at", "soon"), ("count", float("inf")), ("count", [1]),
     ("channel", "pigeon" * 20), ("other", "pigeon" * 20)],
)  # fmt: skip
def test_one_thing_is_said_of_a_field(field: str, value: object) -> None:
    sort = kinds.SORTS[SetKind.TRANSACTIONS]
    of = (SetKind.TRANSACTIONS, Period.MONTH, (), sort.dimensions, sort.measures)
    row = {"_timestamp": "2026-07-01T00:00:00Z", "channel": "online", "count": 5, field: value}
    with pytest.raises(WrongRecords) as wrong:
        records.read([row], Asked(False, *of), schema_checks.says([row], Asked(False, *of)))
    [message] = wrong.value.messages
    assert field in message
