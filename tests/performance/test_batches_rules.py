"""A batch looked at together is refused for what each of its records is refused for."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.performance.rules import records

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
    personal = [said for row in rows for said in records._personal(row, known)]
    assert not personal or records.Together(rows).may_be_personal()
    assert len(records.personal_data(rows)) == len(personal)
    wrong = [
        key
        for row in rows
        for key, value in row.items()
        if records._wrong_key(key) or records._wrong_value(key, value)
    ]
    assert not (wrong and records.Together(rows).all_right())
