"""The provider's list beside the catalogue."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.component_words import Reconciled
from portal.catalogue.rules.reconciling import ORDER, Ours, Row, Theirs, reconciled

ONLY_THEIRS, ONLY_OURS, OTHER, SAME = ORDER


def sides(rows: list[Row]) -> dict[str, Reconciled]:
    return {row.name: row.side for row in rows}


def test_every_case_of_counts() -> None:
    ours = {
        1: Ours("a", "A", 3),
        2: Ours("b", "B", 2),
        3: Ours("c", "C", 1),
        4: Ours("d", "D", 0, uses=False),
    }
    theirs = [
        Theirs(1, "A council", 2), Theirs(1, "Council of A", 1), Theirs(2, "B", 5),
        Theirs(4, "D", 1), Theirs(None, "Who is that", 7),
    ]  # fmt: skip
    rows = reconciled(theirs, ours)
    assert sides(rows) == {
        "A": SAME, "B": OTHER, "C": ONLY_OURS, "D": ONLY_THEIRS, "Who is that": ONLY_THEIRS
    }  # fmt: skip
    assert [row.name for row in rows] == ["D", "Who is that", "C", "B", "A"]
    [same] = [row for row in rows if row.side is SAME]
    assert (same.published, same.theirs, same.ours) == (("A council", "Council of A"), 3, 3)
    [new] = [row for row in rows if row.name == "D"]
    assert (new.theirs, new.ours) == (1, None), "not used is not none"


def test_days_of_services() -> None:
    began, later = date(2024, 1, 1), date(2024, 2, 1)
    ours = {1: Ours("a", "A", began), 2: Ours("b", "B", began), 3: Ours("c", "C", None)}
    theirs = [Theirs(1, "A", later), Theirs(2, "B", None), Theirs(3, "C", later)]
    assert sides(reconciled(theirs, ours)) == {"A": OTHER, "B": SAME, "C": SAME}


@given(
    st.lists(
        st.builds(
            Theirs,
            st.none() | st.integers(1, 6),
            st.sampled_from("VWXYZ"),
            st.integers(0, 9),
            st.none(),
        ),
        max_size=12,
    ),
    st.dictionaries(
        st.integers(1, 6),
        st.builds(Ours, st.just("s"), st.just("S"), st.integers(1, 9), st.just(True)),
    ),
)
def test_nothing_is_lost(theirs: list[Theirs], ours: dict[int, Ours]) -> None:
    rows = reconciled(theirs, ours)
    said = sum(row.theirs for row in rows if isinstance(row.theirs, int))
    assert said == sum(each.said for each in theirs if isinstance(each.said, int))
    assert len([row for row in rows if row.slug]) == len(ours)
    assert {p for row in rows for p in row.published} == {each.published for each in theirs}
