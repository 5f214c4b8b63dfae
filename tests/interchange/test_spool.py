"""Rows on disk are those that were put there, in their order, as often as somebody asks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules.importing import Desired
from portal.interchange import spool
from portal.interchange.spool import Spool

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ROWS = st.lists(
    st.builds(
        Desired,
        key=TEXT,
        file=TEXT,
        row=st.integers(0, 10**6),
        fields=st.dictionaries(TEXT, st.none() | st.booleans() | TEXT | st.lists(TEXT)),
        ref=TEXT,
    )
)


@given(ROWS, st.integers(0, 8), st.integers(0, 8))
def test_rows_come_back(rows: list[Desired], first: int, after: int) -> None:
    kept = Spool()
    for row in rows[:3]:
        kept.append(row)
    assert list(kept) == rows[:3], "also before all are there"
    for row in rows[3:]:
        kept.append(row)
    assert (len(kept), bool(kept)) == (len(rows), bool(rows))
    assert list(kept) == list(kept) == rows
    assert kept[first:after] == rows[first:after]
    one, two = iter(kept), iter(kept)
    assert [(a, b) for a, b in zip(one, two, strict=True)] == [(row, row) for row in rows]


def test_more_than_are_read_at_once() -> None:
    kept = Spool()
    rows = [Desired(str(n), "a.csv", n, {"n": n}, "") for n in range(2 * spool.SOME + 1)]
    for row in rows:
        kept.append(row)
    assert list(kept) == rows
