"""Where components stand on the map, and that their names can be read there."""

from __future__ import annotations

from bisect import bisect
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.component_words import EvolutionStage
from portal.catalogue.rules.component_map import COLUMN, COLUMNS, EMPTY_COLUMN, LEFT, draw
from portal.catalogue.rules.components import wardley

NAMES = st.text("abcdefghij KLM", min_size=1, max_size=60).filter(str.strip)
COMPONENTS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=4),
    st.tuples(st.sampled_from(EvolutionStage), st.integers(0, 5000), st.booleans(), NAMES),
    max_size=40,
)
Given = dict[str, tuple[EvolutionStage, int, bool, str]]


def drawn(given: Given):  # type: ignore[no-untyped-def]
    stages = {slug: row[0] for slug, row in given.items()}
    users = {slug: row[1] for slug, row in given.items()}
    behind = {slug for slug, row in given.items() if row[2]}
    places = wardley(stages, users, behind)
    return places, draw(places, {slug: row[3] for slug, row in given.items()}, behind)


@given(COMPONENTS)
def test_each_stands_in_its_stage_and_half(components: Given) -> None:
    places, drawing = drawn(components)
    assert {place.slug for place in places} == set(components)
    stages = list(EvolutionStage)
    for place in places:
        stage, _, behind, _ = components[place.slug]
        at = stages.index(stage)
        assert at < place.evolution * COLUMNS < at + 1
        assert (0 <= place.visibility <= 0.5) if behind else (0.5 <= place.visibility <= 1)
    for spot in drawing.spots:
        stage, _, behind, _ = components[spot.slug]
        at = stages.index(stage)
        assert drawing.columns[at] < spot.x < drawing.columns[at + 1]
        assert (spot.y > drawing.middle) == behind
        assert 0 < spot.y < drawing.bottom


@given(COMPONENTS)
def test_no_name_lies_over_another(components: Given) -> None:
    _, drawing = drawn(components)
    assert len(drawing.spots) == len(components)
    for one, other in combinations(drawing.spots, 2):
        a, b = one.box, other.box
        beside = a[2] <= b[0] or b[2] <= a[0]
        assert beside or a[3] <= b[1] + 0.2 or b[3] <= a[1] + 0.2
    for spot in drawing.spots:
        assert " ".join(spot.lines).split() == components[spot.slug][3].split() or len(
            max(components[spot.slug][3].split(), key=len)
        ) > min(map(len, spot.lines))
        left, _, right, _ = spot.box
        at = bisect(drawing.columns, spot.x) - 1
        assert drawing.columns[at] <= left and right <= drawing.columns[at + 1]


def test_more_users_stand_higher_and_further_right() -> None:
    stages = dict.fromkeys(("few", "many", "none", "api"), EvolutionStage.PRODUCT)
    places = {p.slug: p for p in wardley(stages, {"few": 2, "many": 90, "api": 90}, {"api"})}
    assert places["none"].visibility == 0.5 < places["few"].visibility
    assert places["few"].visibility < places["many"].visibility == 1
    assert places["api"].visibility == 0.5
    assert places["none"].evolution < places["few"].evolution < places["many"].evolution


def test_as_many_users_is_no_rank() -> None:
    stages = dict.fromkeys(("a", "b", "c", "used"), EvolutionStage.PRODUCT)
    places = {p.slug: p for p in wardley(stages, {"used": 3})}
    assert places["a"].evolution == places["b"].evolution == places["c"].evolution
    assert places["a"].visibility == places["c"].visibility < places["used"].visibility


def test_a_stage_that_nothing_has_reached_is_narrow() -> None:
    _, drawing = drawn({"a": (EvolutionStage.PRODUCT, 1, False, "A name")})
    wide = [right - left for left, right in pairwise(drawing.columns)]
    assert wide == [EMPTY_COLUMN, EMPTY_COLUMN, COLUMN, EMPTY_COLUMN]
    assert drawing.columns[0] == LEFT and drawing.width > drawing.columns[-1]


def test_an_empty_map_has_its_frame() -> None:
    drawing = draw([], {}, ())
    assert drawing.spots == () and drawing.columns[-1] < drawing.width
    assert 0 < drawing.middle < drawing.bottom < drawing.height
