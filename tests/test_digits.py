"""Whole numbers as programs write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.digits import LAST_ID, id_in, whole_number


@given(st.integers(0, LAST_ID))
def test_a_number_is_read(number: int) -> None:
    assert whole_number(str(number)) == id_in(str(number)) == number


@pytest.mark.parametrize(
    "text", ["", " 1", "-1", "1.0", "²", "١٢٣", "9" * 5000, str(LAST_ID + 1), None]
)
def test_anything_else_is_none(text: str | None) -> None:
    assert whole_number(text) is None
    assert id_in(text) == 0


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert whole_number(text, 999) in {None, *range(1000)}
