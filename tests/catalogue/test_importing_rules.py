from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules.importing import Conflict, merge

VALUES = st.one_of(st.none(), st.text("ab", max_size=2), st.integers(0, 2))
NAMES = st.fixed_dictionaries(
    {
        "name": st.sampled_from("AB"),
        "language": st.just("en"),
        "kind": st.just("name"),
        "since": st.one_of(st.none(), st.sampled_from("123")),
    }
)
ALIASES = st.fixed_dictionaries({"alias": st.sampled_from("AB"), "source": st.sampled_from("xyz")})


def _by(key: str, rows: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(rows, max_size=3, unique_by=lambda row: row[key])


PERIODS = st.sampled_from([None, "2016-12-31", "2017-12-31"])
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "name": VALUES,
        "purpose": VALUES,
        "names": _by("name", NAMES),
        "aliases": _by("alias", ALIASES),
        "keywords": st.lists(st.sampled_from("abc"), unique=True),
    },
)
FIGURES = st.builds(
    lambda many, to: {"yearly_transactions": many, "transactions_from": to, "transactions_to": to},
    st.one_of(st.none(), st.integers(0, 2)),
    PERIODS,
)
WHOLE = st.builds(lambda a, b: a | b, DOCUMENTS, st.one_of(st.just({}), FIGURES))
ROWS = st.lists(st.sampled_from("abcde"), unique=True)


def conflicts(current: Any, said: Any, wanted: Any) -> tuple[Any, list[str]]:
    merged = merge(current, said, wanted)
    return merged.document, [c.field for c in merged.conflicts]


def test_first_word_fills_what_is_empty_only() -> None:
    current = {"name": "Here", "purpose": None, "audiences": []}
    wanted = {"name": "There", "purpose": "x", "audiences": ["a"]}
    assert conflicts(current, None, wanted) == (
        {"name": "Here", "purpose": "x", "audiences": ["a"]},
        ["name"],
    )


def test_new_word_replaces_own_old_word() -> None:
    assert conflicts({"name": "old"}, {"name": "old"}, {"name": "new"}) == ({"name": "new"}, [])


def test_a_persons_edit_stays() -> None:
    here = {"name": "edited"}
    assert conflicts(here, {"name": "old"}, {"name": "old"}) == (here, [])
    assert conflicts(here, {"name": "old"}, {"name": "new"}) == (here, ["name"])


@given(WHOLE, st.one_of(st.none(), WHOLE), WHOLE)
def test_a_second_run_changes_nothing(
    current: dict[str, Any], said: dict[str, Any] | None, wanted: dict[str, Any]
) -> None:
    first = merge(current, said, wanted)
    second = merge(first.document, first.said, wanted)
    assert second.document == first.document
    assert [c.field for c in second.conflicts] == [c.field for c in first.conflicts]
    assert second.said == first.said


@given(ROWS, ROWS, ROWS)
def test_rows_of_others_stay_and_withdrawn_rows_go(
    current: list[str], said: list[str], wanted: list[str]
) -> None:
    found = merge({"keywords": current}, {"keywords": said}, {"keywords": wanted})
    merged = found.document["keywords"]
    assert set(merged) == (set(current) - (set(said) - set(wanted))) | (set(wanted) - set(said))
    assert len(merged) == len(set(merged))
    assert not found.conflicts


def test_row_changed_here_and_there_is_a_conflict_and_removed_here_stays_away() -> None:
    said = [{"alias": "CO", "source": "a"}, {"alias": "CabO", "source": "a"}]
    here = [{"alias": "CO", "source": "mine"}]
    wanted = [{"alias": "CO", "source": "b"}, {"alias": "CabO", "source": "a"}]
    merged = merge({"aliases": here}, {"aliases": said}, {"aliases": wanted})
    assert merged.document["aliases"] == here
    assert merged.conflicts == [Conflict("aliases", here[0], wanted[0])]
    assert merged.said["aliases"] == said, "the old word, so that it is reported again"


def name(since: str | None, until: str | None) -> dict[str, Any]:
    return {"name": "X", "language": "en", "kind": "name", "since": since, "until": until}


@pytest.mark.parametrize(
    ("said", "here", "wanted", "after", "differ"),
    [
        # ADR 0004, row by row: the table of fields holds for the fields of a row.
        (name("1990", None), name("1991", None), name("1990", None), name("1991", None), False),
        (name("1990", None), name("1990", None), name("1992", None), name("1992", None), False),
        (name("1990", None), name("1991", None), name("1992", None), name("1991", None), True),
        (name("1990", None), name("1991", None), name("1990", "99"), name("1991", "99"), False),
        (None, name(None, None), name("1992", None), name("1992", None), False),
        (None, name("1991", None), name("1992", None), name("1991", None), True),
    ],
)
def test_the_date_of_a_name(said: Any, here: Any, wanted: Any, after: Any, differ: bool) -> None:
    merged = merge({"names": [here]}, {"names": [said]} if said else None, {"names": [wanted]})
    assert merged.document["names"] == [after]
    assert merged.conflicts == ([Conflict("names", here, wanted)] if differ else [])


def test_the_same_from_two_sources_is_no_conflict() -> None:
    here, wanted = [{"alias": "CO", "source": "a"}], [{"alias": "CO", "source": "b"}]
    merged = merge({"aliases": here}, None, {"aliases": wanted})
    assert (merged.document["aliases"], merged.conflicts) == (here, [])


def figures(many: int | None, year: int | None) -> dict[str, Any]:
    first, last = (f"{year}-01-01", f"{year}-12-31") if year else (None, None)
    return {"yearly_transactions": many, "transactions_from": first, "transactions_to": last}


@pytest.mark.parametrize(
    ("said", "here", "wanted", "after", "differ"),
    [
        (figures(5, 2016), figures(5, 2016), figures(6, 2017), figures(6, 2017), 0),
        (figures(6, 2017), figures(6, 2017), figures(5, 2016), figures(6, 2017), 0),
        (figures(6, 2017), figures(7, 2017), figures(5, 2016), figures(7, 2017), 0),
        (None, figures(6, 2017), figures(5, 2016), figures(6, 2017), 0),
        (None, figures(None, None), figures(5, 2016), figures(5, 2016), 0),
        # Edited here, newer there: the figure must not get the other's year.
        (figures(5, 2016), figures(4, 2016), figures(6, 2017), figures(4, 2016), 1),
        (None, figures(4, 2016), figures(6, 2016), figures(4, 2016), 1),
    ],
)
def test_transactions_and_their_year_go_together_and_never_back(
    said: Any, here: Any, wanted: Any, after: Any, differ: int
) -> None:
    merged = merge(here, said, wanted)
    assert merged.document == after
    assert [c.field for c in merged.conflicts] == ["yearly_transactions"] * differ
    assert merge(merged.document, merged.said, wanted) == merged
