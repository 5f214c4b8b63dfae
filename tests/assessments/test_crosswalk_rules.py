"""Points of versions beside each other, and the other pure rules of standards."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.assessments.forms.standards import pinned_words
from portal.assessments.rules.crosswalk import Point, counterparts, lines
from portal.assessments.rules.standards import (
    clean_frame,
    clean_point,
    mark,
    moved,
    refuse_publication,
)
from portal.errors import Invalid


def point(version: int, number: int) -> Point:
    return Point(version * 100 + number, version, number, f"Point {number}")


POINTS = [point(version, number) for version in (1, 2, 3) for number in (1, 2, 3)]
PAIRS = st.sets(
    st.tuples(st.sampled_from(POINTS), st.sampled_from(POINTS))
    .filter(lambda pair: pair[0].version < pair[1].version)
    .map(lambda pair: (pair[0].id, pair[1].id))
)


def test_nothing_follows_from_two_pairs() -> None:
    related = counterparts(POINTS, [(101, 201), (201, 301)])
    assert related[201] == [point(1, 1), point(3, 1)]
    assert related[101] == [point(2, 1)] and related[301] == [point(2, 1)]
    assert related[102] == []


def test_the_newest_version_comes_first() -> None:
    found = lines(POINTS, [(101, 302), (203, 302)])
    places = [[[each.place for each in line.cells[n]] for n in (3, 2, 1)] for line in found]
    assert places == [
        [["3/1"], [], []],
        [["3/2"], ["2/3"], ["1/1"]],
        [["3/3"], [], []],
        [[], ["2/1"], []],
        [[], ["2/2"], []],
        [[], [], ["1/2"]],
        [[], [], ["1/3"]],
    ]


@given(PAIRS)
def test_every_point_and_every_pair_is_in_a_line(pairs: set[tuple[int, int]]) -> None:
    found = [
        {each.id for cell in line.cells.values() for each in cell} for line in lines(POINTS, pairs)
    ]
    assert set().union(*found) == {each.id for each in POINTS}
    assert all(any({*pair} <= line for line in found) for pair in pairs)
    related = counterparts(POINTS, pairs)
    assert all(
        (one in {e.id for e in related[other]}) == (other in {e.id for e in related[one]})
        for one in related
        for other in related
    )


@given(st.lists(st.integers(1, 99), min_size=1, max_size=9, unique=True), st.integers(-12, 12),
       st.data())  # fmt: skip
def test_moving_a_point_keeps_the_others_in_order(
    order: list[int], by: int, data: st.DataObject
) -> None:
    one = data.draw(st.sampled_from(order))
    after = moved(order, one, by)
    assert [each for each in after if each != one] == [each for each in order if each != one]
    assert after.index(one) == min(max(order.index(one) + by, 0), len(order) - 1)


def test_what_a_draft_lacks() -> None:
    day = date(2027, 4, 1)
    with pytest.raises(Invalid, match="at least one point"):
        refuse_publication(0, day, [])
    with pytest.raises(Invalid, match="from which start of discovery"):
        refuse_publication(3, None, [])
    with pytest.raises(Invalid, match="a later day than version 2"):
        refuse_publication(3, day, [(1, date(2014, 4, 1)), (2, day)])
    refuse_publication(3, day, [(1, None), (2, date(2019, 7, 1))])


def test_what_is_typed_is_cleaned() -> None:
    said = clean_point({"title": "  A ", "asks": "", "profession": "", "address": None})
    assert said == {"title": "A", "asks": None, "profession": None, "address": None}
    for wrong in ({"title": ""}, {"title": "A", "profession": "cook"},
                  {"title": "A", "address": "ftp://a"}, {"title": "x" * 301}):  # fmt: skip
        with pytest.raises(Invalid):
            clean_point(wrong)
    with pytest.raises(Invalid):
        clean_frame({"title": "A", "scheme": "stars"})
    assert mark(said) == mark(dict(reversed(said.items()))) != mark({**said, "asks": "More"})


def test_why_an_assessment_is_against_a_version_in_words() -> None:
    assert pinned_words("discovery") == "It held when discovery of the service began"
    said = "The assurance team chose it: Agreed: in May"
    assert pinned_words("override: Agreed: in May") == said
    assert pinned_words(None) == pinned_words("unknown")
    assert pinned_words("As the team wished") == "As the team wished", "what was kept before"
