"""The sections of draft reports on both databases: made, written, set aside, restored, assigned."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.assessments.actions import booking_steps, section_making, section_writing
from portal.assessments.actions.section_writing import Outcome, Written, write
from portal.assessments.booking_words import Declaration, Move, Part, SeatRole, SeatState, State
from portal.assessments.models.assessments import Assessment
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section, SectionText
from portal.assessments.models.panels import Seat
from portal.assessments.models.standards import StandardPoint, StandardVersion
from portal.assessments.rules.booking_settings import DEFAULT
from portal.assessments.rules.confidentiality import parts_of
from portal.assessments.rules.drafting import Said
from portal.assessments.store import bookings, sections
from portal.assessments.words import AssessmentKind, Rating, RatingScheme, Stage, VersionState
from portal.audit import history_of
from portal.errors import Invalid, Missing, Refused
from tests.support.assessment_data import add_report
from tests.support.booking_rows import booking
from tests.support.data import ACT
from tests.support.drafts import REFERENCE, Draft, add_draft, drafted, four_points, sit
from tests.support.transactions import RolledBackDatabase

pytestmark = pytest.mark.usefixtures("app")  # which teaches the policy where services are
LOST = Said("Green", None, "Mine", "")


def _hold(session: Session, draft: Draft, move: Move = Move.HOLD) -> list[Section]:
    booking = bookings.by_reference(session, REFERENCE)
    parts = _parts(session, draft)
    booking_steps.take(session, booking, move, parts, draft.act("lead"), "http://x")
    return sections.of_booking(session, booking.id)


def _parts(session: Session, draft: Draft) -> frozenset[Part]:
    return parts_of(draft.people["lead"], bookings.thing_of(session, draft.booking))


def _write(
    database: RolledBackDatabase, draft: Draft, name: str, number: int, base: int, said: Said,
    settles: int | None = None,
) -> Written:  # fmt: skip
    return write(
        database, REFERENCE, number, base, said, draft.people[name], draft.act(name), settles
    )


def test_holding_makes_a_section_of_each_point(session: Session) -> None:
    draft = add_draft(session, State.PANEL_READY, four_points(session), scheme=None)
    made = _hold(session, draft)
    assert [each.number for each in made] == [0, 1, 2, 3, 4]
    assert made[0].point_id is None
    assert [each.profession for each in made[1:]] == [each.point.profession for each in made[1:]]
    assert not any(each.carried or each.rating for each in made)
    assert draft.booking.scheme is RatingScheme.RAG, "that of the version"
    [event] = history_of(session, sections.THING, made[1].id)
    assert event.tag == "section.made" and event.actor == draft.act("lead").actor
    section_making.make(_step(session, draft, Move.START_REPORT))
    assert len(sections.of_booking(session, draft.booking.id)) == 5, "once"


def _step(session: Session, draft: Draft, move: Move) -> booking_steps.Step:
    parts = _parts(session, draft)
    return booking_steps.Step(session, draft.booking, move, parts, DEFAULT, draft.act("lead"), "")


def test_extras_of_an_organisation_are_points_too(session: Session) -> None:
    base = four_points(session)
    extra = StandardVersion(
        standard_id=base.standard_id, number=2, title="Extras", scheme=RatingScheme.MET,
        state=VersionState.DRAFT, extends_id=base.id, edited_at=ACT.at,
        points=[StandardPoint(number=5, title="Ours too")],
    )  # fmt: skip
    session.add(extra)
    session.flush()
    extra.state, extra.published_at = VersionState.PUBLISHED, ACT.at
    session.flush()
    made = _hold(session, add_draft(session, State.PANEL_READY, extra, scheme=None))
    assert [each.number for each in made] == [0, 1, 2, 3, 4, 5]
    assert made[5].point and made[5].point.title == "Ours too"


@pytest.mark.parametrize(
    ("kind", "again", "still_open"),
    [("reassessment", AssessmentKind.REASSESSMENT, [3]),
     ("amber_review", AssessmentKind.AMBER_REVIEW, [2])],
)  # fmt: skip
def test_what_was_met_is_carried_forward_verbatim(
    session: Session, kind: str, again: AssessmentKind, still_open: list[int]
) -> None:
    version = four_points(session)
    first = add_report(session, "First", version, ratings={4: "met"}, on=date(2025, 1, 1))
    [its_first] = first.assessments
    words = {1: "Green", 2: "Amber", 3: "Red", 4: "Green"}
    ratings = {1: "met", 2: "met_with_conditions", 3: "not_met", 4: "met"}
    second = add_report(
        session, "Second", version, ratings=ratings, kind="reassessment",
        again_of_id=its_first.id, scheme=RatingScheme.RAG,
    )  # fmt: skip
    [its_second] = second.assessments
    for point in its_second.points:
        point.verbatim, point.carried = words[point.number], point.number == 4
        point.reason = "Said why" if point.number == 1 else None
    session.flush()
    draft = add_draft(session, State.PANEL_READY, version, kind=again, again_of_id=its_second.id)
    made = _hold(session, draft)
    assert [each.number for each in made[1:] if not each.carried] == still_open
    carried = {each.number: each for each in made if each.carried}
    assert all(each.verbatim == words[number] for number, each in carried.items())
    assert carried[1].reason == "Said why" and carried[1].rating is Rating.MET
    assert carried[1].carried_from_id == its_second.id
    assert carried[4].carried_from_id == its_first.id, "which found it so"
    assert kind == again


def test_another_version_carries_nothing_forward(session: Session) -> None:
    old, new = four_points(session), four_points(session, 2)
    report = add_report(session, "First", old, ratings={1: "met"})
    again_of = report.assessments[0].id
    draft = add_draft(
        session, State.PANEL_READY, new, kind=AssessmentKind.REASSESSMENT, again_of_id=again_of
    )
    assert not any(each.carried for each in _hold(session, draft))


def test_what_was_never_published_is_carried_forward_from_its_draft(session: Session) -> None:
    draft = drafted(session, State.CLOSED_UNPUBLISHED)
    first = sections.of_booking(session, draft.booking.id)
    for each in first[1:]:
        each.verbatim, each.rating = "Green", Rating.MET
    first[2].verbatim, first[2].rating = "Red", Rating.NOT_MET
    session.flush()
    again = booking(
        reference="BCD-2345", state=State.PANEL_READY, after_id=draft.booking.id,
        kind=AssessmentKind.REASSESSMENT, stage=Stage.ALPHA, scheme=RatingScheme.RAG,
        standard_version_id=draft.booking.standard_version_id,
    )  # fmt: skip
    session.add(again)
    session.flush()
    step = booking_steps.Step(
        session, bookings.by_reference(session, "BCD-2345"), Move.HOLD, frozenset(),
        _step(session, draft, Move.HOLD).held, draft.act("lead"), "",
    )  # fmt: skip
    section_making.make(step)
    made = sections.of_booking(session, again.id)
    assert [each.number for each in made[1:] if each.carried] == [1, 3, 4]
    assert all(each.carried_from_id is None for each in made)


def test_the_later_text_is_set_aside_and_neither_is_lost(
    session: Session, database: RolledBackDatabase
) -> None:
    draft = drafted(session)
    first = _write(database, draft, "design", 2, 1, Said("Green", None, "Theirs", "More"))
    assert first == Written(Outcome.SAVED, 2)
    second = _write(database, draft, "tech", 2, 1, Said("Amber", None, "Mine", ""))
    assert (second.outcome, second.version) == (Outcome.ASIDE, 2)
    section = sections.at(session, draft.booking.id, 2)
    assert sections.said_of(section) == Said("Green", None, "Theirs", "More")
    assert section.rating is Rating.MET and section.edited_by == draft.act("design").actor
    [mine] = sections.aside(session, [section.id])
    assert mine.id == second.text_id and mine.said.done_well == "Mine" and mine.base == 1
    again = _write(database, draft, "tech", 2, 1, Said("Amber", None, "Mine", ""), mine.id)
    assert again == second, "the same text is set aside once"
    third = _write(database, draft, "tech", 2, 2, Said("Amber", None, "Theirs\nMine", "More"),
                   settles=mine.id)  # fmt: skip
    assert third == Written(Outcome.SAVED, 3)
    assert sections.aside(session, [section.id]) == []
    kept = sections.texts(session, section.id)
    assert [each.version for each in kept] == [3, None, 2]
    assert [each.said.done_well for each in kept] == ["Theirs\nMine", "Mine", "Theirs"]
    tags = [each.tag for each in history_of(session, sections.THING, section.id)]
    assert tags == ["section.written", "section.settled", "section.set_aside", "section.written"]


def test_the_history_never_has_a_word_of_a_text(
    session: Session, database: RolledBackDatabase
) -> None:
    draft = drafted(session)
    _write(database, draft, "design", 2, 1, Said("N/A", "Secretreason", "Secretwell", "Secretmore"))
    _write(database, draft, "tech", 2, 1, Said("Red", None, "Secretaside", ""))
    section = sections.at(session, draft.booking.id, 2)
    events = history_of(session, sections.THING, section.id)
    assert len(events) == 2
    assert not any("ecret" in str((each.before, each.after, each.reason)) for each in events)
    assert any(each.after.get("verbatim") == "N/A" for each in events)


def test_the_same_text_again_is_no_new_one(session: Session, database: RolledBackDatabase) -> None:
    draft = drafted(session)
    _write(database, draft, "design", 2, 1, LOST)
    assert _write(database, draft, "design", 2, 1, LOST) == Written(Outcome.SAME, 2)
    assert _write(database, draft, "tech", 2, 1, LOST) == Written(Outcome.SAME, 2)
    assert len(sections.texts(session, sections.at(session, draft.booking.id, 2).id)) == 1


def test_what_comes_after_the_report_was_sent_is_set_aside(
    session: Session, database: RolledBackDatabase
) -> None:
    draft = drafted(session, State.ASSURANCE_CHECK)
    late = _write(database, draft, "design", 2, 1, LOST)
    assert late.outcome is Outcome.LOCKED and late.text_id
    section = sections.at(session, draft.booking.id, 2)
    assert (section.version, section.done_well) == (1, "")
    assert [each.said for each in sections.aside(session, [section.id])] == [LOST]
    with pytest.raises(Refused):
        section_writing.restore(
            database, REFERENCE, 2, late.text_id, 1, draft.people["design"], draft.act("design")
        )


@pytest.mark.parametrize(
    ("name", "problem"),
    [("nobody", Missing), ("observer", Refused), ("team", Refused), ("assurance", Refused)],
)
def test_only_the_panel_writes(
    session: Session, database: RolledBackDatabase, name: str, problem: type[Exception]
) -> None:
    draft = drafted(session)
    with pytest.raises(problem):
        _write(database, draft, name, 2, 1, LOST)
    assert session.scalars(select(SectionText.id)).all() == []


def test_who_left_or_has_a_conflict_writes_no_more(
    session: Session, database: RolledBackDatabase
) -> None:
    draft = drafted(session)
    seat = session.scalars(select(Seat).where(Seat.person_id == draft.people["design"].id)).one()
    seat.declaration = Declaration.CONFLICT
    session.flush()
    with pytest.raises(Missing):
        _write(database, draft, "design", 2, 1, LOST)
    assert draft.people["design"].id not in {
        each.person_id for each in sections.panel(session, draft.booking.id)
    }
    seat.declaration, seat.state = Declaration.NONE, SeatState.LEFT
    session.flush()
    with pytest.raises(Missing):
        _write(database, draft, "design", 2, 1, LOST)


def test_who_leaves_while_a_text_is_on_its_way_writes_no_more(
    session: Session, database: RolledBackDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = drafted(session)

    def asked_before(asking: Session, reference: str, _person: object) -> Booking:
        return bookings.row_of(asking, reference)

    monkeypatch.setattr(section_writing, "changed_by", asked_before)
    assert _write(database, draft, "design", 2, 1, LOST).outcome is Outcome.SAVED
    seat = session.scalars(select(Seat).where(Seat.person_id == draft.people["design"].id)).one()
    for left, declared in ((SeatState.LEFT, Declaration.NONE),
                           (SeatState.FILLED, Declaration.CONFLICT)):  # fmt: skip
        seat.state, seat.declaration = left, declared
        session.flush()
        with pytest.raises(Missing):
            _write(database, draft, "design", 2, 2, Said("Red"))


def test_a_point_that_is_carried_forward_stays(
    session: Session, database: RolledBackDatabase
) -> None:
    draft = drafted(session)
    section = sections.at(session, draft.booking.id, 2)
    section.carried, section.verbatim, section.rating = True, "Green", Rating.MET
    session.flush()
    with pytest.raises(Refused):
        _write(database, draft, "design", 2, 1, LOST)
    with pytest.raises(Invalid):
        _write(database, draft, "design", 3, 1, Said("Met"))
    with pytest.raises(Missing):
        _write(database, draft, "design", 9, 1, LOST)


def test_an_earlier_text_comes_back_as_a_new_one(
    session: Session, database: RolledBackDatabase
) -> None:
    draft = drafted(session)
    _write(database, draft, "design", 2, 1, LOST)
    _write(database, draft, "tech", 2, 2, Said("Red", None, "Other", ""))
    section = sections.at(session, draft.booking.id, 2)
    first = sections.texts(session, section.id)[-1]
    person, act = draft.people["tech"], draft.act("tech")
    found = section_writing.restore(database, REFERENCE, 2, first.id, 3, person, act)
    assert found == Written(Outcome.SAVED, 4)
    assert sections.said_of(sections.at(session, draft.booking.id, 2)) == LOST
    stale = section_writing.restore(database, REFERENCE, 2, first.id, 2, person, act)
    assert stale.outcome is Outcome.SAME, "it says so already"


def test_a_text_is_settled_by_its_author_or_the_lead(
    session: Session, database: RolledBackDatabase
) -> None:
    draft = drafted(session)
    _write(database, draft, "design", 2, 1, LOST)
    for lost in ("One", "Two"):
        _write(database, draft, "tech", 2, 1, Said(None, None, lost, ""))
    section = sections.at(session, draft.booking.id, 2)
    one, two = sections.aside(session, [section.id])

    def settle(name: str, text_id: int) -> None:
        person, act = draft.people[name], draft.act(name)
        section_writing.settle(database, REFERENCE, 2, text_id, person, act)

    with pytest.raises(Refused):
        settle("design", one.id)
    settle("tech", one.id)
    settle("lead", two.id)
    assert sections.aside(session, [section.id]) == []
    with pytest.raises(Missing):
        settle("lead", two.id + 100)


def test_the_lead_says_who_writes_a_section(session: Session, database: RolledBackDatabase) -> None:
    draft = drafted(session)

    def assign(name: str, owner: str | None) -> bool:
        person, act = draft.people[name], draft.act(name)
        id_ = draft.people[owner].id if owner else None
        return section_writing.assign(database, REFERENCE, 4, id_, person, act)

    assert assign("lead", "tech")
    assert not assign("lead", "tech")
    section = sections.at(session, draft.booking.id, 4)
    assert section.owner_id == draft.people["tech"].id and section.version == 1
    with pytest.raises(Refused):
        assign("design", "design")
    with pytest.raises(Refused):
        assign("lead", "observer")
    assert assign("lead", None)
    told = history_of(session, sections.THING, section.id)[-1]
    assert told.after == {"owner": f"person:{draft.people['tech'].id}"}


def test_who_rated_what_differently_is_known(
    session: Session, database: RolledBackDatabase
) -> None:
    draft = drafted(session)
    _write(database, draft, "design", 2, 1, Said("Green"))
    _write(database, draft, "tech", 2, 2, Said("Amber"))
    _write(database, draft, "tech", 2, 3, Said("Red"))
    section = sections.at(session, draft.booking.id, 2)
    found = sections.ratings(session, [section.id])
    said = {draft.act(name).actor: word for name, word in (("design", "Green"), ("tech", "Red"))}
    assert {each.actor: each.verbatim for each in found} == said


def test_an_invited_assessor_is_not_on_the_panel_yet(session: Session) -> None:
    draft = drafted(session)
    sit(session, draft.booking.id, draft.people["nobody"].id, SeatRole.ASSESSOR,
        sections.panel(session, draft.booking.id)[0].profession, Declaration.WAITING)  # fmt: skip
    ids = {each.person_id for each in sections.panel(session, draft.booking.id)}
    assert draft.people["nobody"].id not in ids and len(ids) == 4
    assert session.scalars(select(Assessment.id)).all() == [], "nothing for the public"
