"""Rows of bookings, panels and drafts with one member of a closed list each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.words import Profession
from portal.assessments import booking_words as w
from portal.assessments import words
from portal.assessments.models import bookings as b
from portal.assessments.models import drafting as d
from portal.assessments.models import panels as p
from portal.assessments.models import publishing as u
from portal.db import Base
from tests.support.assessment_rows import ID
from tests.support.data import ACT

#: The person of tests/whole/test_enums.py.
PERSON = ID
ON = date(2026, 7, 1)


def booking(**value: Any) -> b.Booking:
    """A booking that says no more than it must."""
    plain = {
        "reference": "X-1", "state": w.State.DRAFT, "name": "X", "sort_name": "x", "weeks": [],
        "needed": {}, "edited_at": ACT.at,
    }  # fmt: skip
    return b.Booking(**{**plain, **value})


def seed(session: Session) -> None:
    """A booking with one section and one follow-up, all with the id `ID`."""
    session.add(booking(id=ID, reference="X-0"))
    session.flush()
    session.add(_section(id=ID))
    session.flush()
    session.add(_follow_up(id=ID))
    session.flush()


def _in(state: w.State) -> b.Booking:
    resumes = w.State.DRAFT if state is w.State.POSTPONED else None
    return booking(state=state, resumes=resumes, result=words.Rating.MET)


def _seat(**value: Any) -> p.Seat:
    plain = {
        "booking_id": ID, "role": w.SeatRole.ASSESSOR, "profession": Profession.DESIGN,
        "state": w.SeatState.OPEN, "declaration": w.Declaration.WAITING,
    }  # fmt: skip
    row = {**plain, **value}
    if row["role"] is w.SeatRole.OBSERVER:
        row["profession"] = None
    if row["state"] is w.SeatState.FILLED:
        row["person_id"] = PERSON
    return p.Seat(**row)


def _section(**value: Any) -> d.Section:
    plain = {"booking_id": ID, "number": 0, "edited_at": ACT.at, "edited_by": "x"}
    return d.Section(**{**plain, **value})


def _challenge(state: w.ChallengeState) -> d.Challenge:
    answered = None if state is w.ChallengeState.WAITING else ACT.at
    return d.Challenge(
        booking_id=ID, section_id=ID, paragraph="X", text="X", raised_by="x", raised_at=ACT.at,
        state=state, answered_at=answered,
    )  # fmt: skip


def _flag(**value: Any) -> u.PublicationFlag:
    plain = {
        "section_id": ID, "kind": w.FlagKind.NAME, "digest": "x", "state": w.FlagState.KEPT,
        "reason": "X", "decided_by": "x", "decided_at": ACT.at,
    }  # fmt: skip
    return u.PublicationFlag(**{**plain, **value})


def _follow_up(**value: Any) -> u.FollowUp:
    plain = {
        "booking_id": ID, "section_id": ID, "text": "X", "state": w.ActionState.OPEN,
        "answer": "X", "edited_at": ACT.at,
    }  # fmt: skip
    return u.FollowUp(**{**plain, **value})


def _evidence(state: w.EvidenceState) -> u.ActionEvidence:
    answered = None if state is w.EvidenceState.WAITING else ACT.at
    return u.ActionEvidence(
        follow_up_id=ID, text="X", given_by="x", given_at=ACT.at, state=state, answered_at=answered
    )


#: As `ROWS` of tests/whole/test_enums.py.
ROWS: dict[str, Callable[[int, int, int, Any], Base]] = {
    "assessment_setting.nation": lambda _a, _b, _c, v: b.AssessmentSetting(
        scope=0, nation=v, edited_at=ACT.at
    ),
    "booking.state": lambda _a, _b, _c, v: _in(v),
    "booking.resumes": lambda _a, _b, _c, v: booking(state=w.State.POSTPONED, resumes=v),
    "booking.stage": lambda _a, _b, _c, v: booking(stage=v),
    "booking.kind": lambda _a, _b, _c, v: booking(kind=v),
    "booking.panel_by": lambda _a, _b, _c, v: booking(panel_by=v),
    "booking.scheme": lambda _a, _b, _c, v: booking(scheme=v),
    "booking.result": lambda _a, _b, _c, v: booking(result=v),
    "booking_contact.role": lambda _a, _b, _c, v: b.BookingContact(
        booking_id=ID, role=v, name="X"
    ),
    "booking_clock.kind": lambda _a, _b, _c, v: b.BookingClock(
        booking_id=ID, kind=v, days=1, started_on=ON, due_on=ON
    ),
    "assessor.training": lambda _a, _b, _c, v: p.Assessor(
        person_id=PERSON, training=v, edited_at=ACT.at
    ),
    "seat.role": lambda _a, _b, _c, v: _seat(role=v),
    "seat.profession": lambda _a, _b, _c, v: _seat(profession=v),
    "seat.state": lambda _a, _b, _c, v: _seat(state=v),
    "seat.declaration": lambda _a, _b, _c, v: _seat(declaration=v),
    "section.profession": lambda _a, _b, _c, v: _section(number=1, profession=v),
    "section.rating": lambda _a, _b, _c, v: _section(number=1, rating=v, verbatim="x"),
    "challenge.state": lambda _a, _b, _c, v: _challenge(v),
    "publication_flag.kind": lambda _a, _b, _c, v: _flag(kind=v),
    "publication_flag.state": lambda _a, _b, _c, v: _flag(state=v),
    "report_version.kind": lambda _a, _b, _c, v: u.ReportVersion(
        booking_id=ID, number=1, kind=v, note="X", document={}, published_by="x",
        published_at=ACT.at,
    ),
    "follow_up.state": lambda _a, _b, _c, v: _follow_up(state=v),
    "action_evidence.state": lambda _a, _b, _c, v: _evidence(v),
}  # fmt: skip
