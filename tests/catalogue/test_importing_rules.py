from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules.importing import merge, merge_rows

VALUES = st.one_of(st.none(), st.text("ab", max_size=2), st.integers(0, 2))
DOCUMENTS = st.dictionaries(st.sampled_from(["name", "purpose", "category"]), VALUES)
ROWS = st.lists(st.sampled_from("abcde"), unique=True)


def test_first_word_fills_what_is_empty_only() -> None:
    current = {"name": "Here", "purpose": None, "audiences": []}
    merged, conflicts = merge(current, None, {"name": "There", "purpose": "x", "audiences": ["a"]})
    assert merged == {"name": "Here", "purpose": "x", "audiences": ["a"]}
    assert conflicts == ["name"]


def test_new_word_replaces_own_old_word() -> None:
    merged, conflicts = merge({"name": "old"}, {"name": "old"}, {"name": "new"})
    assert (merged, conflicts) == ({"name": "new"}, [])


def test_a_persons_edit_stays() -> None:
    assert merge({"name": "edited"}, {"name": "old"}, {"name": "old"}) == ({"name": "edited"}, [])
    assert merge({"name": "edited"}, {"name": "old"}, {"name": "new"}) == (
        {"name": "edited"},
        ["name"],
    )


@given(DOCUMENTS, st.one_of(st.none(), DOCUMENTS), DOCUMENTS)
def test_a_second_run_changes_nothing(
    current: dict[str, Any], said: dict[str, Any] | None, wanted: dict[str, Any]
) -> None:
    merged, conflicts = merge(current, said, wanted)
    remembered = {k: v for k, v in wanted.items() if k not in conflicts}
    remembered |= {k: v for k, v in (said or {}).items() if k in conflicts}
    assert merge(merged, remembered, wanted) == (merged, conflicts)


@given(ROWS, ROWS, ROWS)
def test_rows_of_others_stay_and_withdrawn_rows_go(
    current: list[str], said: list[str], wanted: list[str]
) -> None:
    merged = merge_rows(current, said, wanted, ())
    assert set(merged) == (set(current) - (set(said) - set(wanted))) | (set(wanted) - set(said))
    assert len(merged) == len(set(merged))
    assert merge_rows(merged, wanted, wanted, ()) == merged


def test_row_changed_here_is_kept_and_removed_here_stays_away() -> None:
    key = ("alias",)
    said = [{"alias": "CO", "source": "a"}, {"alias": "CabO", "source": "a"}]
    here = [{"alias": "CO", "source": "mine"}]
    wanted = [{"alias": "CO", "source": "b"}, {"alias": "CabO", "source": "a"}]
    assert merge_rows(here, said, wanted, key) == here
