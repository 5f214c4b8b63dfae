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
