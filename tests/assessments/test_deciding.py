"""The overall result against the points, the actions of points, and what a report has to have."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.assessments.actions import asking, booking_steps, deciding
from portal.assessments.actions.section_writing import Outcome, write
from portal.assessments.booking_words import Move, State
from portal.assessments.models.publishing import FollowUp
from portal.assessments.rules.confidentiality import parts_of
from portal.assessments.rules.drafting import Said
from portal.assessments.store import bookings, point_actions, sections
from portal.assessments.words import Rating, Stage
from portal.audit import history_of
from portal.errors import Invalid, Missing, Refused, Stale
from tests.support.drafts import REFERENCE, Draft, add_draft, drafted, four_points
from tests.support.transactions import RolledBackDatabase

pytestmark = pytest.mark.usefixtures("app")


def _rate(database: RolledBackDatabase, draft: Draft, *words: str) -> None:
    person, act = draft.people["lead"], draft.act("lead")
    for number, word in enumerate(words, start=1):
        write(database, REFERENCE, number, 1, Said(word, "Why not"), person, act)


def _decide(
    session: Session, database: RolledBackDatabase, draft: Draft, word: str,
    reason: str | None = None, name: str = "lead",
) -> bool:  # fmt: skip
    version = bookings.by_reference(session, REFERENCE).version
    person, act = draft.people[name], draft.act(name)
    return deciding.decide(database, REFERENCE, version, word, reason, person, act)


def _step(session: Session, draft: Draft, move: Move, name: str = "lead") -> State:
    booking = bookings.by_reference(session, REFERENCE)
    parts = parts_of(draft.people[name], bookings.thing_of(session, booking))
    return booking_steps.take(session, booking, move, parts, draft.act(name, "Why"), "http://x")


def _ask(database: RolledBackDatabase, draft: Draft, number: int, text: str, **more: Any) -> int:
    name = more.pop("name", "design")
    person, act = draft.people[name], draft.act(name)
    owner = more.pop("owner", "Product manager")
    return asking.ask(database, REFERENCE, number, text, owner, person, act)


def test_a_result_against_the_points_asks_for_a_reason(
    session: Session, database: RolledBackDatabase
) -> None:
    draft = drafted(session)
    _rate(database, draft, "Green", "Red", "Green", "Green")
    with pytest.raises(Invalid) as problem:
        _decide(session, database, draft, "Green", "  ")
    assert problem.value.field == "reason"
    assert _decide(session, database, draft, "Green", "It is put right by now")
    booking = bookings.by_reference(session, REFERENCE)
    assert (booking.result, booking.result_verbatim) == (Rating.MET, "Green")
    assert booking.decided_at == draft.act("lead").at
    assert not _decide(session, database, draft, "Green", "It is put right by now")
    assert _decide(session, database, draft, "Red")
    assert bookings.by_reference(session, REFERENCE).result_reason is None
    tags = [event.tag for event in history_of(session, bookings.THING, booking.id)]
    assert tags == ["booking.decided"] * 2


def test_only_the_lead_decides_and_in_the_words_of_the_scheme(
    session: Session, database: RolledBackDatabase
) -> None:
    draft = drafted(session)
    _rate(database, draft, *["Green"] * 4)
    for name in ("design", "assurance", "team", "observer"):
        with pytest.raises(Refused):
            _decide(session, database, draft, "Green", name=name)
    with pytest.raises(Missing):
        _decide(session, database, draft, "Green", name="nobody")
    for word in ("Met", "N/A", ""):
        with pytest.raises(Invalid) as problem:
            _decide(session, database, draft, word)
        assert problem.value.field == "result"
    person, act = draft.people["lead"], draft.act("lead")
    with pytest.raises(Stale):
        deciding.decide(database, REFERENCE, 99, "Green", None, person, act)


def test_nothing_is_decided_of_what_is_not_rated_or_is_with_others(
    session: Session, database: RolledBackDatabase
) -> None:
    draft = drafted(session, stage=Stage.DISCOVERY)
    with pytest.raises(Refused):
        _decide(session, database, draft, "Green")
    booking = bookings.by_reference(session, REFERENCE)
    booking.stage, booking.state = Stage.ALPHA, State.ASSURANCE_CHECK
    session.flush()
    with pytest.raises(Refused):
        _decide(session, database, draft, "Green", "Because")


def test_a_report_leaves_the_panel_complete(session: Session, database: RolledBackDatabase) -> None:
    draft = drafted(session)
    lead, act = draft.people["lead"], draft.act("lead")
    _rate(database, draft, "Green", "Amber", "N/A")
    with pytest.raises(Invalid, match="4"):
        _step(session, draft, Move.SEND_TO_CHECK)
    write(database, REFERENCE, 4, 1, Said("Green"), lead, act)
    write(database, REFERENCE, 3, 2, Said("N/A", ""), lead, act)
    with pytest.raises(Invalid, match="3"):
        _step(session, draft, Move.SEND_TO_CHECK)
    late = write(database, REFERENCE, 3, 1, Said("Green"), draft.people["tech"], draft.act("tech"))
    write(database, REFERENCE, 3, 3, Said("Green"), lead, act)
    with pytest.raises(Invalid, match="aside"):
        _step(session, draft, Move.SEND_TO_CHECK)
    sections.settle(session, late.text_id or 0, act)
    with pytest.raises(Invalid, match="overall result"):
        _step(session, draft, Move.SEND_TO_CHECK)
    _decide(session, database, draft, "Green", "Only one small thing")
    booking = bookings.by_reference(session, REFERENCE)
    booking.result_reason = None
    session.flush()
    with pytest.raises(Invalid, match="disagrees"):
        _step(session, draft, Move.SEND_TO_CHECK)
    with pytest.raises(Refused, match="result is recorded"):
        _ask(database, draft, 2, "Test it with people")
    late = write(database, REFERENCE, 1, 2, Said("Amber"), lead, act)
    assert late.outcome is Outcome.LOCKED
    sections.settle(session, late.text_id or 0, act)
    with pytest.raises(Refused, match="cannot do this"):
        _step(session, draft, Move.UNLOCK, "design")
    _step(session, draft, Move.UNLOCK)
    with pytest.raises(Refused, match="is open"):
        _step(session, draft, Move.UNLOCK)
    _ask(database, draft, 2, "Test it with people")
    _decide(session, database, draft, "Amber")
    assert _step(session, draft, Move.SEND_TO_CHECK) is State.ASSURANCE_CHECK


def test_what_is_not_rated_needs_no_ratings_and_has_no_result(
    session: Session, database: RolledBackDatabase
) -> None:
    draft = drafted(session, stage=Stage.DISCOVERY)
    assert _step(session, draft, Move.SEND_TO_CHECK) is State.ASSURANCE_CHECK
    booking = bookings.by_reference(session, REFERENCE)
    assert (booking.result, booking.result_verbatim) == (Rating.NOT_RATED, None)


def test_a_report_is_not_started_without_a_standard(session: Session) -> None:
    draft = add_draft(session, State.PANEL_READY, None, scheme=None)
    _step(session, draft, Move.HOLD)
    with pytest.raises(Refused):
        _step(session, draft, Move.START_REPORT)
    assert len(sections.of_booking(session, draft.booking.id)) == 1, "the whole"
    draft.booking.standard_version_id = four_points(session).id
    session.flush()
    assert _step(session, draft, Move.START_REPORT) is State.DRAFTING
    assert [s.number for s in sections.of_booking(session, draft.booking.id)] == [0, 1, 2, 3, 4]


def test_actions_are_asked_changed_and_taken_back(
    session: Session, database: RolledBackDatabase
) -> None:
    draft = drafted(session)
    id_ = _ask(database, draft, 2, " Test it with people ")
    section = sections.at(session, draft.booking.id, 2)
    row = point_actions.at(session, section.id, id_)
    assert (row.text, row.owner, row.version) == ("Test it with people", "Product manager", 1)
    person, act = draft.people["tech"], draft.act("tech")

    def change(version: int, text: str, owner: str = "Product manager") -> bool:
        return asking.change(database, REFERENCE, 2, id_, version, text, owner, person, act)

    assert change(1, "Test it with more people")
    with pytest.raises(Stale):
        change(1, "Another")
    assert not change(2, "Test it with more people")
    assert change(2, "Test it with more people", "Service owner")
    with pytest.raises(Stale):
        asking.take_back(database, REFERENCE, 2, id_, 1, person, act)
    asking.take_back(database, REFERENCE, 2, id_, 3, person, act)
    assert session.scalars(select(FollowUp.id)).all() == []
    events = history_of(session, point_actions.THING, id_)
    assert [event.tag for event in events] == [
        "follow_up.taken_back", "follow_up.changed", "follow_up.changed", "follow_up.asked",
    ]  # fmt: skip
    said = str([(event.before, event.after) for event in events])
    assert "people" not in said and "manager" not in said


def test_actions_are_of_points_that_are_open_and_of_an_unlocked_report(
    session: Session, database: RolledBackDatabase
) -> None:
    draft = drafted(session)
    for text, owner, field in (("  ", None, "text"), ("x" * 2001, None, "text"),
                               ("x", "y" * 201, "owner")):  # fmt: skip
        with pytest.raises(Invalid) as problem:
            _ask(database, draft, 2, text, owner=owner)
        assert problem.value.field == field
    with pytest.raises(Refused):
        _ask(database, draft, 0, "x")
    with pytest.raises(Refused):
        _ask(database, draft, 2, "x", name="assurance")
    section = sections.at(session, draft.booking.id, 3)
    section.carried = True
    session.flush()
    with pytest.raises(Refused):
        _ask(database, draft, 3, "x")
    draft.booking.state = State.TEAM_REVIEW
    session.flush()
    with pytest.raises(Refused):
        _ask(database, draft, 2, "x")
    session.expire_all()
    assert point_actions.of_sections(session, [section.id]) == {}
