"""Who has to sit on a panel, who may not, and who fits a seat best."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.words import Profession
from portal.assessments.booking_words import Declaration, PanelBy, SeatRole, SeatState, Training
from portal.assessments.rules import assessors, panels
from portal.assessments.rules.assessors import Asked, Candidate, WhyNot, ranked
from portal.assessments.rules.panels import (
    Around,
    Conflict,
    ConflictKind,
    Place,
    lacks,
    missing,
    places,
    standing,
    week_of,
)
from portal.assessments.words import AssessmentKind, Stage

A, P, R = AssessmentKind, Profession, SeatRole
CORE = [P.USER_RESEARCH, P.DESIGN, P.TECHNOLOGY]


@dataclass
class Sits:
    role: SeatRole = R.ASSESSOR
    profession: Profession | None = P.DESIGN
    state: SeatState = SeatState.FILLED
    person_id: int | None = 1
    organisation_id: int | None = None
    supplier_key: str | None = None
    declaration: Declaration = Declaration.NONE
    objection: str | None = None
    judged: list[str] | None = None


def beside(stage: Stage | None, kind: A | None, again: set[P] | None = None) -> list[P | None]:
    needed = places(stage, kind, again)
    assert needed[0] == panels.LEAD
    return [each.profession for each in needed[1:]]


def test_who_has_to_sit() -> None:
    assert beside(Stage.ALPHA, A.ASSESSMENT) == CORE
    assert beside(None, None) == CORE
    for stage in (Stage.BETA, Stage.LIVE, Stage.LIVE_REVIEW):
        assert beside(stage, A.ASSESSMENT) == [*CORE, P.PERFORMANCE]
        assert beside(stage, A.REASSESSMENT) == [*CORE, P.PERFORMANCE], "nobody knows the points"
    assert beside(Stage.LIVE, A.REASSESSMENT, {P.TECHNOLOGY, P.USER_RESEARCH}) == [
        P.USER_RESEARCH, P.TECHNOLOGY,
    ]  # fmt: skip
    assert beside(Stage.BETA, A.AMBER_REVIEW, {P.PRODUCT}) == [], "that is the lead's"
    assert beside(Stage.BETA, A.ASSESSMENT, {P.DESIGN}) == [*CORE, P.PERFORMANCE]
    assert beside(Stage.DISCOVERY, A.PEER_REVIEW) == [None]
    assert beside(Stage.ALPHA, A.PEER_REVIEW) == [None]


SEATS = st.lists(
    st.builds(Sits, st.sampled_from([R.LEAD, R.ASSESSOR]), st.sampled_from(list(P))), max_size=8
)


@given(st.sampled_from(list(Stage)), st.sampled_from(list(A)), SEATS)
def test_what_is_missing_makes_it_whole(stage: Stage, kind: A, there: list[Sits]) -> None:
    needed = places(stage, kind, set())
    gone = missing(needed, there)
    made = [Sits(each.role, each.offered_as) for each in gone]
    assert missing(needed, [*there, *made]) == []
    for n in range(len(made)):
        assert missing(needed, [*there, *made[:n], *made[n + 1 :]]), "none of them is too many"
    assert missing(needed, []) == list(needed)


def test_one_person_fills_one_place() -> None:
    assert missing([panels.LEAD, panels.ONE_MORE], [Sits(R.LEAD, P.PRODUCT)]) == [panels.ONE_MORE]
    assert missing([panels.LEAD], [Sits(R.OBSERVER, None)]) == [panels.LEAD]
    assert Place(R.OBSERVER, P.DESIGN).offered_as is None


AROUND = Around(
    team=frozenset({5}), suppliers=frozenset({"tide"}), supplier_bodies=frozenset({70}),
    organisations=frozenset({80}), earlier_leads=frozenset({6}), cross_government=True,
    lead_again=False,
)  # fmt: skip


@pytest.mark.parametrize(
    ("who", "found"),
    [
        (Sits(), []),
        (Sits(person_id=5), ["team"]),
        (Sits(supplier_key="tide"), ["supplier:tide"]),
        (Sits(supplier_key="other"), []),
        (Sits(organisation_id=70), ["supplier:#70"]),
        (Sits(organisation_id=80), ["organisation:80"]),
        (Sits(R.OBSERVER, None, organisation_id=80), []),
        (Sits(R.OBSERVER, None, person_id=5), ["team"]),
        (Sits(person_id=6), []),
        (Sits(R.LEAD, person_id=6), ["earlier_lead"]),
        (Sits(declaration=Declaration.CONFLICT, objection="x"), ["declared", "objection"]),
        (Sits(state=SeatState.OPEN, person_id=None), []),
    ],
)
def test_what_speaks_against_somebody(who: Sits, found: list[str]) -> None:
    assert [each.key for each in panels.conflicts(who, AROUND)] == found
    who.judged = found
    assert standing(who, AROUND) == [], "each was judged to be none"


def test_policy_is_a_setting() -> None:
    own = Around(organisations=frozenset({80}), earlier_leads=frozenset({6}))
    assert standing(Sits(organisation_id=80), own) == [], "its own organisation's panel"
    free = Around(organisations=frozenset({80}), cross_government=True, own_allowed=True)
    assert standing(Sits(organisation_id=80), free) == []
    assert standing(Sits(R.LEAD, person_id=6), own) == []


def test_what_is_found_late_stands_although_another_was_judged() -> None:
    who = Sits(objection="x", judged=["objection"])
    assert standing(who, Around()) == []
    late = Around(team=frozenset({1}))
    assert standing(who, late) == [Conflict(ConflictKind.TEAM)]


def test_what_a_panel_lacks() -> None:
    needed = places(Stage.ALPHA, A.ASSESSMENT)
    full = [Sits(R.LEAD, P.PRODUCT, person_id=9), *(Sits(profession=p) for p in CORE)]
    assert lacks(needed, full, AROUND, True) == []

    def said(seats: list[Sits], days: bool = True) -> list[str]:
        return [str(each)[:30] for each in lacks(needed, seats, AROUND, days)]

    assert said(full, False) == ["No session is set"]
    assert said(full[1:]) == ["The panel has no lead assessor"]
    assert said(full[:-1]) == ["The panel lacks somebody of a "]
    assert said([*full, Sits(R.OBSERVER, None, declaration=Declaration.WAITING)]) == [
        "Somebody on the panel has not "
    ]
    assert said([*full, Sits(objection="x")]) == ["Somebody on the panel has a co"]
    assert len(said([Sits(R.LEAD, state=SeatState.LEFT)], False)) == 3


def test_the_best_comes_first_and_each_says_why_not() -> None:
    asked = Asked(R.ASSESSOR, P.DESIGN, PanelBy.CROSS_GOVERNMENT, 80, AROUND)
    fits = {"professions": frozenset({P.DESIGN}), "cross_government": True,
            "training": Training.TRAINED, "organisation_id": 90}  # fmt: skip
    people = [
        Candidate(1, "Busy", ahead=2, **fits),
        Candidate(2, "Free", **fits),
        Candidate(3, "Offers", ahead=2, volunteered=True, **fits),
        Candidate(4, "Away", away=True, **fits),
        Candidate(5, "Of the team", **fits),
        Candidate(6, "Learns", **{**fits, "training": Training.SHADOWED}),
        Candidate(7, "Codes", **{**fits, "professions": frozenset({P.TECHNOLOGY})}),
        Candidate(8, "Sits", elsewhere=True, month=2, most_a_month=2, listed=False, **fits),
        Candidate(9, "Somewhere", **{**fits, "organisation_id": None}),
    ]
    found = ranked(people, asked)
    assert [each.who.name for each in found] == [
        "Offers", "Free", "Busy", "Learns", "Away", "Sits", "Somewhere", "Of the team", "Codes",
    ]  # fmt: skip
    why = {each.who.name: list(each.why_not) for each in found}
    assert why["Free"] == []
    assert why["Learns"] == [WhyNot.NOT_TRAINED]
    assert why["Sits"] == [WhyNot.NOT_LISTED, WhyNot.SITS_ELSEWHERE, WhyNot.MONTH_FULL]
    assert why["Of the team"] == [WhyNot.CONFLICT]
    assert [each.who.name for each in found if not each.can] == ["Codes"]
    lead = ranked(people[1:2], Asked(R.LEAD, P.PRODUCT, PanelBy.ORGANISATION, 80, AROUND))
    assert list(lead[0].why_not) == [WhyNot.CANNOT_LEAD, WhyNot.OTHER_POOL]
    watch = ranked([Candidate(9, "New")], Asked(R.OBSERVER, None, PanelBy.ORGANISATION, 80))
    assert list(watch[0].why_not) == []


def test_days_away_and_months() -> None:
    day = date(2026, 11, 22)
    assert assessors.wrong_away(day, day, day) == []
    fields = [e.field for e in assessors.wrong_away(day, date(2026, 11, 20), day)]
    assert fields == ["until", "until"]
    far = [e.field for e in assessors.wrong_away(date(2040, 1, 1), date(2044, 1, 1), day)]
    assert far == ["since", "until"]
    assert [bool(assessors.wrong_month(n)) for n in (None, 0, 20, 21, -1)] == [
        False, False, False, True, True,
    ]  # fmt: skip


def test_training_goes_on_by_watching_alone() -> None:
    step = assessors.after_watching
    assert step(Training.NOT_BEGUN, True) is Training.OBSERVED
    assert step(Training.OBSERVED, True) is Training.SHADOWED
    assert step(Training.SHADOWED, True) is Training.SHADOWED, "a person says who is trained"
    assert step(Training.TRAINED, True) is Training.TRAINED
    assert step(Training.NOT_BEGUN, False) is Training.NOT_BEGUN


def test_the_week_of_an_assessment() -> None:
    monday = date(2026, 12, 7)
    assert week_of(date(2026, 12, 9), ["2026-01-05"]) == monday
    assert week_of(None, ["2026-12-07", "2026-12-14"]) == monday
    assert week_of(None, ["2026-W50"]) == monday
    assert week_of(None, ["soon"]) is None
    assert week_of(None, None) is None
