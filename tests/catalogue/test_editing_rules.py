"""Two at one record: whatever both answer, nothing of it is lost without anybody seeing it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules.editing import Book, Conflict, book_of, merged

FIELDS = {"first": ("a",), "second": ("b", "c")}
BOOK: Book = book_of(
    FIELDS,
    lambda question, document: {name: document[name] for name in FIELDS[question]},
    lambda question, document, values, day: dict(values),
)
DAY = date(2026, 11, 21)
DOCUMENTS = st.fixed_dictionaries(dict.fromkeys("abc", st.sampled_from(["", "x", "y", "z"])))


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS, st.sampled_from(sorted(FIELDS)))
def test_an_answer_is_saved_on_top_or_shown_beside(was, now, wanted, question):
    values = {name: wanted[name] for name in FIELDS[question]}
    others = {name: now[name] for name in "abc" if name not in FIELDS[question]}
    unchanged = all(was[name] == now[name] for name in values)
    entered = any(was[name] != values[name] for name in values)
    if entered and not unchanged and any(now[name] != values[name] for name in values):
        with pytest.raises(Conflict) as caught:
            merged(BOOK, question, was, now, values, DAY)
        shown = caught.value
        assert shown.was == {name: was[name] for name in values}
        assert (shown.now, shown.mine) == ({name: now[name] for name in values}, values)
        return
    after = merged(BOOK, question, was, now, values, DAY)
    assert {name: after[name] for name in others} == others, "what others changed stays"
    own = {name: after[name] for name in values}
    assert own == (values if entered else {name: now[name] for name in values})


@given(DOCUMENTS, DOCUMENTS)
def test_one_alone_always_gets_through(was, wanted):
    for question, fields in FIELDS.items():
        values = {name: wanted[name] for name in fields}
        assert merged(BOOK, question, was, was, values, DAY) == {**was, **values}
