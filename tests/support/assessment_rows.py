"""Rows of the assessments with one member of a closed list each, and what they hang on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.assessments import words
from portal.assessments.models import assessments as a
from portal.assessments.models import findings as f
from portal.assessments.models import standards as s
from portal.db import Base
from tests.support.data import ACT

#: An id that no sequence comes to, of each thing below.
ID = 10**6


def seed(session: Session) -> None:
    """A report of one assessment and a draft of a standard with one point, all with the id `ID`."""
    session.add(s.Standard(id=ID, slug="x", name="X", owner="X", edited_at=ACT.at))
    session.flush()
    session.add(_version(id=ID))
    session.flush()
    session.add(s.StandardPoint(id=ID, version_id=ID, number=1, title="X"))
    session.add(a.Report(id=ID, slug="x", key="x", title="X", body="X", edited_at=ACT.at))
    session.flush()
    session.add(_assessment(id=ID))
    session.flush()


def _version(**value: Any) -> s.StandardVersion:
    plain = {
        "standard_id": ID, "number": 1, "title": "X", "scheme": words.RatingScheme.RAG,
        "state": words.VersionState.DRAFT, "edited_at": ACT.at,
    }  # fmt: skip
    row = {**plain, **value}
    if row["state"] is words.VersionState.PUBLISHED:
        row["published_at"] = ACT.at
    return s.StandardVersion(**row)


def _assessment(**value: Any) -> a.Assessment:
    plain = {
        "report_id": ID, "position": 1, "name": "X", "sort_name": "x", "held_on": date(2015, 6, 8),
        "service_match": words.ServiceMatch.WAITING, "stage": words.Stage.ALPHA,
        "kind": words.AssessmentKind.ASSESSMENT, "result": words.Rating.MET,
    }  # fmt: skip
    return a.Assessment(**{**plain, **value})


def _check(state: words.CheckState) -> a.ReportCheck:
    decided = None if state is words.CheckState.OPEN else "x"
    return a.ReportCheck(report_id=ID, field="x", reason="x", state=state, decided_by=decided)


def _sentence(session_state: words.FindingState) -> f.FindingSentence:
    plain = {"report_id": ID, "position": 1, "sentence": "X", "score": 1, "point_id": ID}
    row = f.FindingSentence(**plain, state=session_state)
    if session_state is not words.FindingState.SUGGESTED:
        row.decided_by = "x"
    if session_state is words.FindingState.GROUPED:
        row.finding = f.Finding(slug="x", title="X", point_id=ID, edited_at=ACT.at)
    return row


#: As `ROWS` of tests/whole/test_enums.py.
ROWS: dict[str, Callable[[int, int, int, Any], Base]] = {
    "standard_version.state": lambda _a, _b, _c, v: _version(number=2, state=v),
    "standard_version.scheme": lambda _a, _b, _c, v: _version(number=2, scheme=v),
    "standard_point.profession": lambda _a, _b, _c, v: s.StandardPoint(
        version_id=ID, number=2, title="X", profession=v
    ),
    "assessment.service_match": lambda _a, _b, _c, v: _assessment(position=2, service_match=v),
    "assessment.stage": lambda _a, _b, _c, v: _assessment(position=2, stage=v),
    "assessment.kind": lambda _a, _b, _c, v: _assessment(position=2, kind=v),
    "assessment.scheme": lambda _a, _b, _c, v: _assessment(position=2, scheme=v),
    "assessment.result": lambda _a, _b, _c, v: _assessment(position=2, result=v),
    "assessment_point.rating": lambda _a, _b, _c, v: a.AssessmentPoint(
        assessment_id=ID, number=1, verbatim="x", rating=v
    ),
    "report_check.state": lambda _a, _b, _c, v: _check(v),
    "finding_sentence.state": lambda _a, _b, _c, v: _sentence(v),
}
