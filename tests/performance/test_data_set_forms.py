"""What is typed into the forms of data sets, without a database."""

from __future__ import annotations

import pytest

from portal.performance.forms.data_sets import MOST_DAYS, whole


@pytest.mark.parametrize(
    ("typed", "found"),
    [("28", 28), (" 1,200 ", 1200), ("0", 0), ("1,5", None), ("-1", None), ("4000", None),
     ("000000000999999", None), ("", None), (None, None)],
)  # fmt: skip
def test_days_are_a_whole_number_that_is_not_too_high(typed: str | None, found: int | None) -> None:
    assert whole(typed, MOST_DAYS) == found
