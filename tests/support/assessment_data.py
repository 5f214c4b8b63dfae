"""Standards, reports and assessments for tests, in few words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.assessments import words
from portal.assessments.models import assessments as a
from portal.assessments.models import standards as s
from portal.assessments.store import counts
from portal.audit import record
from tests.support.data import ACT


def add_version(session: Session, slug: str, number: int, *titles: str) -> s.StandardVersion:
    """A published version of a standard with these points; the standard where there is none."""
    standard = session.query(s.Standard).filter_by(slug=slug).one_or_none()
    if standard is None:
        standard = s.Standard(slug=slug, name=slug.title(), owner="GDS", edited_at=ACT.at)
        session.add(standard)
        session.flush()
    version = s.StandardVersion(
        standard_id=standard.id, number=number, title=f"{len(titles)} points",
        scheme=words.RatingScheme.PASS_FAIL, state=words.VersionState.DRAFT, edited_at=ACT.at,
    )  # fmt: skip
    version.points = [s.StandardPoint(number=n, title=t) for n, t in enumerate(titles, start=1)]
    session.add(version)
    session.flush()
    version.state, version.published_at = words.VersionState.PUBLISHED, ACT.at
    session.flush()
    return version


def add_report(
    session: Session, name: str, version: s.StandardVersion | None = None, stage: str = "alpha",
    result: str = "met", ratings: Mapping[int, str] | None = None, owner: str | None = None,
    on: date | None = date(2015, 6, 8), kind: str = "assessment", body: str = "Text.",
    **more: Any,
) -> a.Report:  # fmt: skip
    """A report of one assessment.

    Args:
        ratings: of points, by number.
        owner: as the report names it.
        more: further columns of the assessment; those of the report are `same_as_id` and `source`,
            of the owner `organisation_id`.
    """
    there = {each.number: each.id for each in version.points} if version else {}
    slug = name.lower().replace(" ", "-")
    of_report = {n: more.pop(n) for n in ("same_as_id", "source") if n in more}
    body_id = more.pop("organisation_id", None)
    report = a.Report(slug=slug, key=slug, title=name, body=body, edited_at=ACT.at,
                      published_on=on, **of_report)  # fmt: skip
    row = a.Assessment(
        position=1, name=name, sort_name=name.lower(), service_match=words.ServiceMatch.WAITING,
        stage=words.Stage(stage), kind=words.AssessmentKind(kind), held_on=on,
        result=words.Rating(result), standard_version_id=version.id if version else None, **more,
    )  # fmt: skip
    row.points = [
        a.AssessmentPoint(number=n, point_id=there.get(n), verbatim=said, rating=words.Rating(said))
        for n, said in (ratings or {}).items()
    ]
    if owner:
        row.owners = [a.AssessmentOwner(position=0, published_name=owner, organisation_id=body_id)]
    report.assessments = [row]
    session.add(report)
    session.flush()
    counts.touch(session, [report.id])
    record(session, ACT, "report.added", "report", report.id, None, {"title": name})
    return report
