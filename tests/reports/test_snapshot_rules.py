"""What is different between two snapshots, without a database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portal.reports.forms.snapshots import filters_in_words
from portal.reports.rules.snapshots import Difference, compare

KEY, COLUMNS = ("slug",), ("slug", "many", "share", "name")
ROWS = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(st.integers(0, 9), st.sampled_from(["x", None]))
)


def rows(of: dict[str, tuple[int, str | None]]) -> list[dict[str, object]]:
    return [{"slug": k, "many": many, "name": name} for k, (many, name) in of.items()]


def test_rows_that_came_went_and_changed() -> None:
    old = [{"slug": "a", "many": 1, "share": 0.1, "name": "A"}, {"slug": "b", "many": 2}]
    new = [{"slug": "c", "many": 2}, {"slug": "a", "many": 4, "share": 0.3, "name": None}]
    assert compare(old, new, KEY, COLUMNS) == [
        (Difference.APPEARED, "c", None, None, None, None),
        (Difference.CHANGED, "a", "many", 1, 4, 3),
        (Difference.CHANGED, "a", "share", 0.1, 0.3, 0.2),
        (Difference.CHANGED, "a", "name", "A", None, None),
        (Difference.VANISHED, "b", None, None, None, None),
    ]


def test_rows_that_are_called_the_same_are_told_apart() -> None:
    old = [{"slug": "", "many": 1}, {"slug": "", "many": True}]
    new = [{"slug": "", "many": 1}, {"slug": "", "many": 2}, {"slug": "", "many": 3}]
    found = compare(old, new, KEY, COLUMNS)
    assert [(each.what, each.row, each.by) for each in found] == [
        (Difference.CHANGED, " (2)", None), (Difference.APPEARED, " (3)", None),
    ]  # fmt: skip


@given(ROWS, ROWS)
def test_the_earlier_one_with_its_changes_is_the_later_one(
    old: dict[str, tuple[int, str | None]], new: dict[str, tuple[int, str | None]]
) -> None:
    found = compare(rows(old), rows(new), KEY, COLUMNS)
    made = {row["slug"]: dict(row) for row in rows(old)}
    for each in found:
        if each.what is Difference.VANISHED:
            del made[each.row]
        elif each.what is Difference.APPEARED:
            made[each.row] = next(row for row in rows(new) if row["slug"] == each.row)
        else:
            assert made[each.row][str(each.column)] == each.before
            made[each.row][str(each.column)] = each.after
            if each.by is not None:
                assert each.before + each.by == each.after
    assert made == {row["slug"]: row for row in rows(new)}
    assert not compare(rows(new), rows(new), KEY, COLUMNS)


def test_filters_are_said_in_words_without_the_day() -> None:
    said = filters_in_words("on-day=1&on-month=1&on-year=2025&by=phase&sub-sector=a%26b")
    assert said == "by: phase, sub sector: a&b"
    assert filters_in_words("on-day=1&on-month=1&on-year=2025") == filters_in_words("") == ""
