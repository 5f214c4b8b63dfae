"""What a draft report is made of, whose each section is, and how a result goes with the points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.words import Profession
from portal.assessments.rules import ratings
from portal.assessments.rules.decision import Disagreement, Doubt, Point, doubts
from portal.assessments.rules.drafting import (
    LONGEST,
    Asked,
    Found,
    Said,
    Sitting,
    clean,
    missing,
    owners,
    plan,
)
from portal.assessments.rules.evidence import Place, Topic, topic_of
from portal.assessments.words import AssessmentKind, Rating, RatingScheme
from portal.errors import Invalid

D, K, P, R = Disagreement, AssessmentKind, Profession, Rating
ASKED = [Asked(n, n + 100, P.DESIGN) for n in (3, 1, 2)]
EARLIER = {
    1: Found("Green", R.MET, None, 9),
    2: Found("Amber", R.MET_WITH_CONDITIONS, None, 9),
    3: Found("Red", R.NOT_MET, None, 9),
}
POINTS = st.lists(
    st.tuples(st.sampled_from([None, *Rating]), st.integers(0, 1), st.booleans()), max_size=18
).map(lambda rows: [Point(number, *row) for number, row in enumerate(rows, start=1)])


@pytest.mark.parametrize(
    ("kind", "carried"),
    [(K.ASSESSMENT, []), (K.MOCK, []), (K.REASSESSMENT, [1, 2]), (K.AMBER_REVIEW, [1, 3])],
)
def test_only_what_is_looked_at_again_is_open(kind: AssessmentKind, carried: list[int]) -> None:
    made = plan(kind, ASKED, EARLIER)
    assert [each.asked.number for each in made] == [1, 2, 3]
    assert [each.asked.number for each in made if each.carried] == carried
    assert all(each.carried == EARLIER[each.asked.number] for each in made if each.carried)


def test_a_point_that_nobody_rated_before_is_open() -> None:
    made = plan(K.REASSESSMENT, ASKED, {1: EARLIER[1]})
    assert [each.asked.number for each in made if not each.carried] == [2, 3]


def test_a_section_is_whoever_was_told_to_or_sits_for_its_profession() -> None:
    panel = [Sitting(1, P.PRODUCT, leads=True), Sitting(2, P.DESIGN), Sitting(3, P.DESIGN)]
    assert owners(0, None, None, panel) == [1]
    assert owners(4, P.DESIGN, None, panel) == [2, 3]
    assert owners(4, P.DESIGN, 1, panel) == [1]
    assert owners(4, P.DESIGN, 9, panel) == [2, 3], "who left owns nothing"
    assert owners(4, P.TECHNOLOGY, None, panel) == [1], "the lead, where nobody sits for it"
    assert owners(4, None, None, panel) == [1]
    assert owners(4, P.DESIGN, None, []) == []


def test_each_scheme_has_its_words() -> None:
    assert list(ratings.of_point(RatingScheme.PASS_FAIL)) == ["Yes", "No", "N/A"]
    assert list(ratings.of_point(RatingScheme.MET)) == ["Met", "Not met", "N/A"]
    assert list(ratings.of_point(RatingScheme.RAG)) == ["Green", "Amber", "Red", "N/A"]
    for scheme in RatingScheme:
        assert ratings.of_point(scheme)["N/A"] is R.NOT_RATED
        assert R.NOT_RATED not in ratings.of_whole(scheme).values()
    assert R.MET_WITH_CONDITIONS not in ratings.of_point(RatingScheme.MET).values()
    assert ratings.used_now(RatingScheme.PASS_FAIL) is RatingScheme.RAG
    assert ratings.used_now(RatingScheme.MET) is RatingScheme.MET


def test_what_is_written_is_cleaned_and_checked() -> None:
    said = Said("N/A", " No users\r\nabroad ", "\r\n Well ", "")
    assert clean(said, 2, RatingScheme.RAG, rated=True) == Said(
        "N/A", "No users\nabroad", "Well", ""
    )
    kept = clean(Said("Green", "left over", "", ""), 2, RatingScheme.RAG, rated=True)
    assert kept.reason is None, "only of what does not apply"
    for number, scheme, rated, word in (
        (2, RatingScheme.MET, True, "Green"),
        (0, RatingScheme.RAG, True, "Green"),
        (2, RatingScheme.RAG, False, "Green"),
        (2, None, True, "Green"),
    ):
        with pytest.raises(Invalid) as problem:
            clean(Said(word), number, scheme, rated)
        assert problem.value.field == "verbatim"
    with pytest.raises(Invalid) as problem:
        clean(Said(done_well="x" * (LONGEST + 1)), 2, RatingScheme.RAG, rated=True)
    assert problem.value.field == "done_well"


def test_what_is_missing_is_said() -> None:
    assert missing(2, False, None, None, True)
    assert missing(2, False, "N/A", None, True)
    assert missing(2, False, "N/A", "No users abroad", True) is None
    assert missing(2, False, "Green", None, True) is None
    assert missing(2, True, None, None, True) is None
    assert missing(0, False, None, None, True) is None
    assert missing(2, False, None, None, False) is None


@pytest.mark.parametrize(
    ("result", "points", "found"),
    [
        (R.MET, [Point(1, R.MET), Point(7, R.NOT_MET)], [Doubt(D.PASS_WITH_NOT_MET, (7,))]),
        (R.MET, [Point(1, R.MET_WITH_CONDITIONS, 1)], [Doubt(D.PASS_WITH_CONDITIONS, (1,))]),
        (R.MET, [Point(1, R.MET), Point(2, R.NOT_RATED), Point(3, None)], []),
        (R.MET_WITH_CONDITIONS, [Point(1, R.MET)], [Doubt(D.CONDITIONS_WITHOUT_ANY)]),
        (R.MET_WITH_CONDITIONS, [Point(1, R.NOT_MET)], [Doubt(D.CONDITIONS_WITH_NOT_MET, (1,))]),
        (R.MET_WITH_CONDITIONS, [Point(1, R.MET_WITH_CONDITIONS, 2)], []),
        (R.MET_WITH_CONDITIONS, [Point(4, R.MET_WITH_CONDITIONS)],
         [Doubt(D.CONDITION_UNSAID, (4,))]),
        (R.MET_WITH_CONDITIONS, [Point(4, R.MET_WITH_CONDITIONS, 0, True)], []),
        (R.NOT_MET, [Point(1, R.MET)], [Doubt(D.FAIL_WITH_NONE_NOT_MET)]),
        (R.NOT_MET, [Point(1, R.NOT_MET), Point(2, R.MET)], []),
        (R.NOT_RATED, [Point(1, R.NOT_MET), Point(2, R.MET_WITH_CONDITIONS)], []),
    ],
)  # fmt: skip
def test_a_result_is_compared_with_the_points(
    result: Rating, points: list[Point], found: list[Doubt]
) -> None:
    assert doubts(result, points) == found


@given(st.sampled_from(list(Rating)), POINTS)
def test_doubts_name_points_that_there_are(result: Rating, points: list[Point]) -> None:
    numbers = {point.number for point in points}
    found = doubts(result, points)
    assert len({each.kind for each in found}) == len(found)
    assert all(set(each.numbers) <= numbers for each in found)
    if result is R.MET and all(point.rating is R.MET for point in points):
        assert found == []


def test_points_of_each_version_have_their_evidence() -> None:
    def at(version: int, *numbers: int) -> set[Topic | None]:
        return {topic_of(Place("service-standard", version, n)) for n in numbers}

    assert at(3, 10) == at(2, 15, 16, 17) == at(1, 7, 21, 22, 23, 24) == {Topic.PERFORMANCE}
    assert at(3, 12) == at(2, 8) == at(1, 15) == {Topic.SOURCE_CODE}
    assert at(3, 13) == at(2, 9) == at(1, 16) == {Topic.PLATFORMS}
    assert at(3, 1, 11, 14) == at(2, 1, 10) == at(1, 1, 8) == {None}
    assert topic_of(Place("ours", 1, 12)) is None
    mapped = [Place("ours", 1, 3), Place("service-standard", 3, 12)]
    assert topic_of(Place("ours", 2, 1), mapped) is Topic.SOURCE_CODE
    assert topic_of(None) is None
