"""A record as it was recorded on a day: taken back change by change, it is what it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.audit import changes, end_of, london_day
from portal.catalogue.rules.as_at import rebuilt

Document = dict[str, Any]
TEXT = st.none() | st.sampled_from(["", "a", "b"])
ROWS = st.lists(st.fixed_dictionaries({"name": st.sampled_from("ab"), "until": TEXT}), max_size=3)
ANSWER = st.fixed_dictionaries({"answer": st.sampled_from(["needed", "unknown"]), "note": TEXT})
#: A save of the whole document but the answers, or one answer: as the stores write events.
SAVED = st.fixed_dictionaries(
    {"name": st.sampled_from("abc"), "purpose": TEXT, "keywords": st.lists(st.sampled_from("ab")),
     "owners": ROWS, "transactions": st.none() | st.integers(0, 2)}
)  # fmt: skip
ANSWERED = st.tuples(st.sampled_from(["payments", "letters"]), ANSWER)


@given(SAVED, st.lists(SAVED | ANSWERED, max_size=8))
def test_each_moment_comes_back(first: Document, steps: list[Any]) -> None:
    now: Document = {**first, "needs": {}}
    moments, events = [now], []
    for step in steps:
        before = now
        if isinstance(step, tuple):
            need, answer = step
            now = {**now, "needs": dict(sorted({**now["needs"], need: answer}.items()))}
            event = {"needs": {need: before["needs"].get(need)}}, {"needs": {need: answer}}
        else:
            now = {**now, **step}
            event = changes({**before, "needs": 0}, {**now, "needs": 0})
        moments.append(now)
        events.append(event)
    for at, then in enumerate(moments):
        later = list(reversed(events[at:]))
        assert rebuilt(now, later) == then
        # A field that these events do not know of yet did not change.
        assert rebuilt({**now, "newer": 1}, later) == {**then, "newer": 1}
    assert now == moments[-1], "the document of now is left as it is"


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 1, 31), datetime(2026, 2, 1, tzinfo=UTC)),
        (date(2026, 6, 1), datetime(2026, 6, 1, 23, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 23, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 26, tzinfo=UTC)),
    ],
)
def test_a_day_ends_in_london(day: date, end: datetime) -> None:
    assert end_of(day) == end
    assert london_day(end - timedelta(microseconds=1)) == day
    assert london_day(end) == day + timedelta(days=1)
