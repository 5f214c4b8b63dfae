"""What the tables of the assessments refuse by themselves, and what follows in a merge."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Assessment, AssessmentOwner
from portal.assessments.models.standards import StandardPoint, StandardVersion
from portal.assessments.store import moves
from portal.assessments.words import VersionState
from portal.audit import history_of
from portal.catalogue.store.movers import Merge, counts, move
from portal.catalogue.words import RecordKind
from tests.support.assessment_rows import ID, seed
from tests.support.data import ACT, add_organisation, add_service


def _publish(session: Session) -> StandardVersion:
    seed(session)
    version = session.get_one(StandardVersion, ID)
    version.state, version.published_at = VersionState.PUBLISHED, ACT.at
    session.flush()
    return version


def _retitle(session: Session) -> None:
    session.get_one(StandardPoint, ID).title = "Y"


def _rename(session: Session) -> None:
    session.get_one(StandardVersion, ID).title = "Y"


def _reopen(session: Session) -> None:
    version = session.get_one(StandardVersion, ID)
    version.state, version.published_at = VersionState.DRAFT, None


def _another(session: Session) -> None:
    session.add(StandardPoint(version_id=ID, number=2, title="Y"))


def _one_less(session: Session) -> None:
    session.delete(session.get_one(StandardPoint, ID))


CHANGES = [_retitle, _rename, _reopen, _another, _one_less]


@pytest.mark.parametrize("change", CHANGES)
def test_a_published_version_never_changes(
    session: Session, change: Callable[[Session], None]
) -> None:
    _publish(session)
    change(session)
    with pytest.raises(IntegrityError, match="a published standard does not change"):
        session.flush()


@pytest.mark.parametrize("change", [_retitle, _rename, _another, _one_less])
def test_a_draft_does(session: Session, change: Callable[[Session], None]) -> None:
    seed(session)
    change(session)
    session.flush()


def test_assessments_follow_in_a_merge(session: Session) -> None:
    moves.install()
    seed(session)
    stays, goes = add_service(session, "a-service").id, add_service(session, "b-service").id
    body, other = add_organisation(session, "a-body").id, add_organisation(session, "b-body").id
    session.get_one(Assessment, ID).service_id = goes
    owner = AssessmentOwner(assessment_id=ID, position=0, published_name="B", organisation_id=other)
    session.add(owner)
    session.flush()
    merge = Merge(RecordKind.SERVICE, stays, goes, "a-service", "b-service", ACT)
    assert ("Assessments", 1) in counts(session, merge)
    move(session, merge)
    session.expire_all()
    assert session.get_one(Assessment, ID).service_id == stays
    refs = "portal:a-body", "portal:b-body"
    merge = Merge(RecordKind.ORGANISATION, body, other, *refs, ACT)
    move(session, merge)
    query = select(AssessmentOwner.organisation_id, AssessmentOwner.published_name)
    owners = session.execute(query.where(AssessmentOwner.assessment_id == ID)).all()
    assert owners == [(body, "B")]
    report_id = session.get_one(Assessment, ID).report_id
    tags = [event.tag for event in history_of(session, "report", report_id)]
    assert tags == ["organisation.merged", "service.merged"], "the newest first"
